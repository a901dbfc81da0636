"""Arrow columns as their shapes say, or as text where a value does not fit, so that its row alone can be refused."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.casting import arrow_type

_CAST_FAILS: Final = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OverflowError)
_ZERO_DATE: Final = "0000-00-00"
Cell = object
"""A value as a source gave it, before it becomes one of Arrow's."""


def wanted_type(column: ColumnShape) -> pa.DataType:
    """Return the Arrow type of a column; decimals keep every digit."""
    if column.type is LogicalType.DECIMAL and (column.precision or 0) > 38:
        return pa.decimal256(column.precision, column.scale or 0)
    return arrow_type(column.type, precision=column.precision, scale=column.scale)


def fitted(values: pa.Array, column: ColumnShape) -> pa.Array:
    """Return values in the column's type; all of them as text when one does not fit. Zero dates become null."""
    wanted = wanted_type(column)
    if values.type == wanted:
        return values
    if column.type in {LogicalType.DATE, LogicalType.TIMESTAMP} and pa.types.is_string(values.type):
        zero = pc.starts_with(values, _ZERO_DATE)
        values = pc.if_else(zero, pa.scalar(None, pa.string()), values)
    try:
        return _cast(values, wanted)
    except _CAST_FAILS:
        return values if pa.types.is_string(values.type) else values.cast(pa.string())


def _cast(values: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(wanted) and not pa.types.is_boolean(values.type):
        numbers = values.cast(pa.int64())
        if pc.any(pc.and_(pc.not_equal(numbers, 0), pc.not_equal(numbers, 1))).as_py():
            raise pa.ArrowInvalid("neither yes nor no")
        return pc.equal(numbers, 1)
    if pa.types.is_time(wanted) and pa.types.is_string(values.type):
        return pc.binary_join_element_wise("1970-01-01", values, " ").cast(pa.timestamp("us")).cast(wanted)
    return values.cast(wanted)


def from_cells(cells: Sequence[Cell], column: ColumnShape) -> pa.Array:
    """Return Python values as a column of its type, or all as text."""
    try:
        return pa.array(cells, type=wanted_type(column))
    except (*_CAST_FAILS, TypeError, ValueError):
        return fitted(pa.array([cell_text(cell) for cell in cells], pa.string()), column)


def cell_text(cell: Cell) -> str | None:
    """Return a value as text: lists and objects as JSON, whole numbers without a decimal point."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool | list | dict):
        return json.dumps(cell, ensure_ascii=False, separators=(",", ":"))
    if isinstance(cell, bytes):
        return cell.decode(errors="replace")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def batch_of(rows: Sequence[Mapping[str, Cell]], columns: Sequence[ColumnShape]) -> pa.RecordBatch:
    """Return rows (objects, as JSON gives them) as a batch; what a row lacks is null."""
    arrays = [from_cells([row.get(column.name) for row in rows], column) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def shape_of_rows(name: str, rows: Sequence[Mapping[str, Cell]]) -> TableShape:
    """Return the shape that some rows suggest, columns in the order in which they first come."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    columns = tuple(ColumnShape(key, _suggested([row.get(key) for row in rows])) for key in names)
    return TableShape(name, columns)


def _suggested(cells: Sequence[Cell]) -> LogicalType:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return LogicalType.BOOLEAN
    if kinds == {int}:
        return LogicalType.INTEGER
    if kinds and kinds <= {int, float}:
        return LogicalType.FLOAT
    return LogicalType.JSON if kinds and kinds <= {list, dict} else LogicalType.TEXT


def shape_of_schema(name: str, schema: pa.Schema, *, rows: int | None = None) -> TableShape:
    """Return the shape of an Arrow schema."""
    return TableShape(name, tuple(_column_of(field) for field in schema), rows=rows)


def _column_of(field: pa.Field) -> ColumnShape:
    column = ColumnShape(field.name, logical_type(field.type), nullable=field.nullable, native=str(field.type))
    if not pa.types.is_decimal(field.type):
        return column
    return replace(column, precision=field.type.precision, scale=field.type.scale)


def logical_type(kind: pa.DataType) -> LogicalType:
    """Return the engine's type for one of Arrow's."""
    checks = (
        (pa.types.is_boolean, LogicalType.BOOLEAN),
        (pa.types.is_integer, LogicalType.INTEGER),
        (pa.types.is_floating, LogicalType.FLOAT),
        (pa.types.is_decimal, LogicalType.DECIMAL),
        (pa.types.is_date, LogicalType.DATE),
        (pa.types.is_time, LogicalType.TIME),
        (pa.types.is_timestamp, LogicalType.TIMESTAMP),
        (pa.types.is_nested, LogicalType.JSON),
        (pa.types.is_binary, LogicalType.BINARY),
        (pa.types.is_large_binary, LogicalType.BINARY),
    )
    return next((found for check, found in checks if check(kind)), LogicalType.TEXT)
