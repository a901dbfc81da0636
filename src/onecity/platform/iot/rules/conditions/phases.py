"""Where a rule stands for each of its devices, instant by instant: how long a condition holds, what ends it.

              condition true             true for hold                    end condition true, condition not
   NORMAL ─────────────────▶ PENDING ─────────────────▶ FIRED ─────────────────▶ ENDING
     ▲ ▲                        │                         ▲                         │  │
     │ └────────────────────────┘ not true                └───── not so any more ───┘  │
     └────────────────────────── true for end_hold ────────────────────────────────────┘

A condition that is not known (no data) begins nothing and ends nothing. With holds of zero, a phase is passed through
within one instant.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.rules.instants import NEVER

NORMAL, PENDING, FIRED, ENDING = 0, 1, 2, 3
Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Holds:
    """How long the condition must be true before the rule fires, and the end before it is over: microseconds."""

    hold: int = 0
    end_hold: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Phase and the instant since which it holds, device by device. since: NEVER while normal."""

    phase: NDArray[np.int8]
    since: NDArray[np.int64]

    def copy(self) -> "Standing":
        """Return a standing that changes by itself."""
        return replace(self, phase=self.phase.copy(), since=self.since.copy())


@dataclass(frozen=True, slots=True)
class Turn:
    """A rule fires for a device, or it is over. row: place of the device. at: place of the instant.

    begun: since when the condition has been true (of a firing), microseconds.
    """

    row: int
    at: int
    fires: bool
    begun: int = NEVER


def at_rest(rows: int) -> Standing:
    """Return the standing of devices for which nothing holds."""
    return Standing(np.zeros(rows, np.int8), np.full(rows, NEVER, np.int64))


def advance(
    before: Standing, *, begins: Booleans, ends: Booleans, instants: NDArray[np.int64], holds: Holds
) -> tuple[Standing, list[Turn]]:
    """Go through instants in order; return the standing after the last and what turned, in order of time.

    begins, ends: devices × instants; where condition and end both hold, the condition wins.
    """
    now = before.copy()
    turns: list[Turn] = []
    for place, instant in enumerate(instants.tolist()):
        true = begins[:, place]
        quiet = now.phase <= PENDING
        loud = ~quiet
        _begin(now, quiet, true, instant)
        fires = quiet & (now.phase == PENDING) & (instant - now.since >= holds.hold)
        turns += [Turn(row, place, fires=True, begun=int(now.since[row])) for row in np.flatnonzero(fires).tolist()]
        _set(now, fires, FIRED, instant)
        over = _end(now, loud, ends[:, place] & ~true, instant, holds.end_hold)
        turns += [Turn(row, place, fires=False) for row in np.flatnonzero(over).tolist()]
        _set(now, over, NORMAL, NEVER)
    return now, turns


def _begin(now: Standing, quiet: Booleans, true: Booleans, instant: int) -> None:
    _set(now, quiet & true & (now.phase == NORMAL), PENDING, instant)
    _set(now, quiet & ~true & (now.phase == PENDING), NORMAL, NEVER)


def _end(now: Standing, loud: Booleans, ends: Booleans, instant: int, hold: int) -> Booleans:
    _set(now, loud & ends & (now.phase == FIRED), ENDING, instant)
    _set(now, loud & ~ends & (now.phase == ENDING), FIRED, instant)
    over: Booleans = loud & (now.phase == ENDING) & (instant - now.since >= hold)
    return over


def _set(now: Standing, where: Booleans, phase: int, since: int) -> None:
    now.phase[where] = phase
    now.since[where] = since
