"""Values of points ↔ registers and bits: types, orders, scales, what makers put where nothing is measured.

Bytes of a value are A B C D, most significant first; two registers hold them, by maker, as
ABCD AB CD · CDAB CD AB · BADC BA DC · DCBA DC BA
"""

import math
import struct
from collections.abc import Sequence
from typing import Final

from onecity.platform.iot.codecs.modbus.points import Area, Order, Point, Type

_FORMS: Final = {
    Type.U16: ">H",
    Type.S16: ">h",
    Type.U32: ">I",
    Type.S32: ">i",
    Type.U64: ">Q",
    Type.S64: ">q",
    Type.F32: ">f",
    Type.F64: ">d",
}


class NotAValue(ValueError):
    """The registers hold no number: a maker's filler, NaN, digits that are none."""


class DoesNotFit(ValueError):
    """The number cannot be written to the point."""


def value_of(point: Point, registers: Sequence[int]) -> float:
    """Return a point's value, scaled. registers: as many as the point has, or one bit for coils and inputs.

    Raises: NotAValue.
    """
    if point.area in {Area.COILS, Area.INPUTS}:
        return float(registers[0])
    if point.bit is not None:
        return float(registers[0] >> point.bit & 1)
    raw = _ordered(registers, point.order)
    number = _bcd(raw) if point.type is Type.BCD else struct.unpack(_FORMS[point.type], raw)[0]
    if not math.isfinite(number) or number in point.invalid:
        raise NotAValue(raw.hex())
    value = float(number) * point.scale + point.offset
    if not point.lowest <= value <= point.highest:
        raise NotAValue(f"{value} is out of bounds")
    return value


def registers_of(point: Point, value: float) -> list[int]:
    """Return the registers that hold a value, unscaled again; whole numbers are rounded.

    Raises: DoesNotFit.
    """
    number = (value - point.offset) / point.scale
    if not math.isfinite(number):
        raise DoesNotFit(str(value))
    try:
        if point.type is Type.BCD:
            raw = _as_bcd(round(number), point.count)
        else:
            whole = point.type not in {Type.F32, Type.F64}
            raw = struct.pack(_FORMS[point.type], round(number) if whole else number)
    except (struct.error, OverflowError):
        raise DoesNotFit(str(value)) from None
    return _unordered(raw, point.order)


def _ordered(registers: Sequence[int], order: Order) -> bytes:
    words = [register.to_bytes(2, "big") for register in registers]
    if order in {Order.CDAB, Order.DCBA}:
        words.reverse()
    if order in {Order.BADC, Order.DCBA}:
        words = [word[::-1] for word in words]
    return b"".join(words)


def _unordered(raw: bytes, order: Order) -> list[int]:
    words = [raw[at : at + 2] for at in range(0, len(raw), 2)]
    if order in {Order.BADC, Order.DCBA}:
        words = [word[::-1] for word in words]
    if order in {Order.CDAB, Order.DCBA}:
        words.reverse()
    return [int.from_bytes(word, "big") for word in words]


def _bcd(raw: bytes) -> int:
    digits = raw.hex()
    if not digits.isdigit():
        raise NotAValue(digits)
    return int(digits)


def _as_bcd(number: int, words: int) -> bytes:
    if not 0 <= number < 10 ** (4 * words):
        raise DoesNotFit(str(number))
    return bytes.fromhex(f"{number:0{4 * words}d}")
