"""Grades by harm, reporting times by dated rows, numbers."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.emergency.rules.codes import BODY_LEVELS, GRADES, incident_number, titled
from onecity.domains.emergency.rules.grading import Harm, Threshold, grade_by_harm
from onecity.domains.emergency.rules.measures import percent
from onecity.domains.emergency.rules.reporting import Limit, due_after, due_first, is_timely, limits_in_force
from onecity.domains.emergency.services.configuring import rows_of

DAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
ROWS = [
    Threshold(
        row["kind_prefix"],
        int(row["grade"]),
        int(row["deaths"]),
        int(row["injured"]),
        Decimal(row["loss_cny"]),
        date.fromisoformat(row["effective_from"]),
    )
    for row in rows_of("thresholds.csv")
]
MILLION = Decimal(1_000_000)


def limit(**facts: object) -> Limit:
    given_facts: dict[str, object] = {
        "id": 1, "kind": "first", "grade": 1, "from_level": "city", "to_level": "province", "clock": "receipt",
        "phone_minutes": 30, "written_minutes": 120, "effective_from": date(2024, 11, 1), "effective_to": None, **facts,
    }  # fmt: skip
    return Limit(**given_facts)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("harm", "grade"),
    [
        (Harm(30), 1), (Harm(29), 2), (Harm(10), 2), (Harm(9), 3), (Harm(3), 3), (Harm(2), 4), (Harm(0), 4),
        (Harm(0, 100), 1), (Harm(0, 99), 2), (Harm(0, 50), 2), (Harm(0, 49), 3), (Harm(0, 10), 3), (Harm(0, 9), 4),
        (Harm(0, 0, 100 * MILLION), 1), (Harm(0, 0, 50 * MILLION), 2), (Harm(0, 0, 10 * MILLION), 3),
        (Harm(0, 0, 10 * MILLION - 1), 4), (Harm(3, 50), 2),
    ],
)  # fmt: skip
def test_accident_has_the_grade_of_its_worst_criterion(harm: Harm, grade: int) -> None:
    assert grade_by_harm(ROWS, kind_code="12P04", harm=harm, day=DAY) == grade


def test_kind_without_thresholds_has_no_grade() -> None:
    assert grade_by_harm(ROWS, kind_code="11A02", harm=Harm(40), day=DAY) is None


def test_thresholds_hold_from_their_day_on() -> None:
    assert grade_by_harm(ROWS, kind_code="12P04", harm=Harm(40), day=date(2007, 5, 31)) is None


def test_longer_prefix_and_later_row_go_before() -> None:
    own = Threshold("12P", 2, 1, None, None, date(2020, 1, 1))
    newer = Threshold("12P", 2, 5, None, None, date(2026, 1, 1))
    assert grade_by_harm([*ROWS, own], kind_code="12P04", harm=Harm(1), day=DAY) == 2
    assert grade_by_harm([*ROWS, newer, own], kind_code="12P04", harm=Harm(1), day=DAY) == 4
    assert grade_by_harm([*ROWS, own], kind_code="12Q01", harm=Harm(1), day=DAY) == 4


@given(st.integers(0, 200), st.integers(0, 500), st.integers(0, 50), st.integers(0, 50))
def test_more_harm_is_never_a_lower_grade(deaths: int, injured: int, more: int, hurt: int) -> None:
    before = grade_by_harm(ROWS, kind_code="12A01", harm=Harm(deaths, injured), day=DAY)
    after = grade_by_harm(ROWS, kind_code="12A01", harm=Harm(deaths + more, injured + hurt), day=DAY)
    assert before is not None
    assert after is not None
    assert after <= before


def test_latest_row_that_has_begun_holds() -> None:
    newer = limit(id=2, written_minutes=60, effective_from=date(2026, 3, 10))
    later = limit(id=3, written_minutes=30, effective_from=date(2026, 3, 11))
    found = limits_in_force([later, newer, limit()], kind="first", grade=1, from_level="city", day=DAY)
    assert [item.id for item in found] == [2]


def test_ended_row_and_rows_of_other_subjects_do_not_hold() -> None:
    rows = [
        limit(effective_to=date(2026, 3, 9)), limit(kind="final"), limit(grade=2), limit(from_level="county"),
    ]  # fmt: skip
    assert limits_in_force(rows, kind="first", grade=1, from_level="city", day=DAY) == []
    assert limits_in_force([limit(effective_to=DAY)], kind="first", grade=1, from_level="city", day=DAY) != []


def test_each_level_above_has_its_own_row() -> None:
    rows = [limit(id=1), limit(id=2, to_level="state")]
    found = limits_in_force(rows, kind="first", grade=1, from_level="city", day=DAY)
    assert [item.to_level for item in found] == ["province", "state"]


def test_first_report_runs_from_receipt_or_from_occurrence() -> None:
    earlier = NOON - timedelta(hours=1)
    due = due_first(limit(), occurred_at=earlier, received_at=NOON)
    assert (due.phone_at, due.written_at) == (NOON + timedelta(minutes=30), NOON + timedelta(minutes=120))
    due = due_first(limit(clock="occurrence", phone_minutes=None), occurred_at=earlier, received_at=NOON)
    assert (due.phone_at, due.written_at) == (None, NOON + timedelta(minutes=60))
    assert due_after(limit(), start=NOON).rule_id == 1


def test_what_is_done_on_the_limit_is_in_time() -> None:
    assert is_timely(NOON, done=NOON, now=NOON) is True
    assert is_timely(NOON, done=NOON + timedelta(seconds=1), now=NOON) is False
    assert is_timely(NOON, done=None, now=NOON) is None
    assert is_timely(NOON, done=None, now=NOON + timedelta(seconds=1)) is False


def test_number_tells_day_and_serial() -> None:
    assert incident_number("20260310", serial=7) == "SJ20260310000007"


def test_exercise_says_so_first() -> None:
    assert titled("积水", is_drill=True) == "【演练】积水"
    assert titled("积水", is_drill=False) == "积水"


def test_share_of_nothing_is_not_known() -> None:
    assert percent(0, 0) is None
    assert percent(1, 4) == 25.0


def test_supplied_times_are_of_known_subjects() -> None:
    for row in rows_of("report_rules.csv"):
        assert int(row["grade"]) in GRADES
        assert {row["from_level"], row["to_level"]} <= set(BODY_LEVELS)


def test_kinds_are_those_of_the_supplied_table(standards: Path) -> None:
    with (standards / "governance/emergency-codes.csv").open(encoding="utf-8", newline="") as file:
        wanted = [(row["code"], row["parent"], row["name_zh"]) for row in csv.DictReader(file)]
    assert [(row["code"], row["parent"], row["name_zh"]) for row in rows_of("kinds.csv")] == wanted
    assert len(wanted) == 289
