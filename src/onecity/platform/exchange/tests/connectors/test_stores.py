"""Stores of files: nothing leads out of them, and writing is whole or not at all; SQLite files."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from tests.servers.sshd import Sshd

from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.files.connector import FilesConnector
from onecity.platform.exchange.connectors.folders import restrict
from onecity.platform.exchange.connectors.objects.connector import ObjectsConnector
from onecity.platform.exchange.connectors.sftp.connector import SftpConnector
from onecity.platform.exchange.connectors.sqlite.connector import SqliteConnector
from onecity.platform.exchange.contracts.blocks import Block, Loading
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
