"""What changes rarely is remembered for a few seconds in each process, so that the hot roads need not read it anew."""

import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
SECONDS: Final = 5.0
MOST: Final = 20_000


class Remembered(Generic[K, V]):
    """Values by key, each read again after `seconds`."""

    def __init__(self, load: Callable[[K], V], *, seconds: float = SECONDS) -> None:
        self._load = load
        self._seconds = seconds
        self._known: dict[K, tuple[float, V]] = {}
        _all.append(self.forget)

    def __getitem__(self, key: K) -> V:
        known = self._known.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        value = self._load(key)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (time.monotonic() + self._seconds, value)
        return value

    def forget(self) -> None:
        """Read everything anew."""
        self._known.clear()


_all: list[Callable[[], None]] = []


def forget_all() -> None:
    """Read everything anew in this process; services that write what is remembered call it."""
    for forget in _all:
        forget()
