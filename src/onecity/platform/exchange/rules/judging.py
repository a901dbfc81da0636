"""One function for each kind of check: which rows of a batch fail it. Null fails nothing but NOT_NULL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.rules.casting import as_text
from onecity.platform.exchange.rules.computing import compute
from onecity.platform.exchange.rules.expressions import BadExpression, parse_expression

Bits = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that fail one check, and what more can be said about single ones."""

    bad: Bits
    sentences: Mapping[int, str] = field(default_factory=dict)


def _not_null(batch: pa.RecordBatch, check: Check) -> Found:
    """Text that is empty or blank counts as missing."""
    bad = np.zeros(batch.num_rows, dtype=np.bool_)
    for name in check.columns:
        column = batch.column(name)
        bad |= _bits(column.is_null())
        if pa.types.is_string(column.type):
            bad |= _bits(pc.equal(pc.utf8_trim_whitespace(column), ""))
    return Found(bad)


def _unique(batch: pa.RecordBatch, check: Check) -> Found:
    """The first of equal rows stays; rows with a null among the columns are equal to none (as in SQL)."""
    columns = [batch.column(name) for name in check.columns]
    names = [str(place) for place in range(len(columns))]
    whole = np.logical_and.reduce([_bits(column.is_valid()) for column in columns])
    table = pa.Table.from_arrays([*columns, pa.array(np.arange(batch.num_rows))], names=[*names, "row"])
    firsts = table.group_by(names, use_threads=False).aggregate([("row", "min")]).column("row_min").to_numpy()
    bad = whole.copy()
    bad[firsts] = False
    return Found(bad)


def _code_list(batch: pa.RecordBatch, check: Check) -> Found:
    text = as_text(batch.column(check.columns[0]))
    known = pc.is_in(text, value_set=pa.array(check.values, pa.string()))
    return Found(_bits(pc.and_(pc.invert(known), text.is_valid())))


def _range(batch: pa.RecordBatch, check: Check) -> Found:
    column = batch.column(check.columns[0])
    low, high = check.values
    bad = np.zeros(batch.num_rows, dtype=np.bool_)
    if low:
        bad |= _bits(pc.less(column, _bound(low, column.type)))
    if high:
        bad |= _bits(pc.greater(column, _bound(high, column.type)))
    return Found(bad)


def _bound(text: str, type_: pa.DataType) -> pa.Scalar:
    try:
        if pa.types.is_decimal(type_) or pa.types.is_integer(type_):
            return pa.scalar(Decimal(text))
        return pa.scalar(text).cast(type_)
    except (pa.ArrowInvalid, InvalidOperation):
        raise BadExpression(f"范围的界限“{text}”与字段类型不符") from None


def _length(batch: pa.RecordBatch, check: Check) -> Found:
    lengths = pc.utf8_length(as_text(batch.column(check.columns[0])))
    low, high = check.values
    bad = np.zeros(batch.num_rows, dtype=np.bool_)
    if low:
        bad |= _bits(pc.less(lengths, int(low)))
    if high:
        bad |= _bits(pc.greater(lengths, int(high)))
    return Found(bad)


def _pattern(batch: pa.RecordBatch, check: Check) -> Found:
    text = as_text(batch.column(check.columns[0]))
    try:
        return Found(_bits(pc.invert(pc.match_substring_regex(text, rf"\A(?:{check.values[0]})\z"))))
    except pa.ArrowInvalid:
        raise BadExpression(f"格式“{check.values[0]}”不是正确的正则表达式") from None


def _expression(batch: pa.RecordBatch, check: Check) -> Found:
    """A row fails where the expression is false or cannot be computed; unknown (null) passes, as in a SQL check."""
    computed = compute(batch, [parse_expression(check.values[0], columns=batch.schema.names)])[0]
    if not pa.types.is_boolean(computed.values.type):
        raise BadExpression("字段间关系的结果应为是或否")
    return Found(_bits(pc.invert(computed.values)) | computed.failed)


def _bits(values: pa.Array) -> Bits:
    """Return truth values; null counts as false."""
    bits: Bits = pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False).copy()
    return bits


JUDGES: Final[Mapping[CheckKind, Callable[[pa.RecordBatch, Check], Found]]] = {
    CheckKind.NOT_NULL: _not_null,
    CheckKind.UNIQUE: _unique,
    CheckKind.CODE_LIST: _code_list,
    CheckKind.RANGE: _range,
    CheckKind.LENGTH: _length,
    CheckKind.PATTERN: _pattern,
    CheckKind.EXPRESSION: _expression,
}
