"""Casts of whole Arrow columns to the engine's types; what cannot be cast becomes null and is named.

The fast way casts the column at once. Only when that fails are the odd values looked at one by one.
"""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.rules.computing import compute
from onecity.platform.exchange.rules.converting import CITY, converted
from onecity.platform.exchange.rules.expressions import Expression

WIDEST_DECIMAL: Final = 38
USUAL_SCALE: Final = 10
_UUID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_IS_JSON: Final = Expression('json_valid("v")', ("v",))
_TEMPORAL: Final = frozenset({LogicalType.DATE, LogicalType.TIME, LogicalType.TIMESTAMP})
_TYPES: Final[dict[LogicalType, pa.DataType]] = {
    LogicalType.TEXT: pa.string(),
    LogicalType.INTEGER: pa.int64(),
    LogicalType.FLOAT: pa.float64(),
    LogicalType.BOOLEAN: pa.bool_(),
    LogicalType.DATE: pa.date32(),
    LogicalType.TIME: pa.time64("us"),
    LogicalType.TIMESTAMP: pa.timestamp("us"),
    LogicalType.BINARY: pa.binary(),
    LogicalType.JSON: pa.string(),
    LogicalType.UUID: pa.string(),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """A column after its cast. failed: rows whose value could not be cast, rising; their value is null."""

    values: pa.Array
    failed: tuple[int, ...] = ()


def arrow_type(
    type_: LogicalType, *, given: pa.DataType | None = None, precision: int | None = None, scale: int | None = None
) -> pa.DataType:
    """Return the Arrow type of the engine's type; `given` is the type that the source has, for decimals and zones."""
    if type_ is LogicalType.DECIMAL:
        if given is not None and pa.types.is_decimal(given) and scale is None:
            return given
        return pa.decimal128(precision or WIDEST_DECIMAL, USUAL_SCALE if scale is None else scale)
    if type_ is LogicalType.TIMESTAMP and given is not None and pa.types.is_timestamp(given) and given.tz:
        return pa.timestamp("us", tz=given.tz)
    return _TYPES[type_]


def cast_column(column: pa.Array, *, to: LogicalType, precision: int | None = None, scale: int | None = None) -> Cast:
    """Cast a column. Text is trimmed first, and empty text is null unless the target is text.

    Dates: 2024-01-02, 20240102, 2024/1/2, 2024年1月2日. Instants with an offset become the city's wall-clock time.
    Integers are never made by rounding.
    """
    column = _plain(column)
    wanted = arrow_type(to, given=column.type, precision=precision, scale=scale)
    if pa.types.is_null(column.type):
        return Cast(pa.nulls(len(column), type=wanted))
    if column.type == wanted and to not in {LogicalType.JSON, LogicalType.UUID}:
        return Cast(column)
    if wanted == pa.string() and to is LogicalType.TEXT:
        return _to_text(column)
    if pa.types.is_string(column.type):
        column = _trimmed(column)
    try:
        return Cast(_at_once(column, wanted, to))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _one_by_one(column, wanted, to)


def as_text(column: pa.Array) -> pa.Array:
    """Return a column as text, null where it cannot be."""
    return _to_text(_plain(column)).values


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return pa.array(
            [
                None if item is None else json.dumps(item, ensure_ascii=False, default=str)
                for item in column.to_pylist()
            ],
            pa.string(),
        )
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        return column.cast(pa.string())
    return column


def _trimmed(column: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _to_text(column: pa.Array) -> Cast:
    if pa.types.is_string(column.type):
        return Cast(column)
    try:
        return Cast(column.cast(pa.string()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _one_by_one(column, pa.string(), LogicalType.TEXT)


def _at_once(column: pa.Array, wanted: pa.DataType, to: LogicalType) -> pa.Array:
    """Cast by Arrow alone. Raises: ArrowInvalid, ArrowNotImplementedError where it is not exact for every value."""
    number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if to is LogicalType.BOOLEAN or (number and to in _TEMPORAL):
        raise pa.ArrowNotImplementedError("needs a look at each value")
    if pa.types.is_timestamp(column.type) and to in {LogicalType.DATE, LogicalType.TIME}:
        return _wall_clock(column).cast(wanted, safe=False)
    values = column.cast(wanted)
    if to is LogicalType.UUID:
        _demand(pc.match_substring_regex(values, _UUID))
    if to is LogicalType.JSON:
        _demand(compute(pa.record_batch({"v": values}), [_IS_JSON])[0].values)
    return values


def _demand(holds: pa.Array) -> None:
    if pc.all(holds, min_count=0).as_py() is False:
        raise pa.ArrowInvalid("some values are not well formed")


def _wall_clock(column: pa.Array) -> pa.Array:
    """Return instants as the city's clocks show them."""
    if not column.type.tz:
        return column
    return pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, tz=CITY.key)))


def _one_by_one(column: pa.Array, wanted: pa.DataType, to: LogicalType) -> Cast:
    """Cast each different value once."""
    encoded = column.dictionary_encode()
    known = [converted(item, to=to, wanted=wanted) for item in encoded.dictionary.to_pylist()]
    bad = np.array([item is None for item in known], dtype=np.bool_)
    values = pa.array(known, type=wanted) if known else pa.array([], type=wanted)
    taken = values.take(encoded.indices)
    if not bad.any():
        return Cast(taken)
    rows = pc.fill_null(pa.array(bad).take(encoded.indices), fill_value=False)
    return Cast(taken, tuple(np.flatnonzero(rows.to_numpy(zero_copy_only=False)).tolist()))
