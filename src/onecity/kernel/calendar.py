"""Working calendar (工作日历): which hours of which days count, in Asia/Shanghai.

Working time is one long ruler: every working period of every working day laid end to end. A mark on it is a number of
microseconds since a far day, so that limits are sums and differences of whole numbers, whatever the number of days.

Holidays and make-up work days (调休上班) are announced each autumn for the next year. They are data with dates that a
city brings; days nobody announced follow the week.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from onecity.kernel.clock import CITY_ZONE

_MICROSECOND: Final = timedelta(microseconds=1)
_SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class WorkPeriod:
    """A stretch of a working day, such as 08:30 to 11:30, wall clock.

    Raises: ValueError if it does not end after its start on the same day.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a working period ends after its start, on the same day")

    @property
    def length(self) -> int:
        """Microseconds."""
        return _since_midnight(self.end) - _since_midnight(self.start)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working time of an organisation.

    periods: in order, without overlap, at least one; the same on every working day.
    weekend: days of the week that are free, 0 Monday to 6 Sunday; at least one day of the week works.
    holidays: free days, whatever the week says. make_up_days: working days, whatever the week says.
    Raises: ValueError if one of these rules is broken.
    """

    periods: tuple[WorkPeriod, ...]
    weekend: frozenset[int] = _SATURDAY_AND_SUNDAY
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    _week: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _lost: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _gained: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.periods:
            raise ValueError("a working day has at least one period")
        if any(before.end > after.start for before, after in zip(self.periods, self.periods[1:], strict=False)):
            raise ValueError("working periods stand in order and do not overlap")
        if not self.weekend < frozenset(range(7)):
            raise ValueError("the weekend is made of days 0 to 6, and leaves one to work")
        if self.holidays & self.make_up_days:
            raise ValueError("a day is a holiday or a make-up work day, not both")
        working = [weekday for weekday in range(7) if weekday not in self.weekend]
        object.__setattr__(self, "_week", tuple(working))
        object.__setattr__(self, "_lost", _ordinals(day for day in self.holidays if day.weekday() in working))
        object.__setattr__(self, "_gained", _ordinals(day for day in self.make_up_days if day.weekday() not in working))

    @property
    def day_length(self) -> int:
        """Working time of one working day, microseconds."""
        return sum(period.length for period in self.periods)

    def is_working_day(self, day: date) -> bool:
        """Say whether this day, in Asia/Shanghai, is one to work."""
        if day in self.holidays:
            return False
        return day in self.make_up_days or day.weekday() not in self.weekend

    def is_working_time(self, instant: datetime) -> bool:
        """Say whether work goes on at this instant; a period's last instant no longer counts.

        Raises: ValueError if the instant has no time zone.
        """
        local = _local(instant)
        inside = any(period.start <= local.time() < period.end for period in self.periods)
        return inside and self.is_working_day(local.date())

    def mark(self, instant: datetime) -> int:
        """Return where an instant stands on the ruler of working time, microseconds; in free time the ruler rests.

        Raises: ValueError if the instant has no time zone.
        """
        local = _local(instant)
        full_days = self._working_days_before(local.toordinal()) * self.day_length
        if not self.is_working_day(local.date()):
            return full_days
        clock = _since_midnight(local.time())
        return full_days + sum(
            min(max(clock - _since_midnight(period.start), 0), period.length) for period in self.periods
        )

    def instant(self, mark: int) -> datetime:
        """Return the first instant, in UTC, that stands at `mark`.

        A mark between two working periods or days therefore is the end of the earlier one.
        Raises: ValueError or OverflowError outside the years 1 to 9999.
        """
        day_number, within = divmod(mark - 1, self.day_length)
        within += 1
        day = date.fromordinal(self._ordinal_of(day_number))
        for period in self.periods[:-1]:
            if within <= period.length:
                break
            within -= period.length
        else:
            period = self.periods[-1]
        start = datetime.combine(day, period.start, tzinfo=CITY_ZONE)
        return (start + within * _MICROSECOND).astimezone(UTC)

    def _working_days_before(self, ordinal: int) -> int:
        """Count the working days from 1 January of year 1, a Monday, up to and without `ordinal`."""
        weeks, rest = divmod(ordinal - 1, 7)
        by_the_week = weeks * len(self._week) + bisect_left(self._week, rest)
        return by_the_week - bisect_left(self._lost, ordinal) + bisect_left(self._gained, ordinal)

    def _ordinal_of(self, number: int) -> int:
        """Return the ordinal of the working day that `number` working days precede."""
        whole_weeks = number // len(self._week) * 7
        low = whole_weeks - 7 * len(self._gained) - 7
        high = whole_weeks + 7 * len(self._lost) + 14
        while low < high:
            middle = (low + high) // 2
            if self._working_days_before(middle + 1) > number:
                high = middle
            else:
                low = middle + 1
        return low


def _ordinals(days: Iterable[date]) -> tuple[int, ...]:
    return tuple(sorted(day.toordinal() for day in days))


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(CITY_ZONE)


def _since_midnight(clock: time) -> int:
    """Return the microseconds since midnight."""
    span = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
    return span // _MICROSECOND
