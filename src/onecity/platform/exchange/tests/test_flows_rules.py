"""Scores, schedules, conditions, plans as JSON, and rows held in memory."""

# ruff: noqa: DTZ001  # sources write wall-clock times without a zone

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.exchange.codecs.plans import NotAPlan, from_json, many_from_json, to_json
from onecity.platform.exchange.connectors import rows as held
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable, WriteRequest
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Limits, Plan
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.conditions import BadCondition, matching
from onecity.platform.exchange.rules.masks import masked
from onecity.platform.exchange.rules.schedules import (
    BadSchedule,
    check_cron,
    due_times,
    is_late,
    next_due,
    pause_before_try,
)
from onecity.platform.exchange.rules.scoring import Standard, dimension_scores, grade, timeliness_score, total_score

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHECKS = (
    Check("n", CheckKind.NOT_NULL, ("a",), dimension="completeness"),
    Check("m", CheckKind.NOT_NULL, ("b",), dimension="completeness"),
    Check("i", CheckKind.IDENTIFIER, ("a",), ("uscc",), dimension="accuracy"),
)


def test_dimension_scores_passed_of_looked_at() -> None:
    scores = dimension_scores(CHECKS, failed={"n": 10, "cast.a": 5}, rows=100)
    assert scores == {"completeness": 95.0, "accuracy": 100.0, "conformity": 95.0}


def test_no_rows_score_full() -> None:
    assert dimension_scores(CHECKS, failed={}, rows=0) == {"completeness": 100.0, "accuracy": 100.0}


def test_total_weighs_only_what_was_scored() -> None:
    weights = {"completeness": 1.0, "accuracy": 3.0, "timeliness": 6.0}
    assert total_score({"completeness": 50.0, "accuracy": 100.0}, weights=weights) == 87.5
    assert total_score({}, weights=weights) == 100.0


@pytest.mark.parametrize(("score", "name"), [(100, "优"), (95, "优"), (94.9, "良"), (60, "良"), (0, "差")])
def test_grade_is_the_first_whose_bound_is_reached(score: float, name: str) -> None:
    assert grade(score, standard=Standard({}, (95.0, 60.0), ("优", "良", "差"))) == name


@pytest.mark.parametrize(("over", "score"), [(-1, 100.0), (0, 100.0), (2, 50.0), (4, 0.0), (9, 0.0)])
def test_timeliness_falls_after_the_limit(over: int, score: float) -> None:
    assert timeliness_score(due_at=NOON, ended_at=NOON + HOUR + over * HOUR, late_after=HOUR) == score


def test_without_a_limit_late_scores_nothing() -> None:
    assert timeliness_score(due_at=NOON, ended_at=NOON + HOUR, late_after=timedelta(0)) == 0.0


def test_schedule_goes_by_the_citys_clocks() -> None:
    first, second = due_times("30 2 * * *", after=NOON, count=2)
    assert first == datetime(2026, 3, 10, 18, 30, tzinfo=UTC)
    assert second - first == timedelta(days=1)


@pytest.mark.parametrize("cron", ["", "* * *", "@daily", "x * * * *", "0 0 30 2 *", "* * * * * *", "60 * * * *"])
def test_broken_or_never_due_schedule_is_refused(cron: str) -> None:
    with pytest.raises(BadSchedule) as refusal:
        check_cron(cron, now=NOON)
    assert "cron" in refusal.value.fields


@given(st.integers(0, 59), st.integers(0, 23), st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_next_due_is_later_and_on_the_minute(minute: int, hour: int, at: datetime) -> None:
    after = at.replace(tzinfo=UTC)
    due = next_due(f"{minute} {hour} * * *", after=after)
    assert after < due <= after + timedelta(days=1, minutes=1)
    assert (due.hour, due.minute) == (hour, minute)


def test_late_is_what_was_awaited_longer_than_its_limit() -> None:
    assert not is_late(awaited_since=None, late_after=HOUR, now=NOON)
    assert not is_late(awaited_since=NOON - HOUR, late_after=HOUR, now=NOON)
    assert is_late(awaited_since=NOON - HOUR - timedelta(seconds=1), late_after=HOUR, now=NOON)


def test_pauses_grow_to_an_hour() -> None:
    assert [pause_before_try(number).total_seconds() for number in (1, 2, 3, 8, 40)] == [30, 60, 120, 3600, 3600]


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (Comparison("n", "=", (2,)), [False, True, False]),
        (Comparison("n", "<>", (2,)), [True, False, False]),
        (Comparison("n", "<", (2,)), [True, False, False]),
        (Comparison("n", "<=", (2,)), [True, True, False]),
        (Comparison("n", ">", (1,)), [False, True, False]),
        (Comparison("n", ">=", (1,)), [True, True, False]),
        (Comparison("n", "in", (2, 3)), [False, True, False]),
        (Comparison("n", "is_null"), [False, False, True]),
        (Comparison("n", "not_null"), [True, True, False]),
        (Comparison("t", "prefix", ("2201",)), [True, False, False]),
    ],
)
def test_condition_is_met_as_in_sql(condition: Comparison, met: list[bool]) -> None:
    batch = pa.record_batch({"n": [1, 2, None], "t": ["220104", "11", None]})
    assert matching(batch, [condition]).tolist() == met


def test_conditions_are_joined_by_and() -> None:
    batch = pa.record_batch({"n": [1, 2, 3]})
    assert matching(batch, [Comparison("n", ">", (1,)), Comparison("n", "<", (3,))]).tolist() == [False, True, False]
    assert matching(batch, []).tolist() == [True] * 3


@pytest.mark.parametrize("condition", [Comparison("z", "=", (1,)), Comparison("n", "=", ("x",)), Comparison("n", "~")])
def test_condition_that_makes_no_sense_is_refused(condition: Comparison) -> None:
    with pytest.raises(BadCondition):
        matching(pa.record_batch({"n": [1]}), [condition])


PLAN = Plan(
    source=Place("postgresql", {"port": 1, "tls": True}, "secret"),
    source_table="a",
    target=Place("files", {}),
    target_shape=TableShape("b", (ColumnShape("x", LogicalType.TEXT),), ("x",)),
    reading=Reading.BY_CURSOR,
    loading=Loading.MERGE,
    columns=(ColumnMap("x", LogicalType.TEXT, "y", codes={"1": "2"}),),
    checks=CHECKS,
    conditions=(Comparison("y", "in", (1, "a", 2.5, False)),),
    limits=Limits(frozenset({"y"}), (), {"y": "masked_name"}),
)


def test_plan_survives_its_way_through_json() -> None:

    assert from_json(json.loads(json.dumps(to_json(PLAN))), Plan) == PLAN


def test_json_that_is_no_plan_names_the_fault() -> None:
    with pytest.raises(NotAPlan, match="type"):
        from_json({"target": "x"}, ColumnMap)
    with pytest.raises(NotAPlan, match="应为列表"):
        many_from_json("abc", ColumnMap)


def test_secret_of_a_place_is_not_printed() -> None:
    assert "secret" not in repr(PLAN)


def test_unknown_mask_hides_everything() -> None:
    assert masked("张三丰", mask="masked_name") == "张**"
    assert masked("张三丰", mask="nonsense") == "****"


def test_rows_at_hand_are_read_in_blocks_and_again_from_the_middle() -> None:
    held.offer("x", pa.table({"a": list(range(5)), "b": list("abcde")}))
    place, reader = Place("rows", {"name": "x"}), held.RowsConnector()
    request = ReadRequest("t", ("a",), block_rows=2)
    blocks = list(reader.read(place, request))
    assert [block.rows.column(0).to_pylist() for block in blocks] == [[0, 1], [2, 3], [4]]
    again = list(reader.read(place, ReadRequest("t", ("a",), block_rows=2, since=blocks[0].after)))
    assert [(block.number, block.after) for block in again] == [(2, {"row": 4}), (3, {"row": 5})]
    reader.check(place)
    with pytest.raises(NotUnderstood, match="没有字段“z”"):
        list(reader.read(place, ReadRequest("t", ("z",))))
    held.withdraw("x")
    held.withdraw("x")
    with pytest.raises(Unreachable):
        reader.check(place)


def test_rows_at_hand_offer_nothing_else() -> None:
    reader = held.RowsConnector()
    assert reader.discover(Place("rows", {})) == ()
    with pytest.raises(NotUnderstood, match="不能写入"):
        reader.target(Place("rows", {}), WriteRequest("r", PLAN.target_shape, Loading.APPEND))
