"""Spreadsheets and CSV files as grids of cells, and grids as text that a page can carry."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.registers.rules.economy.tables import Raw

Grid = Sequence[Sequence[Raw]]
LARGEST_FILE: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 400
_BOOK_SIGNS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX and XLS files begin."""


class Unreadable(Invalid):
    """The file is no spreadsheet that can be read."""

    code = "registers.unreadable_file"
    message = zh("无法读取该文件，请上传 XLSX、XLS 或 CSV 文件")


class TooLarge(Invalid):
    """The file holds more than a statistical table does."""

    code = "registers.table_too_large"
    message = zh("文件过大：最多{rows}行、{columns}列")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file; a CSV file has one without a name."""

    name: str
    grid: Grid


def read_sheets(raw: bytes) -> list[Sheet]:
    """Read a file's sheets that hold anything.

    Raises: Unreadable; TooLarge.
    """
    if len(raw) > LARGEST_FILE:
        raise TooLarge(params={"rows": MOST_ROWS, "columns": MOST_COLUMNS})
    sheets = _book(raw) if raw.startswith(_BOOK_SIGNS) else [Sheet("", _csv(raw))]
    found = [sheet for sheet in sheets if sheet.grid]
    if not found:
        raise Unreadable
    for sheet in found:
        if len(sheet.grid) > MOST_ROWS or max(map(len, sheet.grid)) > MOST_COLUMNS:
            raise TooLarge(params={"rows": MOST_ROWS, "columns": MOST_COLUMNS})
    return found


def grid_text(grid: Grid) -> str:
    """Return a grid as JSON; dates as their ISO text."""
    return json.dumps(grid, ensure_ascii=False, separators=(",", ":"), default=_iso)


def grid_of(text: str) -> Grid:
    """Read what `grid_text` wrote.

    Raises: Unreadable.
    """
    try:
        grid = json.loads(text)
    except ValueError:
        raise Unreadable from None
    if not isinstance(grid, list) or not all(isinstance(line, list) for line in grid) or len(grid) > MOST_ROWS:
        raise Unreadable
    cells = [cell for line in grid for cell in line]
    if not all(cell is None or isinstance(cell, str | int | float | bool) for cell in cells):
        raise Unreadable
    return grid


def _csv(raw: bytes) -> Grid:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise Unreadable
        try:
            return [list(line) for line in csv.reader(io.StringIO(text, newline=""), strict=True)]
        except csv.Error:
            raise Unreadable from None
    raise Unreadable


def _book(raw: bytes) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return [
            Sheet(name, _plain(book.get_sheet_by_name(name).to_python(nrows=MOST_ROWS + 1)))
            for name in book.sheet_names
        ]
    except (CalamineError, OSError):
        raise Unreadable from None


def _plain(lines: Sequence[Sequence[object]]) -> Grid:
    return [[_cell(cell) for cell in line] for line in lines]


def _cell(cell: object) -> Raw:
    if isinstance(cell, str | int | float | bool | date | datetime):
        return cell
    if isinstance(cell, time | timedelta):
        return str(cell)
    return None


def _iso(value: object) -> str:
    """Return a date as the month that it stands for in a heading."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月"
    raise TypeError(type(value).__name__)
