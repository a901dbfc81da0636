"""Abnormal use, kind by kind. Every figure is a parameter: rules are dated rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from statistics import fmean, pstdev
from typing import Final

from onecity.domains.metering.rules.codes import Abnormal

FEWEST_DAYS: Final = 7
"""So many days of one's own history are needed before a rise is one. Source: House rule."""
SIGMAS: Final = 3
"""A rise is beyond so many standard deviations of one's own history. Source: House rule, usual in data quality."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Parameters of one kind for one supply.

    standing still: no growth for `threshold` hours. continuous: the least hour of each of `days` days above it.
    sudden rise: above `threshold` and `factor` times the mean of up to 30 days. reverse: by more than `threshold`.
    night use: above `threshold` and `factor` per cent of the day in each of `days` nights.
    """

    kind: Abnormal
    threshold: Decimal
    days: int = 1
    factor: Decimal = Decimal(0)
    severity: str = "minor"


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one whole day of a meter."""

    date: date
    usage: Decimal | None = None
    night: Decimal | None = None
    least_hour: Decimal | None = None
    reversed_by: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What is known of a meter. days: oldest first, the last is the one judged. moved_at, read_at: of its register."""

    days: Sequence[Day]
    watched: bool = False
    moved_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. value: the figure that broke the rule. usual: what it is held against."""

    value: Decimal
    usual: Decimal | None = None


def judge(rule: Rule, use: Use) -> Finding | None:
    """Return what is abnormal by this rule, None if nothing is."""
    return _JUDGES[rule.kind](rule, use)


def _standing_still(rule: Rule, use: Use) -> Finding | None:
    """Judge by readings alone: where none come, it is the device that is silent, and not the home."""
    if not use.watched or use.moved_at is None or use.read_at is None:
        return None
    hours = Decimal((use.read_at - use.moved_at).total_seconds()) / 3600
    return Finding(hours.quantize(Decimal("0.1")), rule.threshold) if hours >= rule.threshold else None


def _continuous(rule: Rule, use: Use) -> Finding | None:
    last = [day.least_hour for day in use.days[-rule.days :]]
    known = [least for least in last if least is not None and least > rule.threshold]
    return Finding(min(known), rule.threshold) if len(known) == rule.days else None


def _sudden_rise(rule: Rule, use: Use) -> Finding | None:
    usage = use.days[-1].usage if use.days else None
    history = [float(day.usage) for day in use.days[-31:-1] if day.usage is not None]
    if usage is None or usage <= rule.threshold or len(history) < FEWEST_DAYS:
        return None
    mean, deviation = fmean(history), pstdev(history)
    if usage <= rule.factor * Decimal(mean) or usage <= Decimal(mean + SIGMAS * deviation):
        return None
    return Finding(usage, Decimal(mean).quantize(Decimal("0.001")))


def _reverse(rule: Rule, use: Use) -> Finding | None:
    by = use.days[-1].reversed_by if use.days else None
    return Finding(by, rule.threshold) if by is not None and by > rule.threshold else None


def _night_use(rule: Rule, use: Use) -> Finding | None:
    nights = [
        day.night
        for day in use.days[-rule.days :]
        if day.night is not None
        and day.usage is not None
        and day.night > max(rule.threshold, day.usage * rule.factor / 100)
    ]
    return Finding(min(nights), rule.threshold) if len(nights) == rule.days else None


_JUDGES: Final[Mapping[Abnormal, Callable[[Rule, Use], Finding | None]]] = {
    Abnormal.STANDING_STILL: _standing_still,
    Abnormal.CONTINUOUS: _continuous,
    Abnormal.SUDDEN_RISE: _sudden_rise,
    Abnormal.REVERSE: _reverse,
    Abnormal.NIGHT_USE: _night_use,
}
