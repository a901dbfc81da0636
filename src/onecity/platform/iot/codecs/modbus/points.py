"""Point tables: where in a device's registers each value lies, and what a list of points must look like as data.

{"name": "level", "area": "holding", "address": 107, "type": "f32", "order": "CDAB", "scale": 0.01,
     "writes": {"set_level": null}}
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

MOST_POINTS: Final = 1_000
LARGEST_ADDRESS: Final = 65_535


class Area(StrEnum):
    """The four tables of a device. Source: Modbus Application Protocol V1.1b3, 4.3."""

    COILS = "coils"
    INPUTS = "inputs"
    HOLDING = "holding"
    INPUT_REGISTERS = "input"

    @property
    def writable(self) -> bool:
        """Say whether values can be written."""
        return self in {Area.COILS, Area.HOLDING}


class Type(StrEnum):
    """What registers hold. bcd: four digits a register."""

    BIT = "bit"
    U16 = "u16"
    S16 = "s16"
    U32 = "u32"
    S32 = "s32"
    U64 = "u64"
    S64 = "s64"
    F32 = "f32"
    F64 = "f64"
    BCD = "bcd"


class Order(StrEnum):
    """In which order bytes of a value lie in its registers."""

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"


_COUNTS: Final = {Type.U32: 2, Type.S32: 2, Type.F32: 2, Type.U64: 4, Type.S64: 4, Type.F64: 4}


class BadPoints(ValueError):
    """A point table that cannot be used. str: what is wrong, for staff and programs."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value. address: on the wire, counted from 0. bit: of the register, for single bits of a status word.

    registers: of a BCD number. invalid: raw numbers that mean "nothing measured". lowest, highest: of the value.
    writes: codes of the orders that write it, with the value that each writes; None for the order's own argument.
    Value = raw × scale + offset.
    """

    name: str
    area: Area
    address: int
    type: Type = Type.U16
    order: Order = Order.ABCD
    scale: float = 1.0
    offset: float = 0.0
    bit: int | None = None
    registers: int = 1
    invalid: tuple[float, ...] = ()
    lowest: float = -math.inf
    highest: float = math.inf
    writes: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many registers, or bits of coils and inputs, it takes."""
        if self.area in {Area.COILS, Area.INPUTS}:
            return 1
        return self.registers if self.type is Type.BCD else _COUNTS.get(self.type, 1)


def read_points(listed: object) -> tuple[Point, ...]:
    """Return the points of a table as staff entered it: a list of objects with the names of `Point`'s fields.

    Raises: BadPoints.
    """
    try:
        points = msgspec.convert(listed, tuple[Point, ...])
    except msgspec.ValidationError as error:
        raise BadPoints(str(error)) from None
    check_points(points)
    return points


def check_points(points: Sequence[Point]) -> None:
    """Check a table. Raises: BadPoints naming the point."""
    if not 0 < len(points) <= MOST_POINTS:
        raise BadPoints(f"{len(points)} points")
    names: set[str] = set()
    for point in points:
        fault = _fault(point) or ("its name comes twice" if point.name in names else "")
        if fault:
            raise BadPoints(f"{point.name[:80] or '?'}: {fault}")
        names.add(point.name)


def _fault(point: Point) -> str:
    registers = point.area in {Area.HOLDING, Area.INPUT_REGISTERS}
    checks: Mapping[str, bool] = {
        "a name of 1 to 80 characters": 0 < len(point.name) <= 80,
        "an address from 0 to 65535": point.address >= 0 and point.address + point.count - 1 <= LARGEST_ADDRESS,
        "bit 0 to 15 of a register": point.bit is None or (registers and 0 <= point.bit <= 15),
        "a type of registers, or a bit": registers != (point.type is Type.BIT) or point.bit is not None,
        "1 to 4 registers": 1 <= point.registers <= 4,
        "a scale that is a number and not 0": math.isfinite(point.scale) and point.scale != 0,
        "an offset that is a number": math.isfinite(point.offset),
        "an area that can be written": not point.writes or (point.area.writable and point.bit is None),
    }
    return "; ".join(f"needs {wanted}" for wanted, holds in checks.items() if not holds)
