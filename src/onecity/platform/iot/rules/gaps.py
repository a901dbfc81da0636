"""Where readings are missing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.rules.instants import SECOND
from onecity.platform.iot.rules.stretches import Stretch

TOLERANCE: Final = 2.5
"""A pause is a gap when it is longer than so many of the expected intervals. Source: House rule."""
MOST_GAPS: Final = 1_000


def gaps_between(
    at: NDArray[np.int64],
    *,
    since: int,
    until: int,
    step: int = 0,
    readings: NDArray[np.int64] | None = None,
    expected_s: int = 0,
) -> tuple[Stretch, ...]:
    """Return the stretches without readings between the first and the last one given, oldest first.

    at: times of readings, or beginnings of the buckets of `step` microseconds that hold `readings` each. expected_s:
    how often readings come; 0: as in the middle case here. A series with fewer than three readings has none that can be
    told. Before the first and after the last nothing is said: a device may be new, or not have spoken yet.
    Source: House rule.
    """
    inside = (at >= since) & (at < until)
    at = at[inside]
    if len(at) < 2:
        return ()
    pause = np.diff(at)
    if step and readings is not None:
        expected = expected_s * SECOND or step / float(np.median(readings[inside]))
        missing = (pause > step) & (pause - step >= max(TOLERANCE * expected, step))
        begin, end = at[:-1] + step, at[1:]
    else:
        if len(at) < 3 and not expected_s:
            return ()
        expected = expected_s * SECOND or float(np.median(pause))
        missing = pause > TOLERANCE * expected
        begin, end = at[:-1], at[1:]
    places = np.flatnonzero(missing)[:MOST_GAPS]
    return tuple((int(begin[place]), int(end[place])) for place in places.tolist())
