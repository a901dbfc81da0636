"""How far the feed reaches, asked at most ten times a second however many streams of a process want to know."""

import asyncio
import time
from typing import Final

import asyncpg

from onecity.platform.iot.selectors.feeds.entries import Head, head_of

TRUSTED_S: Final = 0.1


class SharedHead:
    """The feed's head, remembered for a moment. One for each event loop."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._head: Head | None = None
        self._asked_at = 0.0

    async def now(self, pool: asyncpg.Pool) -> Head:
        """Return the head, a moment old at most."""
        async with self._turn:
            if self._head is None or time.monotonic() - self._asked_at >= TRUSTED_S:
                self._head = await head_of(pool)
                self._asked_at = time.monotonic()
            return self._head
