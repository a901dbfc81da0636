"""CJ/T 188: water, gas and heat meters behind transparent units; the platform asks, and orders valves and clocks."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings

from onecity.kernel.text import zh
from onecity.platform.iot.codecs import cjt188
from onecity.platform.iot.codecs.cjt188 import Frame, Function, MeterType, Orders
from onecity.platform.iot.codecs.cutting import Cutter
from onecity.platform.iot.declare import Command, Protocol
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
VALVE_TAKES_S: Final = 5.0
CHECKS: Final = 6
_WHO: Final = "who"
_WRITTEN: Final = "written"
_TYPES: Final = {
    "metering.water_meter": MeterType.COLD_WATER,
    "metering.gas_meter": MeterType.GAS,
    "metering.heat_meter": MeterType.HEAT,
}
COMMANDS: Final = (
    Command("set_time", zh("校时")),
    Command("open_valve", zh("开阀")),
    Command("close_valve", zh("关阀")),
)


class Cjt188(Dialect):
    """CJ/T 188 as a line speaks it."""

    def __init__(self) -> None:
        self._serial = 0

    def cutter(self) -> Cutter:
        """Return a cutter for the line."""
        return cjt188.cutter()

    def topics(self, meter: Attached) -> Sequence[str]:
        """Return what holds everything a meter says: 901F."""
        return [cjt188.READING]

    def question(self, meter: Attached, topic: str) -> Question:
        """Ask for the reading."""
        address = address_of(meter)
        frame = cjt188.read(_type_of(meter), address, serial=self._next(), orders=_orders_of(meter))
        return Question(meter.device_key, address, topic, cjt188.encode(frame), tries=READ_TRIES)

    def who_is_there(self) -> Question:
        """Ask the only meter for its address."""
        return Question("", "", _WHO, cjt188.encode(cjt188.read_address(serial=self._next())), tries=READ_TRIES)

    def heard(self, raw: bytes) -> Heard:
        """Read an answer; types of meters and serial numbers need not be those of the question.

        Raises: Unreadable.
        """
        frame = cjt188.decode(raw)
        if not frame.is_answer:
            raise Unreadable("a master's frame")
        if frame.function == Function.READ_ADDRESS:
            return Heard(frame.address, _WHO)
        if frame.function == Function.WRITE:
            refused = frame.data.hex() or zh("表计拒绝") if frame.is_error else ""
            return Heard(frame.address, _WRITTEN, refused=refused)
        if frame.is_error:
            return Heard(frame.address, "", refused=frame.data.hex())
        return _read(frame)

    def order(
        self, meter: Attached, code: str, arguments: Mapping[str, object], at: Moment, *, reference: str
    ) -> Question:
        """Put an order into the meter's words. A valve that was told to move is read until it has.

        Raises: CommandUnknown.
        """
        address, kind, orders = address_of(meter), _type_of(meter), _orders_of(meter)
        if code == "set_time":
            frame = cjt188.set_clock(kind, address, serial=self._next(), at=at.city, orders=orders)
            return Question(meter.device_key, address, _WRITTEN, cjt188.encode(frame), reference=reference)
        if code not in {"open_valve", "close_valve"}:
            raise CommandUnknown
        is_open = code == "open_valve"
        check = self.question(meter, cjt188.READING)
        check.reference, check.checks, check.not_before = reference, CHECKS, VALVE_TAKES_S
        check.wanted = {"valve_closed": 0.0 if is_open else 1.0}
        frame = cjt188.set_valve(kind, address, serial=self._next(), is_open=is_open, orders=orders)
        return Question(meter.device_key, address, _WRITTEN, cjt188.encode(frame), reference=reference, follows=check)

    def _next(self) -> int:
        self._serial = (self._serial + 1) % 256
        return self._serial


def _read(frame: Frame) -> Heard:
    try:
        found = cjt188.reading(frame)
    except cjt188.NotUnderstood as error:
        raise Unreadable(str(error)) from None
    told = [
        Reading(name, None if item.value is None else float(item.value))
        for name, item in found.amounts.items()
        if item.unit
    ]
    told.append(Reading("battery_low", float(found.status.battery_low)))
    if found.status.valve in {"open", "closed"}:
        told.append(Reading("valve_closed", float(found.status.valve == "closed")))
    return Heard(frame.address, cjt188.READING, told)


def _type_of(meter: Attached) -> int:
    """Return the meter's type on the wire: as its link says, else as its thing model says, else cold water."""
    given = meter.link.get("meter_type")
    if isinstance(given, int) and 0x10 <= given <= 0x49:
        return given
    return _TYPES.get(meter.type_code, MeterType.COLD_WATER)


def _orders_of(meter: Attached) -> Orders:
    """Return which byte of an identifier goes first, as the link says; else low first to read, high first to write."""
    return Orders(
        read_low_first=meter.link.get("read_low_first", True) is not False,
        write_low_first=meter.link.get("write_low_first", False) is True,
    )


def _session() -> MeterLine:
    return MeterLine(Cjt188(), pattern=pattern_of(settings.ENV.dtu_registration))


PROTOCOL: Final = FieldProtocol(
    code=Protocol.CJT188,
    title="CJ/T 188",
    port=5188,
    session=_session,
    commands=COMMANDS,
    has_children=True,
    first_word_s=120.0,
)
"""Source: CJ/T 188-2004 and CJ/T 188-2018; over TCP there is no standard, the port is a house rule."""
