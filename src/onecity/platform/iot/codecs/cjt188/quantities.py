"""Quantities with the unit that a meter writes behind them, turned into m³, kW·h, kW and m³/h."""

from fractions import Fraction
from typing import Final, NamedTuple

from onecity.platform.iot.codecs import bcd

VOLUME: Final = "m3"
ENERGY: Final = "kW.h"
POWER: Final = "kW"
FLOW: Final = "m3/h"


class Quantity(NamedTuple):
    """A value in a unit of this module. value: None where the meter has none. unit: UCUM, "" for one not known here."""

    value: Fraction | None
    unit: str


def _steps(first: int, unit: str, base: Fraction) -> dict[int, tuple[str, Fraction]]:
    return {first + step: (unit, base * 10**step) for step in range(3)}


_JOULE: Final = Fraction(1, 3_600_000)
UNITS: Final[dict[int, tuple[str, Fraction]]] = {
    0x01: (ENERGY, _JOULE),
    **_steps(0x02, ENERGY, Fraction(1, 1000)),
    **_steps(0x05, ENERGY, Fraction(1)),
    **_steps(0x08, ENERGY, Fraction(1000)),
    **_steps(0x0B, ENERGY, _JOULE * 10**3),
    **_steps(0x0E, ENERGY, _JOULE * 10**6),
    **_steps(0x11, ENERGY, _JOULE * 10**9),
    **_steps(0x14, POWER, Fraction(1, 1000)),
    **_steps(0x17, POWER, Fraction(1)),
    **_steps(0x1A, POWER, Fraction(1000)),
    **_steps(0x29, VOLUME, Fraction(1, 1000)),
    **_steps(0x2C, VOLUME, Fraction(1)),
    **_steps(0x32, FLOW, Fraction(1, 1000)),
    **_steps(0x35, FLOW, Fraction(1)),
    0x40: (POWER, _JOULE),
    **_steps(0x43, POWER, _JOULE * 10**3),
    **_steps(0x46, POWER, _JOULE * 10**6),
    **_steps(0x49, POWER, _JOULE * 10**9),
}
"""By the unit's code: what it measures, and how many of this module's units it is.

Source: CJ/T 188-2004, table of units (计量单位代号); 3.6 MJ are a kilowatt hour.
"""


def quantity(data: bytes, *, decimals: int) -> Quantity:
    """Read four bytes of digits, low byte first, and the unit behind them."""
    unit, factor = UNITS.get(data[4], ("", Fraction(1)))
    number = bcd.number(data[3::-1], decimals=decimals)
    return Quantity(None if number is None else Fraction(number) * factor, unit)


def written(value: Fraction, *, code: int, decimals: int) -> bytes:
    """Write a value given in this module's unit as four bytes of digits and the unit's code; the rest is cut off.

    Raises: KeyError for an unknown unit; ValueError if it does not fit.
    """
    return bcd.packed(int(value / UNITS[code][1] * 10**decimals), size=4)[::-1] + bytes([code])
