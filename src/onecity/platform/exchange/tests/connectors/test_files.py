"""Files: encodings, torn lines, sheets, patterns, and writing that is whole or not at all."""

import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet
from tests.servers.sshd import Sshd

from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.files.connector import FilesConnector
from onecity.platform.exchange.connectors.folders import restrict
from onecity.platform.exchange.connectors.formats.objects import array_values
from onecity.platform.exchange.connectors.objects.connector import ObjectsConnector
from onecity.platform.exchange.connectors.sftp.connector import SftpConnector
from onecity.platform.exchange.connectors.sqlite.connector import SqliteConnector
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading
from onecity.platform.exchange.contracts.places import OptionValue, Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.sums import Sums
from onecity.platform.exchange.tests.connectors.people import (
    blocks,
    people,
    read,
    read_rows,
    rows_of,
    write,
    write_request,
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


@pytest.mark.parametrize("name", ["../a.csv", "/etc/passwd", "a\\b.csv"])
def test_names_that_leave_the_folder_are_not_understood(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotUnderstood, match="不合规"):
        read(CONNECTOR, _place(tmp_path), name, columns=("id",))


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "inside" / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(NotUnderstood, match="不合规"):
        read(CONNECTOR, _place(tmp_path / "inside"), "a.csv", columns=("a",))


@pytest.fixture
def _restricted(tmp_path: Path) -> Iterator[None]:
    restrict([tmp_path / "allowed"])
    yield
    restrict([])


@pytest.mark.usefixtures("_restricted")
def test_whoever_runs_the_engine_says_which_folders_are_open(tmp_path: Path) -> None:
    (tmp_path / "allowed" / "deep").mkdir(parents=True)
    CONNECTOR.check(_place(tmp_path / "allowed" / "deep"))
    with pytest.raises(NotUnderstood, match="允许"):
        CONNECTOR.check(_place(tmp_path))
    with pytest.raises(NotUnderstood, match="允许"):
        SqliteConnector().check(Place("sqlite", {"path": str(tmp_path / "a.db")}))


def test_appending_adds_a_file_and_the_pattern_finds_all(tmp_path: Path) -> None:
    for run in ("one", "two"):
        write(CONNECTOR, _place(tmp_path), blocks(count=1), run=run, table="people.csv", loading=Loading.APPEND)
    assert len(list(tmp_path.glob("people-*.csv"))) == 2
    assert len(read_rows(CONNECTOR, _place(tmp_path), "people-*.csv")) == 20


@pytest.mark.parametrize("loading", [Loading.MERGE, Loading.MERGE_DELETE])
def test_files_are_not_merged(tmp_path: Path, loading: Loading) -> None:
    with pytest.raises(NotUnderstood, match="合并"):
        CONNECTOR.target(_place(tmp_path), write_request(table="a.csv", loading=loading))


@pytest.mark.parametrize("name", ["a.json", "a.xlsx"])
def test_some_formats_are_only_read(tmp_path: Path, name: str) -> None:
    with (
        CONNECTOR.target(_place(tmp_path), write_request(table=name)) as target,
        pytest.raises(NotUnderstood, match="写出"),
    ):
        target.prepare()


def test_a_part_without_its_mark_has_not_landed(tmp_path: Path) -> None:
    with CONNECTOR.target(_place(tmp_path), write_request(table="a.csv")) as target:
        target.prepare()
        for block in blocks(count=2):
            target.land(block)
    [mark] = tmp_path.glob(".onecity-stage/*/000000002.json")
    mark.unlink()
    with CONNECTOR.target(_place(tmp_path), write_request(table="a.csv")) as target:
        assert target.prepare().block == 1
        target.land(next(iter(blocks(2, count=1))))
        assert target.apply().landed == 20
    assert read_rows(CONNECTOR, _place(tmp_path), "a.csv") == rows_of([people(1, 20)])


def test_a_file_shown_but_not_noted_is_made_once_more(tmp_path: Path) -> None:
    with CONNECTOR.target(_place(tmp_path), write_request(table="a.csv")) as target:
        target.prepare()
        target.land(next(iter(blocks())))
        first = target.apply()
    [done] = tmp_path.glob(".onecity-stage/*.done.json")
    done.unlink()
    with CONNECTOR.target(_place(tmp_path), write_request(table="a.csv")) as target:
        assert not target.prepare().applied
        assert target.apply() == first
    assert len(read_rows(CONNECTOR, _place(tmp_path), "a.csv")) == 10


def test_a_block_that_lacks_a_column_is_not_understood(tmp_path: Path) -> None:
    with CONNECTOR.target(_place(tmp_path), write_request(table="a.csv")) as target:
        target.prepare()
        with pytest.raises(NotUnderstood, match="income"):
            target.land(Block(1, people(1, 1).drop_columns(["income"]), {}))


def test_csv_is_written_as_offices_open_it(tmp_path: Path) -> None:
    shape = TableShape("a.csv", (ColumnShape("姓名", LogicalType.TEXT), ColumnShape("照片", LogicalType.BINARY)))
    batch = pa.record_batch({"姓名": pa.array(["张三", None]), "照片": pa.array([b"\x00\xff", None])})
    place = _place(tmp_path, encoding="utf-8-sig")
    sent = Sums()
    sent.add(batch)
    with CONNECTOR.target(place, write_request(shape=shape)) as target:
        target.prepare()
        target.land(Block(1, batch, {}))
        target.apply()
        assert target.sums(["姓名", "照片"]) == sent.result()
    assert (tmp_path / "a.csv").read_bytes() == '\ufeff"姓名","照片"\n"张三","00ff"\n,\n'.encode()


def test_csv_may_go_without_header(tmp_path: Path) -> None:
    shape = TableShape("a.csv", (ColumnShape("f0", LogicalType.TEXT),))
    with CONNECTOR.target(_place(tmp_path, header=False), write_request(shape=shape)) as target:
        target.prepare()
        target.land(Block(1, pa.record_batch({"f0": pa.array(["x"])}), {}))
        target.apply()
    assert (tmp_path / "a.csv").read_text() == '"x"\n'


def test_another_host_key_than_the_known_one_is_refused(sftp_place: Place, sshd: Sshd) -> None:
    with pytest.raises(Unreachable, match="主机公钥"):
        SftpConnector().check(replace(sftp_place, options={**sftp_place.options, "host_key": sshd.other_host_key}))


@pytest.mark.parametrize("key", ["nonsense", "ssh-ed25519 !!!", "ssh-ed25519"])
def test_a_host_key_that_is_none_is_not_understood(sftp_place: Place, key: str) -> None:
    with pytest.raises(NotUnderstood, match="主机公钥"):
        SftpConnector().check(replace(sftp_place, options={**sftp_place.options, "host_key": key}))


def test_a_wrong_ssh_password_is_unreachable(sftp_place: Place) -> None:
    with pytest.raises(Unreachable, match="拒绝登录") as caught:
        SftpConnector().check(replace(sftp_place, secret="falsch-41"))
    assert "falsch" not in str(caught.value)


def test_a_private_key_that_is_none_is_not_understood(sftp_place: Place) -> None:
    with pytest.raises(NotUnderstood, match="私钥"):
        SftpConnector().check(replace(sftp_place, secret="-----BEGIN NONSENSE-----"))


def test_a_missing_remote_folder_is_unreachable(sftp_place: Place) -> None:
    with pytest.raises(Unreachable, match="文件夹"):
        SftpConnector().check(replace(sftp_place, options={**sftp_place.options, "folder": "/nowhere"}))


def test_a_missing_bucket_is_unreachable(objects_place: Place) -> None:
    with pytest.raises(Unreachable, match="存储桶"):
        ObjectsConnector().check(replace(objects_place, options={**objects_place.options, "bucket": "nowhere"}))


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9000", "ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_not_understood(objects_place: Place, endpoint: str) -> None:
    with pytest.raises(NotUnderstood, match="服务地址"):
        ObjectsConnector().check(replace(objects_place, options={**objects_place.options, "endpoint": endpoint}))


def test_excel_over_sftp_is_read_like_any_other(sftp_place: Place, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("甲").write_column(0, 0, ["id", 7])
    [block] = read(SftpConnector(), sftp_place, "a.xlsx", columns=("id",))
    assert block.rows.to_pylist() == [{"id": 7}]


def test_sqlite_values_that_do_not_fit_their_column_come_as_text(tmp_path: Path) -> None:
    link = sqlite3.connect(tmp_path / "a.db")
    link.execute("CREATE TABLE a (n INTEGER, d DATE, m DECIMAL(9,2), b BOOLEAN, r BLOB)")
    link.execute("INSERT INTO a VALUES ('x', 'today', 1.25, 1, x'00ff')")
    link.commit()
    link.close()
    place = Place("sqlite", {"path": str(tmp_path / "a.db")})
    [block] = read(SqliteConnector(), place, "a", columns=("n", "d", "b", "r"))
    assert block.rows.to_pylist() == [{"n": "x", "d": "today", "b": True, "r": b"\x00\xff"}]
    [block] = read(SqliteConnector(), place, "a", columns=("m",))
    assert str(block.rows.column("m")[0].as_py()) == "1.25"


def test_sqlite_tables_without_row_numbers_are_read_by_key(tmp_path: Path) -> None:
    link = sqlite3.connect(tmp_path / "a.db")
    link.execute("CREATE TABLE a (k TEXT PRIMARY KEY, v INTEGER) WITHOUT ROWID")
    link.executemany("INSERT INTO a VALUES (?, ?)", [(f"k{number:03d}", number) for number in range(30)])
    link.execute("CREATE TABLE b (rowid TEXT, _rowid_ TEXT, oid TEXT)")
    link.execute("INSERT INTO b VALUES ('x', 'y', 'z')")
    link.execute("CREATE VIEW c AS SELECT v FROM a")
    link.commit()
    link.close()
    place = Place("sqlite", {"path": str(tmp_path / "a.db")})
    for table, column, count in (("a", "v", 30), ("b", "oid", 1), ("c", "v", 30)):
        whole = read(SqliteConnector(), place, table, columns=(column,))
        assert sum(block.rows.num_rows for block in whole) == count
        assert sum(
            block.rows.num_rows
            for block in read(SqliteConnector(), place, table, columns=(column,), since=whole[0].after)
        ) == max(count - 7, 0)


def test_a_file_that_is_no_database_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"geheim" * 1000)
    with pytest.raises(NotUnderstood):
        SqliteConnector().check(Place("sqlite", {"path": str(tmp_path / "a.db")}))
