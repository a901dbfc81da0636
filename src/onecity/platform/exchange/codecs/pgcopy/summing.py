"""Checksums of the columns of binary COPY, over the bytes as they pass: the same sums as `rules.sums` gives."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from onecity.platform.exchange.codecs.pgcopy.decoding import Column, decode
from onecity.platform.exchange.codecs.pgcopy.fields import Kind, floats, integers, present
from onecity.platform.exchange.codecs.pgcopy.numerics import total
from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.rules.hashing import Hashes, hash_fields, hash_floats, hash_integers
from onecity.platform.exchange.rules.sums import Sums, hashes

COUNTED: Final = frozenset({Kind.JSONB, Kind.OPAQUE})
_WHOLE: Final = frozenset({Kind.INT2, Kind.INT4, Kind.INT8, Kind.BOOL, Kind.DATE, Kind.TIME, Kind.STAMP})
_DAY_US: Final = 86_400_000_000


def add_rows(sums: Sums, rows: Rows, columns: Sequence[Column]) -> None:
    """Add every row's fields to the columns' sums. Of JSON and opaque columns the values are counted. Raises: Torn."""
    texts, numbers = [], []
    for number, column in enumerate(columns):
        if column.kind in COUNTED:
            sums.add_total(column.name, int(present(rows, number).sum()), Decimal(0))
        elif column.kind is Kind.NUMERIC:
            values = int(present(rows, number).sum())
            sums.add_total(column.name, values, total(rows, number, scale=column.scale))
        elif column.kind is Kind.TEXT:
            texts.append(number)
        elif column.kind in _WHOLE:
            numbers.append(number)
        else:
            sums.add_hashes(column.name, _others(rows, number, column))
    _add_together(sums, rows, columns, texts, _text_hashes)
    _add_together(sums, rows, columns, numbers, _number_hashes)


def _add_together(
    sums: Sums, rows: Rows, columns: Sequence[Column], numbers: list[int], hashed: Callable[..., Hashes]
) -> None:
    """Add columns of one sort: one long column is hashed faster than several short ones."""
    if not numbers:
        return
    found = hashed(rows, columns, numbers).reshape(len(numbers), len(rows))
    missing = rows.lengths[numbers] < 0
    if missing.any():
        found[missing] = 0
    for number, value in zip(numbers, found.sum(axis=1, dtype=np.uint64).tolist(), strict=True):
        sums.add_hash(columns[number].name, value)


def _text_hashes(rows: Rows, columns: Sequence[Column], numbers: list[int]) -> Hashes:
    lengths = np.maximum(rows.lengths[numbers].reshape(-1), 0)
    return hash_fields(rows.octets, starts=rows.offsets[numbers].reshape(-1), lengths=lengths)


def _number_hashes(rows: Rows, columns: Sequence[Column], numbers: list[int]) -> Hashes:
    found = np.empty((len(numbers), len(rows)), np.int64)
    for place, number in enumerate(numbers):
        kind = columns[number].kind
        values = integers(rows, number, kind=kind)
        found[place] = _as_instant(values) if kind is Kind.DATE else values
    return hash_integers(found.reshape(-1))


def _others(rows: Rows, number: int, column: Column) -> Hashes:
    there = present(rows, number)
    if column.kind in {Kind.FLOAT4, Kind.FLOAT8}:
        return hash_floats(floats(rows, number, kind=column.kind))[there]
    return hashes(decode(rows, number, column))


def _as_instant(days: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the microsecond at which days begin; both infinities stay what they are."""
    small, large = np.iinfo(np.int32), np.iinfo(np.int64)
    found = days * _DAY_US
    found[days == small.max] = large.max
    found[days == small.min] = large.min
    return found
