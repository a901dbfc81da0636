"""Methods: entered once, never changed; computing anew follows them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from onecity.domains.environment.models import AirMethod, StationDay
from onecity.domains.environment.permissions import MANAGE_AIR
from onecity.domains.environment.rules.codes import RECOMPUTE
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.methods import method_rows, methods
from onecity.domains.environment.services.methods import MethodExists, NewMethod, add_method, enter_first_methods
from onecity.domains.environment.services.recomputing import run_recompute, start_recomputing
from onecity.domains.environment.tests.factories import make_station, measure
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.platform.identity.tests.factories import audited, make_actor, plain_actor

pytestmark = pytest.mark.django_db
NEW = NewMethod(date(2027, 1, 1), "HJ 633-2026", ("PM2.5",), (), 45, 18, 6, 12, 60, 80, "测试依据")


def test_first_methods_stand_from_the_first_day(now: datetime) -> None:
    assert [(row.valid_from, row.edition_code) for row in method_rows()] == [
        (date(2026, 3, 1), "HJ 633-2026"),
        (date(1900, 1, 1), "HJ 633-2012 (PM 1h)"),
    ]
    enter_first_methods(now=now)
    assert AirMethod.objects.count() == 2


def test_method_is_entered_with_its_author(now: datetime) -> None:
    actor = make_actor(MANAGE_AIR)
    number = add_method(actor, new=NEW, now=now)
    row = AirMethod.objects.get(id=number)
    assert (row.author, row.created_at, row.city_day_share) == (actor.key, now, 80)
    assert audited(f"environment.airmethod:{number}") == [("environment.add_method", "done")]
    newest = methods()[-1]
    assert ({item.value for item in newest.realtime_needs}, newest.daily_needs) == ({"PM2.5"}, frozenset())
    assert (newest.validity.day_hours, newest.validity.ozone_means) == (18, 12)


def test_two_methods_cannot_begin_on_one_day(now: datetime) -> None:
    actor = make_actor(MANAGE_AIR)
    add_method(actor, new=NEW, now=now)
    with pytest.raises(MethodExists) as refusal:
        add_method(actor, new=NEW, now=now)
    assert set(refusal.value.fields) == {"valid_from"}
    assert AirMethod.objects.count() == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("edition_code", "HJ 633-2012"),
        ("realtime_needs", ("PM1",)),
        ("daily_needs", ("PM1",)),
        ("hour_minutes", 61),
        ("day_hours", 25),
        ("eight_hours", 9),
        ("ozone_means", 18),
        ("city_hour_share", 101),
        ("city_day_share", 0),
        ("source", " "),
    ],
)
def test_impossible_method_is_refused_by_field(field: str, value: Any, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        add_method(plain_actor(MANAGE_AIR), new=replace(NEW, **{field: value}), now=now)
    assert set(refusal.value.fields) == {field}


def test_method_needs_the_right_to_manage(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        add_method(plain_actor(), new=NEW, now=now)


class Steps:
    """Keeps what a job tells of its progress."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, str]] = []

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Keep it."""
        self.told.append((done, total, note))


def test_job_computes_each_day_and_says_what_it_did(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    station = make_station(now=now)
    measure(station, now - HOUR, now=now)
    steps = Steps()
    result = run_recompute(steps, {"first": "2026-03-09", "last": "2026-03-10"})
    assert result == {"天数": 2, "站点小时": 1, "站点日": 1, "全市日": 1}
    assert steps.told == [(0, 2, "2026-03-09"), (1, 2, "2026-03-10")]
    assert StationDay.objects.get().date == date(2026, 3, 10)


def test_recomputing_is_started_as_a_job(now: datetime) -> None:
    actor = make_actor(MANAGE_AIR)
    run = start_recomputing(actor, first=date(2026, 3, 1), last=date(2026, 3, 1), now=clock.real_now())
    assert run > 0
    assert audited("environment.air") == [(RECOMPUTE, "done")]


@pytest.mark.parametrize(("first", "last"), [("2026-03-02", "2026-03-01"), ("2010-01-01", "2026-01-01")])
def test_span_of_days_must_make_sense(first: str, last: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        start_recomputing(
            plain_actor(MANAGE_AIR), first=date.fromisoformat(first), last=date.fromisoformat(last), now=now
        )
    assert set(refusal.value.fields) == {"last"}


def test_recomputing_needs_the_right_to_manage(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        start_recomputing(plain_actor(), first=now.date(), last=now.date(), now=now)
