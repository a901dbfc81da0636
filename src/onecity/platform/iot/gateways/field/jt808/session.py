"""One line on which vehicle terminals speak; usually one, behind a forwarding platform many.

register 0100 ─▶ 8100 with a code ─▶ authenticate 0102 ─▶ 8001 ─▶ location 0200 … ─▶ 8001 after the commit
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808 import Framer, Joined, Joiner, Packet, Unjoined, encode, ids
from onecity.platform.iot.codecs.jt808.answers import Registering, Result, encode_parts_wanted, encode_registering
from onecity.platform.iot.codecs.jt808.answers import encode_time as time_body
from onecity.platform.iot.codecs.jt808.registration import decode_authentication, decode_registration
from onecity.platform.iot.codecs.refusals import BadBody, BadFrame
from onecity.platform.iot.gateways.field.contract import (
    CommandUnknown,
    FieldSession,
    Hello,
    Moment,
    Note,
    Ordered,
    Refused,
    Reply,
    Said,
    Seen,
    Upload,
    Welcome,
)
from onecity.platform.iot.gateways.field.jt808.answered import ANSWERS
from onecity.platform.iot.gateways.field.jt808.orders import body_of
from onecity.platform.iot.gateways.field.jt808.taken import Taken, kept, located
from onecity.platform.iot.gateways.field.jt808.terminals import Terminal

MOST_TERMINALS: Final = 1_000
_CODE_BYTES: Final = 8


class Jt808Session(FieldSession):
    """A line of vehicle terminals. new_code: makes the code that a registered terminal keeps."""

    def __init__(self, new_code: Callable[[], str] = lambda: secrets.token_hex(_CODE_BYTES)) -> None:
        self._new_code = new_code
        self._framer = Framer()
        self._joiner = Joiner()
        self._terminals: dict[str, Terminal] = {}

    @property
    def held(self) -> int:
        """Bytes of a message that is not whole yet."""
        return self._framer.held

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes as they come."""
        said: list[Said] = []
        for found in self._framer.feed(data):
            if isinstance(found, BadFrame):
                said.append(Refused(found.raw, found.fault))
            else:
                said += self._take(found.raw, found.packet, at)
        return said

    def settled(self, at: Moment) -> Sequence[Said]:
        """Give up what is not whole."""
        return [Refused(bad.raw, bad.fault) for bad in self._framer.settle() if isinstance(bad, BadFrame)] + [
            _given_up(item) for item in self._joiner.settle()
        ]

    def tick(self, at: Moment) -> Sequence[Said]:
        """Ask for lost parts, and give up those that never come."""
        said: list[Said] = []
        for lost in self._joiner.missing(at=at.seconds):
            terminal = self._terminal(lost.first)
            body = encode_parts_wanted(lost.serial, numbers=lost.numbers, of_2019=terminal.of_2019)
            said.append(Reply(terminal.message(ids.PARTS_WANTED, body)[1], lost.first.key))
        return said + [_given_up(item) for item in self._joiner.expired(at=at.seconds)]

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Put an order into a message. Raises: CommandUnknown; BadArgument; NotEncodable."""
        terminal = self._terminals.get(device_key)
        if terminal is None:
            raise CommandUnknown
        wording, body = body_of(code, arguments, version=terminal.version)
        serial, data = terminal.message(wording.id, body)
        reference = f"{wording.id:04X}-{serial}"
        if wording.answer == ids.ATTRIBUTES:  # its answer names no serial
            terminal.asked[ids.ATTRIBUTES] = reference
        return Ordered(reference, data)

    def _terminal(self, packet: Packet) -> Terminal:
        terminal = self._terminals.get(packet.key)
        if terminal is None or (terminal.phone, terminal.version) != (packet.phone, packet.version):
            if len(self._terminals) >= MOST_TERMINALS:
                self._terminals.pop(next(iter(self._terminals)))
            terminal = self._terminals[packet.key] = Terminal(packet.phone, packet.version)
        return terminal

    def _take(self, raw: bytes, packet: Packet, at: Moment) -> Iterable[Said]:
        terminal = self._terminal(packet)
        if packet.encryption:
            answer = terminal.answer(packet, result=Result.FAILED)
            return [Refused(raw, Fault.ENCRYPTED, device_key=packet.key, answer=answer)]
        if not packet.parts:
            return self._sort(Taken(raw, packet, terminal, at))
        joined, unjoined = self._joiner.add(packet, at=at.seconds)
        said: list[Said] = [_given_up(item) for item in unjoined]
        if joined is None:
            return [*said, Seen(packet.key, raw, terminal.code)]
        return [*said, *self._sort(_whole(joined, terminal, at))]

    def _sort(self, taken: Taken) -> Iterable[Said]:
        try:
            return _HANDLERS.get(taken.packet.id, Jt808Session._unknown)(self, taken)
        except BadBody as error:
            fields = {"message": f"{taken.packet.id:04X}", "at": str(error)}
            answer = taken.answer(Result.BAD_MESSAGE)
            return [Refused(taken.raw, Fault.BAD_VALUE, fields, taken.packet.key, answer)]

    def _unknown(self, taken: Taken) -> Iterable[Said]:
        fields = {"message": f"{taken.packet.id:04X}"}
        answer = taken.answer(Result.UNSUPPORTED)
        return [Refused(taken.raw, Fault.UNKNOWN_FUNCTION, fields, taken.packet.key, answer)]

    def _heartbeat(self, taken: Taken) -> Iterable[Said]:
        key = taken.packet.key
        return [Seen(key, taken.raw, taken.terminal.code), Reply(taken.answer(), key)]

    def _time(self, taken: Taken) -> Iterable[Said]:
        _, data = taken.terminal.message(ids.TIME_ANSWER, time_body(taken.at.city))
        key = taken.packet.key
        return [Seen(key, taken.raw, taken.terminal.code), Reply(data, key)]

    def _logout(self, taken: Taken) -> Iterable[Said]:
        said = [kept(taken, notes=(Note("0003", "终端注销"),))]
        taken.terminal.code = None
        return said

    def _register(self, taken: Taken) -> Iterable[Said]:
        """Issue a code. It goes out once it is stored; a terminal that nobody entered hears that there is none such."""
        told = decode_registration(taken.packet.body, of_2019=taken.terminal.of_2019)
        code = self._new_code()
        words = f"制造商 {told.manufacturer}，型号 {told.model}，终端 {told.terminal_id}，车牌 {told.plate}"
        return [
            Upload(
                taken.raw,
                taken.packet.key,
                answer=self._registered(taken, Registering.OK, code),
                refused={
                    "already_registered": self._registered(taken, Registering.TERMINAL_REGISTERED),
                    "": self._registered(taken, Registering.NO_TERMINAL),
                },
                notes=(Note("0100", words),),
                issue=code,
            )
        ]

    def _registered(self, taken: Taken, result: Registering, code: str = "") -> bytes:
        body = encode_registering(taken.packet.serial, result=result, code=code)
        return taken.terminal.message(ids.REGISTRATION_ANSWER, body)[1]

    def _authenticate(self, taken: Taken) -> Iterable[Said]:
        told = decode_authentication(taken.packet.body, of_2019=taken.terminal.of_2019)
        taken.terminal.code = told.code

        def welcomed(welcome: Welcome) -> Sequence[Said]:
            if welcome.reason:
                return [Reply(taken.answer(Result.FAILED), taken.packet.key)]
            if not told.imei:
                return [Reply(taken.answer(), taken.packet.key)]
            words = f"IMEI {told.imei}，软件版本 {told.software}"
            return [kept(taken, notes=(Note("0102", words),), raw=b"")]

        return [Hello(taken.raw, taken.packet.key, welcomed, told.code)]

    def _location(self, taken: Taken) -> Iterable[Said]:
        return located(taken)

    def _answered(self, taken: Taken) -> Iterable[Said]:
        return ANSWERS[taken.packet.id](taken)

    def _note(self, taken: Taken) -> Iterable[Said]:
        return [kept(taken, notes=(Note(f"{taken.packet.id:04X}", taken.packet.body.hex()),))]


def _whole(joined: Joined, terminal: Terminal, at: Moment) -> Taken:
    serials = tuple(part.serial for part in joined.parts)
    return Taken(b"".join(encode(part) for part in joined.parts), joined.packet, terminal, at, serials)


def _given_up(item: Unjoined) -> Refused:
    raw = b"".join(encode(packet) for packet in item.packets)
    return Refused(raw, item.fault, {"parts": len(item.packets)}, item.packets[0].key)


_HANDLERS: Final[Mapping[int, Callable[[Jt808Session, Taken], Iterable[Said]]]] = MappingProxyType(
    {
        ids.HEARTBEAT: Jt808Session._heartbeat,
        ids.LOGOUT: Jt808Session._logout,
        ids.TIME_QUESTION: Jt808Session._time,
        ids.REGISTRATION: Jt808Session._register,
        ids.AUTHENTICATION: Jt808Session._authenticate,
        ids.LOCATION: Jt808Session._location,
        ids.BATCH: Jt808Session._location,
        **dict.fromkeys(ANSWERS, Jt808Session._answered),
        **dict.fromkeys(
            (ids.UPGRADE_RESULT, ids.DRIVER, ids.CAN_DATA, ids.MEDIA_EVENT, ids.TRANSPARENT), Jt808Session._note
        ),
    }
)
