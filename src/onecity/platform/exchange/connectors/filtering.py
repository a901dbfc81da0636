"""Row conditions over Arrow batches, for sources that cannot be asked in SQL."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.contracts.blocks import Comparison

_COMPARE: Final[Mapping[str, Callable[[pa.Array, pa.Scalar], pa.Array]]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


def kept(batch: pa.RecordBatch, conditions: Sequence[Comparison]) -> pa.RecordBatch:
    """Return the rows for which every condition is true; null is never true. Raises: NotUnderstood."""
    for condition in conditions:
        if condition.column not in batch.schema.names:
            raise NotUnderstood(zh("来源没有字段“{column}”"), params={"column": condition.column})
        batch = batch.filter(pc.fill_null(_holds(batch.column(condition.column), condition), fill_value=False))
    return batch


def _holds(values: pa.Array, condition: Comparison) -> pa.Array:
    if condition.operator == "is_null":
        return pc.is_null(values)
    if condition.operator == "not_null":
        return pc.is_valid(values)
    if condition.operator == "in":
        return pc.is_in(values, value_set=_as(values, list(condition.values), condition.column))
    if not condition.values:
        raise NotUnderstood(zh("字段“{column}”的条件不完整"), params={"column": condition.column})
    if condition.operator == "prefix":
        return pc.starts_with(values.cast(pa.string()), str(condition.values[0]))
    if condition.operator not in _COMPARE:
        raise NotUnderstood(zh("字段“{column}”的条件不完整"), params={"column": condition.column})
    return _COMPARE[condition.operator](values, _as(values, list(condition.values[:1]), condition.column)[0])


def _as(values: pa.Array, wanted: list[str | int | float | bool], column: str) -> pa.Array:
    """Return condition values in the type of the column."""
    try:
        return pa.array([str(item) for item in wanted], pa.string()).cast(values.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise NotUnderstood(zh("字段“{column}”的条件与字段类型不符"), params={"column": column}) from error
