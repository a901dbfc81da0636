"""Captured changes: inserts, updates and deletes arrive, in and between runs, each exactly once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.servers.postgresql import rows_of

from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.postgresql.connector import POSTGRESQL
from onecity.platform.exchange.connectors.postgresql.slots import SlotLost
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Comparison, Loading, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Limits, Plan
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.tests.engine.flows import Notes, add_people, everything, make_people, plan_between


class Follower:
    """A flow of changes, run after run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.runs = 0
        self.position: Position | None = None

    def follow(self, notes: Notes | None = None) -> Outcome:
        self.runs += 1
        found = run(self.plan, run=f"r{self.runs}", journal=notes or Notes(), since=self.position)
        self.position = found.position
        return found


@pytest.fixture
def follower(source: Place, target: Place) -> Iterator[Follower]:
    make_people(source, 120)
    yield Follower(plan_between(source, target, reading=Reading.CHANGES, loading=Loading.MERGE, block_rows=50))
    rows_of(source, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()")


def kept_back(source: Place) -> int:
    """How many changes the source still keeps."""
    slot = rows_of(source, "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()")[0][0]
    publication = rows_of(source, "SELECT pubname FROM pg_publication")[0][0]
    rows = rows_of(
        source,
        f"SELECT data FROM pg_logical_slot_peek_binary_changes('{slot}', NULL, NULL, 'proto_version', '1',"
        f" 'publication_names', '{publication}')",
    )
    return sum(bytes(data)[:1] in (b"I", b"U", b"D") for (data,) in rows)


def test_first_run_brings_the_table_and_later_ones_its_changes(source: Place, target: Place, follower: Follower) -> None:
    first = follower.follow()
    assert (first.counts.inserted, first.reconciled) == (120, True)
    add_people(source, 121, 125)
    rows_of(source, "UPDATE people SET name = '改名', seen = '1988-05-01 12:00+09', extra = NULL WHERE id IN (3, 4)")
    rows_of(source, "DELETE FROM people WHERE id > 100 AND id <= 110")
    second = follower.follow()
    counts = second.counts
    assert (counts.read, counts.inserted, counts.updated, counts.deleted) == (17, 5, 2, 10)
    assert second.reconciled
    assert everything(target) == everything(source)


def test_runs_without_changes_move_the_source_on(source: Place, follower: Follower) -> None:
    follower.follow()
    before = follower.position
    rows_of(source, "CREATE TABLE other (id int); INSERT INTO other VALUES (1)")
    outcome = follower.follow()
    assert outcome.counts.read == 0
    assert outcome.reconciled
    assert follower.position != before
    assert kept_back(source) == 0


def test_a_changed_key_moves_the_row(source: Place, target: Place, follower: Follower) -> None:
    follower.follow()
    rows_of(source, "UPDATE people SET id = 1000 WHERE id = 1")
    outcome = follower.follow()
    assert (outcome.counts.inserted, outcome.counts.deleted) == (1, 1)
    assert everything(target) == everything(source)


def test_many_changes_of_one_row_leave_the_last(source: Place, target: Place, follower: Follower) -> None:
    follower.follow()
    rows_of(source, "UPDATE people SET income = income + 1")
    rows_of(source, "DELETE FROM people WHERE id = 5")
    rows_of(source, "INSERT INTO people (id, name) VALUES (5, '新')")
    rows_of(source, "UPDATE people SET income = income + 1")
    rows_of(source, "DELETE FROM people WHERE id = 6")
    outcome = follower.follow()
    assert outcome.counts.read == 120 + 1 + 1 + 120 + 1
    assert outcome.reconciled
    assert everything(target) == everything(source)


def test_large_values_that_did_not_change_stay(source: Place, target: Place, follower: Follower) -> None:
    rows_of(source, "ALTER TABLE people ALTER extra SET STORAGE EXTERNAL")
    rows_of(source, "UPDATE people SET extra = to_jsonb(repeat('长', 9000)) WHERE id < 4")
    follower.follow()
    rows_of(source, "UPDATE people SET name = '甲' WHERE id < 4")
    rows_of(source, "DELETE FROM people WHERE id = 2")
    outcome = follower.follow()
    assert outcome.reconciled
    assert everything(target) == everything(source)


def test_whole_old_rows_bring_large_values_along(source: Place, target: Place, follower: Follower) -> None:
    rows_of(source, "ALTER TABLE people REPLICA IDENTITY FULL; ALTER TABLE people ALTER extra SET STORAGE EXTERNAL")
    rows_of(source, "UPDATE people SET extra = to_jsonb(repeat('长', 9000)) WHERE id = 1")
    follower.follow()
    rows_of(source, "UPDATE people SET name = '甲' WHERE id = 1; DELETE FROM people WHERE id = 9")
    follower.follow()
    assert everything(target) == everything(source)


def test_bad_changes_are_refused_and_deletions_are_not_checked(source: Place, target: Place, follower: Follower) -> None:
    rows_of(source, "UPDATE people SET sex = 0")
    follower.plan = replace(follower.plan, checks=(Check("sex", CheckKind.CODE_LIST, ("sex",), ("0", "1")),
                                                   Check("born", CheckKind.NOT_NULL, ("born",))))  # fmt: skip
    follower.follow()
    rows_of(source, "UPDATE people SET sex = 9 WHERE id = 1")
    rows_of(source, "DELETE FROM people WHERE id = 2")
    notes = Notes()
    outcome = follower.follow(notes)
    assert [row.values["id"] for row in notes.every_bad] == [1]
    assert (outcome.counts.refused, outcome.counts.deleted) == (1, 1)
    assert outcome.reconciled


def test_rows_that_leave_the_granted_range_are_deleted_without_a_trace(source: Place, target: Place, follower: Follower) -> None:
    follower.plan = replace(follower.plan, limits=Limits(conditions=(Comparison("sex", "=", (1,)),)))
    follower.follow()
    rows_of(source, "UPDATE people SET sex = 2 WHERE id = 1")
    rows_of(source, "UPDATE people SET sex = 1 WHERE id = 2")
    outcome = follower.follow()
    assert {row[0] for row in everything(target)} == {i for i in range(3, 121) if i % 3 == 1} | {2}
    assert outcome.reconciled


def test_renamed_columns_follow(source: Place, target: Place, follower: Follower) -> None:
    maps = (ColumnMap("number", LogicalType.INTEGER, "id"), ColumnMap("called", LogicalType.TEXT, "name"))
    rows_of(target, "CREATE TABLE people (number bigint PRIMARY KEY, called text NOT NULL)")
    shape = next(table for table in POSTGRESQL.discover(target) if table.name == "people")
    follower.plan = replace(follower.plan, columns=maps, target_shape=shape)
    follower.follow()
    rows_of(source, "UPDATE people SET name = '乙' WHERE id = 1; DELETE FROM people WHERE id > 5")
    outcome = follower.follow()
    assert everything(target) == [(1, "乙"), *((i, f"张{i}") for i in range(2, 6))]
    assert outcome.reconciled


def request_of(**changes: Any) -> ReadRequest:
    given: dict[str, Any] = {"table": "people", "columns": ("id", "name"), "reading": Reading.CHANGES, "block_rows": 7}
    return ReadRequest(**(given | changes))


def test_reading_goes_on_within_a_transaction(source: Place, follower: Follower) -> None:
    blocks = list(POSTGRESQL.read(source, request_of()))
    rows_of(source, "UPDATE people SET name = name || '!'")
    since = blocks[-1].after
    whole = list(POSTGRESQL.read(source, request_of(since=since)))
    again = list(POSTGRESQL.read(source, request_of(since=whole[3].after)))
    assert [block.rows.num_rows for block in whole] == [7] * 17 + [1]
    assert [block.rows.to_pylist() for block in again] == [block.rows.to_pylist() for block in whole[4:]]
    assert {name for block in whole for name in block.rows.column(OPERATION_COLUMN).to_pylist()} == {"U"}


def test_reading_goes_on_within_the_table(source: Place, follower: Follower) -> None:
    whole = list(POSTGRESQL.read(source, request_of()))
    again = list(POSTGRESQL.read(source, request_of(since=whole[10].after)))
    assert [block.rows.to_pylist() for block in again] == [block.rows.to_pylist() for block in whole[11:]]


def test_a_slot_that_is_gone_is_said(source: Place, follower: Follower) -> None:
    follower.follow()
    rows_of(source, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()")
    with pytest.raises(SlotLost):
        follower.follow()


def test_a_slot_that_has_moved_on_is_said(source: Place, follower: Follower) -> None:
    follower.follow()
    early = follower.position
    add_people(source, 121, 122)
    follower.follow()
    follower.position = early
    with pytest.raises(SlotLost):
        follower.follow()


def test_a_table_that_was_emptied_at_once_asks_for_a_full_run(source: Place, follower: Follower) -> None:
    follower.follow()
    rows_of(source, "TRUNCATE people")
    with pytest.raises(NotUnderstood):
        follower.follow()


def test_a_table_without_key_has_no_changes(source: Place, target: Place) -> None:
    rows_of(source, "CREATE TABLE notes (text text)")
    with pytest.raises(NotUnderstood):
        list(POSTGRESQL.read(source, request_of(table="notes", columns=("text",))))
