"""CSV that Excel opens as Chinese, with nothing in it that a spreadsheet would execute."""

from collections.abc import Iterator
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

_BYTE_ORDER_MARK: Final = "\ufeff".encode()
_FORMULA: Final = r"^[=+\-@\t\r]"
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S%Ez"
_NO_FRACTION: Final = r"\.0+([+-])"


def write_csv(batches: Iterator[pa.RecordBatch], schema: pa.Schema, out: BinaryIO) -> int:
    """Write batches as CSV: UTF-8 with mark, names of the fields first, instants in ISO 8601 with the city's offset.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    Source: RFC 4180; the apostrophe is a house rule.
    """
    plain = pa.schema([pa.field(item.name, _plain_type(item.type)) for item in schema])
    out.write(_BYTE_ORDER_MARK)
    rows = 0
    with csv.CSVWriter(out, plain) as writer:
        for batch in batches:
            columns = [_plain(column) for column in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=plain))
            rows += batch.num_rows
    return rows


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_timestamp(kind) or pa.types.is_binary(kind) else kind


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        text = pc.strftime(column, format=_INSTANT)
        return pc.replace_substring_regex(text, pattern=_NO_FRACTION, replacement=r"\1")
    if pa.types.is_binary(column.type):
        return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())
    if pa.types.is_string(column.type):
        dangerous = pc.match_substring_regex(column, pattern=_FORMULA)
        return pc.if_else(dangerous, pc.binary_join_element_wise("'", column, ""), column)
    return column
