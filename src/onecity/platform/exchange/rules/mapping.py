"""Mapping: how the columns of a target come about from those of a source, for whole batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN
from onecity.platform.exchange.contracts.plans import ColumnMap
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.rules.casting import arrow_type, as_text, cast_column
from onecity.platform.exchange.rules.computing import compute
from onecity.platform.exchange.rules.expressions import parse_expression

Fault = tuple[int, str, str]
"""Row in the batch from 0, code of the fault, Chinese sentence (never with the value: it may be personal data)."""

TYPE_NAMES: Mapping[LogicalType, str] = {
    LogicalType.TEXT: zh("文本"),
    LogicalType.INTEGER: zh("整数"),
    LogicalType.DECIMAL: zh("小数"),
    LogicalType.FLOAT: zh("浮点数"),
    LogicalType.BOOLEAN: zh("是否"),
    LogicalType.DATE: zh("日期"),
    LogicalType.TIME: zh("时间"),
    LogicalType.TIMESTAMP: zh("日期时间"),
    LogicalType.BINARY: zh("二进制"),
    LogicalType.JSON: "JSON",
    LogicalType.UUID: "UUID",
}


class NoSuchColumn(Invalid):
    """A map reads a column that the source does not have."""

    code = "exchange.no_such_column"
    message = zh("来源中没有字段“{column}”")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A batch after mapping: the target's columns, in the maps' order, as many rows as before.

    A value that could not be made is null there, and named in `faults`.
    """

    batch: pa.RecordBatch
    faults: list[Fault]


def apply_maps(batch: pa.RecordBatch, maps: Sequence[ColumnMap]) -> Mapped:
    """Rename, translate, compute and cast. No maps: everything stays as it is.

    The column of operations (`OPERATION_COLUMN`), where there is one, stays at the end.
    Raises: NoSuchColumn; BadExpression.
    """
    if not maps:
        return Mapped(batch, [])
    arrays, faults = [], list[Fault]()
    for item in maps:
        values, found = _mapped(batch, item)
        arrays.append(values)
        faults.extend(found)
    names = [item.target for item in maps]
    if OPERATION_COLUMN in batch.schema.names and OPERATION_COLUMN not in names:
        names.append(OPERATION_COLUMN)
        arrays.append(batch.column(OPERATION_COLUMN))
    return Mapped(pa.RecordBatch.from_arrays(arrays, names=names), faults)


def mapped_schema(schema: pa.Schema, maps: Sequence[ColumnMap]) -> pa.Schema:
    """Return the columns that the maps make of a source with this schema: what expressions and checks may name.

    Raises: NoSuchColumn; BadExpression.
    """
    return apply_maps(pa.RecordBatch.from_pylist([], schema=schema), maps).batch.schema


def schema_of(columns: Sequence[tuple[str, LogicalType]]) -> pa.Schema:
    """Return the Arrow schema of columns as the engine knows them."""
    return pa.schema([(name, arrow_type(type_)) for name, type_ in columns])


def _mapped(batch: pa.RecordBatch, item: ColumnMap) -> tuple[pa.Array, list[Fault]]:
    faults: list[Fault] = []
    if item.expression:
        computed = compute(batch, [parse_expression(item.expression, columns=batch.schema.names)])[0]
        values = computed.values
        faults += _faults(computed.failed, f"expression.{item.target}", f"字段“{item.target}”的表达式对本行不能计算")
    else:
        if item.source not in batch.schema.names:
            raise NoSuchColumn(params={"column": item.source})
        values = batch.column(item.source)
    if item.codes:
        values, unknown = _translated(values, item.codes)
        faults += _faults(unknown, f"codes.{item.target}", f"字段“{item.target}”的代码值没有对应的转换")
    cast = cast_column(values, to=item.type, precision=item.precision, scale=item.scale)
    sentence = f"字段“{item.target}”的值不能转换为{TYPE_NAMES[item.type]}"
    return cast.values, [*faults, *((row, f"cast.{item.target}", sentence) for row in cast.failed)]


def _translated(values: pa.Array, codes: Mapping[str, str]) -> tuple[pa.Array, np.ndarray]:
    text = as_text(values)
    places = pc.index_in(text, value_set=pa.array(list(codes), pa.string()))
    translated = pa.array(list(codes.values()), pa.string()).take(places)
    unknown = pc.and_(places.is_null(), text.is_valid())
    return translated, unknown.to_numpy(zero_copy_only=False)


def _faults(rows: np.ndarray, code: str, sentence: str) -> list[Fault]:
    return [(row, code, sentence) for row in np.flatnonzero(rows).tolist()]
