"""Checksums of the columns of binary COPY, over the bytes as they pass: the same sums as `rules.sums` gives."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from onecity.platform.exchange.codecs.pgcopy.decoding import Column, decode
from onecity.platform.exchange.codecs.pgcopy.fields import Kind, content, floats, integers, present
from onecity.platform.exchange.codecs.pgcopy.numerics import total
from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.rules.hashing import Hashes, hash_fields, hash_floats, hash_integers
from onecity.platform.exchange.rules.sums import Sums, hashes

_DAY_US: Final = 86_400_000_000


def add_rows(sums: Sums, rows: Rows, columns: Sequence[Column]) -> None:
    """Add every row's fields to the columns' sums; opaque columns count their values. Raises: Torn."""
    for number, column in enumerate(columns):
        there = present(rows, number)
        if column.kind is Kind.OPAQUE:
            sums.add_total(column.name, int(there.sum()), Decimal(0))
        elif column.kind is Kind.NUMERIC:
            sums.add_total(column.name, int(there.sum()), total(rows, number, scale=column.scale))
        else:
            found = _hashes(rows, number, column)
            sums.add_hashes(column.name, found if there.all() else found[there])


def _hashes(rows: Rows, number: int, column: Column) -> Hashes:
    kind = column.kind
    if kind in {Kind.TEXT, Kind.JSONB}:
        starts, lengths = content(rows, number, kind=kind)
        return hash_fields(rows.octets, starts=starts, lengths=lengths)
    if kind in {Kind.FLOAT4, Kind.FLOAT8}:
        return hash_floats(floats(rows, number, kind=kind))
    if kind in {Kind.UUID, Kind.BYTES}:
        found = np.zeros(len(rows), np.uint64)
        found[present(rows, number)] = hashes(decode(rows, number, column))
        return found
    values = integers(rows, number, kind=kind)
    return hash_integers(_as_instant(values) if kind is Kind.DATE else values)


def _as_instant(days: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the microsecond at which days begin; both infinities stay what they are."""
    small, large = np.iinfo(np.int32), np.iinfo(np.int64)
    found = days * _DAY_US
    found[days == small.max] = large.max
    found[days == small.min] = large.min
    return found
