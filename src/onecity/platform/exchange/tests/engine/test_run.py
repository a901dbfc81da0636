"""The engine between two PostgreSQL databases, on both ways."""

from dataclasses import replace
from typing import Any

import pytest
from tests.servers.postgresql import rows_of

from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.postgresql.connector import POSTGRESQL
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Limits, Plan, Threshold
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.engine.errors import BeyondGrant, ThresholdExceeded
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.tests.engine.flows import (
    Cancelled,
    Notes,
    add_people,
    everything,
    make_people,
    plan_between,
    shape_at,
)

SEX = Check("sex", CheckKind.CODE_LIST, ("sex",), ("0", "1"))
BOTH_WAYS = pytest.mark.parametrize("arrow", [False, True], ids=["passing", "arrow"])


def people_plan(source: Place, target: Place, *, arrow: bool, **changes: Any) -> Plan:
    """Return a copy; an expression that changes nothing makes the engine take the Arrow way."""
    plan = plan_between(source, target, **changes)
    if not arrow:
        return plan
    columns = tuple(replace(one, source="", expression="name") if one.target == "name" else one for one in plan.columns)
    return replace(plan, columns=columns)


def stages(target: Place) -> int:
    return int(rows_of(target, "SELECT count(*) FROM pg_class WHERE relname LIKE 'stage\\_%'")[0][0])


@BOTH_WAYS
def test_full_copy_brings_every_row_and_proves_it(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 1050)
    outcome = run(people_plan(source, target, arrow=arrow), run="r", journal=Notes())
    assert everything(target) == everything(source)
    assert (outcome.counts.read, outcome.counts.landed, outcome.counts.inserted) == (1050, 1050, 1050)
    assert outcome.reconciled
    assert outcome.source_sums == outcome.target_sums
    assert set(outcome.source_sums) == {"id", "citizen_id", "name", "sex", "born", "income", "alive", "seen", "extra"}
    assert outcome.blocks == 11
    assert outcome.position is None
    assert stages(target) == 0


@BOTH_WAYS
def test_bad_rows_stay_out_with_every_reason(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 300)
    rows_of(source, "UPDATE people SET citizen_id = '110105194912310021', name = ' ' WHERE id = 207")
    identifier = Check("id_number", CheckKind.IDENTIFIER, ("citizen_id",), ("citizen_id",))
    notes = Notes()
    outcome = run(people_plan(source, target, arrow=arrow, checks=(SEX, identifier)), run="r", journal=notes)
    assert outcome.counts.refused == 101
    assert {row[0] for row in everything(target)} == {i for i in range(1, 301) if i % 3 != 2 and i != 207}
    assert [row.row_number for row in notes.every_bad] == sorted([i for i in range(1, 301) if i % 3 == 2] + [207])
    worst = next(row for row in notes.every_bad if row.row_number == 207)
    assert [code for code, _ in worst.reasons] == ["id_number", "shape.not_null.name"]
    assert worst.values["citizen_id"] == "110105194912310021"
    assert worst.values["born"] == "1950-07-27"
    assert outcome.failed_checks == notes.failed == {"sex": 100, "id_number": 1, "shape.not_null.name": 1}
    assert outcome.reconciled


@BOTH_WAYS
def test_checks_that_only_count_let_rows_pass(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 30)
    outcome = run(
        people_plan(source, target, arrow=arrow, checks=(replace(SEX, blocking=False),)), run="r", journal=Notes()
    )
    assert outcome.counts.refused == 0
    assert outcome.failed_checks == {"sex": 10}


@BOTH_WAYS
def test_checks_that_need_whole_values_hold(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 120)
    checks = (
        Check("pattern", CheckKind.PATTERN, ("name",), ("张[0-9]{1,2}",)),
        Check("reference", CheckKind.REFERENCE, ("id",), ("known",)),
        Check("crossed", CheckKind.EXPRESSION, ("id", "sex"), ("id <> 50 OR sex = 0",)),
        Check("unique", CheckKind.UNIQUE, ("citizen_id", "id")),
    )
    notes = Notes(references={"known": [str(i) for i in range(1, 121) if i != 7]})
    outcome = run(people_plan(source, target, arrow=arrow, checks=checks), run="r", journal=notes)
    reasons = {row.row_number: [code for code, _ in row.reasons] for row in notes.every_bad}
    assert reasons == {7: ["reference"], 50: ["crossed"], **{i: ["pattern"] for i in range(100, 121)}}
    assert outcome.reconciled


def test_a_value_that_comes_twice_in_a_block_stays_once(source: Place, target: Place) -> None:
    make_people(source, 10)
    checks = (Check("once", CheckKind.UNIQUE, ("citizen_id",)),)
    notes = Notes()
    run(plan_between(source, target, checks=checks), run="r", journal=notes)
    assert [row[0] for row in everything(target)] == [1]
    assert [row.row_number for row in notes.every_bad] == list(range(2, 11))


@BOTH_WAYS
@pytest.mark.parametrize("threshold", [Threshold(rows=99), Threshold(share=0.33)])
def test_too_many_bad_rows_stop_the_run_before_the_target(
    source: Place, target: Place, threshold: Threshold, *, arrow: bool
) -> None:
    make_people(source, 300)
    make_people(target, 3)
    before = everything(target)
    with pytest.raises(ThresholdExceeded):
        run(people_plan(source, target, arrow=arrow, checks=(SEX,), threshold=threshold), run="r", journal=Notes())
    assert everything(target) == before
    assert stages(target) == 0


def test_as_many_bad_rows_as_allowed_are_no_reason_to_stop(source: Place, target: Place) -> None:
    make_people(source, 300)
    plan = plan_between(source, target, checks=(SEX,), threshold=Threshold(rows=100, share=1 / 3))
    assert run(plan, run="r", journal=Notes()).counts.refused == 100


@BOTH_WAYS
def test_merge_inserts_changes_and_leaves_alone(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 250)
    plan = people_plan(source, target, arrow=arrow, loading=Loading.MERGE)
    run(plan, run="one", journal=Notes())
    rows_of(source, "UPDATE people SET income = NULL, extra = '{\"a\": [1, 2]}' WHERE id <= 20")
    add_people(source, 251, 260)
    rows_of(source, "DELETE FROM people WHERE id = 100")
    outcome = run(plan, run="two", journal=Notes())
    counts = outcome.counts
    assert (counts.inserted, counts.updated, counts.unchanged, counts.deleted) == (10, 20, 229, 0)
    assert outcome.reconciled
    assert len(everything(target)) == 260
    assert everything(target)[:20] == everything(source)[:20]


@BOTH_WAYS
def test_merge_with_deletes_leaves_what_the_source_has(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(target, 120)
    make_people(source, 100)
    outcome = run(people_plan(source, target, arrow=arrow, loading=Loading.MERGE_DELETE), run="r", journal=Notes())
    assert (outcome.counts.deleted, outcome.counts.unchanged) == (20, 100)
    assert everything(target) == everything(source)


def test_append_adds(source: Place, target: Place) -> None:
    make_people(target, 50)
    rows_of(source, "CREATE TABLE people (id bigint, name text)")
    rows_of(source, "INSERT INTO people SELECT i, '李' FROM generate_series(51, 60) i")
    outcome = run(plan_between(source, target, loading=Loading.APPEND, block_rows=3), run="r", journal=Notes())
    assert (outcome.counts.inserted, outcome.reconciled) == (10, True)
    assert len(everything(target)) == 60


@BOTH_WAYS
def test_a_cursor_brings_only_what_is_new(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 150)
    plan = people_plan(source, target, arrow=arrow, loading=Loading.MERGE, reading=Reading.BY_CURSOR, cursor="seen")
    first = run(plan, run="one", journal=Notes())
    rows_of(source, "UPDATE people SET name = '改', seen = '2025-01-01 00:00+08' WHERE id = 7")
    second = run(plan, run="two", journal=Notes(), since=first.position)
    third = run(plan, run="three", journal=Notes(), since=second.position)
    assert (first.counts.read, second.counts.read, third.counts.read) == (150, 1, 0)
    assert second.counts.updated == 1
    assert third.position == second.position
    assert third.reconciled
    assert everything(target) == everything(source)


@BOTH_WAYS
def test_the_same_run_again_gives_the_same_outcome(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 150)
    plan = people_plan(source, target, arrow=arrow, checks=(SEX,))
    first = run(plan, run="r", journal=Notes())
    rows_of(source, "DELETE FROM people")
    assert run(plan, run="r", journal=Notes()) == first
    assert len(everything(target)) == 100


@BOTH_WAYS
def test_parts_bring_every_row_once(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 1000)
    notes = Notes()
    outcome = run(
        people_plan(source, target, arrow=arrow, parts=4, checks=(SEX,), block_rows=70), run="r", journal=notes
    )
    assert outcome.counts.read == 1000
    assert outcome.reconciled
    assert {row[0] for row in everything(target)} == {i for i in range(1, 1001) if i % 3 != 2}
    assert len(notes.every_bad) == 333
    assert len(notes.bad) == outcome.blocks >= 16


@BOTH_WAYS
def test_whoever_stops_a_run_finds_the_target_untouched(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 1000)
    make_people(target, 3)
    with pytest.raises(Cancelled):
        run(people_plan(source, target, arrow=arrow), run="r", journal=Notes(stop_after=2))
    assert len(everything(target)) == 3
    assert stages(target) == 0


def test_a_bounded_rate_is_waited_for(source: Place, target: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    make_people(source, 250)
    naps: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("onecity.platform.exchange.engine.pace.monotonic", lambda: now[0])
    monkeypatch.setattr("onecity.platform.exchange.engine.pace.sleep", sleep)
    run(plan_between(source, target, rows_per_second=100), run="r", journal=Notes())
    assert sum(naps) == pytest.approx(2.5)


def test_columns_beyond_the_grant_are_not_read(source: Place, target: Place) -> None:
    make_people(source, 5)
    allowed = Limits(columns=frozenset({"id", "name"}))
    with pytest.raises(BeyondGrant):
        run(plan_between(source, target, limits=allowed), run="r", journal=Notes())
    hidden = (
        ColumnMap("id", LogicalType.INTEGER, "id"),
        ColumnMap("name", LogicalType.TEXT, expression="citizen_id || name"),
    )
    with pytest.raises(BeyondGrant):
        run(plan_between(source, target, maps=hidden, limits=allowed), run="r", journal=Notes())
    asked = (ColumnMap("id", LogicalType.INTEGER, "id"),)
    plan = plan_between(source, target, maps=asked, limits=allowed, conditions=(Comparison("income", ">", (10,)),))
    with pytest.raises(BeyondGrant):
        run(plan, run="r", journal=Notes())


@BOTH_WAYS
def test_rows_beyond_the_grant_are_not_delivered(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 100)
    limits = Limits(conditions=(Comparison("sex", "=", (1,)), Comparison("id", "<=", (50,))))
    outcome = run(people_plan(source, target, arrow=arrow, limits=limits), run="r", journal=Notes())
    assert {row[0] for row in everything(target)} == {i for i in range(1, 51) if i % 3 == 1}
    assert outcome.counts.read == 17


def test_masked_columns_arrive_masked_and_stay_masked_in_quarantine(source: Place, target: Place) -> None:
    make_people(source, 3)
    limits = Limits(masks={"citizen_id": "masked_identity_number"})
    notes = Notes()
    run(plan_between(source, target, limits=limits, checks=(SEX,)), run="r", journal=notes)
    assert {row[1] for row in everything(target)} == {"110105********002X"}
    assert [row.values["citizen_id"] for row in notes.every_bad] == ["110105********002X"]


def test_codes_and_types_change_on_the_arrow_way(source: Place, target: Place) -> None:
    make_people(source, 30)
    maps = (
        ColumnMap("key", LogicalType.TEXT, "id"),
        ColumnMap("sex", LogicalType.TEXT, "sex", codes={"0": "女", "1": "男"}),
        ColumnMap("year", LogicalType.INTEGER, expression="year(born)"),
    )
    rows_of(target, "CREATE TABLE people (key text PRIMARY KEY, sex text, year smallint)")
    plan = plan_between(source, target, maps=maps)
    plan = replace(plan, target_shape=shape_at(target))
    notes = Notes()
    outcome = run(plan, run="r", journal=notes)
    assert outcome.reconciled
    assert ("1", "男", 1950) in everything(target)
    assert {row.reasons[0][0] for row in notes.every_bad} == {"codes.sex"}
    assert outcome.counts.refused == 10


def test_rows_that_only_the_target_refuses_are_refused_alone(source: Place, target: Place) -> None:
    make_people(source, 300)
    rows_of(target, "CREATE TABLE people (id bigint PRIMARY KEY, name text CHECK (name <> '张7'), tags inet)")
    maps = (
        ColumnMap("id", LogicalType.INTEGER, "id"),
        ColumnMap("name", LogicalType.TEXT, "name"),
        ColumnMap("tags", LogicalType.TEXT, expression="CASE WHEN id = 250 THEN 'many' ELSE '10.0.0.1' END"),
    )
    plan = replace(plan_between(source, target, maps=maps), target_shape=shape_at(target))
    notes = Notes()
    outcome = run(plan, run="r", journal=notes)
    assert [row.row_number for row in notes.every_bad] == [7, 250]
    assert {row.reasons[0][0] for row in notes.every_bad} == {"target.refused"}
    assert outcome.failed_checks == {"target.refused": 2}
    assert outcome.counts.landed == 298


@BOTH_WAYS
def test_rows_whose_key_comes_twice_are_refused(source: Place, target: Place, *, arrow: bool) -> None:
    make_people(source, 300)
    rows_of(source, "ALTER TABLE people DROP CONSTRAINT people_pkey")
    rows_of(source, "INSERT INTO people SELECT * FROM people WHERE id IN (3, 290)")
    make_people(target, 0)
    plan = people_plan(source, target, arrow=arrow)
    plan = replace(plan, target_shape=replace(plan.target_shape, key=("id",)))
    notes = Notes()
    outcome = run(plan, run="r", journal=notes)
    assert [row.reasons[0][0] for row in notes.every_bad] == ["unique.key"] * 2
    assert sorted(str(row.values["id"]) for row in notes.every_bad) == ["290", "3"]
    assert outcome.counts.landed == 300
    assert outcome.reconciled


def test_a_key_that_comes_again_by_cursor_replaces_the_earlier_row(source: Place, target: Place) -> None:
    rows_of(source, "CREATE TABLE moves (at bigint, person bigint, place text, UNIQUE (at, person))")
    rows_of(source, "ALTER TABLE moves ALTER at SET NOT NULL, ALTER person SET NOT NULL")
    rows_of(source, "INSERT INTO moves SELECT i, i % 7, 'p' || i FROM generate_series(1, 40) i")
    plan = plan_between(
        source, target, table="moves", reading=Reading.BY_CURSOR, cursor="at", loading=Loading.MERGE, block_rows=9
    )
    plan = replace(plan, target_shape=replace(plan.target_shape, key=("person",)))
    outcome = run(plan, run="r", journal=Notes())
    assert sorted(rows_of(target, "SELECT person, place FROM moves")) == [
        (0, "p35"), (1, "p36"), (2, "p37"), (3, "p38"), (4, "p39"), (5, "p40"), (6, "p34"),
    ]  # fmt: skip
    assert (outcome.counts.read, outcome.counts.inserted, outcome.counts.updated) == (40, 7, 33)
    assert outcome.reconciled


def test_a_source_that_cannot_be_reached_is_tried_again_and_given_up(source: Place, target: Place) -> None:
    make_people(source, 3)
    plan = plan_between(source, target)
    nowhere = Place("postgresql", {**source.options, "host": "/nowhere"})
    with pytest.raises(Unreachable):
        run(replace(plan, source=nowhere), run="r", journal=Notes(), pauses_s=(0.01, 0.01))


def test_a_wrong_password_is_not_told(source: Place) -> None:
    place = Place("postgresql", {**source.options, "user": "nobody"}, secret="geheim")
    with pytest.raises(Unreachable) as caught:
        POSTGRESQL.check(place)
    assert "geheim" not in str(caught.value)


def test_a_missing_table_is_said_at_once(source: Place, target: Place) -> None:
    make_people(source, 3)
    with pytest.raises(NotUnderstood):
        run(replace(plan_between(source, target), source_table="nobody"), run="r", journal=Notes())


def test_a_column_that_is_gone_is_said_at_once(source: Place, target: Place) -> None:
    make_people(source, 3)
    plan = plan_between(source, target)
    rows_of(source, "ALTER TABLE people DROP COLUMN income")
    with pytest.raises(OneCityError):
        run(plan, run="r", journal=Notes())


def test_an_empty_table_empties_the_target(source: Place, target: Place) -> None:
    make_people(source, 0)
    make_people(target, 5)
    outcome = run(plan_between(source, target), run="r", journal=Notes())
    assert everything(target) == []
    assert outcome.reconciled
