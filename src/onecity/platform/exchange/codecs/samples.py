"""The first rows of a file that somebody uploads: CSV, Excel, JSON lines, Parquet."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import pyarrow as pa
from pyarrow import csv, json, parquet
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
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, CalamineError, UnicodeDecodeError, OSError) as error:
        raise NotUnderstood(params={"reason": str(error)[:200]}) from error
    if not table.num_columns or table.num_columns > MOST_COLUMNS:
        raise NotUnderstood(params={"reason": zh("文件没有列，或多于500列")})
    return SampleTable(_shape(name, table), _batch(table))


def _csv(content: bytes, rows: int) -> pa.Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode(_CHINESE)
    lines = text.splitlines(keepends=True)
    heading = lines[0] if lines else ""
    delimiter = max(",;\t", key=heading.count)
    names = heading.count(delimiter) + 1
    return csv.read_csv(
        io.BytesIO("".join(lines[: rows + 1]).encode()),
        parse_options=csv.ParseOptions(delimiter=delimiter, invalid_row_handler=lambda _: "skip"),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(_headings(heading, delimiter, names), pa.string()), strings_can_be_null=True
        ),
    )


def _headings(line: str, delimiter: str, count: int) -> Sequence[str]:
    found = csv.read_csv(
        io.BytesIO(line.strip().encode()),
        read_options=csv.ReadOptions(autogenerate_column_names=True),
        parse_options=csv.ParseOptions(delimiter=delimiter),
        convert_options=csv.ConvertOptions(column_types={f"f{place}": pa.string() for place in range(count)}),
    )
    return [str(value) for value in found.to_pylist()[0].values()]


def _excel(content: bytes, rows: int) -> pa.Table:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    found = sheet.to_python(skip_empty_area=True, nrows=rows + 1)
    if not found:
        return pa.table({})
    names = [str(value).strip() or f"column_{place}" for place, value in enumerate(found[0], start=1)]
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
