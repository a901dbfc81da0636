"""Which store answers for which time of which datastream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Closed
from onecity.platform.iot.rules.instants import DAY, HOUR
from onecity.platform.iot.rules.rollups import begins, ends
from onecity.platform.iot.rules.stretches import Stretch, Stretches, by_datastream, minus, within

Tier = Literal["raw", "minute", "hour", "day"]
Parts = tuple[tuple[Tier, tuple[Stretch, ...]], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds when a question is asked. settled: roll-ups before it hold but for what is due. closed: days."""

    settled: int
    due: Stretches
    closed: tuple[Closed, ...]

    @property
    def version(self) -> tuple[tuple[int, bool, int], ...]:
        """What must be the same after reading as before, or days moved meanwhile."""
        return tuple((day.day, day.cold, day.generation) for day in self.closed)


@dataclass(frozen=True, slots=True)
class Piece:
    """One read: a store, datastreams, a stretch of time."""

    tier: Tier
    datastreams: NDArray[np.int32]
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Rolled:
    """Of which time of which datastreams there are roll-ups by hour and by minute."""

    hours: Stretches
    minutes: Stretches


def pieces(datastreams: NDArray[np.int32], bounds: Stretch, *, step: int, facts: Facts, rolled: Rolled) -> list[Piece]:
    """Return what to read for buckets of `step` within bounds, which stand at borders of buckets.

    Datastreams that are read alike are read together.
    """
    groups: dict[Parts, list[int]] = {}
    due, hours, minutes = by_datastream(facts.due), by_datastream(rolled.hours), by_datastream(rolled.minutes)
    for number in datastreams.tolist():
        holds = within(minus([bounds], due.get(number, ())), (bounds[0], facts.settled))
        parts = _parts(bounds, holds, step=step, hours=hours.get(number, ()), minutes=minutes.get(number, ()))
        groups.setdefault(parts, []).append(number)
    return [
        Piece(tier, np.array(numbers, np.int32), since, until)
        for parts, numbers in groups.items()
        for tier, stretches in parts
        for since, until in stretches
    ]


def _parts(
    bounds: Stretch, holds: Sequence[Stretch], *, step: int, hours: Sequence[Stretch], minutes: Sequence[Stretch]
) -> Parts:
    """Return which tier answers for which time. holds: where roll-ups may be trusted."""
    if step % HOUR:
        rolled: Parts = (("minute", _shared(minutes, holds)),)
    elif step % DAY:
        rolled = (("hour", _shared(hours, holds)),)
    else:
        days = _whole_days(holds)
        rolled = (("day", days), ("hour", _shared(hours, minus(holds, days))))
    covered = sorted(stretch for _, stretches in rolled for stretch in stretches)
    return (*rolled, ("raw", minus([bounds], covered)))


def _shared(stretches: Sequence[Stretch], others: Sequence[Stretch]) -> tuple[Stretch, ...]:
    return tuple(found for other in others for found in within(stretches, other))


def _whole_days(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    since = ends(np.array([item[0] for item in stretches], np.int64), DAY).tolist()
    until = begins(np.array([item[1] for item in stretches], np.int64), DAY).tolist()
    return tuple((first, end) for first, end in zip(since, until, strict=True) if first < end)
