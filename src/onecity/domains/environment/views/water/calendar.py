"""A month of a section's days as a calendar."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from onecity.domains.environment.selectors.water.sections import days_between
from onecity.domains.environment.views.water.showing import Shown, shown


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar; water is None where there is no mean. outside: of the month before or after."""

    day: date
    water: Shown | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month: weeks from Monday on. before, after: as the address writes them; after is "" for the present month."""

    first: date
    weeks: list[list[Square]]
    before: str
    after: str


def month_of(section_id: int, first: date, *, today: date) -> Month:
    """Return a month with a section's days. first: its first day."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    found = {row.date: row for row in days_between(section_id, first=weeks[0][0], last=weeks[-1][-1])}
    following = (first + timedelta(days=31)).replace(day=1)
    return Month(
        first=first,
        weeks=[[Square(day, shown(found.get(day)), day.month != first.month) for day in week] for week in weeks],
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{following:%Y-%m}" if following <= today else "",
    )
