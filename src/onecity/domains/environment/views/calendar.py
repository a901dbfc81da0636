"""A month of days as a calendar."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from onecity.domains.environment.selectors import air
from onecity.domains.environment.views.showing import Shown, shown
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar; air is None where there is no report. outside: of the month before or after."""

    day: date
    air: Shown | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month: weeks from Monday on. before, after: as the address writes them; after is "" for the present month.

    good, judged: days with an index up to 100, and days with one at all.
    """

    first: date
    weeks: list[list[Square]]
    before: str
    after: str
    good: int
    judged: int


def month_asked(text: str, *, today: date) -> date:
    """Return the first day of the month that the address names as 2026-03; today's month without one.

    Raises: Invalid.
    """
    if not text:
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid(fields={"month": zh("月份应写成 2026-03 的形式")}) from None


def month_of(first: date, *, today: date) -> Month:
    """Return a month with the city's days. first: its first day."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    found = {item.day: item for item in air.city_days(first=weeks[0][0], last=weeks[-1][-1])}
    squares = [[Square(day, shown(found.get(day)), outside=day.month != first.month) for day in week] for week in weeks]
    indices = [
        item.figures.aqi for day, item in found.items() if day.month == first.month and item.figures.aqi is not None
    ]
    following = (first + timedelta(days=31)).replace(day=1)
    return Month(
        first=first,
        weeks=squares,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{following:%Y-%m}" if following <= today else "",
        good=sum(index <= 100 for index in indices),
        judged=len(indices),
    )
