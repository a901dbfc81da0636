"""When a subscription that failed is tried again, and when its batch is set aside.

failure 1 ─2 s─ 2 ─4 s─ 3 ─8 s─ 4 ─16 s─ 5 ═ circuit open: 60 s, 120 s … 600 s between single attempts

A receiver that cannot be reached keeps its place: everything waits for it, in order, as long as the feed is kept. A
receiver that answers and refuses has the batch set aside after so many attempts, and is told the next one.
"""

from typing import Final, Literal

FIRST_PAUSE_S: Final = 2.0
OPEN_AFTER: Final = 5
OPEN_PAUSE_S: Final = 60.0
LONGEST_PAUSE_S: Final = 600.0
_PASSING: Final = frozenset({408, 425, 429, 502, 503, 504})

Fate = Literal["taken", "away", "refused"]


def fate(status: int) -> Fate:
    """Say what an HTTP status means for a batch. status: 0 where none came.

    Source: RFC 9110, 15 (408, 429, 5xx); RFC 6585, 4; RFC 8470, 5.2.
    """
    if 200 <= status < 300:
        return "taken"
    return "away" if status == 0 or status in _PASSING else "refused"


def is_open(failures: int) -> bool:
    """Say whether the circuit is open after so many failures in a row."""
    return failures >= OPEN_AFTER


def pause_s(failures: int, *, asked_s: float = 0.0) -> float:
    """Return how long to wait after the given number of failures in a row (≥ 1). asked_s: what `Retry-After` asks for.

    Source: House rule; RFC 9110, 10.2.3.
    """
    if is_open(failures):
        own = OPEN_PAUSE_S * 2.0 ** min(failures - OPEN_AFTER, 8)
    else:
        own = FIRST_PAUSE_S * 2.0 ** (failures - 1)
    return min(LONGEST_PAUSE_S, max(own, asked_s))
