"""MariaDB: exact types, odd values, keys of every kind, and its own ways of failing."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from tests.servers.mariadb import MariaDb

from onecity.platform.exchange.connectors.contract import NotUnderstood, RowsRefused, Unreachable
from onecity.platform.exchange.connectors.mysql.connector import MySqlConnector
from onecity.platform.exchange.contracts.blocks import Block, Comparison, Loading, Reading
from onecity.platform.exchange.contracts.places import OptionValue, Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.tests.connectors.people import blocks, people, read, read_rows, rows_of, write, write_request
from onecity.platform.exchange.tests.connectors.test_sql_targets import PAIR, pair

CONNECTOR = MySqlConnector()


def _column(mariadb: MariaDb, declared: str, value: str, **options: OptionValue) -> tuple[ColumnShape, object]:
    """Return what a column of a declared type is, and what one value comes out as."""
    mariadb.sql("SET sql_mode = 'ALLOW_INVALID_DATES'", f"CREATE TABLE one (id INT PRIMARY KEY, v {declared})",
                f"INSERT INTO one VALUES (1, {value})")  # fmt: skip
    place = mariadb.place(**options)
    [shape] = CONNECTOR.discover(place)
    [block] = read(CONNECTOR, place, "one", columns=("v",))
    return shape.columns[1], block.rows.column("v")[0].as_py()


@pytest.mark.parametrize(
    ("declared", "value", "kind", "found"),
    [
        ("tinyint(1)", "1", LogicalType.BOOLEAN, True),
        ("tinyint(1)", "5", LogicalType.BOOLEAN, "5"),
        ("bit(1)", "b'1'", LogicalType.BOOLEAN, True),
        ("bit(9)", "b'100000001'", LogicalType.DECIMAL, Decimal(257)),
        ("int unsigned", "4294967295", LogicalType.INTEGER, 4294967295),
        ("bigint unsigned", "18446744073709551615", LogicalType.DECIMAL, Decimal(18446744073709551615)),
        ("year", "1999", LogicalType.INTEGER, 1999),
        ("decimal(65,30)", "12345678901234567890123456789012345.000000000000000000000000000001", LogicalType.DECIMAL,
         Decimal("12345678901234567890123456789012345.000000000000000000000000000001")),
        ("float", "1.1", LogicalType.FLOAT, 1.1),
        ("double", "0.1", LogicalType.FLOAT, 0.1),
        ("date", "'2024-02-29'", LogicalType.DATE, date(2024, 2, 29)),
        ("date", "'0000-00-00'", LogicalType.DATE, None),
        ("date", "'2023-02-31'", LogicalType.DATE, "2023-02-31"),
        ("datetime(6)", "'2024-01-02 03:04:05.678901'", LogicalType.TIMESTAMP, datetime(2024, 1, 2, 3, 4, 5, 678901)),
        ("datetime", "'0000-00-00 00:00:00'", LogicalType.TIMESTAMP, None),
        ("time", "'-100:00:00'", LogicalType.TIME, "-100:00:00"),
        ("enum('男','女')", "'女'", LogicalType.TEXT, "女"),
        ("set('a','b')", "'a,b'", LogicalType.TEXT, "a,b"),
        ("json", "'{\"a\": 1}'", LogicalType.JSON, '{"a": 1}'),
        ("varchar(9) character set gbk", "'张三'", LogicalType.TEXT, "张三"),
        ("varchar(9) character set utf8mb4", "'😀\\\\'", LogicalType.TEXT, "😀\\"),
        ("blob", "x'00FF27'", LogicalType.BINARY, b"\x00\xff'"),
        ("varbinary(4)", "x'00FF'", LogicalType.BINARY, b"\x00\xff"),
        ("point", "point(1, 2)", LogicalType.BINARY,
         bytes.fromhex("0101000000000000000000f03f0000000000000040")),
        ("inet6", "'::1'", LogicalType.TEXT, "::1"),
        ("varchar(9)", "NULL", LogicalType.TEXT, None),
    ],
)  # fmt: skip
def test_every_type_is_read_without_loss(mariadb: MariaDb, declared: str, value: str, kind: LogicalType, found: object) -> None:
    column, read_value = _column(mariadb, declared, value)
    assert (column.type, read_value) == (kind, found)


def test_tinyint_may_stay_a_number(mariadb: MariaDb) -> None:
    column, value = _column(mariadb, "tinyint(1)", "1", tinyint_is_boolean=False)
    assert (column.type, value) == (LogicalType.INTEGER, 1)


def test_instants_come_in_the_time_zone_of_the_place(mariadb: MariaDb) -> None:
    mariadb.sql("SET time_zone = '+00:00'", "CREATE TABLE one (id INT PRIMARY KEY, v TIMESTAMP)",
                "INSERT INTO one VALUES (1, '2026-03-01 16:00:00')")  # fmt: skip
    for zone, hour in (("+08:00", datetime(2026, 3, 2)), ("+00:00", datetime(2026, 3, 1, 16))):
        [block] = read(CONNECTOR, mariadb.place(time_zone=zone), "one", columns=("v",))
        assert block.rows.column("v")[0].as_py() == hour


def test_comments_lengths_and_keys_are_discovered(mariadb: MariaDb) -> None:
    mariadb.sql(
        "CREATE TABLE person (a INT, b CHAR(18) NOT NULL COMMENT '公民身份号码', c DECIMAL(9,2), PRIMARY KEY (b, a))"
        " COMMENT '人口'",
        "CREATE TABLE unkeyed (a INT NULL, b INT NOT NULL, UNIQUE (a), UNIQUE (b))",
        "CREATE VIEW seen AS SELECT a FROM person",
    )
    person, seen, unkeyed = CONNECTOR.discover(mariadb.place())
    assert (person.title, person.key) == ("人口", ("b", "a"))
    assert person.columns[1] == ColumnShape("b", LogicalType.TEXT, nullable=False, length=18, native="char(18)", title="公民身份号码")
    assert (person.columns[2].precision, person.columns[2].scale) == (9, 2)
    assert (unkeyed.key, seen.key, seen.name) == (("b",), (), "seen")


@pytest.mark.parametrize(
    "declared",
    ["id INT, PRIMARY KEY (id)", "id CHAR(5), PRIMARY KEY (id)", "id DECIMAL(20,2), PRIMARY KEY (id)",
     "id DATETIME(6), PRIMARY KEY (id)", "id VARBINARY(9), PRIMARY KEY (id)", "id INT, part CHAR(1), PRIMARY KEY (part, id)",
     "id BIGINT UNSIGNED, PRIMARY KEY (id)", "id ENUM('a','b'), PRIMARY KEY (id, part)", "id FLOAT", "id INT"],
)  # fmt: skip
def test_reading_goes_on_whatever_the_key(mariadb: MariaDb, declared: str) -> None:
    part = "" if "part CHAR" in declared else "part INT NOT NULL, "
    mariadb.sql(f"CREATE TABLE keyed ({part}{declared})")
    identifier = {"ENUM": "IF(seq % 2, 'a', 'b')", "DATETIME": "'2024-01-01' + INTERVAL seq MICROSECOND"}
    value = next((text for word, text in identifier.items() if word in declared), "seq")
    number = "seq % 3" if "part CHAR" in declared else "seq"
    mariadb.sql(f"INSERT INTO keyed (id, part) SELECT {value}, {number} FROM seq_1_to_40")
    place = mariadb.place()
    whole = read(CONNECTOR, place, "keyed", columns=("part", "id"), block_rows=9)
    rows = [tuple(row.values()) for block in whole for row in block.rows.to_pylist()]
    assert len(rows) == len(set(rows)) == 40
    rest = read(CONNECTOR, place, "keyed", columns=("part", "id"), block_rows=9, since=whole[1].after)
    assert [block.rows for block in rest] == [block.rows for block in whole[2:]]


def test_a_short_last_block_costs_no_further_question(mariadb: MariaDb) -> None:
    write(CONNECTOR, mariadb.place(), blocks(count=2))
    assert [block.rows.num_rows for block in read(CONNECTOR, mariadb.place(), block_rows=9)] == [9, 9, 2]
    assert [block.rows.num_rows for block in read(CONNECTOR, mariadb.place(), block_rows=10)] == [10, 10]


def test_an_incremental_read_takes_what_lies_above(mariadb: MariaDb) -> None:
    place = mariadb.place()
    write(CONNECTOR, place, blocks(count=2))
    first = read(CONNECTOR, place, reading=Reading.BY_CURSOR, cursor="seen")
    assert rows_of(block.rows for block in first) == rows_of([people(1, 20)])
    write(CONNECTOR, place, blocks(3, count=1), run="more", loading=Loading.APPEND)
    mariadb.sql("INSERT INTO people (id, seen) VALUES (99, NULL)")
    second = read(CONNECTOR, place, reading=Reading.BY_CURSOR, cursor="seen", since=first[-1].after)
    assert rows_of(block.rows for block in second) == rows_of([people(21, 10)])


def test_equal_cursor_values_are_never_parted_where_no_key_tells_rows_apart(mariadb: MariaDb) -> None:
    mariadb.sql("CREATE TABLE log (day DATE, n INT)",
                "INSERT INTO log SELECT '2026-03-01' + INTERVAL (seq DIV 8) DAY, seq FROM seq_0_to_39")  # fmt: skip
    whole = read(CONNECTOR, mariadb.place(), "log", columns=("n",), reading=Reading.BY_CURSOR, cursor="day", block_rows=5)
    assert [block.rows.num_rows for block in whole] == [8] * 5
    rest = read(CONNECTOR, mariadb.place(), "log", columns=("n",), reading=Reading.BY_CURSOR, cursor="day", since=whole[2].after)
    assert sum(block.rows.num_rows for block in rest) == 16


@pytest.mark.parametrize(
    "request_",
    [{"reading": Reading.CHANGES}, {"reading": Reading.BY_CURSOR}, {"reading": Reading.BY_CURSOR, "cursor": "share"},
     {"since": {"n": 1, "row": 5}}, {"conditions": (Comparison("id", "=", ("1 OR 1=1",)),)},
     {"conditions": (Comparison("id", "like", (1,)),)}, {"conditions": (Comparison("name", "prefix"),)},
     {"conditions": (Comparison("name", "=", ("a\0b",)),)}, {"conditions": (Comparison("gone", "=", (1,)),)}],
)  # fmt: skip
def test_impossible_questions_are_not_understood(mariadb: MariaDb, request_: dict[str, object]) -> None:
    write(CONNECTOR, mariadb.place(), blocks(count=1))
    with pytest.raises(NotUnderstood):
        read(CONNECTOR, mariadb.place(), **request_)


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (Comparison("id", "<=", (2,)), [1, 2]),
        (Comparison("alive", "=", (False,)), [3, 6, 9]),
        (Comparison("share", "is_null"), [7]),
        (Comparison("share", "not_null"), [1, 2, 3, 4, 5, 6, 8, 9, 10]),
        (Comparison("note", "prefix", ("%_|",)), [6]),
        (Comparison("note", "prefix", ("反斜杠\\",)), [3]),
        (Comparison("born", ">", ("1950-09-30",)), [9, 10]),
        (Comparison("income", "in", (1.37, 2.74)), [1, 2]),
        (Comparison("id", "in"), []),
    ],
)
def test_conditions_mean_the_same_as_in_sql(mariadb: MariaDb, condition: Comparison, ids: list[int]) -> None:
    write(CONNECTOR, mariadb.place(), blocks(count=1))
    assert [row["id"] for row in read_rows(CONNECTOR, mariadb.place(), conditions=(condition,))] == ids


def test_a_range_of_the_key_is_half_open(mariadb: MariaDb) -> None:
    write(CONNECTOR, mariadb.place(), blocks(count=2))
    found = read_rows(CONNECTOR, mariadb.place(), key=("id",), key_from=5, key_to=9)
    assert [row["id"] for row in found] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("declared", "name", "code"),
    [("VARCHAR(3)", "太长了吧", "too_long"), ("INT", "字", "format"), ("VARCHAR(9) CHARACTER SET latin1", "字", "format"),
     ("ENUM('a')", "b", "format"), ("VARCHAR(9) NOT NULL", None, "null"), ("TINYINT", "999", "out_of_range"),
     ("VARCHAR(9) CHECK (name <> 'x')", "x", "constraint")],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused_one_by_one(mariadb: MariaDb, declared: str, name: str | None, code: str) -> None:
    mariadb.sql(f"CREATE TABLE pair (id INT PRIMARY KEY, name {declared})")
    good = {"INT": "1", "TINYINT": "1", "ENUM('a')": "a"}.get(declared, "a")
    with CONNECTOR.target(mariadb.place(), write_request(shape=PAIR)) as target:
        target.prepare()
        with pytest.raises(RowsRefused) as caught:
            target.land(pair(1, (1, good), (2, name), (3, good)))
    assert {place: found for place, (found, _) in caught.value.rows.items()} == {1: code}
    assert name is None or name not in str(caught.value.rows)


def test_numbers_that_are_none_are_refused(mariadb: MariaDb) -> None:
    shape = TableShape("one", (ColumnShape("v", LogicalType.FLOAT),))
    import pyarrow as pa  # noqa: PLC0415  # used here alone

    with CONNECTOR.target(mariadb.place(), write_request(shape=shape)) as target:
        target.prepare()
        with pytest.raises(RowsRefused) as caught:
            target.land(Block(1, pa.record_batch({"v": pa.array([1.0, float("nan"), float("inf")])}), {}))
    assert set(caught.value.rows) == {1, 2}


def test_a_table_that_others_refer_to_is_emptied_and_filled(mariadb: MariaDb) -> None:
    mariadb.sql("CREATE TABLE kind (id INT PRIMARY KEY) ENGINE=InnoDB",
                "CREATE TABLE pair (id INT PRIMARY KEY, name VARCHAR(5), FOREIGN KEY (id) REFERENCES kind (id)) ENGINE=InnoDB",
                "INSERT INTO kind VALUES (1)")  # fmt: skip
    with CONNECTOR.target(mariadb.place(), write_request(shape=PAIR)) as target:
        target.prepare()
        target.land(pair(1, (1, "甲")))
        assert target.apply().inserted == 1
    [(_, made)] = mariadb.sql("SHOW CREATE TABLE pair")
    assert "FOREIGN KEY" in str(made)


def test_a_kill_between_announcing_and_renaming_is_made_good(mariadb: MariaDb) -> None:
    place, request = mariadb.place(), write_request(shape=PAIR)
    with CONNECTOR.target(place, request) as target:
        target.prepare()
        target.land(pair(1, (1, "甲")))
    mariadb.sql("UPDATE onecity_exchange_progress SET state = 'swapping', counts = REPLACE(counts, '\"inserted\": 0', '\"inserted\": 1')")
    with CONNECTOR.target(place, request) as target:
        assert not target.prepare().applied
        assert target.apply().inserted == 1
    mariadb.sql("UPDATE onecity_exchange_progress SET state = 'swapping'")
    with CONNECTOR.target(place, request) as target:
        target.prepare()
        assert target.apply().inserted == 1
    assert mariadb.sql("SELECT * FROM pair") == [(1, "甲")]


def test_tables_without_transactions_are_not_merged_into(mariadb: MariaDb) -> None:
    mariadb.sql("CREATE TABLE pair (id INT PRIMARY KEY, name VARCHAR(5)) ENGINE=MyISAM")
    with CONNECTOR.target(mariadb.place(), write_request(shape=PAIR, loading=Loading.MERGE)) as target:
        with pytest.raises(NotUnderstood, match="InnoDB"):
            target.prepare()


def test_a_table_without_transactions_is_replaced_by_one_with(mariadb: MariaDb) -> None:
    mariadb.sql("CREATE TABLE pair (id INT PRIMARY KEY, name VARCHAR(5)) ENGINE=MyISAM")
    with CONNECTOR.target(mariadb.place(), write_request(shape=PAIR)) as target:
        target.prepare()
        target.land(pair(1, (1, "甲")))
        target.apply()
    assert mariadb.sql("SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_NAME = 'pair'") == [("InnoDB",)]


def test_statements_stay_below_what_the_server_takes(mariadb: MariaDb) -> None:
    shape = TableShape("wide", (ColumnShape("id", LogicalType.INTEGER), ColumnShape("name", LogicalType.TEXT)), ("id",))
    with CONNECTOR.target(mariadb.place(), write_request(shape=shape)) as target:
        target.prepare()
        target.land(pair(1, *((number, "宽" * 1_000_000) for number in range(8))))
        assert target.apply().landed == 8


def test_a_wrong_key_constraint_elsewhere_is_an_error_and_changes_nothing(mariadb: MariaDb) -> None:
    mariadb.sql("CREATE TABLE pair (id INT PRIMARY KEY, name VARCHAR(5) UNIQUE)", "INSERT INTO pair VALUES (1, '甲')")
    with CONNECTOR.target(mariadb.place(), write_request(shape=PAIR, loading=Loading.MERGE)) as target:
        target.prepare()
        target.land(pair(1, (1, "乙"), (2, "乙")))
        with pytest.raises(NotUnderstood, match="1062"):
            target.apply()
    assert mariadb.sql("SELECT * FROM pair") == [(1, "甲")]


def test_a_forbidden_database_is_unreachable(mariadb: MariaDb) -> None:
    with pytest.raises(Unreachable, match="1044"):
        CONNECTOR.check(mariadb.place(database="mysql"))


@pytest.mark.parametrize("options", [{"tls": "on"}, {"tls": "verify", "ca_file": "/nowhere.pem"}])
def test_demanded_encryption_is_not_done_without(mariadb: MariaDb, options: dict[str, OptionValue]) -> None:
    with pytest.raises((Unreachable, NotUnderstood)):
        CONNECTOR.check(mariadb.place(**options))


def test_a_place_never_shows_its_secret(mariadb: MariaDb) -> None:
    place = replace(mariadb.place(), secret="geheim-5")
    assert "geheim" not in repr(place)
    assert isinstance(place, Place)
