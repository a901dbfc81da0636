"""Does what must be done every so often, in one process of the city at a time.

Whoever holds the advisory lock ticks; when that process dies, its connection ends and the next one takes over within
`TAKE_OVER_SECONDS`.
"""

import logging
import threading
import time
from collections.abc import Iterable
from typing import Final

from django.db import close_old_connections, connection

from onecity.platform.jobs.declare import Tick

LOCK: Final = 0x0C17_71C4
TAKE_OVER_SECONDS: Final = 2.0
logger = logging.getLogger(__name__)


class Ticker(threading.Thread):
    """A thread that runs the declared ticks while it holds the lock."""

    def __init__(self, ticks: Iterable[Tick]) -> None:
        super().__init__(name="ticker", daemon=True)
        self._ticks = tuple(ticks)
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """Ask the thread to end, and wait for the tick that is running."""
        self._stop_asked.set()
        self.join(timeout=10)

    def run(self) -> None:
        """Wait for the lock, tick, and begin again whenever the database was away."""
        while not self._stop_asked.is_set():
            try:
                close_old_connections()
                if self._take_lock():
                    self._tick_on()
            except Exception:
                logger.exception("ticker lost its footing")
            finally:
                connection.close()
            self._stop_asked.wait(TAKE_OVER_SECONDS)

    def _take_lock(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            return bool(cursor.fetchone()[0])

    def _tick_on(self) -> None:
        due = {tick.code: time.monotonic() for tick in self._ticks}
        while not self._stop_asked.is_set():
            now = time.monotonic()
            for tick in self._ticks:
                if due[tick.code] <= now:
                    due[tick.code] = now + tick.every_s
                    _run(tick)
            if not connection.is_usable():
                return
            self._stop_asked.wait(max(0.05, min(due.values()) - time.monotonic()))


def _run(tick: Tick) -> None:
    try:
        tick.run()
    except Exception:
        logger.exception("tick %s failed", tick.code)
