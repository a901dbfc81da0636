"""A protocol for tests: one line of text is one message, so that the process shows itself and no codec does.

hello KEY [PASSWORD]          a log-in            ok KEY | no KEY reason; `kids …` where children are told
enrol KEY SECRET              the platform gives it a secret
KEY [PASSWORD] name=value …   an upload           got | not reason      `@seconds` after the name: unix time
beat KEY                      a sign of life      beat
did KEY REFERENCE STATE       word on an order
bye                           the line is closed
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from onecity.platform.iot.declare import Command, Protocol
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    FieldProtocol,
    FieldSession,
    Hangup,
    Hello,
    Moment,
    Note,
    Ordered,
    OrderState,
    Position,
    Reading,
    Refused,
    Reply,
    Said,
    Seen,
    Upload,
    Welcome,
)

REASONS = ("unknown_device", "wrong_password", "not_its_line", "already_registered", "retired_device", "wrong_protocol")


class WordSession(FieldSession):
    """Reads lines."""

    def __init__(self) -> None:
        self._held = b""
        self._orders = 0

    @property
    def held(self) -> int:
        return len(self._held)

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        *lines, self._held = (self._held + data).split(b"\n")
        return [one for line in lines for one in self._said(line + b"\n")]

    def settled(self, at: Moment) -> Sequence[Said]:
        held, self._held = self._held, b""
        return [Refused(held, "truncated")] if held else []

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        if code not in {"set_time", "set_real_time_interval"}:
            raise CommandUnknown
        self._orders += 1
        words = " ".join(f"{name}={value}" for name, value in arguments.items())
        return Ordered(f"r{self._orders}", f"do {device_key} {code} r{self._orders} {words}\n".encode())

    def _said(self, line: bytes) -> Sequence[Said]:
        words = line.decode(errors="replace").split()
        match words:
            case ["hello", key, *more]:
                return [Hello(line, key, self._welcomed, more[0] if more else None)]
            case ["token", token]:
                return [Hello(line, "", self._welcomed, token)]
            case ["enrol", key, secret]:
                return [self._upload(line, key, issue=secret)]
            case ["beat", key]:
                return [Seen(key, line), Reply(b"beat\n", key)]
            case ["did", key, reference, state]:
                return [Answered(key, reference, OrderState(state), "said so", line)]
            case ["bye"]:
                return [Hangup()]
            case [key, *pairs] if pairs and all("=" in pair for pair in pairs[1:]):
                password = "" if "=" in pairs[0] else pairs.pop(0)
                return [self._upload(line, key, pairs=pairs, credential=password or None)]
        return [Refused(line, "unknown_function", {"words": len(words)}, answer=b"what\n")]

    @staticmethod
    def _upload(
        line: bytes, key: str, *, pairs: Sequence[str] = (), credential: str | None = None, issue: str = ""
    ) -> Upload:
        readings, notes, position = [], [], None
        for pair in pairs:
            name, _, value = pair.partition("=")
            name, _, seconds = name.partition("@")
            at = datetime.fromtimestamp(int(seconds), UTC) if seconds else None
            if name == "note":
                notes.append(Note("note", value))
            elif name == "place":
                longitude, latitude = value.split(",")
                assert at is not None
                position = Position(float(longitude), float(latitude), at)
            else:
                readings.append(Reading(name, float(value), at))
        return Upload(
            line,
            key,
            credential,
            readings,
            answer=b"got\n",
            refused={reason: f"not {reason}\n".encode() for reason in REASONS},
            notes=notes,
            position=position,
            issue=issue,
        )

    @staticmethod
    def _welcomed(welcome: Welcome) -> Sequence[Said]:
        if welcome.reason:
            return [Reply(f"no {welcome.device_key} {welcome.reason}\n".encode()), Hangup()]
        kids = " ".join(f"{item.device_key}:{','.join(item.names)}" for item in welcome.attached)
        return [Reply(f"ok {welcome.device_key} {kids}".strip().encode() + b"\n")]


COMMANDS = (Command("set_time", "校时"),)
WORDS = FieldProtocol(Protocol.SL651, "测试", 0, WordSession, commands=COMMANDS, issues=True)
FAMILY_WORDS = FieldProtocol(Protocol.DLT645, "测试", 0, WordSession, has_children=True)
DATAGRAM_WORDS = FieldProtocol(Protocol.GB26875, "测试", 0, WordSession, transport="udp")
