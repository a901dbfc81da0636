"""Which store answers for which time of which datastream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Closed
from onecity.platform.iot.rules.instants import DAY, HOUR
from onecity.platform.iot.rules.rollups import begins, ends
from onecity.platform.iot.rules.stretches import Stretch, Stretches, minus, united, within

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


def pieces(
    datastreams: NDArray[np.int32], bounds: Stretch, *, step: int, facts: Facts, minuted: Stretches
) -> list[Piece]:
    """Return what to read for buckets of `step` within bounds, which stand at borders of buckets.

    minuted: hours whose minutes are rolled up; needed for steps below an hour. Datastreams that are read alike are
    read together.
    """
    groups: dict[Parts, list[int]] = {}
    due, minutes = _by_stream(facts.due), _by_stream(minuted)
    for number in datastreams.tolist():
        parts = _parts(bounds, step=step, settled=facts.settled, due=due.get(number, ()), minutes=minutes.get(number))
        groups.setdefault(parts, []).append(number)
    return [
        Piece(tier, np.array(numbers, np.int32), since, until)
        for parts, numbers in groups.items()
        for tier, stretches in parts
        for since, until in stretches
    ]


def _parts(
    bounds: Stretch, *, step: int, settled: int, due: Sequence[Stretch], minutes: Sequence[Stretch] | None
) -> Parts:
    holds = within(minus([bounds], due), (bounds[0], settled))
    if step % HOUR:
        rolled: Parts = (("minute", _shared(minutes or (), holds)),)
    elif step % DAY:
        rolled = (("hour", holds),)
    else:
        days = _whole_days(holds)
        rolled = (("day", days), ("hour", minus(holds, days)))
    covered = sorted(stretch for _, stretches in rolled for stretch in stretches)
    return (*rolled, ("raw", minus([bounds], covered)))


def _shared(stretches: Sequence[Stretch], others: Sequence[Stretch]) -> tuple[Stretch, ...]:
    return tuple(found for other in others for found in within(stretches, other))


def _whole_days(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    since = ends(np.array([item[0] for item in stretches], np.int64), DAY).tolist()
    until = begins(np.array([item[1] for item in stretches], np.int64), DAY).tolist()
    return tuple((first, end) for first, end in zip(since, until, strict=True) if first < end)


def _by_stream(stretches: Stretches) -> dict[int, tuple[Stretch, ...]]:
    found: dict[int, list[Stretch]] = {}
    whole = united(stretches)
    columns = (whole.datastream.tolist(), whole.since.tolist(), whole.until.tolist())
    for number, since, until in zip(*columns, strict=True):
        found.setdefault(number, []).append((since, until))
    return {number: tuple(own) for number, own in found.items()}
