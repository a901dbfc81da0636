"""Keeps a run to so many rows a second, however many parts read."""

import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Final

_LONGEST_NAP_S: Final = 0.5


class Pace:
    """rows_per_second: 0 for no limit."""

    def __init__(self, rows_per_second: int, *, check: Callable[[], None]) -> None:
        self._rate, self._check = rows_per_second, check
        self._lock = threading.Lock()
        self._free_at = monotonic()

    def take(self, rows: int) -> None:
        """Wait until so many rows may have passed. Raises: what the check raises, which is asked while waiting."""
        if not self._rate:
            return
        with self._lock:
            self._free_at = max(self._free_at, monotonic()) + rows / self._rate
            end = self._free_at
        while (left := end - monotonic()) > 0:
            self._check()
            sleep(min(left, _LONGEST_NAP_S))
