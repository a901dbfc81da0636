"""Working calendars of the packs, as data: whoever owns the table of calendars loads these rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

import msgspec

from onecity.demo.packs import CITIES, BadPack, Strict
from onecity.kernel.calendar import WorkCalendar, WorkPeriod

FILE: Final = CITIES / "calendars.toml"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that does not follow the week. evidence: how sure it is; B means background knowledge."""

    day: date
    name: str
    is_working: bool
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A working calendar with its special days, ready to be stored or used."""

    code: str
    name: str
    periods: tuple[WorkPeriod, ...]
    days: tuple[SpecialDay, ...]

    @property
    def calendar(self) -> WorkCalendar:
        """Return the calendar that limits are counted by."""
        return WorkCalendar(
            self.periods,
            holidays=frozenset(item.day for item in self.days if not item.is_working),
            make_up_days=frozenset(item.day for item in self.days if item.is_working),
        )


class _Year(Strict, frozen=True):
    year: int
    source: str
    evidence: str
    holidays: tuple[tuple[date, date, str], ...]
    make_up_days: tuple[date, ...]


class _Calendar(Strict, frozen=True):
    code: str
    name: str
    periods: tuple[tuple[time, time], ...]
    evidence: str


class _File(Strict, frozen=True):
    calendar: tuple[_Calendar, ...]
    year: tuple[_Year, ...]


def calendar_rows() -> Mapping[str, CalendarRow]:
    """Return every calendar by its code.

    Raises: BadPack if the file breaks its form.
    """
    try:
        found = msgspec.toml.decode(FILE.read_bytes(), type=_File)
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error
    days = tuple(day for year in found.year for day in _days(year))
    return {
        item.code: CalendarRow(item.code, item.name, tuple(WorkPeriod(start, end) for start, end in item.periods), days)
        for item in found.calendar
    }


def _days(year: _Year) -> list[SpecialDay]:
    days = []
    for first, last, name in year.holidays:
        count = (last - first).days + 1
        days += [
            SpecialDay(first + timedelta(days=step), name, is_working=False, source=year.source, evidence=year.evidence)
            for step in range(count)
        ]
    days += [
        SpecialDay(day, "调休上班", is_working=True, source=year.source, evidence=year.evidence)
        for day in year.make_up_days
    ]
    return sorted(days, key=lambda item: item.day)
