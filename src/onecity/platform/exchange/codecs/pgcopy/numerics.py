"""PostgreSQL's numeric, as its send function writes it: digits to the base of ten thousand.

int16 digits · int16 weight of the first (powers of 10,000) · int16 sign · int16 decimal places shown · digits
"""

from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.rules.hashing import Places

Whole = npt.NDArray[np.int64]
_POWERS: Final = 10 ** np.arange(19, dtype=np.int64)
_NEGATIVE: Final = 0x4000
_SPECIAL: Final = {0xC000: "NaN", 0xD000: "Infinity", 0xF000: "-Infinity"}
_MOST_PLACES: Final = 18


def scaled(rows: Rows, column: int, *, scale: int) -> Whole | None:
    """Return value × 10^scale for each row, 0 for null; None if a value does not fit 18 digits so or is no number."""
    known = rows.known.get((column, scale))
    if known is not None:
        return known
    values = Fields(rows, column)
    width = np.where(values.digits > 0, 4 * (values.weight + 1), 0) + scale
    if scale > _MOST_PLACES or (width > _MOST_PLACES).any() or (values.sign > _NEGATIVE).any():
        return None
    if (values.shown > scale).any():
        return None
    found = np.zeros(len(rows), np.int64)
    for number in range(int(values.digits.max(initial=0))):
        some = np.flatnonzero(values.digits > number)
        power = 4 * (values.weight[some] - number) + scale
        digit = values.digit(number, some)
        up, down = _POWERS[np.clip(power, 0, _MOST_PLACES)], _POWERS[np.clip(-power, 0, _MOST_PLACES)]
        found[some] += digit * up // down
    np.negative(found, out=found, where=values.sign == _NEGATIVE)
    rows.known[column, scale] = found
    return found


def decimals(rows: Rows, column: int) -> list[Decimal | None]:
    """Return each value exactly, however long it is: the way for what `scaled` does not take."""
    return [_decimal(row.tobytes()) if row is not None else None for row in _raw(rows, column)]


def total(rows: Rows, column: int, *, scale: int | None) -> Decimal:
    """Return the exact sum of a column. scale: decimal places of the column, None where each value has its own."""
    if scale is None:
        scale = int(Fields(rows, column).shown.max(initial=0))
    values = scaled(rows, column, scale=scale)
    if values is None:
        return sum((value for value in decimals(rows, column) if value is not None), Decimal(0))
    half = 10**9
    whole = int((values // half).sum()) * half + int((values % half).sum())
    return Decimal(whole).scaleb(-scale)


class Fields:
    """The heads of a column's numerics; those of nulls are zero."""

    def __init__(self, rows: Rows, column: int) -> None:
        self._small = np.ndarray((len(rows.octets) - 1,), ">u2", rows.octets, strides=(1,))
        self._places: Places = rows.offsets[column]
        there = rows.lengths[column] >= 0
        self.digits = self._read(0, there)
        self.weight = self._read(2, there).astype(np.int16).astype(np.int64)
        self.sign = self._read(4, there)
        self.shown = self._read(6, there)

    def digit(self, number: int, some: Places) -> Whole:
        """Return the digit of that number of some rows."""
        return self._small[self._places[some] + 8 + 2 * number].astype(np.int64)

    def _read(self, byte: int, there: npt.NDArray[np.bool_]) -> Whole:
        last = len(self._small) - 1
        return np.where(there, self._small[np.minimum(self._places + byte, last)].astype(np.int64), 0)


def _raw(rows: Rows, column: int) -> list[npt.NDArray[np.uint8] | None]:
    places, lengths = rows.offsets[column].tolist(), rows.lengths[column].tolist()
    return [
        None if length < 0 else rows.octets[place : place + length]
        for place, length in zip(places, lengths, strict=True)
    ]


def _decimal(field: bytes) -> Decimal:
    words = np.frombuffer(field, ">i2").tolist()
    _, weight, sign, shown, *digits = words
    if (sign & 0xFFFF) in _SPECIAL:
        return Decimal(_SPECIAL[sign & 0xFFFF])
    whole = 0
    for digit in digits:
        whole = whole * 10_000 + digit
    exponent = 4 * (weight - len(digits) + 1) if digits else 0
    text = f"{'-' if sign == _NEGATIVE else ''}{whole}E{exponent}"
    return _shown(Decimal(text), shown)


def _shown(value: Decimal, places: int) -> Decimal:
    """Give a value the decimal places it is shown with, without rounding by anyone's context."""
    sign, digits, exponent = value.as_tuple()
    missing = int(exponent) + places
    if missing < 0:  # zeros of the last base-10,000 digit
        return Decimal((sign, digits[:missing] or (0,), -places))
    return Decimal((sign, digits + (0,) * missing, -places))
