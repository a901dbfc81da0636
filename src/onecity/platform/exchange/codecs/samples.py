"""The first rows of a file that somebody uploads: CSV, Excel, JSON lines, Parquet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Final

import pyarrow as pa
from pyarrow import json, parquet
from python_calamine import CalamineError, CalamineWorkbook

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

_CHINESE: Final = "gb18030"
MOST_COLUMNS: Final = 500


@dataclass(frozen=True, slots=True)
class SampleTable:
    """A table's shape and some of its rows, in the order of the shape's columns; None where there was none to read."""

    shape: TableShape
    rows: pa.RecordBatch | None


def read_sample(name: str, *, content: bytes, rows: int) -> SampleTable:
    """Read the first rows of a file by the ending of its name.

    CSV may be UTF-8 or GB 18030, with commas, semicolons or tabs; of Excel the first sheet is read, headings first.
    Raises: NotUnderstood.
    """
    readers = {
        ".csv": _csv,
        ".xlsx": _excel,
        ".xls": _excel,
        ".json": _json,
        ".jsonl": _json,
        ".parquet": _parquet,
    }
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise NotUnderstood(params={"reason": zh("只能读取 CSV、Excel、JSON 行、Parquet 文件")})
    try:
        table = reader(content, rows)
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        CalamineError,
        UnicodeDecodeError,
        csv.Error,
        OSError,
    ) as error:
        raise NotUnderstood(params={"reason": str(error)[:200]}) from error
    if not table.num_columns or table.num_columns > MOST_COLUMNS:
        raise NotUnderstood(params={"reason": zh("文件没有列，或多于500列")})
    return SampleTable(_shape(name, table), _batch(table))


def _csv(content: bytes, rows: int) -> pa.Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(_CHINESE)
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    found = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), rows + 1))
    if not found:
        return pa.table({})
    names = _unlike(found[0])
    whole = [row for row in found[1:] if len(row) == len(names)]
    columns = [[row[place] or None for row in whole] for place in range(len(names))]
    return pa.Table.from_arrays([pa.array(values, pa.string()) for values in columns], names=names)


def _unlike(headings: Sequence[str]) -> list[str]:
    """Return headings that are not empty and differ from one another."""
    names: list[str] = []
    for place, heading in enumerate(headings, start=1):
        name = heading.strip() or f"column_{place}"
        names.append(name if name not in names else f"{name}_{place}")
    return names


def _excel(content: bytes, rows: int) -> pa.Table:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    found = sheet.to_python(skip_empty_area=True, nrows=rows + 1)
    if not found:
        return pa.table({})
    names = _unlike([str(value) for value in found[0]])
    columns = [[_cell(value) for value in values] for values in zip(*found[1:], strict=True)] or [[] for _ in names]
    return pa.Table.from_arrays([pa.array(values, pa.string()) for values in columns], names=names)


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _json(content: bytes, rows: int) -> pa.Table:
    return json.read_json(io.BytesIO(b"".join(content.splitlines(keepends=True)[:rows])))


def _parquet(content: bytes, rows: int) -> pa.Table:
    file = parquet.ParquetFile(io.BytesIO(content))
    for batch in file.iter_batches(batch_size=rows):
        return pa.Table.from_batches([batch])
    return file.schema_arrow.empty_table()


def _shape(name: str, table: pa.Table) -> TableShape:
    columns = tuple(ColumnShape(item.name, _logical(item.type)) for item in table.schema)
    return TableShape(PurePath(name).stem, columns)


def _batch(table: pa.Table) -> pa.RecordBatch | None:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else None


def _logical(kind: pa.DataType) -> LogicalType:
    tests = (
        (pa.types.is_boolean, LogicalType.BOOLEAN),
        (pa.types.is_integer, LogicalType.INTEGER),
        (pa.types.is_decimal, LogicalType.DECIMAL),
        (pa.types.is_floating, LogicalType.FLOAT),
        (pa.types.is_date, LogicalType.DATE),
        (pa.types.is_time, LogicalType.TIME),
        (pa.types.is_timestamp, LogicalType.TIMESTAMP),
        (pa.types.is_binary, LogicalType.BINARY),
    )
    return next((logical for test, logical in tests if test(kind)), LogicalType.TEXT)
