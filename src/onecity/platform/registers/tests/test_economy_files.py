"""Spreadsheets and CSV files as grids."""

import io
from datetime import date, time

import pytest
import xlsxwriter

from onecity.platform.registers.codecs import spreadsheets
from onecity.platform.registers.codecs.spreadsheets import TooLarge, Unreadable, grid_of, grid_text, read_sheets


def book(*sheets: list[list[object]]) -> bytes:
    """Return an XLSX file."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm"})
    for lines in sheets:
        sheet = made.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    made.close()
    return target.getvalue()


def test_csv_is_read_in_both_encodings() -> None:
    for encoding in ("utf-8-sig", "gb18030"):
        sheets = read_sheets('指标,2023年\n工业,"1,234.5"\n'.encode(encoding))
        assert sheets[0].grid == [["指标", "2023年"], ["工业", "1,234.5"]]


def test_every_sheet_that_holds_something_is_read() -> None:
    sheets = read_sheets(book([], [["指标", 2023], ["工业", 6744.56]]))
    assert [(sheet.name, sheet.grid) for sheet in sheets] == [("Sheet2", [["指标", 2023.0], ["工业", 6744.56]])]


def test_date_in_a_heading_is_kept_as_its_month() -> None:
    grid = read_sheets(book([["指标", date(2023, 6, 1)]]))[0].grid
    assert grid_of(grid_text(grid)) == [["指标", "2023年6月"]]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"\xff\xfe\x00\x01", b"a\x00b"])
def test_what_is_no_table_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_sheets(raw)


def test_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge):
        read_sheets(b"1,2\n" * (spreadsheets.MOST_ROWS + 1))
    with pytest.raises(TooLarge):
        read_sheets(b"," * spreadsheets.MOST_COLUMNS)
    monkeypatch.setattr(spreadsheets, "LARGEST_FILE", 3)
    with pytest.raises(TooLarge):
        read_sheets(b"a,b,c")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[[{"a":1}]]', "[" + "[],"])
def test_what_a_page_sends_back_must_be_a_grid(text: str) -> None:
    with pytest.raises(Unreadable):
        grid_of(text)


def test_clock_times_become_text_and_broken_quotes_are_refused() -> None:
    assert read_sheets(book([["指标", time(8, 30)]]))[0].grid[0][0] == "指标"
    with pytest.raises(Unreadable):
        read_sheets(b'a,"b"c,d\n')


def test_only_cells_can_be_carried() -> None:
    with pytest.raises(TypeError):
        grid_text([[object()]])  # type: ignore[list-item]  # what no spreadsheet holds
