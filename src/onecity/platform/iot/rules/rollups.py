"""Readings rolled up into stretches of time, and stretches into longer ones.

A good reading stands until the next good one of its datastream, at most to the end of its minute (for stretches of less
than an hour) or of its hour; that is its weight. So minutes, hours and days can be added up from one another.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.rules import quality as letters
from onecity.platform.iot.rules.buckets import Buckets
from onecity.platform.iot.rules.instants import DAY, HOUR, NEVER, SECOND

MINUTE: Final = 60 * SECOND
CITY_OFFSET: Final = 8 * HOUR
"""Asia/Shanghai is ahead of UTC by so much; its last summer time ended in 1991, before anything that is stored."""
_SHIFT: Final = CITY_OFFSET + 5 * DAY
"""Stretches of several days count from a Monday."""
GOOD: Final = np.zeros(256, np.bool_)
GOOD[[letters.code(letter) for letter in letters.JUDGED]] = True

Numbers = NDArray[np.float64]
Times = NDArray[np.int64]


def begins(at: Times, step: int) -> Times:
    """Return where the stretch of `step` microseconds begins into which each instant falls; days are the city's."""
    answer: Times = (at + _SHIFT) // step * step - _SHIFT
    return answer


def ends(at: Times, step: int) -> Times:
    """Return where that stretch ends for an instant that may stand at a border: the instant itself, if it does."""
    answer: Times = -(-(at + _SHIFT) // step) * step - _SHIFT
    return answer


def weight_unit(step: int) -> int:
    """Return within which stretch a reading stands at most, for buckets of `step` microseconds."""
    return HOUR if step % HOUR == 0 else MINUTE


def no_buckets() -> Buckets:
    """Return no stretch at all."""
    whole, numbers = np.empty(0, np.int64), np.empty(0, np.float64)
    return Buckets(
        np.empty(0, np.int32), whole, whole, whole, numbers, numbers, numbers, numbers, numbers, whole, whole,
        numbers, numbers,
    )  # fmt: skip


def rolled_up(
    datastream: NDArray[np.int32], at: Times, result: Numbers, quality: NDArray[np.uint8], *, step: int
) -> Buckets:
    """Roll readings up into stretches of `step` microseconds, a multiple of a minute.

    Readings are sorted by datastream and time, each key once. result: NaN for none.
    """
    if not len(at):
        return no_buckets()
    bucket = begins(at, step)
    starts = _starts(datastream, bucket)
    good = GOOD[quality] & ~np.isnan(result)
    value = np.where(good, result, np.nan)
    weight = _weights(datastream, at, good, unit=weight_unit(step))
    place = np.arange(len(at))
    first = np.minimum.reduceat(np.where(good, place, len(at)), starts)
    last = np.maximum.reduceat(np.where(good, place, -1), starts)
    some = last >= 0
    return Buckets(
        datastream=datastream[starts],
        at=bucket[starts],
        readings=np.diff(np.append(starts, len(at))).astype(np.int64),
        good=np.add.reduceat(good.astype(np.int64), starts),
        total=np.add.reduceat(np.where(good, result, 0.0), starts),
        low=np.fmin.reduceat(value, starts),
        high=np.fmax.reduceat(value, starts),
        first=_taken(result, first, some, np.nan),
        last=_taken(result, last, some, np.nan),
        first_at=_taken(at, first, some, NEVER),
        last_at=_taken(at, last, some, NEVER),
        weighted=np.add.reduceat(np.where(good, result, 0.0) * weight, starts),
        weighted_s=np.add.reduceat(weight, starts),
    )


def combined(parts: list[Buckets], *, step: int) -> Buckets:
    """Add stretches that do not overlap up into stretches of `step` microseconds, a multiple of each part's own."""
    whole = _joined(parts)
    if not len(whole):
        return whole
    bucket = begins(whole.at, step)
    order = np.lexsort((whole.at, bucket, whole.datastream))
    sorted_all = Buckets(*(getattr(whole, name)[order] for name in Buckets.__dataclass_fields__))
    bucket = bucket[order]
    starts = _starts(sorted_all.datastream, bucket)
    if len(starts) == len(order):
        return Buckets(sorted_all.datastream, bucket, *(getattr(sorted_all, name) for name in _VALUES))
    place, some = np.arange(len(order)), sorted_all.good > 0
    first = np.minimum.reduceat(np.where(some, place, len(order)), starts)
    last = np.maximum.reduceat(np.where(some, place, -1), starts)
    any_good = last >= 0
    sums = {name: np.add.reduceat(getattr(sorted_all, name), starts) for name in _SUMS}
    return Buckets(
        datastream=sorted_all.datastream[starts],
        at=bucket[starts],
        low=np.fmin.reduceat(sorted_all.low, starts),
        high=np.fmax.reduceat(sorted_all.high, starts),
        first=_taken(sorted_all.first, first, any_good, np.nan),
        last=_taken(sorted_all.last, last, any_good, np.nan),
        first_at=_taken(sorted_all.first_at, first, any_good, NEVER),
        last_at=_taken(sorted_all.last_at, last, any_good, NEVER),
        **sums,
    )


_SUMS: Final = ("readings", "good", "total", "weighted", "weighted_s")
_VALUES: Final = tuple(name for name in Buckets.__dataclass_fields__ if name not in {"datastream", "at"})


def chosen(buckets: Buckets, which: NDArray[np.bool_] | slice) -> Buckets:
    """Return some of the stretches."""
    return Buckets(*(getattr(buckets, name)[which] for name in Buckets.__dataclass_fields__))


def _joined(parts: list[Buckets]) -> Buckets:
    parts = [part for part in parts if len(part)] or [no_buckets()]
    if len(parts) == 1:
        return parts[0]
    return Buckets(*(np.concatenate([getattr(part, name) for part in parts]) for name in Buckets.__dataclass_fields__))


def _starts(datastream: NDArray[np.int32], bucket: Times) -> NDArray[np.intp]:
    new = np.ones(len(bucket), np.bool_)
    new[1:] = (datastream[1:] != datastream[:-1]) | (bucket[1:] != bucket[:-1])
    return np.flatnonzero(new)


def _weights(datastream: NDArray[np.int32], at: Times, good: NDArray[np.bool_], *, unit: int) -> Numbers:
    """Return for how many seconds each good reading stands; 0 for the others."""
    places = np.flatnonzero(good)
    until = (at[places] // unit + 1) * unit
    if len(places) > 1:
        same = datastream[places[1:]] == datastream[places[:-1]]
        until[:-1] = np.where(same, np.minimum(until[:-1], at[places[1:]]), until[:-1])
    weight = np.zeros(len(at), np.float64)
    weight[places] = (until - at[places]) / SECOND
    return weight


def _taken(values: NDArray[np.generic], places: NDArray[np.intp], some: NDArray[np.bool_], none: float) -> NDArray:  # type: ignore[type-arg]
    taken = np.full(len(places), none, values.dtype)
    taken[some] = values[places[some]]
    return taken


WHOLE_STEPS: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY)
"""Steps among which one is chosen for whoever asks for a number of points."""


def step_for(span: int, *, points: int) -> int:
    """Return the finest of `WHOLE_STEPS` with at most `points` stretches in `span` microseconds; the coarsest else."""
    return next((step for step in WHOLE_STEPS if span <= points * step), WHOLE_STEPS[-1])
