"""Finds suspects in rows that are not decoded: whatever cannot be proved good, field by field, on the raw bytes.

A screen may suspect too many rows, never too few: suspects are decoded and judged by `rules.checking`, which alone
decides and gives the reasons.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np
import numpy.typing as npt

from onecity.platform.exchange.codecs.pgcopy.decoding import Column
from onecity.platform.exchange.codecs.pgcopy.fields import Kind, content, integers, present
from onecity.platform.exchange.codecs.pgcopy.numerics import scaled
from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.rules.identifying import PROOFS

Bits = npt.NDArray[np.bool_]
Screen = Callable[[Rows], Bits]
_WHOLE: Final = frozenset({Kind.INT2, Kind.INT4, Kind.INT8})
_WORDS: Final = frozenset({Kind.TEXT, Kind.JSONB})
_LONGEST_CODE: Final = 8
_FEW: Final = 16
_SHORT: Final = 32
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_EPOCH: Final = date(2000, 1, 1).toordinal()
# First bytes of characters that count as blank: controls and space, and the leads of U+00A0, U+1680, U+2000-, U+3000.
_MAYBE_BLANK: Final = np.zeros(256, np.bool_)
_MAYBE_BLANK[[*range(0x21), 0xC2, 0xE1, 0xE2, 0xE3]] = True


def screen(check: Check, *, numbers: Mapping[str, int], columns: tuple[Column, ...]) -> Screen | None:
    """Return a screen for a check, or None where its rows must be decoded.

    numbers: column's name → number in the stream.
    """
    if len(check.columns) != 1 or check.columns[0] not in numbers:
        return None
    make = _SCREENS.get(check.kind)
    number = numbers[check.columns[0]]
    return None if make is None else make(check, number, columns[number])


def _not_null(_: Check, number: int, column: Column) -> Screen | None:
    if column.kind is not Kind.TEXT:
        return lambda rows: ~present(rows, number)

    def suspects(rows: Rows) -> Bits:
        first = rows.octets[rows.offsets[number]]
        found: Bits = (rows.lengths[number] <= 0) | _MAYBE_BLANK[first]
        return found

    return suspects


def _code_list(check: Check, number: int, column: Column) -> Screen | None:
    if column.kind in _WHOLE:
        if not all(code.isascii() and code.isdigit() and str(int(code)) == code for code in check.values):
            return None
        wanted = np.array([int(code) for code in check.values], np.int64)
        return lambda rows: _absent(integers(rows, number, kind=column.kind), wanted) & present(rows, number)
    codes = [code.encode() for code in check.values]
    if column.kind is not Kind.TEXT or any(len(code) > _LONGEST_CODE or b"\0" in code for code in codes):
        return None
    words = np.array([int.from_bytes(code, "little") for code in codes], np.uint64)

    def suspects(rows: Rows) -> Bits:
        starts, lengths = content(rows, number, kind=column.kind)
        short = np.minimum(lengths, _LONGEST_CODE)
        every = np.ndarray((len(rows.octets) - 7,), "<u8", rows.octets, strides=(1,))
        found = every[starts] & _BYTE_MASKS[short]
        return (_absent(found, words) | (lengths > _LONGEST_CODE)) & present(rows, number)

    return suspects


_BYTE_MASKS: Final = np.array([(1 << 8 * length) - 1 for length in range(_LONGEST_CODE + 1)], np.uint64)


def _absent(values: npt.NDArray[np.integer], wanted: npt.NDArray[np.integer]) -> Bits:
    if len(wanted) > _FEW:
        return np.isin(values, wanted, invert=True)
    found = np.ones(len(values), bool)
    for one in wanted:
        found &= values != one
    return found


def _range(check: Check, number: int, column: Column) -> Screen | None:
    read = _reader(number, column)
    limits = np.iinfo(np.int64)
    low = _bound(check.values[0], column, none=limits.min)
    high = _bound(check.values[1], column, none=limits.max)
    if read is None or low is None or high is None:
        return None

    def suspects(rows: Rows) -> Bits:
        values = read(rows)
        if values is None:
            return np.ones(len(rows), bool)
        return ((values < low) | (values > high)) & present(rows, number)

    return suspects


def _reader(number: int, column: Column) -> Callable[[Rows], npt.NDArray[np.int64] | None] | None:
    kind, scale = column.kind, column.scale
    if kind in _WHOLE or kind is Kind.DATE:
        return lambda rows: integers(rows, number, kind=kind)
    if kind is Kind.NUMERIC and scale is not None:
        return lambda rows: scaled(rows, number, scale=scale)
    return None


def _bound(text: str, column: Column, *, none: int) -> int | None:
    """Return a bound as the column's whole numbers say it, `none` for an open one; None if they cannot say it."""
    if not text:
        return none
    try:
        if column.kind is Kind.DATE:
            return date.fromisoformat(text).toordinal() - _EPOCH
        value = Decimal(text).scaleb(column.scale or 0 if column.kind is Kind.NUMERIC else 0)
    except (ValueError, InvalidOperation):
        return None
    return int(value) if value == value.to_integral_value() else None


def _length(check: Check, number: int, column: Column) -> Screen | None:
    if column.kind is not Kind.TEXT:
        return None
    low, high = check.values
    least, most = int(low or 0), int(high) if high else np.iinfo(np.int64).max

    def suspects(rows: Rows) -> Bits:
        lengths = rows.lengths[number]
        unsure = ((lengths > most) | (lengths < 4 * least)) & (lengths >= 0)  # a character has one to four bytes
        some = np.flatnonzero(unsure)
        some = some[~_ascii(rows, number, some) | (lengths[some] > most) | (lengths[some] < least)]
        unsure[...] = False
        if len(some):
            characters = _characters(rows, number, some)
            unsure[some] = (characters < least) | (characters > most)
        found: Bits = unsure
        return found

    return suspects


def _ascii(rows: Rows, number: int, some: npt.NDArray[np.int64]) -> Bits:
    """Say which texts are known to be one byte a character; longer ones are not looked through."""
    starts, lengths = rows.offsets[number][some], rows.lengths[number][some]
    words = np.ndarray((len(rows.octets) - 7,), "<u8", rows.octets, strides=(1,))
    high = np.zeros(len(some), np.uint64)
    for step in range(_SHORT // _LONGEST_CODE):
        left = np.clip(lengths - step * _LONGEST_CODE, 0, _LONGEST_CODE)
        if not left.any():
            break
        high |= words[np.minimum(starts + step * _LONGEST_CODE, len(words) - 1)] & _BYTE_MASKS[left]
    found: Bits = ((high & _HIGH_BITS) == 0) & (lengths <= _SHORT)
    return found


def _characters(rows: Rows, number: int, some: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count the characters of some rows' texts: bytes that do not continue one."""
    starts, lengths = rows.offsets[number][some], rows.lengths[number][some]
    bounds = np.empty(2 * len(some), np.int64)
    bounds[0::2], bounds[1::2] = starts, starts + lengths
    begin = int(starts[0])
    leads = (rows.octets[begin : int(bounds[-1]) + 1] & 0xC0) != 0x80
    counts = np.add.reduceat(leads.astype(np.int64), bounds - begin)[0::2]
    return np.where(lengths > 0, counts, 0)


def _identifier(check: Check, number: int, column: Column) -> Screen | None:
    proof = PROOFS.get(check.values[0])
    if proof is None or column.kind is not Kind.TEXT:
        return None
    width, proves = proof

    def suspects(rows: Rows) -> Bits:
        lengths = rows.lengths[number]
        found: Bits = lengths >= 0
        some = np.flatnonzero(lengths == width)
        matrix = rows.octets[rows.offsets[number][some][:, None] + np.arange(width)]
        found[some[proves(matrix)]] = False
        return found

    return suspects


_SCREENS: Final[Mapping[CheckKind, Callable[[Check, int, Column], Screen | None]]] = {
    CheckKind.NOT_NULL: _not_null,
    CheckKind.CODE_LIST: _code_list,
    CheckKind.RANGE: _range,
    CheckKind.LENGTH: _length,
    CheckKind.IDENTIFIER: _identifier,
}
