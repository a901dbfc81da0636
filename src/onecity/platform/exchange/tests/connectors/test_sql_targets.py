"""MariaDB and SQLite as targets: what a run does to tables that are there already."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
import sqlite3

import pyarrow as pa
import pytest
from tests.servers.mariadb import MariaDb

from onecity.platform.exchange.connectors.contract import Connector, NotUnderstood, RowsRefused, Target
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Block, Loading
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.sums import Sums
from onecity.platform.exchange.tests.connectors.people import (
    NAMES,
    SHAPE,
    blocks,
    people,
    read_rows,
    rows_of,
    write,
    write_request,
)

Sql = Callable[..., Sequence[Sequence[object]]]
both = pytest.mark.parametrize("kind", ["mysql", "sqlite"])
PAIR = TableShape("pair", (ColumnShape("id", LogicalType.INTEGER), ColumnShape("name", LogicalType.TEXT, length=5)), ("id",))


class Database:
    """One of the two, with a way to ask it without our connectors."""

    def __init__(self, place: Place, sql: Sql) -> None:
        self.place, self.sql = place, sql

    @property
    def connector(self) -> Connector:
        """The connector under test."""
        return connector(self.place.kind)

    def target(self, **request: object) -> Target:
        """Return the writing of a run."""
        return self.connector.target(self.place, write_request(**request))  # type: ignore[arg-type]  # test shorthand

    def run(self, *rows: tuple[int, str], run: str = "run-1", loading: Loading = Loading.MERGE, operations: str = "") -> Counts:
        """Carry rows of the table `pair` through a whole run."""
        with self.target(run=run, shape=PAIR, loading=loading, last_wins=True) as target:
            target.prepare()
            target.land(pair(1, *rows, operations=operations))
            counts = target.apply()
            target.discard()
            return counts

    def pairs(self) -> list[tuple[object, ...]]:
        """Return what the table holds."""
        return [tuple(row) for row in self.sql("SELECT id, name FROM pair ORDER BY id")]


def pair(number: int, *rows: tuple[int, str | None], operations: str = "") -> Block:
    """Return a block of the table `pair`."""
    batch = pa.RecordBatch.from_pylist([{"id": key, "name": name} for key, name in rows],
                                       schema=pa.schema([("id", pa.int64()), ("name", pa.string())]))  # fmt: skip
    if operations:
        batch = batch.append_column(OPERATION_COLUMN, pa.array(list(operations)))
    return Block(number, batch, {"n": number})


@pytest.fixture
def db(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """The database that a test is about."""
    if kind == "mysql":
        mariadb: MariaDb = request.getfixturevalue("mariadb")
        return Database(mariadb.place(), mariadb.sql)
    file = tmp_path / "people.db"

    def sql(*statements: str) -> Sequence[Sequence[object]]:
        with closing(sqlite3.connect(file)) as link:
            for statement in statements:
                found = link.execute(statement).fetchall()
            link.commit()
            return found

    return Database(Place("sqlite", {"path": str(file)}), sql)


@both
def test_merging_counts_what_is_new_changed_and_the_same(db: Database) -> None:
    db.run((1, "甲"), (2, "乙"), (3, "丙"), run="first")
    counts = db.run((2, "乙"), (3, "丙丙"), (4, "丁"))
    assert counts == Counts(landed=3, inserted=1, updated=1, unchanged=1)
    assert db.pairs() == [(1, "甲"), (2, "乙"), (3, "丙丙"), (4, "丁")]


@both
def test_merging_tells_null_from_text(db: Database) -> None:
    db.run((1, "甲"), (2, "乙"), run="first")
    with db.target(shape=PAIR, loading=Loading.MERGE) as target:
        target.prepare()
        target.land(pair(1, (1, None), (2, "乙")))
        assert target.apply() == Counts(landed=2, updated=1, unchanged=1)
    assert db.pairs() == [(1, None), (2, "乙")]


@both
def test_changes_are_carried_out_in_their_order(db: Database) -> None:
    db.run((1, "甲"), (2, "乙"), (3, "丙"), run="first")
    counts = db.run((1, "甲"), (4, "丁"), (4, "丁丁"), (2, "乙"), (2, "再"), (9, ""), operations="DIUDID")
    assert db.pairs() == [(2, "再"), (3, "丙"), (4, "丁丁")]
    assert counts == Counts(landed=4, inserted=1, updated=1, unchanged=1, deleted=1)


@both
def test_merging_and_deleting_takes_away_what_the_source_no_longer_has(db: Database) -> None:
    db.run((1, "甲"), (2, "乙"), (3, "丙"), run="first")
    counts = db.run((2, "乙"), (4, "丁"), loading=Loading.MERGE_DELETE)
    assert counts == Counts(landed=2, inserted=1, unchanged=1, deleted=2)
    assert db.pairs() == [(2, "乙"), (4, "丁")]


@both
def test_a_table_of_keys_alone_is_merged(db: Database) -> None:
    keys = TableShape("pair", (ColumnShape("id", LogicalType.INTEGER),), ("id",))
    for run, first in (("a", 1), ("b", 2)):
        with db.target(run=run, shape=keys, loading=Loading.MERGE) as target:
            target.prepare()
            target.land(Block(1, pa.record_batch({"id": pa.array([first, first + 1])}), {}))
            counts = target.apply()
    assert counts == Counts(landed=2, inserted=1, unchanged=1)


@both
def test_appending_adds_to_what_is_there(db: Database) -> None:
    db.run((1, "甲"), run="first", loading=Loading.APPEND)
    assert db.run((2, "乙"), loading=Loading.APPEND) == Counts(landed=1, inserted=1)
    assert db.pairs() == [(1, "甲"), (2, "乙")]


@both
def test_the_sums_of_a_merge_are_over_its_own_rows(db: Database) -> None:
    write(db.connector, db.place, blocks(count=3), run="first", loading=Loading.MERGE)
    for loading in (Loading.MERGE, Loading.MERGE_DELETE, Loading.SWAP):
        sent = Sums()
        with db.target(run=loading.value, loading=loading) as target:
            target.prepare()
            for block in blocks(3, count=2):
                sent.add(block.rows)
                target.land(block)
            target.apply()
            assert target.sums(NAMES) == sent.result()


@both
def test_the_sums_of_rows_without_key_are_taken_from_the_stage(db: Database) -> None:
    shape = replace(SHAPE, key=())
    write(db.connector, db.place, blocks(count=1), run="first", shape=shape, loading=Loading.APPEND)
    with db.target(shape=shape, loading=Loading.APPEND) as target:
        target.prepare()
        sent = Sums()
        for block in blocks(count=2):
            sent.add(block.rows)
            target.land(block)
        assert target.apply().inserted == 20
        assert target.sums(NAMES) == sent.result()
    assert len(read_rows(db.connector, db.place)) == 30


@both
def test_without_a_key_nothing_is_merged(db: Database) -> None:
    with db.target(shape=replace(PAIR, key=()), loading=Loading.MERGE) as target:
        with pytest.raises(NotUnderstood, match="主键"):
            target.prepare()


@both
def test_rows_that_the_database_refuses_are_named_and_nothing_lands(db: Database) -> None:
    with db.target(shape=PAIR) as target:
        target.prepare()
        target.land(pair(1, (1, "甲")))
        with pytest.raises(RowsRefused) as caught:
            target.land(pair(2, (2, "乙"), (1, "重"), (3, "丙"), (3, "再")))
        assert {place: code for place, (code, _) in caught.value.rows.items()} == {1: "duplicate", 3: "duplicate"}
        target.land(pair(2, (2, "乙"), (3, "丙")))
        assert target.apply().landed == 3
    assert db.pairs() == [(1, "甲"), (2, "乙"), (3, "丙")]


@both
def test_the_later_row_wins_where_that_is_wanted(db: Database) -> None:
    with db.target(shape=PAIR, last_wins=True) as target:
        target.prepare()
        target.land(pair(1, (1, "甲"), (1, "乙")))
        target.land(pair(2, (1, "丙"), (2, "丁")))
        assert target.apply().landed == 2
    assert db.pairs() == [(1, "丙"), (2, "丁")]


@both
def test_a_target_that_lacks_a_column_is_not_understood(db: Database) -> None:
    db.sql("CREATE TABLE pair (id INTEGER PRIMARY KEY)")
    with db.target(shape=PAIR) as target, pytest.raises(NotUnderstood, match="name"):
        target.prepare()


@both
def test_a_block_that_lacks_a_column_is_not_understood(db: Database) -> None:
    with db.target(shape=PAIR) as target:
        target.prepare()
        with pytest.raises(NotUnderstood, match="name"):
            target.land(Block(1, pa.record_batch({"id": pa.array([1])}), {}))


@both
def test_other_columns_of_the_target_keep_their_values_when_merging(db: Database) -> None:
    db.sql("CREATE TABLE pair (id INTEGER PRIMARY KEY, name VARCHAR(5), remark VARCHAR(9))", "INSERT INTO pair VALUES (1,'甲','留')")
    db.run((1, "乙"), (2, "丙"))
    assert [tuple(row) for row in db.sql("SELECT * FROM pair ORDER BY id")] == [(1, "乙", "留"), (2, "丙", None)]


@both
def test_replacing_keeps_what_hangs_on_the_table(db: Database) -> None:
    db.sql("CREATE TABLE pair (id INTEGER PRIMARY KEY, name VARCHAR(5))", "CREATE INDEX pair_name ON pair (name)",
           "INSERT INTO pair VALUES (7, '旧')")  # fmt: skip
    db.run((1, "甲"), loading=Loading.SWAP)
    assert db.pairs() == [(1, "甲")]
    listing = "SHOW INDEX FROM pair" if db.place.kind == "mysql" else "SELECT name FROM sqlite_master WHERE type = 'index'"
    assert any("pair_name" in row for row in db.sql(listing))


@both
def test_a_stage_that_somebody_took_away_is_begun_again(db: Database) -> None:
    with db.target(shape=PAIR, loading=Loading.MERGE) as target:
        target.prepare()
        target.land(pair(1, (1, "甲")))
    tables = [name for (name,) in db.sql("SHOW TABLES" if db.place.kind == "mysql" else "SELECT name FROM sqlite_master WHERE type = 'table'")]
    db.sql(*[f"DROP TABLE {name}" for name in tables if str(name).startswith("onecity_stage")])
    with db.target(shape=PAIR, loading=Loading.MERGE) as target:
        assert target.prepare().block == 0


@both
def test_quotes_in_names_do_no_harm(db: Database) -> None:
    odd = TableShape("od`d\"'; --", (ColumnShape("a`b\"'", LogicalType.INTEGER), ColumnShape("值", LogicalType.TEXT)), ("a`b\"'",))
    with db.target(shape=odd, loading=Loading.MERGE) as target:
        target.prepare()
        target.land(Block(1, pa.record_batch({"a`b\"'": pa.array([1]), "值": pa.array(["'; DROP TABLE x; --\\"])}), {}))
        assert target.apply().inserted == 1
    [shape] = db.connector.discover(db.place)
    assert shape.name == odd.name


@both
def test_every_type_comes_back_as_it_went(db: Database) -> None:
    shape = TableShape(
        "types",
        (
            ColumnShape("id", LogicalType.INTEGER),
            ColumnShape("clock", LogicalType.TIME),
            ColumnShape("raw", LogicalType.BINARY),
            ColumnShape("doc", LogicalType.JSON),
            ColumnShape("mark", LogicalType.UUID),
            ColumnShape("long", LogicalType.DECIMAL, precision=38, scale=10),
            ColumnShape("wide", LogicalType.TEXT),
        ),
        ("id",),
    )
    row = {
        "id": -(2**63), "clock": 3_723_000_004, "raw": b"\x00'\xff\\", "doc": '{"姓名": "张\\"三"}',
        "mark": "0d3f2a60-0000-4000-8000-00000000000a", "long": None, "wide": "宽" * 70_000,
    }  # fmt: skip
    schema = pa.schema([("id", pa.int64()), ("clock", pa.time64("us")), ("raw", pa.binary()), ("doc", pa.string()),
                        ("mark", pa.string()), ("long", pa.decimal128(38, 10)), ("wide", pa.string())])  # fmt: skip
    long = pa.array(["1234567890123456789012345678.0123456789"]).cast(pa.decimal128(38, 10))
    batch = pa.RecordBatch.from_pylist([row], schema=schema).set_column(5, "long", long)
    sent = Sums(counted=["doc"])
    sent.add(batch)
    with db.target(shape=shape) as target:
        target.prepare()
        target.land(Block(1, batch, {}))
        target.apply()
        assert target.sums(schema.names) == sent.result()


@both
def test_rows_read_after_a_merge_are_those_sent(db: Database) -> None:
    write(db.connector, db.place, blocks(), loading=Loading.MERGE)
    assert read_rows(db.connector, db.place) == rows_of([people(1, 30)])
