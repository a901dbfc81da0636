"""The working calendar as data."""

from datetime import date, datetime, time, timedelta

import pytest

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.platform.cases.models import CalendarDay, WorkPeriod
from onecity.platform.cases.selectors.calendars import NoCalendar, calendar_of, months, periods, years
from onecity.platform.cases.selectors.remembered import Remembered, forget_all
from onecity.platform.cases.services.calendars import (
    NewDay,
    add_period,
    read_days,
    remove_day,
    remove_period,
    set_day,
    set_days,
)
from onecity.platform.cases.tests.diagrams import end, process, start, user
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import make_organisation

pytestmark = pytest.mark.django_db
ME = system_actor("test")
FRIDAY = date(2026, 3, 13)


def test_deadline_passes_over_a_holiday_and_counts_a_make_up_day(now: datetime) -> None:
    xml = process(
        start(), user("accept", "办理", "ok:好", limit="1 work_day"), end(), flows="start > accept\naccept > end"
    )
    code, organisation = make_type(xml, now=now), make_organisation()
    friday_noon = now + timedelta(days=3)
    plain = make_case(code, organisation=organisation, now=friday_noon)
    assert waiting_task(plain.id).due_at == friday_noon + timedelta(days=3)
    set_days(ME, days=[NewDay(date(2026, 3, 16), "holiday", "假日"), NewDay(date(2026, 3, 15), "make_up")])
    shifted = make_case(code, organisation=organisation, now=friday_noon)
    assert waiting_task(shifted.id).due_at == friday_noon + timedelta(days=2)


def test_narrower_division_has_its_own_periods_and_the_wider_one_s_days() -> None:
    WorkPeriod.objects.create(division_code="2201", start=time(9), end=time(15))
    CalendarDay.objects.create(day=FRIDAY, kind="holiday")
    CalendarDay.objects.create(division_code="2201", day=date(2026, 3, 14), kind="make_up")
    CalendarDay.objects.create(division_code="220102", day=FRIDAY, kind="make_up")
    forget_all()
    city = calendar_of("220103")
    assert [period.start for period in city.periods] == [time(9)]
    assert (city.is_working_day(FRIDAY), city.is_working_day(date(2026, 3, 14))) == (False, True)
    assert calendar_of("220102001002003").is_working_day(FRIDAY)
    assert not calendar_of("110101").is_working_day(FRIDAY)
    assert len(calendar_of("").periods) == 2


def test_city_without_any_period_cannot_reckon() -> None:
    WorkPeriod.objects.all().delete()
    CalendarDay.objects.create(day=FRIDAY, kind="holiday")
    forget_all()
    with pytest.raises(NoCalendar):
        calendar_of("220102")


def test_day_is_set_changed_and_removed() -> None:
    set_day(ME, new=NewDay(FRIDAY, "holiday", "节"))
    set_day(ME, new=NewDay(FRIDAY, "make_up"))
    row = CalendarDay.objects.get()
    assert (row.kind, row.name) == ("make_up", "")
    remove_day(ME, day_id=row.id)
    remove_day(ME, day_id=row.id)
    assert not CalendarDay.objects.exists()
    with pytest.raises(Invalid):
        set_day(ME, new=NewDay(FRIDAY, "party"))


def test_period_neither_overlaps_nor_runs_backwards() -> None:
    for start_at, end_at in ((time(11), time(13)), (time(20), time(19)), (time(8), time(18))):
        with pytest.raises(Invalid):
            add_period(ME, start=start_at, end=end_at)
    add_period(ME, start=time(19), end=time(21))
    assert [row.start for row in periods()] == [time(8, 30), time(13, 30), time(19)]


def test_last_period_cannot_be_removed() -> None:
    first, second = periods()
    remove_period(ME, period_id=first.id)
    with pytest.raises(Conflict):
        remove_period(ME, period_id=second.id)


def test_file_of_days_is_read() -> None:
    text = "\ufeff日期,类别,名称\n2026-10-01,放假,国庆节\n\n2026-10-10,调休上班\n"
    assert read_days(text) == [
        NewDay(date(2026, 10, 1), "holiday", "国庆节"),
        NewDay(date(2026, 10, 10), "make_up", ""),
    ]


@pytest.mark.parametrize("text", ["2026-10-01", "2026-10-01,上课", "2026-02-30,放假", "日期,类别\n十月一日,放假"])
def test_line_that_is_no_day_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="行不是"):
        read_days(text)


def test_year_is_shown_with_what_differs() -> None:
    set_day(ME, new=NewDay(FRIDAY, "holiday", "节"))
    march = months(2026)[2]
    kinds = {day.day.day: day.kind for day in march.days}
    assert (kinds[12], kinds[13], kinds[14], len(march.blanks)) == ("work", "holiday", "rest", 6)
    assert years(around=2030) == [2026, 2029, 2030, 2031]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.platform.cases.selectors.remembered.MOST", 2)
    read: list[int] = []

    def load(key: int) -> int:
        read.append(key)
        return key

    memory = Remembered(load)
    assert [memory[key] for key in (1, 1, 2, 3, 1)] == [1, 1, 2, 3, 1]
    assert read == [1, 2, 3, 1]
