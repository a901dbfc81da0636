"""Columns of binary COPY as Arrow arrays. Texts are not copied: Arrow's string views point into the buffer."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from onecity.platform.exchange.codecs.pgcopy.fields import Kind, content, floats, integers, present
from onecity.platform.exchange.codecs.pgcopy.numerics import decimals, scaled
from onecity.platform.exchange.codecs.pgcopy.walking import Rows

DAYS_TO_2000: Final = 10_957
US_TO_2000: Final = DAYS_TO_2000 * 86_400_000_000
_INLINE: Final = 12
_MASKS: Final = tuple(
    np.array([(1 << 8 * min(max(left - 4 * word, 0), 4)) - 1 for left in range(_INLINE + 1)], np.uint32)
    for word in range(3)
)
_INTEGERS: Final = frozenset({Kind.INT2, Kind.INT4, Kind.INT8})
_WIDEST_FAST: Final = 18
_WIDEST_128: Final = 38


@dataclass(frozen=True, slots=True)
class Column:
    """How to read one column. precision, scale: of decimals; without them a decimal comes as text."""

    name: str
    kind: Kind
    precision: int | None = None
    scale: int | None = None


def decoded(rows: Rows, columns: dict[int, Column]) -> pa.RecordBatch:
    """Return some columns, by their number in the stream, in the engine's Arrow types. Raises: Torn."""
    arrays = [decode(rows, number, column) for number, column in columns.items()]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns.values()])


def decode(rows: Rows, number: int, column: Column) -> pa.Array:
    """Return one column. Raises: Torn if a field is not of its kind."""
    there = present(rows, number)
    missing = None if there.all() else ~there
    kind = column.kind
    if kind in _INTEGERS:
        return pa.array(integers(rows, number, kind=kind), mask=missing)
    if kind in {Kind.FLOAT4, Kind.FLOAT8}:
        return pa.array(floats(rows, number, kind=kind), mask=missing)
    if kind is Kind.BOOL:
        return pa.array(integers(rows, number, kind=kind).astype(bool), mask=missing)
    if kind is Kind.NUMERIC:
        return _decimals(rows, number, column, missing)
    if kind in {Kind.DATE, Kind.TIME, Kind.STAMP}:
        return _instants(integers(rows, number, kind=kind), kind, missing)
    return _contents(rows, number, kind)


def _instants(values: npt.NDArray[np.int64], kind: Kind, missing: npt.NDArray[np.bool_] | None) -> pa.Array:
    if kind is Kind.DATE:
        return pa.array((values + DAYS_TO_2000).astype(np.int32), mask=missing).cast(pa.date32())
    if kind is Kind.TIME:
        return pa.array(values, mask=missing).cast(pa.time64("us"))
    return pa.array(values + US_TO_2000, mask=missing).cast(pa.timestamp("us"))


def _contents(rows: Rows, number: int, kind: Kind) -> pa.Array:
    views = _views(rows, number, kind)
    if kind in {Kind.TEXT, Kind.JSONB}:
        return views.cast(pa.string_view()).cast(pa.string())
    if kind is Kind.UUID:
        return pa.array([None if raw is None else str(UUID(bytes=raw)) for raw in views.to_pylist()], pa.string())
    return views.cast(pa.binary())


def _views(rows: Rows, number: int, kind: Kind) -> pa.Array:
    """Return binary views of 16 bytes each: length, then the value itself up to 12 bytes, else prefix and place."""
    starts, lengths = content(rows, number, kind=kind)
    words = np.ndarray((len(rows.octets) - 3,), "<u4", rows.octets, strides=(1,))
    views = np.zeros((len(rows), 4), np.uint32)
    views[:, 0] = lengths
    short = np.minimum(lengths, _INLINE)
    for word in range(3):
        places = np.minimum(starts + 4 * word, len(words) - 1)
        views[:, 1 + word] = words[places] & _MASKS[word][short]
    long = lengths > _INLINE
    views[long, 2] = 0
    views[long, 3] = starts[long]
    there = np.packbits(present(rows, number), bitorder="little")
    buffers = [pa.py_buffer(there), pa.py_buffer(views), pa.py_buffer(rows.octets)]
    return pa.Array.from_buffers(pa.binary_view(), len(rows), buffers)


def _decimals(rows: Rows, number: int, column: Column, missing: npt.NDArray[np.bool_] | None) -> pa.Array:
    precision, scale = column.precision, column.scale
    if precision is None or scale is None or precision > _WIDEST_128:
        return pa.array(
            [None if value is None else format(value, "f") for value in decimals(rows, number)], pa.string()
        )
    kind = pa.decimal128(precision, scale)
    values = scaled(rows, number, scale=scale) if precision <= _WIDEST_FAST else None
    if values is not None:
        return _wide(values, kind, missing)
    found: list[Decimal | None] = decimals(rows, number)
    if any(value is not None and not value.is_finite() for value in found):
        return pa.array([None if value is None else format(value, "f") for value in found], pa.string())
    return pa.array(found, kind)


def _wide(values: npt.NDArray[np.int64], kind: pa.DataType, missing: npt.NDArray[np.bool_] | None) -> pa.Array:
    """Lay 64-bit whole numbers out as Arrow's decimals of 128 bits."""
    pairs = np.empty((len(values), 2), np.int64)
    pairs[:, 0] = values
    pairs[:, 1] = values >> 63
    there = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [there, pa.py_buffer(pairs)])
