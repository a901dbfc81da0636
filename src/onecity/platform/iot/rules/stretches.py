"""Stretches of time of datastreams: united, and one taken out of another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Stretch = tuple[int, int]
"""From the first, included, to the second, not included; microseconds since 2000."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of datastreams as arrays of one length: ids, since ≤ time < until in microseconds since 2000."""

    datastream: NDArray[np.int32]
    since: NDArray[np.int64]
    until: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.datastream)

    def where(self, chosen: "NDArray[np.bool_] | NDArray[np.intp]") -> "Stretches":
        """Return the chosen ones."""
        return Stretches(self.datastream[chosen], self.since[chosen], self.until[chosen])


def united(stretches: Stretches) -> Stretches:
    """Return the same time of the same datastreams in as few stretches as possible, sorted."""
    found: list[tuple[int, int, int]] = []
    columns = (stretches.datastream.tolist(), stretches.since.tolist(), stretches.until.tolist())
    for stream, since, until in sorted(zip(*columns, strict=True)):
        if found and found[-1][0] == stream and since <= found[-1][2]:
            found[-1] = (stream, found[-1][1], max(until, found[-1][2]))
        elif since < until:
            found.append((stream, since, until))
    ids, begin, end = zip(*found, strict=True) if found else ((), (), ())
    return Stretches(np.array(ids, np.int32), np.array(begin, np.int64), np.array(end, np.int64))


def minus(whole: Iterable[Stretch], holes: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Return what of `whole` lies in none of `holes`. Both: sorted, apart from one another."""
    left: list[Stretch] = []
    for since, until in whole:
        at = since
        for begin, end in holes:
            if end <= at or begin >= until:
                continue
            if begin > at:
                left.append((at, begin))
            at = max(at, end)
        if at < until:
            left.append((at, until))
    return tuple(left)


def within(stretches: Iterable[Stretch], bounds: Stretch) -> tuple[Stretch, ...]:
    """Return what of the stretches lies within bounds."""
    cut = ((max(since, bounds[0]), min(until, bounds[1])) for since, until in stretches)
    return tuple((since, until) for since, until in cut if since < until)


def joined(one: Stretches, other: Stretches) -> Stretches:
    """Return the stretches of both."""
    return Stretches(
        np.concatenate([one.datastream, other.datastream]),
        np.concatenate([one.since, other.since]),
        np.concatenate([one.until, other.until]),
    )


def by_datastream(stretches: Stretches) -> dict[int, tuple[Stretch, ...]]:
    """Return each datastream's stretches, united and sorted."""
    found: dict[int, list[Stretch]] = {}
    whole = united(stretches)
    columns = (whole.datastream.tolist(), whole.since.tolist(), whole.until.tolist())
    for number, since, until in zip(*columns, strict=True):
        found.setdefault(number, []).append((since, until))
    return {number: tuple(own) for number, own in found.items()}


def left_of(whole: Stretches, holes: Stretches) -> Stretches:
    """Return what of each datastream's stretches lies in none of its holes."""
    without = by_datastream(holes)
    return _gathered((number, minus(own, without.get(number, ()))) for number, own in by_datastream(whole).items())


def shared_by(one: Stretches, other: Stretches) -> Stretches:
    """Return what lies in the stretches of both, for each datastream."""
    theirs = by_datastream(other)
    return _gathered(
        (number, tuple(found for bounds in theirs.get(number, ()) for found in within(own, bounds)))
        for number, own in by_datastream(one).items()
    )


def _gathered(parts: Iterable[tuple[int, Sequence[Stretch]]]) -> Stretches:
    rows = [(number, since, until) for number, stretches in parts for since, until in stretches]
    ids, since, until = zip(*rows, strict=True) if rows else ((), (), ())
    return Stretches(np.array(ids, np.int32), np.array(since, np.int64), np.array(until, np.int64))
