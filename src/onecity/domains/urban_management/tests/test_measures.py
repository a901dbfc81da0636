"""Metrics by their formulas, rows behind them, and ranking; as far as each actor may see."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.urban_management.indicators import INDICATORS
from onecity.domains.urban_management.models import CaseRecord, StepRecord
from onecity.domains.urban_management.selectors.measures import seen_cases, seen_steps
from onecity.domains.urban_management.selectors.ranking import departments, places
from onecity.domains.urban_management.services.records import note_case, note_merged, note_step_begun, note_step_ended
from onecity.domains.urban_management.tests.factories import (
    GRID,
    SYSTEM,
    Offices,
    end_task,
    make_city_case,
    to_handling,
    walk,
)
from onecity.kernel.actor import Actor
from onecity.platform.cases.api import case_id, merge_cases
from onecity.platform.identity.tests.factories import plain_actor
from onecity.platform.indicators.declare import Period

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=20)
BY_CODE = {item.code.removeprefix("urban_management."): item for item in INDICATORS}


def period(now: datetime) -> Period:
    return Period(now - timedelta(days=3), now + MONTH)


def value(code: str, *, now: datetime, actor: Actor = SYSTEM) -> float | None:
    found = BY_CODE[code].compute(actor, period(now)).value
    return None if found is None else round(found, 1)


def a_busy_month(offices: Offices, now: datetime) -> None:
    """Five cases: closed in time; closed after a rework and late; returned and open; refused; merged into the third."""
    in_time = make_city_case(offices, now=now)
    to_handling(offices, in_time, now=now)
    walk(offices, in_time, "done", "send", "pass", "close", now=now)
    late, after = make_city_case(offices, now=now), now + timedelta(days=3)
    to_handling(offices, late, now=now)
    walk(offices, late, "done", "send", "fail", "done", "send", "pass", "close", now=after)
    returned = make_city_case(offices, now=now)
    to_handling(offices, returned, now=now)
    walk(offices, returned, "return", now=now)
    end_task(offices, make_city_case(offices, now=now), "void", now=now, note="不属实")
    merged = make_city_case(offices, now=now)
    merge_cases(SYSTEM, away_id=case_id(SYSTEM, merged), into_id=case_id(SYSTEM, returned), reason="同一件事", now=now)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open_cases", 1),
        ("overdue_cases", 1),
        ("reported_cases", 5),
        ("filed_cases", 3),
        ("valid_report_rate", 60.0),  # 3 of 5
        ("archive_rate", 66.7),  # 2 of 3 due
        ("intime_archive_rate", 33.3),  # 1 of 3
        ("overtime_archive_rate", 33.3),
        ("to_archive_rate", 20.0),  # 1 of 5
        ("repeat_rate", 20.0),
        ("intime_accept_rate", 100.0),
        ("accurate_accept_rate", 100.0),
        ("intime_verify_rate", None),
        ("intime_dispatch_rate", 75.0),  # the fourth waits for dispatch again
        ("accurate_dispatch_rate", 66.7),  # one of three was returned
        ("dispose_rate", 100.0),
        ("intime_dispose_rate", 75.0),  # done, late, redo in time, returned in time
        ("intime_check_rate", 100.0),
        ("check_pass_rate", 66.7),  # two of three
        ("rework_rate", 25.0),
        ("return_rate", 33.3),
    ],
)
def test_metric_follows_its_formula(offices: Offices, now: datetime, code: str, expected: float | None) -> None:
    a_busy_month(offices, now)
    assert value(code, now=now) == expected


def test_every_indicator_shows_the_rows_behind_it(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    for item in INDICATORS:
        evidence = item.rows(SYSTEM, period(now), 100)
        assert len(evidence.rows) == len(evidence.links)
        assert all(link.startswith("/cases/") for link in evidence.links)
        assert all(len(row) == len(evidence.columns) for row in evidence.rows)
    assert len(BY_CODE["reported_cases"].rows(SYSTEM, period(now), 2).rows) == 2


def test_nobody_counts_what_he_may_not_see(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    assert value("reported_cases", now=now, actor=offices.handler) == 3
    assert value("reported_cases", now=now, actor=offices.supervisor) == 5
    assert value("reported_cases", now=now, actor=plain_actor("cases.view", keys=frozenset())) == 0
    assert seen_cases(plain_actor()).count() == 0
    assert seen_steps(offices.handler).filter(node="dispatch").count() == 4


def test_departments_are_ranked_by_what_they_handle_in_time(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    other = make_city_case(offices, now=now)
    walk(offices, other, "accept", now=now)
    end_task(offices, other, "assign", now=now, to=offices.other)
    first, second = departments(SYSTEM, period(now))
    assert (first.name, first.due, first.on_time, first.handled) == ("生态环境局", 4, 3, 3)
    assert (first.received, first.returned, first.reworked, first.closed) == (3, 1, 1, 2)
    assert (first.on_time_rate, first.rework_rate) == (75.0, 33.3)
    assert (second.name, second.due, second.late_open, second.on_time_rate) == ("水务局", 1, 1, 0.0)
    assert second.rework_rate is None


def test_places_are_ranked_by_street_and_by_grid(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    make_city_case(offices, now=now, division_code="220104")
    (street,) = places(SYSTEM, period(now), digits=9)
    assert (street.code, street.due, street.closed) == ("220104001", 4, 2)
    assert street.name.endswith("红旗街道")
    assert [item.code for item in places(SYSTEM, period(now), digits=15)] == [GRID]


def test_whoever_sees_nothing_is_shown_no_ranking(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    assert departments(plain_actor(), period(now)) == []


def test_ranking_takes_one_statement_beside_the_names(
    offices: Offices, now: datetime, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    a_busy_month(offices, now)
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's context manager
        departments(SYSTEM, period(now))


def test_events_of_other_types_leave_no_record(offices: Offices, now: datetime) -> None:
    other = {"type_code": "tests.other"}
    for note in (note_case, note_merged, note_step_begun, note_step_ended):
        note(other)
    assert not CaseRecord.objects.exists()
    assert not StepRecord.objects.exists()


def test_step_that_ends_before_its_beginning_arrives_is_whole_in_the_end(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    row = case_id(SYSTEM, number)
    ended = {
        "type_code": "urban_management.city_case",
        "case_id": row,
        "task_id": 987,
        "node": "handle",
        "outcome": "done",
        "handler_id": None,
        "at": now.isoformat(),
    }
    begun = {
        "type_code": "urban_management.city_case",
        "case_id": row,
        "task_id": 987,
        "node": "handle",
        "organisation_id": offices.bureau.id,
        "division_code": GRID,
        "due_at": None,
        "at": now.isoformat(),
    }
    for payload, note in ((ended, note_step_ended), (begun, note_step_begun), (ended, note_step_ended)):
        note(payload)
    step = StepRecord.objects.get(task_id=987)
    assert (step.outcome, step.organisation_id, step.ended_at, step.opened_at) == ("done", offices.bureau.id, now, now)
