"""From registers to usage: differences, a register that begins anew, gaps, exchanges of meters, hours of a day."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise
from typing import Final

from onecity.domains.metering.rules.codes import Evidence
from onecity.domains.metering.rules.times import DAY, day_start

STEP: Final = Decimal("0.001")
LAST_OF: Final = 3
"""So many periods before it an estimate is the mean of. Source: House rule."""
_NEAR: Final = Decimal("0.1")
SLOT: Final = timedelta(minutes=30)
LONGEST_GAP: Final = timedelta(hours=2)
"""Between two readings further apart than this nothing is told of single hours. Source: House rule."""
NIGHT_FROM: Final = timedelta(hours=2)
NIGHT_SLOTS: Final = 4
"""02:00 to 04:00, when a sound zone uses least. Source: usual practice of minimum night flow."""

Points = Sequence[tuple[datetime, Decimal]]
"""Readings of one register, oldest first."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The old meter's last and the new one's first register; it happened before the day's last reading."""

    day: date
    last: Decimal
    first: Decimal


@dataclass(frozen=True, slots=True)
class DayUsage:
    """A day. register: its last reading. usage: after the multiplier. reversed_by: how far the register went back."""

    day: date
    register: Decimal | None
    usage: Decimal | None
    evidence: Evidence
    reversed_by: Decimal | None = None


def growth(before: Decimal, after: Decimal, *, capacity: Decimal) -> Decimal:
    """Return by how much a register grew; below nought if it went back.

    A register that stood in the last tenth of its capacity and now stands in the first began anew.
    Source: House rule, after the usual treatment of rollover: add 10^digits if the earlier reading was near the end.
    """
    if after < before and before >= capacity * (1 - _NEAR) and after <= capacity * _NEAR:
        return after + capacity - before
    return after - before


def days(
    readings: Mapping[date, Decimal],
    *,
    until: date,
    capacity: Decimal,
    multiplier: Decimal = Decimal(1),
    exchanges: Sequence[Exchange] = (),
    before: Sequence[Decimal] = (),
) -> list[DayUsage]:
    """Return every day from the first reading to `until`, and days with readings after it.

    readings: the last register of each day that has one. Between two readings further apart than a day the difference
    is spread evenly; after the last one usage is estimated as the mean of the last three known. before: usages known
    from before the first reading, for such estimates, the newest last.
    """
    known = sorted(readings)
    if not known:
        return []
    found = [DayUsage(known[0], readings[known[0]], None, Evidence.READ)]
    for earlier, later in pairwise(known):
        total = _between(readings, earlier, later, capacity=capacity, exchanges=exchanges) * multiplier
        found += _spread(earlier, later, total, register=readings[later])
    usages = [*before, *(item.usage for item in found if item.usage is not None)][-LAST_OF:]
    mean = (sum(usages, Decimal(0)) / len(usages)).quantize(STEP, ROUND_DOWN) if usages else None
    missing = range((until - known[-1]).days)
    found += [DayUsage(known[-1] + (number + 1) * DAY, None, mean, Evidence.ESTIMATED) for number in missing]
    return found


def _between(
    readings: Mapping[date, Decimal], earlier: date, later: date, *, capacity: Decimal, exchanges: Sequence[Exchange]
) -> Decimal:
    total, register = Decimal(0), readings[earlier]
    for item in sorted(exchanges, key=lambda exchange: exchange.day):
        if earlier < item.day <= later:
            total += growth(register, item.last, capacity=capacity)
            register = item.first
    return total + growth(register, readings[later], capacity=capacity)


def _spread(earlier: date, later: date, total: Decimal, *, register: Decimal) -> list[DayUsage]:
    count = (later - earlier).days
    reversed_by = -total if total < 0 else None
    total = max(total, Decimal(0))
    each = (total / count).quantize(STEP, ROUND_DOWN)
    evidence = Evidence.READ if count == 1 else Evidence.SPREAD
    gap = [DayUsage(earlier + number * DAY, None, each, evidence) for number in range(1, count)]
    return [*gap, DayUsage(later, register, total - each * (count - 1), evidence, reversed_by)]


def slots(points: Points, *, start: datetime, count: int, slot: timedelta = SLOT) -> list[Decimal | None]:
    """Return by how much a register grew in each of `count` slots from `start`; None where readings are too far apart.

    Between readings the register is taken to grow evenly. A register that goes back tells nothing of the slots around.
    """
    registers = [_register_at(points, start + number * slot) for number in range(count + 1)]
    return [
        later - earlier if earlier is not None and later is not None and later >= earlier else None
        for earlier, later in pairwise(registers)
    ]


def _register_at(points: Points, at: datetime) -> Decimal | None:
    place = bisect_left(points, at, key=_time)
    if place == len(points):
        return None
    after = points[place]
    if after[0] == at:
        return after[1]
    before = points[place - 1] if place else None
    if before is None or after[0] - before[0] > LONGEST_GAP:
        return None
    share = Decimal((at - before[0]) / (after[0] - before[0]))
    return (before[1] + (after[1] - before[1]) * share).quantize(STEP)


def _time(point: tuple[datetime, Decimal]) -> datetime:
    return point[0]


@dataclass(frozen=True, slots=True)
class DayShape:
    """How usage lies in a day: that of the night, and the least of an hour; None where it cannot be told."""

    night: Decimal | None
    least_hour: Decimal | None


def shape(points: Points, *, day: date, multiplier: Decimal = Decimal(1)) -> DayShape:
    """Return the shape of a day from the readings in and around it."""
    begin = day_start(day)
    night = slots(points, start=begin + NIGHT_FROM, count=NIGHT_SLOTS)
    hours = slots(points, start=begin, count=24, slot=timedelta(hours=1))
    sums = [item for item in night if item is not None]
    told = [item for item in hours if item is not None]
    return DayShape(
        sum(sums, Decimal(0)) * multiplier if len(sums) == NIGHT_SLOTS else None,
        min(told) * multiplier if len(told) >= ENOUGH_HOURS else None,
    )


ENOUGH_HOURS: Final = 23
"""So many hours of a day must be known before its least is told. Source: House rule."""
