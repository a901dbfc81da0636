"""DL/T 645-2007: electricity meters behind transparent units; the platform asks, and orders relays and clocks."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs import dlt645
from onecity.platform.iot.codecs.cutting import Cutter
from onecity.platform.iot.codecs.dlt645 import Function, Relay, Rights
from onecity.platform.iot.declare import Argument, Command, Confirmation, Protocol, ValueKind
from onecity.platform.iot.gateways.field.contract import Attached, CommandUnknown, FieldProtocol, Moment, Reading
from onecity.platform.iot.gateways.field.meter_lines.dialects import (
    Dialect,
    Heard,
    Question,
    Unreadable,
    address_of,
)
from onecity.platform.iot.gateways.field.meter_lines.registering import pattern_of
from onecity.platform.iot.gateways.field.meter_lines.session import MeterLine

READ_TRIES: Final = 3
RELAY_LIFE: Final = timedelta(minutes=10)
"""A meter obeys a relay order no later than this. Source: House rule."""
MOST_PARTS: Final = 32
_WHO: Final = "who"
_RIGHTS: Final = (
    Argument("level", zh("权限级别"), ValueKind.INTEGER, lowest=0, highest=9),
    Argument("password", zh("电表密码（6位数字）"), ValueKind.TEXT, longest=6),
    Argument("operator", zh("操作者代码（8位数字）"), ValueKind.TEXT, longest=8, needed=False),
)
COMMANDS: Final = (
    Command("set_time", zh("广播校时"), confirmation=Confirmation.SENT),
    Command("trip", zh("拉闸"), arguments=_RIGHTS),
    Command("close_relay", zh("合闸"), arguments=_RIGHTS),
    Command("keep_power", zh("保电"), arguments=_RIGHTS),
    Command("keep_power_off", zh("解除保电"), arguments=_RIGHTS),
)
_RELAYS: Final = {
    "trip": Relay.TRIP,
    "close_relay": Relay.CLOSE,
    "keep_power": Relay.KEEP_POWER,
    "keep_power_off": Relay.KEEP_POWER_OFF,
}


class Dlt645(Dialect):
    """DL/T 645 as a line speaks it. parts: what a long answer has said so far, by address and identifier."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], tuple[int, bytes]] = {}

    def cutter(self) -> Cutter:
        """Return a cutter for the line."""
        return dlt645.cutter()

    def topics(self, meter: Attached) -> Sequence[str]:
        """Return the identifiers that the meter's type maps."""
        return [name for name in meter.names if dlt645.item_of(name) is not None or _is_block(name)]

    def question(self, meter: Attached, topic: str) -> Question:
        """Ask for one identifier or block."""
        address = address_of(meter)
        self._parts.pop((address, topic), None)
        data = dlt645.encode(dlt645.read(address, topic))
        return Question(meter.device_key, address, topic, data, tries=READ_TRIES)

    def who_is_there(self) -> Question:
        """Ask the only meter for its address."""
        return Question("", "", _WHO, dlt645.encode(dlt645.read_address()), tries=READ_TRIES)

    def heard(self, raw: bytes) -> Heard:
        """Read an answer.

        Raises: Unreadable.
        """
        try:
            found = dlt645.answer(dlt645.decode(raw))
            if found.function == Function.READ_ADDRESS:
                return Heard(found.address, _WHO)
            if found.function == Function.RELAY:
                return Heard(found.address, "relay", refused="、".join(found.errors))
            if found.refused:
                return Heard(found.address, "", refused="、".join(found.errors))
            return self._read(found)
        except (dlt645.NoAnswer, dlt645.BadLength) as error:
            raise Unreadable(str(error)) from None

    def order(
        self, meter: Attached, code: str, arguments: Mapping[str, object], at: Moment, *, reference: str
    ) -> Question:
        """Put an order into the meter's words: the clock by broadcast, the relay with the rights that are given.

        Raises: CommandUnknown; Invalid.
        """
        address = address_of(meter)
        if code == "set_time":
            data = dlt645.encode(dlt645.broadcast_time(at.city))
            return Question(meter.device_key, address, "", data, reference=reference, awaited=False)
        if code not in _RELAYS:
            raise CommandUnknown
        operator = str(arguments.get("operator") or "00000000")
        rights = Rights(int(str(arguments.get("level", 0))), str(arguments.get("password", "")), operator)
        try:
            frame = dlt645.relay(address, rights=rights, order=_RELAYS[code], until=at.city + RELAY_LIFE)
        except dlt645.NotEncodable:
            raise Invalid(fields={"password": zh("密码应为6位数字，操作者代码应为8位数字")}) from None
        return Question(meter.device_key, address, "relay", dlt645.encode(frame), reference=reference)

    def _read(self, found: dlt645.Answer) -> Heard:
        key = (found.address, found.code)
        count, before = self._parts.pop(key, (0, b""))
        data = before + found.data
        if found.has_more and count < MOST_PARTS:
            self._parts[key] = (count + 1, data)
            more = dlt645.encode(dlt645.read_following(found.address, found.code, number=count + 1))
            return Heard(found.address, found.code, more=more)
        told = [
            Reading(item.code, None if item.number is None else float(item.number))
            for item in dlt645.values(found.code, data)
            if not item.text or item.number is not None
        ]
        return Heard(found.address, found.code, told)


def _is_block(name: str) -> bool:
    return bool(len(name) == 8 and dlt645.members(name, size=255))


def _session() -> MeterLine:
    return MeterLine(Dlt645(), pattern=pattern_of(settings.ENV.dtu_registration))


PROTOCOL: Final = FieldProtocol(
    code=Protocol.DLT645,
    title="DL/T 645",
    port=5645,
    session=_session,
    commands=COMMANDS,
    has_children=True,
    first_word_s=120.0,
)
"""Source: DL/T 645-2007; over TCP there is no standard, the port is a house rule."""
