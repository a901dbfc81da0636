"""Statistical tables: where their title, unit, periods and rows stand, and what each cell holds.

A table is a grid as a spreadsheet gives it. Above the heading stand the title and often the unit (单位：亿元). The
heading has one or two lines and names a period over each column, or the growth that the table states for the period
before it. Below, each row is an indicator (or a division) with its figures.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from onecity.kernel.text import zh
from onecity.platform.registers.rules.economy.figures import BadCell, Cell, Figure, read_figure
from onecity.platform.registers.rules.economy.periods import Period, read_period, year_in

Raw = Cell | date | datetime | bool
"""A cell as a spreadsheet gives it."""
ColumnRole = Literal["name", "unit", "period", "growth", "ignored"]

_UNIT_LINE: Final = re.compile(r"(?:计量)?单位[:：]\s*(?P<unit>[^\s，,；;]+)")
_UNIT_HEADING: Final = frozenset({"单位", "计量单位"})
_GROWTH: Final = re.compile(r"增长|增幅|增速|增减|同比|±|比上年|比去年")
_SUB_HEADING: Final = re.compile(
    r"绝对[数量值]|本[期月季年]|数值|数量|总量|累计|指标值|增|同比|±|比上年|季度|半年|[月年]"
)
_NUMBERING: Final = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]+[)）、．.])+\s*")
_CIRCLED: Final = re.compile(r"^\s*[①-⑳]")
_PART: Final = re.compile(r"^(?:#|其中[:：]?|＃)\s*")
_ROW_UNIT: Final = re.compile(r"[（(](?P<unit>[^()（）]{1,20})[)）]$")
_NOTE_ROW: Final = re.compile(r"^(?:注|说明|资料来源|数据来源)[:：]|^注\d?[.．、 ]")
_HEADING_WITHIN: Final = 12


class NoTable(ValueError):
    """No line of the grid names a period."""

    code = "no_table"
    message = zh("没有找到写有报告期（如“2023年”“2023年1-6月”）的表头行")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. place: from 0. period: of its figures, or for `growth` the period whose growth it states."""

    place: int
    heading: str
    role: ColumnRole
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class CellRead:
    """A cell below the heading. figure is None where `fault` says why."""

    place: int
    text: str
    figure: Figure | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RowRead:
    """A row. number: from 1, as spreadsheets count. name: without numbering, signs and unit. unit: its own, if any."""

    number: int
    label: str
    name: str
    unit: str
    is_part: bool
    cells: Sequence[CellRead]


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table as understood. unit: of the whole table, empty when it states none. notes: lines below it."""

    title: str
    unit: str
    heading_rows: tuple[int, ...]
    columns: Sequence[Column]
    rows: Sequence[RowRead]
    notes: Sequence[str]


def read_table(grid: Sequence[Sequence[Raw]]) -> TableRead:
    """Read a statistical table.

    grid: lines of cells, as a spreadsheet or CSV file gives them; lines may be of unequal length.
    Raises: NoTable.
    Source: house rule (the layout that statistical yearbooks and bulletins use).
    """
    above_year = None
    for place, line in enumerate(grid[:_HEADING_WITHIN]):
        periods = [_heading_period(cell, default_year=above_year) for cell in line[1:]]
        if any(periods):
            return _read_below(grid, place, default_year=above_year)
        above_year = above_year or next((year for cell in line if (year := year_in(text_of(cell)))), None)
    raise NoTable


def text_of(cell: Raw) -> str:
    """Return a cell as text; a whole number without its decimal point, a date as its month."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell.year}年{cell.month}月"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def cell_name(*, row: int, place: int) -> str:
    """Return a cell's name as a spreadsheet gives it, such as C5. row: from 1. place: column, from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _read_below(grid: Sequence[Sequence[Raw]], top: int, *, default_year: int | None) -> TableRead:
    two_lines = top + 1 < len(grid) and _is_sub_heading(grid[top + 1])
    headings = _headings(grid[top], grid[top + 1] if two_lines else ())
    columns = _columns(headings, default_year=default_year)
    first = top + (2 if two_lines else 1)
    lines = [(number, line) for number, line in enumerate(grid[first:], start=first + 1) if any(map(text_of, line))]
    notes = [text_of(line[0]) for _, line in lines if line and _NOTE_ROW.match(text_of(line[0]))]
    above = [text_of(cell) for line in grid[:top] for cell in line if text_of(cell)]
    return TableRead(
        title=next((text for text in above if not _UNIT_LINE.search(text)), ""),
        unit=next((found["unit"] for text in above if (found := _UNIT_LINE.search(text))), ""),
        heading_rows=(top + 1, top + 2) if two_lines else (top + 1,),
        columns=columns,
        rows=[_row(number, line, columns) for number, line in lines if not _is_note(line)],
        notes=notes,
    )


def _is_note(line: Sequence[Raw]) -> bool:
    first = text_of(line[0]) if line else ""
    return not first or bool(_NOTE_ROW.match(first))


def _heading_period(cell: Raw, *, default_year: int | None) -> Period | None:
    text = text_of(cell)
    return None if _GROWTH.search(text) else read_period(text, default_year=default_year)


def _is_sub_heading(line: Sequence[Raw]) -> bool:
    """Say whether a line continues the heading: nothing in its first column, and words of headings in the others."""
    texts = [text_of(cell) for cell in line]
    said = [text for text in texts[1:] if text]
    return bool(said) and not (texts[0] if texts else "") and all(_SUB_HEADING.search(text) for text in said)


def _headings(top: Sequence[Raw], sub: Sequence[Raw]) -> list[tuple[str, str]]:
    """Return upper and lower heading of each column; an upper one reaches over the empty cells to its right."""
    width = max(len(top), len(sub))
    headings, last = [], ""
    for place in range(width):
        upper = text_of(top[place]) if place < len(top) else ""
        lower = text_of(sub[place]) if place < len(sub) else ""
        last = upper or (last if lower else "")
        headings.append((last, lower))
    return headings


def _columns(headings: Sequence[tuple[str, str]], *, default_year: int | None) -> list[Column]:
    columns: list[Column] = []
    last: Period | None = None
    for place, (upper, lower) in enumerate(headings):
        heading = f"{upper} {lower}".strip()
        role, period = _role(place, upper, lower, last=last, default_year=default_year)
        last = period if role == "period" else last
        columns.append(Column(place, heading, role, period))
    return columns


def _role(
    place: int, upper: str, lower: str, *, last: Period | None, default_year: int | None
) -> tuple[ColumnRole, Period | None]:
    if place == 0:
        return "name", None
    if upper.replace(" ", "") in _UNIT_HEADING:
        return "unit", None
    if _GROWTH.search(f"{upper}{lower}"):
        own = read_period(upper, default_year=default_year)
        return ("growth", own or last) if own or last else ("ignored", None)
    period = _named_period(upper, lower, default_year=default_year)
    return ("period", period) if period else ("ignored", None)


def _named_period(upper: str, lower: str, *, default_year: int | None) -> Period | None:
    """Return the period of a two-line heading: 2023年 over 一季度, or 2023年6月 over 累计."""
    period = read_period(upper, default_year=default_year)
    if not lower:
        return period
    year = year_in(upper) if period is None else period.year
    inner = read_period(lower, default_year=year if year else default_year)
    if inner is not None:
        return inner
    if period is not None and period.kind == "month" and "累计" in lower:
        return Period(period.year, "cumulative", period.number)
    return period


def _row(number: int, line: Sequence[Raw], columns: Sequence[Column]) -> RowRead:
    label = text_of(line[0]) if line else ""
    unit_column = next((column.place for column in columns if column.role == "unit"), None)
    own_unit = text_of(line[unit_column]) if unit_column is not None and unit_column < len(line) else ""
    plain = unicodedata.normalize("NFKC", _CIRCLED.sub("", label)).replace(" ", "")
    part = bool(_PART.match(plain))
    name = _NUMBERING.sub("", _PART.sub("", _NUMBERING.sub("", plain)))
    bracket = _ROW_UNIT.search(name)
    if bracket and not own_unit:
        own_unit = bracket["unit"]
    cells = [
        _cell(column.place, line[column.place])
        for column in columns
        if column.role in {"period", "growth"} and column.place < len(line)
    ]
    return RowRead(number, label, name[: bracket.start()] if bracket else name, own_unit, part, cells)


def _cell(place: int, cell: Raw) -> CellRead:
    text = text_of(cell)
    plain = cell if isinstance(cell, int | float) and not isinstance(cell, bool) else text
    try:
        return CellRead(place, text, read_figure(plain))
    except BadCell as refusal:
        return CellRead(place, text, None, str(refusal.fault))
