"""What iot does every so often: who has fallen silent, what does not come, orders that nobody answers, partitions."""

import time
from typing import Final

from django.conf import settings

from onecity.kernel import clock
from onecity.platform.iot.services import cold, rollups
from onecity.platform.iot.services.commands import expire_orders
from onecity.platform.iot.services.counts import fold_counts
from onecity.platform.iot.services.gateways import forget_gone
from onecity.platform.iot.services.life import drop_old_history, fold_tallies
from onecity.platform.iot.services.presence import mark_silent
from onecity.platform.iot.services.retention import apply_retention, drop_empty_minute_days
from onecity.platform.iot.services.silence import check_silence
from onecity.platform.iot.services.store.partitions import make_ahead

WATCH_EVERY_S: Final = 5.0
EXPIRE_EVERY_S: Final = 10.0
PREPARE_EVERY_S: Final = 600.0
ROLL_UP_EVERY_S: Final = 10.0
KEEP_EVERY_S: Final = 60.0
MOST_S: Final = 4.0
"""So long may one tick roll up, move or take away: others wait for their turn."""


def watch_silence() -> None:
    """Mark devices that have fallen silent and raise the alarms for data that do not come."""
    now = clock.city_now()
    mark_silent(now)
    check_silence(now)
    fold_tallies()


def end_orders() -> None:
    """Close orders that nobody answered."""
    expire_orders(clock.real_now())


def prepare_days() -> None:
    """Make the next days' partitions, drop old history, forget gateways that are long gone."""
    now = clock.city_now()
    make_ahead(now)
    drop_old_history(now)
    forget_gone(clock.real_now())


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
