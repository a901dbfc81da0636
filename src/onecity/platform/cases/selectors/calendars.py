"""The working calendar of a place."""

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
    kinds = {row.day: row.kind for row in sorted(days, key=lambda row: len(row.division_code)) if code.startswith(row.division_code)}
    return WorkCalendar(
        periods=tuple(periods.get(code) or periods[""]),
        holidays=frozenset(day for day, kind in kinds.items() if kind == CalendarDay.Kind.HOLIDAY),
        make_up_days=frozenset(day for day, kind in kinds.items() if kind == CalendarDay.Kind.MAKE_UP),
    )
