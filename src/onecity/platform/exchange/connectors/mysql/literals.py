"""Arrow batches as the VALUES of an INSERT, a column at a time."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_CITY: Final = "Asia/Shanghai"


def rows_as_values(rows: pa.RecordBatch) -> list[str]:
    """Return each row as `(…,…)`, for a session without escapes by backslash (NO_BACKSLASH_ESCAPES).

    Floats that are no numbers become NULL's opposite, the word NAN, which the server refuses.
    """
    columns = [pc.fill_null(_literals(column), "NULL") for column in rows.columns]
    joined = pc.binary_join_element_wise(*columns, ",")
    return [f"({row})" for row in joined.to_pylist()]


def _literals(values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_boolean(kind):
        return values.cast(pa.int8()).cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return values.cast(pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if cell is None else f"x'{cell.hex()}'" for cell in values.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind):
        values = _wall_clock(values)
    text = values.cast(pa.string())
    return pc.binary_join_element_wise("'", pc.replace_substring(text, "'", "''"), "'", "")


def _wall_clock(values: pa.Array) -> pa.Array:
    """Return instants as the city's clocks show them."""
    if values.type.tz:
        values = pc.local_timestamp(values.cast(pa.timestamp("us", tz=_CITY)))
    return values.cast(pa.timestamp("us"))
