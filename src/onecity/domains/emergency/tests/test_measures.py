"""Indicators: values with their denominators, the rows behind them, exercises left out; lists."""

from datetime import datetime, timedelta

import pytest

from onecity.domains.emergency.indicators import INDICATORS
from onecity.domains.emergency.models import ResponseTask
from onecity.domains.emergency.selectors.incidents import incidents, open_incidents
from onecity.domains.emergency.services import reporting
from onecity.domains.emergency.services.incidents import merge
from onecity.domains.emergency.services.tasks import finish_task
from onecity.domains.emergency.tests.factories import Room, make_incident, report, start
from onecity.platform.indicators.declare import Indicator, Period
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
BY_CODE: dict[str, Indicator] = {item.code: item for item in INDICATORS}


def period(now: datetime) -> Period:
    return Period(now - timedelta(days=1), now + timedelta(days=30))


def test_first_reports_in_time_are_counted_with_their_denominator(room: Room, now: datetime) -> None:
    good, silent, late = (make_incident(room, now=now, grade=2) for _ in range(3))
    drill = make_incident(room, now=now, grade=2, is_drill=True)
    for number in (good, drill):
        reporting.note_call(room.officer, number=number, to_level="province", words="", now=now + 5 * MINUTE)
        report(room, number, now=now + 60 * MINUTE)
    report(room, silent, now=now + 60 * MINUTE)
    reporting.note_call(room.officer, number=late, to_level="province", words="", now=now + 5 * MINUTE)
    report(room, late, now=now + 121 * MINUTE)
    item = BY_CODE["emergency.first_report_rate"]
    measure = item.compute(room.officer, period(now))
    assert (measure.numerator, measure.denominator) == (1.0, 3.0)
    assert measure.value == pytest.approx(33.333, abs=0.001)
    behind = item.rows(room.officer, period(now), 10)
    assert {row[0] for row in behind.rows} == {good, silent, late}
    assert item.compute(room.stranger, period(now)).value is None


def test_further_reports_are_counted_apart(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    report(room, number, now=now)
    report(room, number, now=now + timedelta(hours=1))
    measure = BY_CODE["emergency.further_report_rate"].compute(room.officer, period(now))
    assert (measure.numerator, measure.denominator) == (1.0, 2.0)


def test_incidents_are_counted_without_exercises_and_merged_ones(room: Room, now: datetime) -> None:
    first, second = make_incident(room, now=now), make_incident(room, now=now)
    make_incident(room, now=now, is_drill=True)
    merge(room.officer, number=first, into=second, now=now)
    for code in ("emergency.under_way", "emergency.received"):
        assert BY_CODE[code].compute(room.officer, period(now)).value == 1.0
        assert [row[0] for row in BY_CODE[code].rows(room.officer, period(now), 10).rows] == [second]


def test_list_filters_and_searches(room: Room, now: datetime) -> None:
    flood = make_incident(room, now=now, grade=3)
    make_incident(room, now=now + MINUTE, title="桥梁开裂", words="裂缝", kind_code="12P04", is_drill=True)

    def found(search: str = "", **filters: str) -> list[str]:
        return [row.title for row in incidents(room.officer, query=Query(search, filters)).rows]

    assert found() == ["桥梁开裂", "人民大街下穿桥积水"]
    assert found(grade="3") == found(drill="no") == found("半米") == found(flood) == ["人民大街下穿桥积水"]
    assert found(**{"class": "12"}) == found(drill="yes") == ["桥梁开裂"]
    assert found(status="closed") == found(**{"from": "2026-03-11"}) == found(to="2026-03-09") == []
    assert [row.title for row in open_incidents(room.officer)] == ["桥梁开裂", "人民大街下穿桥积水"]


def test_response_time_and_tasks_in_time_have_their_denominators(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    first, second = ResponseTask.objects.filter(response_id=made).order_by("step__serial")
    finish_task(room.rescuer, task_id=first.pk, note="", now=now + 10 * MINUTE)
    finish_task(room.commander, task_id=second.pk, note="", now=now + 61 * MINUTE)
    minutes, rate = BY_CODE["emergency.response_minutes"], BY_CODE["emergency.task_rate"]
    measure = minutes.compute(room.officer, period(now))
    assert (measure.value, measure.numerator, measure.denominator) == (0.0, 0.0, 1.0)
    assert len(minutes.rows(room.officer, period(now), 5).rows) == 1
    measure = rate.compute(room.officer, period(now))
    assert (measure.numerator, measure.denominator) == (1.0, 2.0)
    assert [row[1] for row in rate.rows(room.officer, period(now), 5).rows] == ["通知沿线单位", "泵车到场抽排"]


def test_exercise_counts_in_no_figure(room: Room, now: datetime) -> None:
    start(room, now=now, is_drill=True)
    for item in INDICATORS:
        measure = item.compute(room.officer, period(now))
        assert (measure.value or 0.0, measure.denominator or 0.0) == (0.0, 0.0)
        assert list(item.rows(room.officer, period(now), 5).rows) == []
