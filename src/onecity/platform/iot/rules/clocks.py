"""Which device times are believed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from onecity.platform.iot.rules.instants import micros

AHEAD: Final = timedelta(minutes=10)
OLDEST: Final = timedelta(days=20 * 366)
REAL_SLACK_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """Phenomenon times from `first` to `last`, both included, in microseconds since 2000, are stored as they come."""

    first: int
    last: int


def believed(now: datetime, *, speed: float = 1.0) -> Window:
    """Return which phenomenon times are believed at `now`; readings outside are quarantined, never re-dated.

    A clock may be ten minutes ahead. A demonstration whose time runs `speed` times as fast also forgives what five real
    seconds are there. Nothing is believed from before the station networks began, twenty years back: a clock that lost
    its battery says 1970 or 2000.
    Source: House rule.
    """
    slack = max(AHEAD, timedelta(seconds=REAL_SLACK_S * speed))
    return Window(first=micros(now - OLDEST), last=micros(now + slack))
