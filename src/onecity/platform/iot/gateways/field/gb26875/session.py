"""One line of a fire-alarm transmitter (用户信息传输装置). There is no log-in: the source address says who it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.gb26875 import Command, Flag, Found, Framer, Packet, Refusal, Unit, decode_unit, encode
from onecity.platform.iot.codecs.gb26875.packet import VERSION, time_bytes
from onecity.platform.iot.codecs.gb26875.units import Operation
from onecity.platform.iot.codecs.refusals import BadBody
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    FieldSession,
    Moment,
    Note,
    Ordered,
    OrderState,
    Refused,
    Reply,
    Said,
    Seen,
    Upload,
)
from onecity.platform.iot.gateways.field.gb26875.orders import data_of, octet
from onecity.platform.iot.gateways.field.gb26875.standing import Standing
from onecity.platform.iot.gateways.field.gb26875.telling import Told

ANSWER_WITHIN_S: Final = 10.0
MOST_TRIES: Final = 3
"""Source: GB/T 26875.3-2011, 6 (10 seconds, three times)."""
MOST_TRANSMITTERS: Final = 1_000
_DUTY_BIT: Final = 1 << 5


@dataclass(slots=True)
class _Asked:
    """An order under way. duty_s: a duty check waits so long for somebody to press the key, once it is confirmed."""

    data: bytes
    sent_at: float
    tries: int = 1
    duty_s: float = 0.0
    confirmed_at: float | None = None


@dataclass(slots=True)
class Transmitter:
    """What the line knows of a transmitter. last: its newest packet, by which it is answered."""

    last: Packet
    serial: int = -1
    standing: Standing = field(default_factory=Standing)
    asked: dict[int, _Asked] = field(default_factory=dict)


class Gb26875Session(FieldSession):
    """A line on which transmitters speak; usually one."""

    def __init__(self) -> None:
        self._framer = Framer()
        self._transmitters: dict[str, Transmitter] = {}

    @property
    def held(self) -> int:
        """Bytes of a packet that is not whole yet."""
        return self._framer.held

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes as they come."""
        return self._sort(self._framer.feed(data), at)

    def settled(self, at: Moment) -> Sequence[Said]:
        """Give up what is not whole."""
        return self._sort(self._framer.settle(), at)

    def tick(self, at: Moment) -> Sequence[Said]:
        """Ask again what was not answered, three times in all; close duty checks that nobody answered."""
        said: list[Said] = []
        for key, transmitter in self._transmitters.items():
            for serial, asked in list(transmitter.asked.items()):
                said += self._overdue(key, serial, asked, at.seconds)
        return said

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Put an order into a packet. Raises: CommandUnknown; BadArgument."""
        transmitter = self._transmitters.get(device_key)
        if transmitter is None:
            raise CommandUnknown
        command, data = data_of(code, arguments, at=at.city)
        transmitter.serial = (transmitter.serial + 1) % 0x10000
        last = transmitter.last
        packet = replace(_back(last, command, at), serial=transmitter.serial, data=data, version=VERSION)
        asked = _Asked(encode(packet), at.seconds)
        if code == "duty_check":
            asked.duty_s = 60.0 * octet(arguments, "minutes")
        transmitter.asked[transmitter.serial] = asked
        return Ordered(str(transmitter.serial), asked.data)

    def _sort(self, found: Iterable[Found | Refusal], at: Moment) -> list[Said]:
        said: list[Said] = []
        for item in found:
            if isinstance(item, Found):
                said += self._take(item.raw, item.packet, at)
            else:
                key = item.head.key if item.head else ""
                answer = encode(_back(item.head, Command.DENY, at)) if item.head else b""
                said.append(Refused(item.raw, item.fault, {}, key, answer))
        return said

    def _transmitter(self, packet: Packet) -> Transmitter:
        transmitter = self._transmitters.get(packet.key)
        if transmitter is None:
            if len(self._transmitters) >= MOST_TRANSMITTERS:
                self._transmitters.pop(next(iter(self._transmitters)))
            transmitter = self._transmitters[packet.key] = Transmitter(packet)
        transmitter.last = packet
        return transmitter

    def _take(self, raw: bytes, packet: Packet, at: Moment) -> list[Said]:
        transmitter = self._transmitter(packet)
        deny = encode(_back(packet, Command.DENY, at))
        if packet.version != VERSION:
            return [Refused(raw, Fault.BAD_VERSION, {"version": packet.version}, packet.key, deny)]
        if packet.command in {Command.CONFIRM, Command.DENY}:
            return self._confirmed(raw, packet, transmitter, at)
        if packet.command == Command.SEND and not packet.data:
            return [Seen(packet.key, raw), Reply(encode(_back(packet, Command.CONFIRM, at)), packet.key)]
        if packet.command not in {Command.SEND, Command.ANSWER}:
            return [Refused(raw, Fault.UNKNOWN_FUNCTION, {"command": packet.command}, packet.key, deny)]
        try:
            unit = decode_unit(packet.data)
        except BadBody as error:
            return [Refused(raw, Fault.BAD_VALUE, {"at": str(error)}, packet.key, deny)]
        return self._told(raw, packet, unit, transmitter, at)

    def _told(self, raw: bytes, packet: Packet, unit: Unit, transmitter: Transmitter, at: Moment) -> list[Said]:
        """Take what a transmitter sends by itself, which is confirmed, or in answer to a question, which is not."""
        told = Told(transmitter.standing, at.city, packet.at).unit(unit)
        sends = packet.command == Command.SEND
        answer = encode(_back(packet, Command.CONFIRM, at)) if sends else b""
        refused = encode(_back(packet, Command.DENY, at)) if sends else b""
        said: list[Said] = [
            Upload(raw, packet.key, None, told.readings, answer=answer, refused=refused, notes=told.notes)
        ]
        if not sends and transmitter.asked.pop(packet.serial, None) is not None:
            words = told.notes[0].content if told.notes else f"{len(told.found)}项数据"
            said.append(Answered(packet.key, str(packet.serial), OrderState.DONE, words[:60], raw))
        if unit.flag == Flag.TRANSMITTER_OPERATION:
            said += self._on_duty(raw, packet, unit, transmitter)
        return said

    def _on_duty(self, raw: bytes, packet: Packet, unit: Unit, transmitter: Transmitter) -> Iterable[Said]:
        """Close the duty checks that somebody has answered by pressing the key."""
        pressed = [item for item in unit.objects if isinstance(item, Operation) and item.flags & _DUTY_BIT]
        if not pressed:
            return []
        open_checks = [serial for serial, asked in transmitter.asked.items() if asked.duty_s]
        for serial in open_checks:
            del transmitter.asked[serial]
        text = f"操作员{pressed[0].operator}在岗"
        return [Answered(packet.key, str(serial), OrderState.DONE, text, raw) for serial in open_checks]

    def _confirmed(self, raw: bytes, packet: Packet, transmitter: Transmitter, at: Moment) -> list[Said]:
        asked = transmitter.asked.get(packet.serial)
        if asked is None:
            return [Seen(packet.key, raw)]
        state = OrderState.DONE if packet.command == Command.CONFIRM else OrderState.FAILED
        if asked.duty_s and state is OrderState.DONE:
            asked.confirmed_at = at.seconds
            state = OrderState.ACCEPTED
        else:
            del transmitter.asked[packet.serial]
        text = {OrderState.DONE: "确认", OrderState.ACCEPTED: "等待值班人员应答"}.get(state, "否认")
        return [Answered(packet.key, str(packet.serial), state, text, raw)]

    def _overdue(self, key: str, serial: int, asked: _Asked, seconds: float) -> Sequence[Said]:
        if asked.confirmed_at is not None:
            if seconds - asked.confirmed_at < asked.duty_s:
                return ()
            del self._transmitters[key].asked[serial]
            note = Note("91", "查岗超时，值班人员未应答")
            return (
                Upload(b"", key, notes=(note,)),
                Answered(key, str(serial), OrderState.FAILED, "查岗超时，值班人员未应答"),
            )
        if seconds - asked.sent_at < ANSWER_WITHIN_S:
            return ()
        if asked.tries < MOST_TRIES:
            asked.tries, asked.sent_at = asked.tries + 1, seconds
            return (Reply(asked.data, key),)
        del self._transmitters[key].asked[serial]
        return (Answered(key, str(serial), OrderState.FAILED, "三次未应答"),)


def _back(packet: Packet, command: int, at: Moment) -> Packet:
    """Return a packet to the sender of another: addresses exchanged, serial and versions kept, our own time."""
    return replace(
        packet,
        command=command,
        source=packet.destination,
        destination=packet.source,
        time=time_bytes(at.city),
        data=b"",
    )
