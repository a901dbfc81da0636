"""Conditions on rows, for batches that no source has filtered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Comparison

_COMPARED: Final[Mapping[str, Callable[[pa.Array, pa.Scalar], pa.Array]]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


class BadCondition(Invalid):
    """A condition names a column that is not there, or compares what cannot be compared."""

    code = "exchange.bad_condition"
    message = zh("取数条件有误：字段“{column}”")


def matching(batch: pa.RecordBatch, conditions: Sequence[Comparison]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows meet all conditions; a comparison with null is not met, as in SQL.

    Raises: BadCondition.
    """
    met = np.ones(batch.num_rows, dtype=np.bool_)
    for item in conditions:
        try:
            met &= pc.fill_null(_one(batch, item), fill_value=False).to_numpy(zero_copy_only=False)
        except (KeyError, IndexError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise BadCondition(params={"column": item.column}) from None
    return met


def _one(batch: pa.RecordBatch, item: Comparison) -> pa.Array:
    column = batch.column(item.column)
    match item.operator:
        case "is_null":
            return column.is_null()
        case "not_null":
            return column.is_valid()
        case "prefix":
            return pc.starts_with(column, str(item.values[0]))
        case "in":
            wanted = pa.array([str(value) for value in item.values], pa.string()).cast(column.type)
            return pc.and_(pc.is_in(column, value_set=wanted), column.is_valid())
        case _:
            return _COMPARED[item.operator](column, pa.scalar(str(item.values[0])).cast(column.type))
