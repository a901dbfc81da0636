"""What every connector promises, against real servers."""

from dataclasses import replace

import pytest
from tests.servers.interfaces import Interfaces
from tests.servers.kafka import Kafka
from tests.servers.sshd import Sshd

from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, Unreachable
from onecity.platform.exchange.contracts.blocks import Block, Comparison, ReadRequest
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.rules.sums import Sums
from onecity.platform.exchange.tests.connectors.people import (
    NAMES,
    blocks,
    people,
    read,
    read_rows,
    rows_of,
    write,
    write_request,
)
from onecity.platform.exchange.tests.connectors.sides import Side

WRITERS = ("mysql", "sqlite", "files_csv", "files_jsonl", "files_parquet", "objects", "sftp")
KINDS = (*WRITERS, "rest", "kafka")
WITHOUT_SCHEMA = ("kafka",)


@pytest.fixture
def side(request: pytest.FixtureRequest) -> Side:
    """The kind that a test is about."""
    found: Side = request.getfixturevalue(f"{request.param}_side")
    return found


every = pytest.mark.parametrize("side", KINDS, indirect=True)
writers = pytest.mark.parametrize("side", WRITERS, indirect=True)


@every
def test_check_lets_a_good_place_pass(side: Side) -> None:
    side.fill()
    side.connector.check(side.place)


@every
def test_discovery_names_the_table_and_its_columns(side: Side) -> None:
    side.fill()
    shapes = {shape.name: shape for shape in side.connector.discover(side.place)}
    assert [column.name for column in shapes[side.table].columns][: len(NAMES)] == list(NAMES)


@every
def test_a_full_read_gives_every_row_once(side: Side) -> None:
    side.fill()
    assert read_rows(side.connector, side.place, side.table) == rows_of([people(1, 30)])


@every
def test_block_numbers_grow_by_one(side: Side) -> None:
    side.fill()
    found = read(side.connector, side.place, side.table)
    assert [block.number for block in found] == list(range(1, len(found) + 1))
    assert len(found) > 2


@every
def test_reading_goes_on_behind_any_block(side: Side) -> None:
    side.fill()
    whole = read(side.connector, side.place, side.table)
    for stop in range(1, len(whole)):
        rest = read(side.connector, side.place, side.table, since=whole[stop - 1].after)
        assert [block.number for block in rest] == [block.number for block in whole[stop:]]
        assert rows_of(block.rows for block in rest) == rows_of(block.rows for block in whole[stop:])


@every
def test_only_the_columns_asked_for_are_read(side: Side) -> None:
    side.fill()
    found = read(side.connector, side.place, side.table, columns=("note", "name"))
    assert all(block.rows.schema.names == ["note", "name"] for block in found)


@every
def test_conditions_keep_rows_out(side: Side) -> None:
    side.fill()
    few = (Comparison("name", "in", ("张三3", "张三4", "张三5")), Comparison("name", "<>", ("张三4",)))
    assert [row["id"] for row in read_rows(side.connector, side.place, side.table, conditions=few)] == [3, 5]


@every
def test_an_unknown_table_is_not_understood(side: Side) -> None:
    side.fill()
    with pytest.raises(NotUnderstood):
        read(side.connector, side.place, "没有这张表")


@every
def test_a_column_that_is_gone_is_not_understood(side: Side) -> None:
    side.fill()
    if side.place.kind in WITHOUT_SCHEMA:
        [first, *_] = read(side.connector, side.place, side.table, columns=("name", "gone"))
        assert first.rows.column("gone").null_count == first.rows.num_rows
        return
    with pytest.raises(NotUnderstood):
        read(side.connector, side.place, side.table, columns=("name", "gone"))


@every
def test_nobody_at_home_is_unreachable(side: Side) -> None:
    with pytest.raises(Unreachable):
        side.connector.check(side.dead)
    with pytest.raises(Unreachable):
        list(side.connector.read(side.dead, ReadRequest(side.table, NAMES)))


@every
def test_a_wrong_secret_is_unreachable_and_stays_out_of_the_message(side: Side) -> None:
    if side.intruder is None:
        pytest.skip("this kind has no secrets")
    side.fill()
    with pytest.raises(Unreachable) as caught:
        side.connector.check(side.intruder)
    assert side.intruder.secret not in f"{caught.value} {caught.value.params} {caught.value!r}"


@every
def test_a_missing_option_is_named(side: Side) -> None:
    required = next(option for option in side.connector.options if option.required and not option.default)
    poor = {name: value for name, value in side.place.options.items() if name != required.name}
    with pytest.raises(NotUnderstood) as caught:
        side.connector.check(Place(side.place.kind, poor, side.place.secret))
    assert required.title in str(caught.value)


@every
def test_every_option_has_a_chinese_title(side: Side) -> None:
    for option in side.connector.options:
        assert not option.title.isascii() or option.title.isupper()


@writers
def test_a_repeated_block_lands_once(side: Side) -> None:
    with _opened(side) as target:
        target.prepare()
        for block in (*blocks(count=2), *blocks(count=3)):
            target.land(block)
        assert target.apply().landed == 30
    assert read_rows(side.connector, side.place, side.table) == rows_of([people(1, 30)])


@writers
def test_a_second_opening_goes_on_where_the_first_was_cut_off(side: Side) -> None:
    with _opened(side) as target:
        assert target.prepare().block == 0
        target.land(next(iter(blocks())))
    with _opened(side) as target:
        landed = target.prepare()
        assert (landed.block, landed.applied, landed.counts.landed) == (1, False, 10)
        assert dict(landed.after or {}) == {"at": '{"n": 1}', "tally": "{}"}
        for block in blocks(2, count=2):
            target.land(block)
        target.apply()
    assert read_rows(side.connector, side.place, side.table) == rows_of([people(1, 30)])


@writers
def test_applying_again_does_nothing_and_counts_the_same(side: Side) -> None:
    with _opened(side) as target:
        target.prepare()
        for block in blocks():
            target.land(block)
        first = target.apply()
        assert target.apply() == first
    with _opened(side) as target:
        assert target.prepare().applied
        assert target.apply() == first
        target.discard()
    with _opened(side) as target:
        assert target.prepare().applied
        assert target.apply() == first
    assert first.landed == first.inserted == 30
    assert read_rows(side.connector, side.place, side.table) == rows_of([people(1, 30)])


@writers
def test_the_sums_are_those_of_what_was_sent(side: Side) -> None:
    names = [column.name for column in write_request().shape.columns if column.type is not LogicalType.JSON]
    sent = Sums()
    with _opened(side) as target:
        target.prepare()
        for block in blocks():
            sent.add(block.rows)
            target.land(block)
        target.apply()
        assert target.sums(names) == sent.result()
        assert target.sums(["id"]) == {"id": sent.result()["id"]}


@writers
def test_a_discarded_run_leaves_the_target_as_it_was(side: Side) -> None:
    side.fill(1)
    with _opened(side) as target:
        target.prepare()
        for block in blocks(2, count=2):
            target.land(block)
        target.discard()
    with _opened(side) as target:
        assert target.prepare().block == 0
        target.discard()
    assert read_rows(side.connector, side.place, side.table) == rows_of([people(1, 10)])


@writers
def test_a_run_without_rows_is_a_run(side: Side) -> None:
    with _opened(side) as target:
        target.prepare()
        target.land(replace(next(iter(blocks())), rows=people(1, 0)))
        assert target.apply().landed == 0


@writers
def test_what_the_engine_keeps_is_not_discovered(side: Side) -> None:
    write(side.connector, side.place, blocks(), table=side.table, loading=side.loading)
    with _opened(side, run="other") as target:
        target.prepare()
        names = {shape.name for shape in side.connector.discover(side.place)}
    assert not any(name.startswith(("onecity", ".onecity")) for name in names)


def _opened(side: Side, *, run: str = "run-1") -> Target:
    assert side.loading is not None
    return side.connector.target(side.place, write_request(run=run, table=side.table, loading=side.loading))


@pytest.fixture
def mysql_side(mysql_place: Place) -> Side:
    """MariaDB."""
    wrong = replace(mysql_place, secret="falsch-41")
    return Side(mysql_place, dead=replace(mysql_place, options={**mysql_place.options, "port": 1}), intruder=wrong)


@pytest.fixture
def sqlite_side(sqlite_place: Place) -> Side:
    """SQLite."""
    return Side(sqlite_place, dead=Place("sqlite", {"path": "/nowhere/people.db"}))


@pytest.fixture
def files_csv_side(files_place: Place) -> Side:
    """CSV in a folder, as an office of the province might want it."""
    place = replace(files_place, options={**files_place.options, "encoding": "gb18030", "separator": "|"})
    return Side(place, dead=Place("files", {"folder": "/nowhere"}), table="people.csv")


@pytest.fixture
def files_jsonl_side(files_place: Place) -> Side:
    """JSON lines in a folder."""
    return Side(files_place, dead=Place("files", {"folder": "/nowhere"}), table="daily/people.jsonl")


@pytest.fixture
def files_parquet_side(files_place: Place) -> Side:
    """Parquet in a folder."""
    return Side(files_place, dead=Place("files", {"folder": "/nowhere"}), table="people.parquet")


@pytest.fixture
def objects_side(objects_place: Place) -> Side:
    """Parquet in a bucket."""
    dead = replace(objects_place, options={**objects_place.options, "endpoint": "http://127.0.0.1:1"})
    return Side(objects_place, dead=dead, table="2026/people.parquet")


@pytest.fixture
def sftp_side(sftp_place: Place, sshd: Sshd) -> Side:
    """CSV on another machine."""
    dead = replace(sftp_place, options={**sftp_place.options, "port": 1})
    return Side(sftp_place, dead=dead, intruder=replace(sftp_place, secret=sshd.stranger), table="people.csv")


@pytest.fixture
def rest_side(rest_place: Place, interfaces: Interfaces) -> Side:
    """An interface over HTTP."""

    def seed(blocks: list[Block]) -> None:
        interfaces.rows = [row for block in blocks for row in block.rows.to_pylist()]

    dead = replace(rest_place, options={**rest_place.options, "url": "http://127.0.0.1:1"})
    return Side(rest_place, dead=dead, loading=None, table="page", seed=seed)


@pytest.fixture
def kafka_side(kafka_place: Place, kafka: Kafka, topic: str) -> Side:
    """A topic."""

    def seed(blocks: list[Block]) -> None:
        kafka.send(topic, [row for block in blocks for row in block.rows.to_pylist()], partition=1)

    return Side(kafka_place, dead=Place("kafka", {"servers": "127.0.0.1:1"}), loading=None, table=topic, seed=seed)
