"""Working calendars of the packs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from onecity.demo import calendars
from onecity.demo.calendars import calendar_rows
from onecity.demo.packs import BadPack, pack_codes, read_pack
from onecity.kernel.deadlines import TimeUnit, deadline


def test_every_pack_names_a_calendar_that_exists() -> None:
    assert {read_pack(code).calendar for code in pack_codes()} <= set(calendar_rows())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 1, 31), False),  # spring festival, as extended
        (date(2020, 2, 1), False),  # was announced as make-up day, then the holiday was extended
        (date(2020, 1, 19), True),  # a Sunday that worked
        (date(2020, 4, 6), False),
        (date(2020, 4, 7), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),  # a Saturday that works
        (date(2026, 10, 10), True),
        (date(2026, 10, 8), True),
        (date(2027, 10, 5), False),
        (date(2026, 11, 21), False),  # an ordinary Saturday
    ],
)
def test_announced_days_are_as_announced(day: date, works: bool) -> None:
    assert calendar_rows()["north"].calendar.is_working_day(day) is works


@pytest.mark.parametrize(("year", "holidays", "make_up"), [(2020, 30, 6), (2026, 33, 6), (2027, 19, 0)])
def test_each_year_has_its_number_of_days(year: int, holidays: int, make_up: int) -> None:
    days = [item for item in calendar_rows()["south"].days if item.day.year == year]
    assert sum(not item.is_working for item in days) == holidays
    assert sum(item.is_working for item in days) == make_up
    assert all(item.source and item.evidence for item in days)


def test_make_up_days_lie_on_weekends_and_days_come_once() -> None:
    days = calendar_rows()["north"].days
    assert len({item.day for item in days}) == len(days)
    assert all(item.day.weekday() >= 5 for item in days if item.is_working)


def test_limit_is_counted_by_the_hours_of_the_calendar() -> None:
    noon_before = datetime(2026, 9, 30, 3, 30, tzinfo=UTC)  # 11:30 in the city, the day before the national holiday
    ends = deadline(noon_before, amount=6, unit=TimeUnit.WORK_HOUR, calendar=calendar_rows()["north"].calendar)
    assert ends == datetime(2026, 10, 8, 2, 30, tzinfo=UTC)  # four hours that afternoon, two on 8 October


def test_file_that_breaks_its_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "calendars.toml"
    broken.write_text('[[calendar]]\ncode = "north"', encoding="utf-8")
    monkeypatch.setattr(calendars, "FILE", broken)
    with pytest.raises(BadPack):
        calendar_rows()
