"""Keeps the bytes of devices that somebody watches; nothing is looked at for the others."""

from collections import deque
from datetime import datetime
from typing import Final, NamedTuple

from onecity.kernel import clock
from onecity.platform.iot.selectors.field import traced_keys
from onecity.platform.iot.services.tracing import Traced, keep_traced

MOST_WAITING: Final = 5_000
LOOK_EVERY: Final = 2  # flushes


class _Kept(NamedTuple):
    at: datetime
    traced: Traced


class Tracer:
    """Bytes are noted in the event loop and written in the reporter's thread.

    watched: keys of devices; empty almost always, so that asking `if tracer.watched` is all the traffic pays.
    """

    def __init__(self) -> None:
        self.watched: frozenset[str] = frozenset()
        self._waiting: deque[_Kept] = deque(maxlen=MOST_WAITING)
        self._turn = 0

    def note(
        self, protocol: str, device_key: str, raw: bytes, *, outward: bool, peer: str = "", result: str = ""
    ) -> None:
        """Keep bytes if the device is watched. result: what became of them."""
        if device_key in self.watched and raw:
            self._waiting.append(_Kept(clock.real_now(), Traced(device_key, outward, protocol, peer, raw, result)))

    def flush(self) -> None:
        """Write what was noted, and learn who is watched now. In a thread that may ask the database."""
        if self._turn % LOOK_EVERY == 0:
            self.watched = traced_keys(clock.real_now())
        self._turn += 1
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if waiting:
            keep_traced([(kept.at, kept.traced) for kept in waiting])
