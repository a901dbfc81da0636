"""Deadlines (时限) in the units that city rules use, with pauses.

House rules, where regulations are silent:

- A work day is as much working time as one working day holds. A limit of two work days that starts on Monday at 10:00
  ends on Wednesday at 10:00; one that starts outside working time counts from the next period's start, so one work day
  from Saturday noon ends on Monday at closing time.
- A limit that uses working time up exactly ends at the end of that period, not at the start of the next.
- A limit of nothing ends at once, also at night.
- Urgent hours, urgent days and natural days run on the wall clock; a day is 24 hours.
- While a pause lasts, the limit's own time stands still: the deadline moves on by the time of that unit which lies in
  the pause. Free time inside a pause moves nothing for work hours and work days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.rounding import Exact, round_half_up
from onecity.kernel.text import zh

_MICROSECOND: Final = timedelta(microseconds=1)
_HOUR: Final = timedelta(hours=1) // _MICROSECOND
_DAY: Final = timedelta(days=1) // _MICROSECOND


class TimeUnit(StrEnum):
    """A unit in which a limit is given."""

    URGENT_HOUR = "urgent_hour"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    URGENT_DAY = "urgent_day"
    NATURAL_DAY = "natural_day"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self]

    @property
    def uses_calendar(self) -> bool:
        """Whether only working time counts."""
        return self in _WORKING


_LABELS = {
    TimeUnit.URGENT_HOUR: zh("紧急工作时"),
    TimeUnit.WORK_HOUR: zh("工作时"),
    TimeUnit.WORK_DAY: zh("工作日"),
    TimeUnit.URGENT_DAY: zh("紧急工作日"),
    TimeUnit.NATURAL_DAY: zh("自然日"),
}
_WORKING = frozenset({TimeUnit.WORK_HOUR, TimeUnit.WORK_DAY})
_HOURLY = frozenset({TimeUnit.URGENT_HOUR, TimeUnit.WORK_HOUR})


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a limit does not run; one that still lasts is passed with the present as its end.

    Raises: ValueError if it ends before it starts, or an instant has no time zone.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        _check_zone(self.start, self.end)
        if self.end < self.start:
            raise ValueError("a pause ends after it starts")


def deadline(
    start: datetime, *, amount: Exact, unit: TimeUnit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return when a limit that begins at `start` ends, in UTC.

    amount: ≥ 0; fractions are allowed and rounded to the microsecond. pauses: in any order, overlapping or not.
    Raises: ValueError for a negative amount or an instant without time zone.
    Source: house rule (module docstring).
    """
    _check_zone(start)
    if amount < 0:
        raise ValueError("a limit is not negative")
    length = int(round_half_up(Fraction(amount) * _unit_length(unit, calendar)))
    end = _moved(start, length, unit, calendar)
    for pause in _joined(pauses, after=start):
        if pause.start >= end:
            break
        length += _span(pause.start, pause.end, unit, calendar)
        end = _moved(start, length, unit, calendar)
    return end


def elapsed(
    start: datetime, *, end: datetime, unit: TimeUnit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()
) -> Fraction:
    """Return how much of a limit's time runs from `start` to `end`, in the unit, without the pauses; exact.

    Raises: ValueError if `end` is before `start` or an instant has no time zone.
    Source: house rule (module docstring).
    """
    _check_zone(start, end)
    if end < start:
        raise ValueError("time does not run backwards")
    paused = sum(
        _span(pause.start, min(pause.end, end), unit, calendar)
        for pause in _joined(pauses, after=start)
        if pause.start < end
    )
    return Fraction(_span(start, end, unit, calendar) - paused, _unit_length(unit, calendar))


def _check_zone(*instants: datetime) -> None:
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("an instant needs a time zone")


def _unit_length(unit: TimeUnit, calendar: WorkCalendar) -> int:
    """Return the microseconds of its own time that one unit holds."""
    if unit in _HOURLY:
        return _HOUR
    return calendar.day_length if unit is TimeUnit.WORK_DAY else _DAY


def _moved(start: datetime, length: int, unit: TimeUnit, calendar: WorkCalendar) -> datetime:
    """Return the first instant at or after `start` by which `length` microseconds of the unit's time have run."""
    if not unit.uses_calendar or length == 0:
        return start.astimezone(UTC) + length * _MICROSECOND
    return calendar.instant(calendar.mark(start) + length)


def _span(start: datetime, end: datetime, unit: TimeUnit, calendar: WorkCalendar) -> int:
    """Return the microseconds of the unit's time between two instants."""
    if unit.uses_calendar:
        return calendar.mark(end) - calendar.mark(start)
    return (end - start) // _MICROSECOND


def _joined(pauses: Iterable[Pause], *, after: datetime) -> list[Pause]:
    """Return the pauses in order, cut at `after`, overlapping ones made one."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda item: item.start):
        begin = max(pause.start, after)
        if pause.end <= begin:
            continue
        if joined and begin <= joined[-1].end:
            joined[-1] = Pause(joined[-1].start, max(joined[-1].end, pause.end))
        else:
            joined.append(Pause(begin, pause.end))
    return joined
