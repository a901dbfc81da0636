"""Runs expressions on Arrow batches, in a DuckDB that can reach nothing but the batch."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from onecity.platform.exchange.rules.expressions import BadExpression, Expression

_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
    "memory_limit": "1GB",
}
_own = threading.local()


@dataclass(frozen=True, slots=True)
class Computed:
    """One expression's values, and which rows it could not be computed for (their value is null)."""

    values: pa.Array
    failed: np.ndarray[tuple[int], np.dtype[np.bool_]]


def compute(batch: pa.RecordBatch, expressions: Sequence[Expression]) -> list[Computed]:
    """Compute expressions for every row; one that fails for a row (a bad cast, say) fails for that row alone.

    Raises: BadExpression if one fits the batch's types nowhere.
    """
    machine = _machine()
    machine.register("batch", batch)
    try:
        return [_one(machine, item.sql, rows=batch.num_rows) for item in expressions]
    finally:
        machine.unregister("batch")


def check_types(schema: pa.Schema, expression: Expression) -> pa.DataType:
    """Return the type of an expression's values over columns of these types.

    Raises: BadExpression if they do not fit.
    """
    return compute(pa.RecordBatch.from_pylist([], schema=schema), [expression])[0].values.type


def _machine() -> duckdb.DuckDBPyConnection:
    """Return this thread's DuckDB."""
    if not hasattr(_own, "machine"):
        machine = duckdb.connect(":memory:", config=_SETTINGS)
        machine.execute("SET lock_configuration = true")
        _own.machine = machine
    found: duckdb.DuckDBPyConnection = _own.machine
    return found


def _one(machine: duckdb.DuckDBPyConnection, sql: str, *, rows: int) -> Computed:
    try:
        return Computed(_run(machine, sql), np.zeros(rows, dtype=np.bool_))
    except duckdb.BinderException as fault:
        raise BadExpression(f"类型不符（{_first_line(fault)}）") from None
    except duckdb.Error:
        return _row_by_row(machine, sql)


def _row_by_row(machine: duckdb.DuckDBPyConnection, sql: str) -> Computed:
    """Compute with TRY. Two statements: in one, the common part would be computed outside of TRY and fail."""
    try:
        values = _run(machine, f"TRY({sql})")
        is_null = _run(machine, f"TRY(({sql}) IS NULL)")
    except duckdb.Error as fault:
        raise BadExpression(f"不能计算（{_first_line(fault)}）") from None
    return Computed(values, is_null.is_null().to_numpy(zero_copy_only=False))


def _run(machine: duckdb.DuckDBPyConnection, sql: str) -> pa.Array:
    column = machine.sql(f"SELECT {sql} AS v FROM batch").to_arrow_table().column(0)
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _first_line(fault: duckdb.Error) -> str:
    return str(fault).splitlines()[0][:150]
