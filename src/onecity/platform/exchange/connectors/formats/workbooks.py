"""Excel workbooks: each sheet is a table."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import BinaryIO, Final

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.columns import Cell, from_cells
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.formats.contract import Manner, Piece, broken, read_only
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

SHEET_MARK: Final = "#"


class Excel:
    """xlsx, xls, xlsb and ods. A table's name is the file's, `#` and the sheet's. Whole numbers are integers."""

    suffixes: Sequence[str] = (".xlsx", ".xls", ".xlsb", ".ods")

    def shapes(self, file: BinaryIO, *, name: str, manner: Manner) -> Sequence[TableShape]:
        """Return the sheets that hold anything."""
        book = _opened(file, name)
        shapes = []
        for sheet in book.sheet_names:
            columns, rows = _content(book, sheet, f"{name}{SHEET_MARK}{sheet}", manner)
            if columns:
                shapes.append(TableShape(f"{name}{SHEET_MARK}{sheet}", tuple(columns), rows=len(rows)))
        return shapes

    def pieces(self, file: BinaryIO, *, name: str, part: str, manner: Manner, size: int) -> Iterator[Piece]:
        """Yield the rows of a sheet, by default the first."""
        book = _opened(file, name)
        sheet = part or book.sheet_names[0]
        if sheet not in book.sheet_names:
            raise NotUnderstood(zh("文件“{name}”没有工作表“{sheet}”"), params={"name": name, "sheet": sheet})
        columns, rows = _content(book, sheet, name, manner)
        for first in range(0, len(rows), size):
            cells = zip(*rows[first : first + size], strict=True)
            arrays = [from_cells(values, column) for values, column in zip(cells, columns, strict=True)]
            yield Piece(pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns]))

    def written(self, rows: pa.RecordBatch, *, manner: Manner) -> bytes:
        """Refuse."""
        raise read_only(".xlsx")

    def joined(
        self, parts: Iterable[bytes], *, shape: TableShape, schema: pa.Schema, manner: Manner
    ) -> Iterator[bytes]:
        """Refuse."""
        raise read_only(".xlsx")


def _opened(file: BinaryIO, name: str) -> CalamineWorkbook:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except (CalamineError, OSError):
        raise broken(name) from None


def _content(
    book: CalamineWorkbook, sheet: str, name: str, manner: Manner
) -> tuple[list[ColumnShape], list[list[Cell]]]:
    """Return the columns, typed by all their values, and the rows that are not empty."""
    try:
        lines = book.get_sheet_by_name(sheet).to_python(skip_empty_area=True)
    except CalamineError:
        raise broken(name) from None
    if not lines:
        return [], []
    names = (
        [str(cell).strip() for cell in lines[0]] if manner.header else [f"f{place}" for place in range(len(lines[0]))]
    )
    if len(set(names)) < len(names) or not all(names):
        raise NotUnderstood(zh("文件“{name}”的表头有重复或空白的字段名"), params={"name": name})
    rows = [[_cell(cell) for cell in line] for line in lines[1 if manner.header else 0 :]]
    rows = [row for row in rows if any(cell is not None for cell in row)]
    columns = [ColumnShape(word, _type([row[place] for row in rows])) for place, word in enumerate(names)]
    return columns, rows


def _cell(cell: object) -> Cell:
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return str(cell) if isinstance(cell, timedelta) else cell


def _type(cells: Sequence[Cell]) -> LogicalType:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int, float}:
        return LogicalType.FLOAT
    if kinds == {date, datetime}:
        return LogicalType.TIMESTAMP
    return _TYPES.get(next(iter(kinds)), LogicalType.TEXT) if len(kinds) == 1 else LogicalType.TEXT


_TYPES: Final[dict[type, LogicalType]] = {
    bool: LogicalType.BOOLEAN,
    int: LogicalType.INTEGER,
    float: LogicalType.FLOAT,
    date: LogicalType.DATE,
    datetime: LogicalType.TIMESTAMP,
    time: LogicalType.TIME,
}
