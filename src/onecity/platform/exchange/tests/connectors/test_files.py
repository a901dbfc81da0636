"""Files: encodings, torn lines, sheets, patterns, and writing that is whole or not at all."""

import io
import json
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.files.connector import FilesConnector
from onecity.platform.exchange.connectors.formats.objects import array_values
from onecity.platform.exchange.contracts.blocks import Reading
from onecity.platform.exchange.contracts.places import OptionValue, Place
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.tests.connectors.people import (
    people,
    read,
)

CONNECTOR = FilesConnector()


def _place(folder: Path, **options: OptionValue) -> Place:
    return Place("files", {"folder": str(folder), **options})


def _rows(folder: Path, table: str, **options: OptionValue) -> list[dict[str, object]]:
    found = CONNECTOR.discover(_place(folder, **options))
    columns = next(shape for shape in found if shape.name == table).columns
    names = tuple(column.name for column in columns)
    return [
        row
        for block in read(CONNECTOR, _place(folder, **options), table, columns=names)
        for row in block.rows.to_pylist()
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_of_a_csv_file_is_found_out(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_text("编号,姓名\n0010,张三𠮷\n", encoding=encoding)
    assert _rows(tmp_path, "a.csv") == [{"编号": "0010", "姓名": "张三𠮷"}]


def test_an_encoding_is_believed_when_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("编号,姓名\n1,张三\n", encoding="gb18030")
    with pytest.raises(NotUnderstood, match=r"a\.csv"):
        read(CONNECTOR, _place(tmp_path, encoding="utf-8"), "a.csv", columns=("编号",))


def test_odd_bytes_far_into_a_file_are_not_understood(tmp_path: Path) -> None:
    text = "编号,姓名\n" + "1,张三\n" * 900_000
    (tmp_path / "a.csv").write_bytes(text.encode() + b"2,\xff\xfe\n")
    with pytest.raises(NotUnderstood, match=r"a\.csv"):
        read(CONNECTOR, _place(tmp_path), "a.csv", columns=("姓名",), block_rows=100_000)


def test_null_and_empty_text_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n,""\n', encoding="utf-8")
    assert _rows(tmp_path, "a.csv") == [{"a": None, "b": ""}]


def test_quoted_line_breaks_and_other_separators(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('甲\t乙\n"一\n""二"""\t三\n', encoding="utf-8")
    assert _rows(tmp_path, "a.tsv", separator="tab") == [{"甲": '一\n"二"', "乙": "三"}]


def test_a_file_without_header_has_numbered_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    assert _rows(tmp_path, "a.csv", header=False) == [{"f0": "1", "f1": "2"}, {"f0": "3", "f1": "4"}]


def test_torn_lines_are_told_once_wherever_reading_goes_on(tmp_path: Path) -> None:
    lines = [f"{number},x" if number % 10 else f"{number}" for number in range(1, 101)]
    (tmp_path / "a.csv").write_text("id,v\n" + "\n".join(lines), encoding="utf-8")
    whole = read(CONNECTOR, _place(tmp_path), "a.csv", columns=("id",), block_rows=20)
    assert sum(block.rows.num_rows for block in whole) == 90
    torn = [row.text for block in whole for row in block.torn]
    assert torn == [str(number) for number in range(10, 101, 10)]
    rest = read(CONNECTOR, _place(tmp_path), "a.csv", columns=("id",), block_rows=20, since=whole[0].after)
    assert [row.text for block in rest for row in block.torn] == torn[len(whole[0].torn) :]
    assert sum(block.rows.num_rows for block in rest) == 70


def test_torn_lines_alone_are_a_block_of_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,v\n1\n", encoding="utf-8")
    [block] = read(CONNECTOR, _place(tmp_path), "a.csv", columns=("id",))
    assert (block.rows.num_rows, [row.place for row in block.torn]) == (0, ["a.csv:2"])


def test_an_open_quote_at_the_end_means_a_file_cut_short(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,v\n1,"一\n2,二\n', encoding="utf-8")
    with pytest.raises(NotUnderstood, match="引号"):
        read(CONNECTOR, _place(tmp_path), "a.csv", columns=("id",))


@pytest.mark.parametrize("head", ["a,a\n1,2\n", "a,\n1,2\n", ""])
def test_headers_that_name_nothing_are_not_understood(tmp_path: Path, head: str) -> None:
    (tmp_path / "a.csv").write_text(head, encoding="utf-8")
    with pytest.raises(NotUnderstood, match=r"a\.csv"):
        read(CONNECTOR, _place(tmp_path), "a.csv", columns=("a",))
    assert CONNECTOR.discover(_place(tmp_path)) == []


def test_a_separator_is_one_character(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstood, match="分隔符"):
        CONNECTOR.discover(_place(tmp_path, separator="||"))


@pytest.mark.parametrize("name", ["a.parquet", "a.xlsx", "a.json"])
def test_a_broken_file_is_named_and_not_quoted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"geheim" * 50)
    with pytest.raises(NotUnderstood, match=name) as caught:
        read(CONNECTOR, _place(tmp_path), name, columns=("a",))
    assert "geheim" not in str(caught.value)


def test_a_parquet_file_cut_short_is_not_understood(tmp_path: Path) -> None:
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_batches([people(1, 100)]), sink)
    (tmp_path / "a.parquet").write_bytes(sink.getvalue()[:-20])
    with pytest.raises(NotUnderstood):
        read(CONNECTOR, _place(tmp_path), "a.parquet")


def test_an_unknown_kind_of_file_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(NotUnderstood, match=r"a\.pdf"):
        read(CONNECTOR, _place(tmp_path), "a.pdf")
    assert CONNECTOR.discover(_place(tmp_path)) == []


def test_sheets_are_tables_with_types(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("人口")
        for place, cells in enumerate([("编号", "姓名", "出生", "收入", "在世", "杂"),
                                       (1, "张三", date(1980, 2, 3), 1.5, True, 1),
                                       (2, "", None, 2, False, "x"), ("", "", "", "", "", "")]):  # fmt: skip
            for column, cell in enumerate(cells):
                sheet.write(place, column, cell, day if isinstance(cell, date) else None)
        book.add_worksheet("空")
        book.add_worksheet("重").write_row(0, 0, ["a", "a"])
    with pytest.raises(NotUnderstood, match="表头"):
        read(CONNECTOR, _place(tmp_path), "a.xlsx#重", columns=("a",))
    [block] = read(CONNECTOR, _place(tmp_path), "a.xlsx", columns=("编号", "姓名", "出生", "收入", "在世", "杂"))
    assert block.rows.to_pylist() == [
        {"编号": 1, "姓名": "张三", "出生": date(1980, 2, 3), "收入": 1.5, "在世": True, "杂": "1"},
        {"编号": 2, "姓名": None, "出生": None, "收入": 2.0, "在世": False, "杂": "x"},
    ]
    with pytest.raises(NotUnderstood, match="没有这张"):
        read(CONNECTOR, _place(tmp_path), "a.xlsx#没有这张", columns=("a",))


def test_sheets_of_a_sound_book_are_discovered(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("法人")
        sheet.write_row(0, 0, ["代码", "时间"])
        sheet.write(1, 0, 12)
        sheet.write_datetime(
            1, 1, datetime.fromisoformat("2026-03-01 08:30"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        )
        book.add_worksheet("空")
    [shape] = CONNECTOR.discover(_place(tmp_path))
    assert (shape.name, shape.rows) == ("a.xlsx#法人", 1)
    assert [column.type for column in shape.columns] == [LogicalType.INTEGER, LogicalType.TIMESTAMP]


def test_objects_lie_where_the_path_says(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps({"data": {"list": [{"id": 1, "tags": ["甲"]}, {"id": 2}]}}), encoding="utf-8"
    )
    assert _rows(tmp_path, "a.json", rows_path="data.list") == [{"id": 1, "tags": '["甲"]'}, {"id": 2, "tags": None}]
    with pytest.raises(NotUnderstood):
        read(CONNECTOR, _place(tmp_path, rows_path="data.rows"), "a.json", columns=("id",))


def test_an_array_is_read_bit_by_bit(tmp_path: Path) -> None:
    rows = [{"id": number, "name": "张三" * (number % 50)} for number in range(30_000)]
    (tmp_path / "a.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="gb18030")
    found = read(CONNECTOR, _place(tmp_path), "a.json", columns=("id", "name"), block_rows=7000)
    assert [row for block in found for row in block.rows.to_pylist()] == rows


@pytest.mark.parametrize("text", ['{"a": 1}', '[{"a": 1}', '[{"a": 1}] x', "", '[{"a": 1}, {"a"'])
def test_an_array_that_is_none_is_not_understood(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(NotUnderstood):
        read(CONNECTOR, _place(tmp_path), "a.json", columns=("a",))


def test_entries_and_lines_that_are_no_objects_are_torn(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"a": 1}, 7, {"a": 2}]', encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"a": 1}\n{torn\n\n[2]\n{"a": 2}\n', encoding="utf-8")
    [first] = read(CONNECTOR, _place(tmp_path), "a.json", columns=("a",))
    [second] = read(CONNECTOR, _place(tmp_path), "b.jsonl", columns=("a",))
    assert first.rows.to_pylist() == second.rows.to_pylist() == [{"a": 1}, {"a": 2}]
    assert [row.place for row in first.torn + second.torn] == ["a.json[2]", "b.jsonl:2", "b.jsonl:4"]


def test_values_of_another_type_than_before_come_as_text(tmp_path: Path) -> None:
    lines = [json.dumps({"id": number}) for number in range(1500)] + [json.dumps({"id": "十"})] * 10
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = read(CONNECTOR, _place(tmp_path), "a.jsonl", columns=("id",), block_rows=1400)
    assert sum(block.rows.num_rows for block in found) == 1510
    assert found[-1].rows.column("id").to_pylist()[-1] == "十"


def test_numbers_at_the_end_of_what_was_read_are_whole() -> None:
    class Dripping(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            return super().read(1 if size is not None and size > 0 else -1)

    assert list(array_values(Dripping("[ 12 , 345,\n6]"))) == [12, 345, 6]  # type: ignore[arg-type]  # reads text


def test_files_of_one_pattern_are_one_table(tmp_path: Path) -> None:
    for day in (2, 1, 3):
        (tmp_path / f"人口_{day}.csv").write_text(f"id\n{day}\n", encoding="utf-8")
    (tmp_path / "法人_1.csv").write_text("code\nx\n", encoding="utf-8")
    place = _place(tmp_path, pattern="人口_*.csv", together=True)
    [shape] = CONNECTOR.discover(place)
    assert shape.name == "人口_*.csv"
    found = read(CONNECTOR, place, shape.name, columns=("id",))
    assert [block.rows.column("id").to_pylist() for block in found] == [["1"], ["2"], ["3"]]
    assert CONNECTOR.discover(_place(tmp_path, pattern="没有", together=True)) == []


def test_an_incremental_read_takes_new_files_and_new_lines(tmp_path: Path) -> None:
    (tmp_path / "a_1.csv").write_text("id\n1\n", encoding="utf-8")
    request = {"columns": ("id",), "reading": Reading.BY_CURSOR, "cursor": "_file"}
    [first] = read(CONNECTOR, _place(tmp_path), "a_*.csv", **request)
    (tmp_path / "a_1.csv").write_text("id\n1\n2\n", encoding="utf-8")
    (tmp_path / "a_2.csv").write_text("id\n3\n", encoding="utf-8")
    (tmp_path / "a_0.csv").write_text("id\n0\n", encoding="utf-8")
    found = read(CONNECTOR, _place(tmp_path), "a_*.csv", since=first.after, **request)
    assert [block.rows.column("id").to_pylist() for block in found] == [["2"], ["3"]]
    with pytest.raises(NotUnderstood, match="_file"):
        read(CONNECTOR, _place(tmp_path), "a_*.csv", columns=("id",), reading=Reading.BY_CURSOR, cursor="id")


def test_a_file_that_was_changed_meanwhile_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n" + "1\n" * 20, encoding="utf-8")
    first, *_ = read(CONNECTOR, _place(tmp_path), "a.csv", columns=("id",))
    (tmp_path / "a.csv").write_text("id\n" + "2\n" * 21, encoding="utf-8")
    with pytest.raises(NotUnderstood, match="换掉"):
        read(CONNECTOR, _place(tmp_path), "a.csv", columns=("id",), since=first.after)
