"""Data identifiers of CJ/T 188, in whichever order their bytes come, and what meters answer to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Final

from onecity.platform.iot.codecs import bcd
from onecity.platform.iot.codecs.cjt188.frames import Frame
from onecity.platform.iot.codecs.cjt188.quantities import Quantity, quantity

BEIJING: Final = timezone(timedelta(hours=8))
READING: Final = "901F"
VALVE: Final = "A017"
CLOCK: Final = "A015"
ADDRESS: Final = "810A"

KNOWN: Final = frozenset(
    {
        *(READING, "903F", "904F", "905F", "906F", "907F", "911F"),
        *(f"D12{number:X}" for number in range(12)),
        *(f"D2{number:02X}" for number in range(256)),
        *("D300", "D400"),
        *("8102", "8103", "8104", "8105", "8106", ADDRESS),
        *(f"A01{number}" for number in range(10)),
        *(f"A10{number}" for number in range(1, 8)),
    }
)
"""Source: CJ/T 188-2004, appendix A; D2…, D3…, D4…, 911F and A10… are of CJ/T 188-2018."""


@dataclass(frozen=True, slots=True)
class Status:
    """The two status bytes. valve: open, closed, faulty or "" for a value without meaning. raw: as sent."""

    valve: str
    battery_low: bool
    raw: bytes


@dataclass(frozen=True, slots=True)
class StatusBits:
    """Where a maker puts valve and battery. octet: 0 the first byte sent."""

    octet: int = 0
    valve_mask: int = 0b11
    battery_mask: int = 0b100


USUAL_BITS: Final = StatusBits()
_VALVES: Final = {0b00: "open", 0b01: "closed", 0b11: "faulty"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter answers to 901F. amounts: by name, in the order of the frame.

    Water and gas: volume, settled_volume. Heat: settled_heat, heat, power, flow, volume; then supply_temperature and
    return_temperature in ℃, working_hours. at: the meter's clock; None where it is not set.
    """

    amounts: dict[str, Quantity]
    at: datetime | None
    status: Status


class NotUnderstood(ValueError):
    """The data do not have the layout that the standard gives them."""


def identifier(data: bytes) -> tuple[str, bool]:
    """Return the identifier at the beginning of `data`, and whether its low byte came first.

    Both orders are in use, even by one maker; whichever names something known is taken, else the low byte is first.
    Raises: NotUnderstood if there are less than two bytes.
    """
    if len(data) < 2:
        raise NotUnderstood("no identifier")
    straight, turned = data[:2].hex().upper(), data[1::-1].hex().upper()
    if turned in KNOWN or straight not in KNOWN:
        return turned, True
    return straight, False


def reading(frame: Frame, *, bits: StatusBits = USUAL_BITS) -> Reading:
    """Read the answer to 901F: 22 bytes of a water or gas meter, 46 of a heat meter.

    Raises: NotUnderstood.
    Source: CJ/T 188-2004, 7.4 and appendix A (901F 计量数据).
    """
    body = frame.data[3:]
    layout = _LAYOUTS.get(len(body))
    if layout is None or identifier(frame.data)[0] != READING:
        raise NotUnderstood(f"{len(body)} bytes behind {frame.data[:3].hex()}")
    amounts: dict[str, Quantity] = {}
    at = 0
    for name, size, decimals, unit in layout:
        amounts[name] = _amount(body[at : at + size], decimals=decimals, unit=unit)
        at += size
    return Reading(amounts, clock(body[at : at + 7]), status(body[at + 7 :], bits=bits))


def clock(data: bytes) -> datetime | None:
    """Read the meter's clock, ss mm hh DD MM YY CC; None where it is not set. Beijing time."""
    text = bcd.digits(data[::-1])
    try:
        return datetime.strptime(text or "", "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def status(data: bytes, *, bits: StatusBits = USUAL_BITS) -> Status:
    """Read the two status bytes, which makers fill differently. Source: CJ/T 188-2004, status ST."""
    octet = data[bits.octet]
    lowest = bits.valve_mask & -bits.valve_mask
    valve = _VALVES.get((octet & bits.valve_mask) // lowest, "")
    return Status(valve, bool(octet & bits.battery_mask), data)


def _amount(data: bytes, *, decimals: int, unit: str) -> Quantity:
    if not unit:
        return quantity(data, decimals=decimals)
    number = bcd.number(data[::-1], decimals=decimals)
    return Quantity(None if number is None else Fraction(number), unit)


_VOLUMES: Final = (("volume", 5, 2, ""), ("settled_volume", 5, 2, ""))
_HEAT: Final = (
    ("settled_heat", 5, 2, ""),
    ("heat", 5, 2, ""),
    ("power", 5, 4, ""),
    ("flow", 5, 4, ""),
    ("volume", 5, 2, ""),
    ("supply_temperature", 3, 2, "Cel"),
    ("return_temperature", 3, 2, "Cel"),
    ("working_hours", 3, 0, "h"),
)
_LAYOUTS: Final = {19: _VOLUMES, 43: _HEAT}
