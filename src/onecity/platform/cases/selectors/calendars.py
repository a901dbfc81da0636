"""The working calendar of a place."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.calendar import WorkPeriod as Period
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.cases.models import CalendarDay, WorkPeriod
from onecity.platform.cases.selectors.remembered import Remembered

_DIVISION_LENGTHS: Final = (12, 9, 6, 4, 2)


class NoCalendar(Unavailable):
    """There is no working period at all, so no deadline can be reckoned."""

    code = "no_work_calendar"
    message = zh("还没有设置工作时段，无法计算时限")


def _load(_: None) -> dict[str, WorkCalendar]:
    periods: dict[str, list[Period]] = {}
    for row in WorkPeriod.objects.order_by("division_code", "start"):
        periods.setdefault(row.division_code, []).append(Period(row.start, row.end))
    days = list(CalendarDay.objects.all())
    codes = {*periods, *(row.division_code for row in days)}
    return {code: _calendar(code, periods, days) for code in codes if code in periods or "" in periods}


_calendars: Remembered[None, dict[str, WorkCalendar]] = Remembered(_load)


def calendar_of(division_code: str) -> WorkCalendar:
    """Return the calendar of the narrowest division that has one of its own, else the general one.

    Days of a wider division hold in a narrower one that does not name them.
    Raises: NoCalendar.
    """
    known = _calendars[None]
    for size in _DIVISION_LENGTHS:
        if division_code[:size] in known and len(division_code) >= size:
            return known[division_code[:size]]
    if "" not in known:
        raise NoCalendar
    return known[""]


def _calendar(code: str, periods: dict[str, list[Period]], days: list[CalendarDay]) -> WorkCalendar:
    kinds = {
        row.day: row.kind
        for row in sorted(days, key=lambda row: len(row.division_code))
        if code.startswith(row.division_code)
    }
    return WorkCalendar(
        periods=tuple(periods.get(code) or periods[""]),
        holidays=frozenset(day for day, kind in kinds.items() if kind == CalendarDay.Kind.HOLIDAY),
        make_up_days=frozenset(day for day, kind in kinds.items() if kind == CalendarDay.Kind.MAKE_UP),
    )


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the calendar page. kind: work, rest, holiday, make_up. id: of the row that makes it differ, if any."""

    day: date
    kind: str
    name: str
    id: int | None


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """A month: blank cells before its first day (Monday first), and its days."""

    number: int
    blanks: range
    days: tuple[ShownDay, ...]


def periods() -> list[WorkPeriod]:
    """Return the general working periods, in order."""
    return list(WorkPeriod.objects.filter(division_code="").order_by("start"))


def years(*, around: int) -> list[int]:
    """Return the years that the page offers: those with days of their own, and the ones about now."""
    stored = CalendarDay.objects.values_list("day__year", flat=True).distinct()
    return sorted({*stored, around - 1, around, around + 1})


def months(year: int) -> list[ShownMonth]:
    """Return a year as the calendar page shows it."""
    differing = {row.day: row for row in CalendarDay.objects.filter(division_code="", day__year=year)}
    return [_month(year, number, differing) for number in range(1, 13)]


def _month(year: int, number: int, differing: Mapping[date, CalendarDay]) -> ShownMonth:
    blanks, length = monthrange(year, number)
    days = []
    for day in (date(year, number, index) for index in range(1, length + 1)):
        row = differing.get(day)
        usual = "rest" if day.weekday() >= 5 else "work"
        days.append(ShownDay(day, row.kind if row else usual, row.name if row else "", row.id if row else None))
    return ShownMonth(number, range(blanks), tuple(days))
