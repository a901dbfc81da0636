"""What is done every so often for the history of readings."""

import time
from typing import Final

from django.conf import settings

from onecity.kernel import clock
from onecity.platform.iot.services import cold, rollups
from onecity.platform.iot.services.counts import fold_counts
from onecity.platform.iot.services.retention import apply_retention, drop_empty_minute_days

ROLL_UP_EVERY_S: Final = 10.0
KEEP_EVERY_S: Final = 60.0
MOST_S: Final = 4.0
"""So long may one tick roll up, move or take away: others wait for their turn."""


def roll_up() -> None:
    """Let roll-ups follow the time, make those that are due, and keep counts short."""
    began = time.monotonic()
    rollups.advance(clock.city_now())
    while rollups.refresh() and time.monotonic() - began < MOST_S:
        pass
    fold_counts()


def keep_history() -> None:
    """Move old days into files, take late readings into them, take away what is not kept."""
    now = clock.city_now()
    cold.freeze(now, after_days=settings.ENV.cold_after_days)
    cold.move_due(now, most_s=MOST_S)
    cold.compact_due(now, most_s=MOST_S)
    apply_retention(now, most_s=MOST_S, raw_days=settings.ENV.observation_days)
    drop_empty_minute_days(now)
    cold.sweep()
