"""The PostgreSQL connector: what it finds, how it reads, how a stage becomes a table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from tests.servers.postgresql import rows_of

from onecity.platform.exchange.connectors.contract import (
    BeginAgain,
    NotUnderstood,
    RowsRefused,
    Unreachable,
    WriteRequest,
)
from onecity.platform.exchange.connectors.postgresql.connector import POSTGRESQL
from onecity.platform.exchange.contracts.blocks import Block, Comparison, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.sums import Sums
from onecity.platform.exchange.tests.engine.flows import everything, make_people, shape_at

KINDS = """
CREATE DOMAIN code AS varchar(6);
CREATE TYPE mood AS ENUM ('好', '坏');
CREATE TABLE kinds (
  a smallint, b integer, c bigint PRIMARY KEY, d real, e double precision, f numeric(38,10), g numeric, h boolean,
  i date, j time, k timestamp, l timestamptz, m bytea, n json, o jsonb, p uuid, q text, r varchar(5), s char(4),
  t code, u mood,
  v inet, w int[], x numeric(5,-2));
COMMENT ON COLUMN kinds.q IS '说明';
COMMENT ON TABLE kinds IS '各种类型';
INSERT INTO kinds VALUES (1, 2, 3, 1.5, -2.5, 1234567890123456789012345678.0123456789, 0.5, true, '1999-12-31',
  '12:34:56.789',  '2026-03-10 12:00:00.000001', '2026-03-10 12:00:00+08', '\\x00ff', '{"a": 1}', '{"b": [2]}',
  '11111111-2222-3333-4444-555555555555', '长文本，超过十二个字节', 'abc', 'ab', '220102', '好', '10.0.0.1',
  '{1,2}', 12300);
INSERT INTO kinds (c) VALUES (4)"""


def request_of(table: str, columns: Sequence[str], **changes: Any) -> ReadRequest:
    return replace(ReadRequest(table, tuple(columns), block_rows=10), **changes)


def read_rows(place: Place, request: ReadRequest) -> list[dict[str, Any]]:
    return [row for block in POSTGRESQL.read(place, request) for row in block.rows.to_pylist()]


def test_every_type_is_described_and_read(source: Place) -> None:
    rows_of(source, KINDS)
    shape = shape_at(source, "kinds")
    assert shape.key == ("c",)
    assert shape.title == "各种类型"
    types = {column.name: column.type.value for column in shape.columns}
    assert [types[name] for name in "abcdefghijklmnopqrstuvw"] == [
        "integer", "integer", "integer", "float", "float", "decimal", "decimal", "boolean", "date", "time", "timestamp",
        "timestamp", "binary", "json", "json", "uuid", "text", "text", "text", "text", "text", "text", "text",
    ]  # fmt: skip
    by_name = {column.name: column for column in shape.columns}
    assert (by_name["f"].precision, by_name["f"].scale) == (38, 10)
    assert (by_name["r"].length, by_name["t"].length, by_name["q"].title) == (5, 6, "说明")
    assert not by_name["c"].nullable
    first, second = read_rows(source, request_of("kinds", [column.name for column in shape.columns]))
    assert [str(first[name]) for name in "abcdefghijk"] == [
        "1", "2", "3", "1.5", "-2.5", "1234567890123456789012345678.0123456789", "0.5", "True", "1999-12-31",
        "12:34:56.789000", "2026-03-10 12:00:00.000001",
    ]  # fmt: skip
    assert str(first["l"]) == "2026-03-10 12:00:00"
    assert [first[name] for name in "mnopqrstuvw"] == [
        b"\0\xff", '{"a": 1}', '{"b": [2]}', "11111111-2222-3333-4444-555555555555", "长文本，超过十二个字节", "abc",
        "ab",        "220102", "好", "10.0.0.1/32", "{1,2}",
    ]  # fmt: skip
    assert {value for name, value in second.items() if name != "c"} == {None}


@pytest.mark.parametrize("columns", [("id", "name"), ("name",)])
def test_reading_goes_on_after_any_block(source: Place, columns: tuple[str, ...]) -> None:
    make_people(source, 95)
    whole = list(POSTGRESQL.read(source, request_of("people", columns)))
    assert [block.rows.num_rows for block in whole] == [10] * 9 + [5]
    for number in (0, 4, 9):
        again = list(POSTGRESQL.read(source, request_of("people", columns, since=whole[number].after)))
        assert [block.rows for block in again] == [block.rows for block in whole[number + 1 :]]


def test_a_key_of_instants_and_texts_goes_on_exactly(source: Place) -> None:
    rows_of(source, "CREATE TABLE visits (at timestamptz, who text, n int, PRIMARY KEY (at, who))")
    rows_of(source, "INSERT INTO visits SELECT timestamptz '2024-01-01+08' + i / 3 * interval '1 s',"
                    " 'it''s \\' || i % 3, i"
                    " FROM generate_series(0, 49) i")  # fmt: skip
    whole = list(POSTGRESQL.read(source, request_of("visits", ["n"])))
    again = list(POSTGRESQL.read(source, request_of("visits", ["n"], since=whole[1].after)))
    assert [block.rows for block in again] == [block.rows for block in whole[2:]]


def test_key_ranges_are_half_open(source: Place) -> None:
    make_people(source, 30)
    rows = read_rows(source, request_of("people", ["id"], key_from=10, key_to=20))
    assert [row["id"] for row in rows] == list(range(10, 20))


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Comparison("id", "=", (3,)), {3}),
        (Comparison("id", "<>", (3,)), {1, 2, 4, 5, 6}),
        (Comparison("id", ">=", (5,)), {5, 6}),
        (Comparison("born", "<", ("1950-01-04",)), {1, 2}),
        (Comparison("name", "in", ("张1", "张2")), {1, 2}),
        (Comparison("name", "prefix", ("张",)), {1, 2, 3, 4, 5, 6}),
        (Comparison("alive", "=", (True,)), {2, 4, 6}),
        (Comparison("income", "is_null"), set()),
        (Comparison("income", "not_null"), {1, 2, 3, 4, 5, 6}),
        (Comparison("name", "=", ("x' OR 'a' = 'a",)), set()),
    ],
)
def test_conditions_hold_at_the_source(source: Place, condition: Comparison, found: set[int]) -> None:
    make_people(source, 6)
    assert {row["id"] for row in read_rows(source, request_of("people", ["id"], conditions=(condition,)))} == found


def test_an_unknown_comparison_is_refused(source: Place) -> None:
    make_people(source, 1)
    with pytest.raises(NotUnderstood):
        read_rows(source, request_of("people", ["id"], conditions=(Comparison("id", "; DROP", (1,)),)))


def test_rows_without_key_are_read_but_not_gone_on_with(source: Place) -> None:
    rows_of(source, "CREATE VIEW v AS SELECT i AS n FROM generate_series(1, 25) i")
    whole = list(POSTGRESQL.read(source, request_of("v", ["n"])))
    assert sum(block.rows.num_rows for block in whole) == 25
    with pytest.raises(BeginAgain):
        list(POSTGRESQL.read(source, request_of("v", ["n"], since=whole[0].after)))


def test_a_cursor_that_is_null_cannot_be_gone_on_from(source: Place) -> None:
    rows_of(source, "CREATE TABLE t (id int PRIMARY KEY, at int); INSERT INTO t VALUES (1, NULL)")
    block = next(iter(POSTGRESQL.read(source, request_of("t", ["id"], reading=Reading.BY_CURSOR, cursor="at"))))
    with pytest.raises(BeginAgain):
        list(
            POSTGRESQL.read(source, request_of("t", ["id"], reading=Reading.BY_CURSOR, cursor="at", since=block.after))
        )


def test_names_are_quoted(source: Place, target: Place) -> None:
    rows_of(source, 'CREATE SCHEMA "数据"; CREATE TABLE "数据"."O""Neill; --" ("select" int PRIMARY KEY, "a.b" text)')
    rows_of(source, 'INSERT INTO "数据"."O""Neill; --" VALUES (1, $$x$$)')
    there = Place("postgresql", {**source.options, "schema": "数据"})
    assert POSTGRESQL.discover(there)[0].name == 'O"Neill; --'
    assert read_rows(there, request_of('O"Neill; --', ["select", "a.b"])) == [{"select": 1, "a.b": "x"}]


def test_parts_are_of_about_the_same_size(source: Place) -> None:
    make_people(source, 1000)
    found = POSTGRESQL.bounds(source, request_of("people", ["id"]), parts=4)
    assert [abs(int(bound) - wanted) < 30 for bound, wanted in zip(found, (250, 500, 750), strict=True)] == [True] * 3
    rows_of(source, "CREATE VIEW v AS SELECT 1 AS n")
    assert POSTGRESQL.bounds(source, request_of("v", ["n"]), parts=4) == ()


def test_nobody_at_the_address_is_unreachable(source: Place) -> None:
    with pytest.raises(Unreachable):
        POSTGRESQL.discover(Place("postgresql", {"host": "127.0.0.1", "port": 1, "database": "x", "user": "x"}))


SHAPE = TableShape(
    "things",
    (ColumnShape("id", LogicalType.INTEGER, nullable=False), ColumnShape("name", LogicalType.TEXT)),
    key=("id",),
)


def block(number: int, rows: Sequence[tuple[int | None, str | None]]) -> Block:
    ids, names = zip(*rows, strict=True) if rows else ((), ())
    batch = pa.RecordBatch.from_arrays([pa.array(ids, pa.int64()), pa.array(names, pa.string())], names=["id", "name"])
    return Block(number, batch, {"n": number})


def put(place: Place, *blocks: Block, run: str = "r", shape: TableShape = SHAPE, **changes: Any) -> Any:
    """Land blocks, apply, discard; return the counts."""
    with POSTGRESQL.target(place, WriteRequest(run, shape, **({"loading": Loading.SWAP} | changes))) as found:
        found.prepare()
        for one in blocks:
            found.land(one)
        counts = found.apply()
        found.discard()
    return counts


def things(place: Place) -> list[tuple[Any, ...]]:
    return rows_of(place, "SELECT id, name FROM things ORDER BY id")


def test_a_block_that_landed_lands_once(target: Place) -> None:
    with POSTGRESQL.target(target, WriteRequest("r", SHAPE, Loading.SWAP)) as found:
        assert found.prepare().block == 0
        found.land(block(1, [(1, "a")]))
        found.land(block(1, [(1, "a")]))
    with POSTGRESQL.target(target, WriteRequest("r", SHAPE, Loading.SWAP)) as found:
        landed = found.prepare()
        assert (landed.block, landed.after, landed.applied) == (1, {"n": 1}, False)
        found.land(block(1, [(1, "a")]))
        found.land(block(2, [(2, None)]))
        assert found.apply() == found.apply()
        assert found.prepare().applied
        assert found.apply().inserted == 2
    assert things(target) == [(1, "a"), (2, None)]


def test_sums_of_what_was_put_in_are_those_of_what_was_sent(target: Place) -> None:
    sent = Sums()
    sent.add(block(1, [(1, "a"), (2, "b")]).rows)
    for loading in (Loading.SWAP, Loading.MERGE, Loading.APPEND):
        with POSTGRESQL.target(target, WriteRequest(loading, replace(SHAPE, name=f"t_{loading}"), loading)) as found:
            found.prepare()
            found.land(block(1, [(1, "a"), (2, "b")]))
            found.apply()
            found.discard()
            assert found.sums(["id", "name"]) == sent.result()


@pytest.fixture
def dressed(target: Place) -> Iterator[Place]:
    """A table with everything that must survive an exchange."""
    rows_of(target, "CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL DEFAULT '?', CONSTRAINT short CHECK"
                    " (length(name) < 9)) WITH (fillfactor = 80)")  # fmt: skip
    rows_of(
        target,
        "CREATE INDEX by_name ON things (lower(name)); CREATE UNIQUE INDEX one_name ON things (name) WHERE id > 5",
    )
    rows_of(target, "COMMENT ON TABLE things IS '物品'; COMMENT ON COLUMN things.name IS '名称'")
    rows_of(target, "DROP ROLE IF EXISTS reader; CREATE ROLE reader;"
                    " GRANT SELECT ON things TO reader WITH GRANT OPTION;"
                    " GRANT INSERT ON things TO PUBLIC")  # fmt: skip
    rows_of(target, "INSERT INTO things VALUES (7, 'old')")
    yield target
    rows_of(target, "DROP OWNED BY reader; DROP ROLE reader")


LOOKS = """
SELECT (SELECT array_agg(indexname || ': ' || indexdef ORDER BY 1) FROM pg_indexes WHERE tablename = 'things'),
       (SELECT array_agg(conname || ': ' || pg_get_constraintdef(oid) ORDER BY 1)
        FROM pg_constraint WHERE conrelid = c.oid),
       c.reloptions, obj_description(c.oid), col_description(c.oid, 2),
       (SELECT array_agg(x ORDER BY x) FROM unnest(relacl::text[]) x)
FROM pg_class c WHERE relname = 'things'"""


def test_a_swapped_table_keeps_its_dress(dressed: Place) -> None:
    before, oid = rows_of(dressed, LOOKS), rows_of(dressed, "SELECT 'things'::regclass::oid")
    assert put(dressed, block(1, [(1, "new")])).inserted == 1
    assert rows_of(dressed, LOOKS) == before
    assert rows_of(dressed, "SELECT 'things'::regclass::oid") != oid
    assert things(dressed) == [(1, "new")]


@pytest.mark.parametrize(
    "hanging",
    [
        "CREATE VIEW seen AS SELECT * FROM things",
        "CREATE TABLE uses (thing bigint REFERENCES things)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        " CREATE TRIGGER t BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE things ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON things USING (true)",
        "CREATE PUBLICATION pub FOR TABLE things",
        "CREATE TABLE more () INHERITS (things)",
        "CREATE SEQUENCE s OWNED BY things.id",
        "GRANT SELECT (name) ON things TO reader",
        "CREATE FUNCTION f(things) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_a_table_that_something_hangs_on_stays_and_gets_the_rows(dressed: Place, hanging: str) -> None:
    rows_of(dressed, hanging)
    oid = rows_of(dressed, "SELECT 'things'::regclass::oid")
    counts = put(dressed, block(1, [(1, "new"), (2, "more")]))
    assert (counts.inserted, counts.deleted) == (2, 1)
    assert rows_of(dressed, "SELECT 'things'::regclass::oid") == oid
    assert things(dressed) == [(1, "new"), (2, "more")]


def test_a_table_without_key_that_something_hangs_on_is_emptied_and_filled(target: Place) -> None:
    rows_of(target, "CREATE TABLE things (id bigint, name text); CREATE VIEW v AS SELECT * FROM things")
    rows_of(target, "INSERT INTO things VALUES (1, 'old')")
    assert put(target, block(1, [(2, "new"), (2, "new")]), shape=replace(SHAPE, key=())).inserted == 2
    assert things(target) == [(2, "new"), (2, "new")]


def test_a_key_twice_is_refused_and_named(target: Place) -> None:
    with POSTGRESQL.target(target, WriteRequest("r", SHAPE, Loading.MERGE)) as found:
        found.prepare()
        found.land(block(1, [(1, "a")]))
        with pytest.raises(RowsRefused) as caught:
            found.land(block(2, [(2, "b"), (1, "c"), (2, "d")]))
        assert {row: code for row, (code, _) in caught.value.rows.items()} == {1: "unique.key", 2: "unique.key"}
        found.land(block(2, [(2, "b")]))
        assert found.apply().inserted == 2


def test_rows_are_named_across_line_breaks(target: Place) -> None:
    rows_of(target, "CREATE TABLE things (id bigint PRIMARY KEY, name text CHECK (name <> 'bad'))")
    with POSTGRESQL.target(target, WriteRequest("r", SHAPE, Loading.SWAP)) as found:
        found.prepare()
        with pytest.raises(RowsRefused) as caught:
            found.land(block(1, [(1, "a\nb\r\nc"), (2, '"\n'), (3, "bad")]))
        assert list(caught.value.rows) == [2]
        assert "bad" not in caught.value.rows[2][1]


def test_texts_arrive_as_they_are(target: Place) -> None:
    texts = ["", None, "NULL", "\\N", '"', "a,b", "a\r\nb", "\\.", " x ", "'", "\t", "\u3000"]
    put(target, block(1, list(enumerate(texts))))
    assert [name for _, name in things(target)] == texts


def test_every_type_arrives_from_arrow(source: Place, target: Place) -> None:
    rows_of(source, KINDS)
    names = [column.name for column in shape_at(source, "kinds").columns if column.name not in "x"]
    read = next(iter(POSTGRESQL.read(source, request_of("kinds", names))))
    rows_of(target, KINDS + "; DELETE FROM kinds")
    shape = shape_at(target, "kinds")
    shape = replace(shape, columns=tuple(column for column in shape.columns if column.name in names))
    put(target, read, shape=shape)
    query = f"SELECT {', '.join(f'{name}::text' for name in names)} FROM kinds ORDER BY c"
    assert rows_of(target, query) == rows_of(source, query)


def test_merging_needs_a_key(target: Place) -> None:
    rows_of(target, "CREATE TABLE things (id bigint, name text)")
    with pytest.raises(NotUnderstood):
        put(target, block(1, [(1, "a")]), loading=Loading.MERGE, shape=replace(SHAPE, key=()))


def test_a_column_that_the_table_computes_is_not_written(target: Place) -> None:
    rows_of(target, "CREATE TABLE things (id bigint PRIMARY KEY, name text GENERATED ALWAYS AS (id::text) STORED)")
    with pytest.raises(NotUnderstood):
        put(target, block(1, [(1, "a")]))


def test_documents_without_equality_are_merged(target: Place) -> None:
    rows_of(target, "CREATE TABLE docs (id bigint PRIMARY KEY, body json)")
    shape = TableShape("docs", (SHAPE.columns[0], ColumnShape("body", LogicalType.JSON)), key=("id",))

    def doc(text: str) -> Block:
        return replace(block(1, [(1, text)]), rows=block(1, [(1, text)]).rows.rename_columns(["id", "body"]))

    put(target, doc('{"a": 1}'), run="one", shape=shape, loading=Loading.MERGE)
    assert put(target, doc('{"a": 1}'), run="two", shape=shape, loading=Loading.MERGE).unchanged == 1
    assert put(target, doc('{"a": 2}'), run="three", shape=shape, loading=Loading.MERGE).updated == 1


def test_discarding_leaves_the_target_alone(target: Place) -> None:
    rows_of(target, "CREATE TABLE things (id bigint PRIMARY KEY, name text); INSERT INTO things VALUES (1, 'old')")
    with POSTGRESQL.target(target, WriteRequest("r", SHAPE, Loading.SWAP)) as found:
        found.prepare()
        found.land(block(1, [(2, "new")]))
        found.discard()
        found.discard()
        assert found.prepare().block == 0
    assert things(target) == [(1, "old")]


def test_an_account_without_rights_is_told(target: Place) -> None:
    rows_of(target, "CREATE ROLE guest LOGIN")
    try:
        guest = Place("postgresql", {**target.options, "user": "guest"})
        with pytest.raises(NotUnderstood):
            put(guest, block(1, [(1, "a")]))
    finally:
        rows_of(target, "DROP ROLE guest")


def test_the_table_is_made_where_there_is_none(target: Place) -> None:
    shape = TableShape(
        "fresh",
        (
            ColumnShape("id", LogicalType.INTEGER, nullable=False, native="int(11) unsigned"),
            ColumnShape("name", LogicalType.TEXT, length=20, native="varchar(20)"),
        ),
        key=("id",),
    )
    put(target, block(1, [(1, "a")]), shape=shape, loading=Loading.MERGE)
    made = shape_at(target, "fresh")
    assert [column.native for column in made.columns] == ["bigint", "character varying(20)"]
    assert made.key == ("id",)


def test_existing_rows_are_found_by_a_merge_with_a_mark(target: Place) -> None:
    put(target, block(1, [(1, "a")]), run="one", loading=Loading.MERGE)
    counts = put(target, block(1, [(1, "b"), (2, "c")]), run="two", loading=Loading.MERGE)
    assert (counts.inserted, counts.updated, counts.landed) == (1, 1, 2)
    assert things(target) == [(1, "b"), (2, "c")]
    assert everything(target, "things") == things(target)
