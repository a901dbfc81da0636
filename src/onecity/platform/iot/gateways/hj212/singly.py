"""Frames that go one by one, in the writer's thread: new devices, new names, and all that is no plain upload."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from onecity.kernel import clock
from onecity.platform.iot.codecs.hj212 import BadFrame, Frame, Packet, data_answer, decode, encode, notice_answer
from onecity.platform.iot.codecs.hj212.readings import UPLOADS
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.hj212.orders import Line, Orders
from onecity.platform.iot.rules.quality import FAULTY, letter
from onecity.platform.iot.services.directory import Directory, Entry
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.doors import Door
from onecity.platform.iot.services.intake.packets import take_packet
from onecity.platform.iot.services.notes import keep_note
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import Submission

_ANSWERS = frozenset({"9011", "9012", "9013", "9014"})
_TIME_WANTED = "1013"


class Identity(NamedTuple):
    """How a device calls itself on a line."""

    st: str
    mn: str
    pw: str | None
    flag: int | None


@dataclass(slots=True)
class Single:
    """A frame on its way. identity: of its device, once let in. answer: what its sender is owed after the commit."""

    frame: Frame
    line: Line
    identity: Identity | None = None
    answer: bytes = b""


class Singly:
    """Sorts single packets. Runs in the writer's thread, with the database at hand."""

    def __init__(self, *, directory: Directory, door: Door, presence: Presence, orders: Orders) -> None:
        self._directory = directory
        self._door = door
        self._presence = presence
        self._orders = orders

    def prepare(self, singles: Sequence[Single], submission: Submission) -> None:
        """Add what the frames hold to their submission."""
        collected = Collected()
        also: list[Callable[[], None]] = []
        packets = [(single, decode(single.frame)) for single in singles]
        self._directory.learn(packet.mn for _, packet in packets if isinstance(packet, Packet))
        for origin, (single, packet) in enumerate(packets):
            message = self._message(single, packet)
            if isinstance(packet, BadFrame):
                collected.refusals.append(Refusal(message, packet.reason.value))
                continue
            entry = self._door.entry(packet.mn, packet.pw)
            if isinstance(entry, str):
                known = self._directory.known(packet.mn)
                collected.refusals.append(Refusal(message, entry, device_id=known.id if known else None))
                continue
            single.identity = Identity(packet.st, entry.key, packet.pw, packet.flag)
            self._presence.note(entry.id, entry.silent_after_s)
            before = len(collected.quality)
            self._sort(packet, single, message, entry=entry, collected=collected, origin=origin, also=also)
            if FAULTY & {letter(stored) for stored in collected.quality[before:]}:
                self._presence.note_faulty([entry.id])
        submission.batches.append(collected.batch(lambda origin: self._message(*packets[origin])))
        submission.refusals += collected.refusals
        submission.also += also

    def _sort(
        self,
        packet: Packet,
        single: Single,
        message: Message,
        *,
        entry: Entry,
        collected: Collected,
        origin: int,
        also: list[Callable[[], None]],
    ) -> None:
        if packet.cn in UPLOADS:
            take_packet(
                packet, message=message, entry=entry, directory=self._directory, collected=collected, origin=origin
            )
        elif packet.cn in _ANSWERS:
            also.append(lambda: self._orders.answered(packet, device_id=entry.id, now=clock.real_now()))
            return
        elif packet.cn == _TIME_WANTED:
            single.answer = encode(notice_answer(packet))
            also.append(lambda: self._orders.order_time(entry.id))
            return
        else:
            text = single.frame.segment.decode()
            also.append(lambda: keep_note(entry.id, kind=packet.cn, content=text, now=clock.city_now()))
        if packet.answer_wanted:
            single.answer = encode(data_answer(packet))

    @staticmethod
    def _message(single: Single, packet: "Packet | BadFrame") -> Message:
        key = packet.mn if isinstance(packet, Packet) else ""
        return Message(single.frame.raw, Protocol.HJ212, single.line.address, key)
