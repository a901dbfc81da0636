"""Hears of changed layers: one connection per process that listens, and comes back by itself when it is lost."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
import orjson

from onecity.platform.geo.hot.cache import TileCache
from onecity.platform.geo.services.changes import CHANNEL

HEARTBEAT_SECONDS: Final = 5.0
"""A connection that is gone without a word is noticed after twice this at most."""
RETRY_SECONDS: Final = 1.0
_LOST: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
logger = logging.getLogger(__name__)

OpenConnection = Callable[[], Awaitable[asyncpg.Connection]]


class Hearing:
    """Keeps a cache true: passes on every change, and empties it whenever the connection is lost."""

    def __init__(self, cache: TileCache, *, open_connection: OpenConnection) -> None:
        self._cache = cache
        self._open = open_connection
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start listening in this event loop, once."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._listen_on())

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _listen_on(self) -> None:
        while True:
            try:
                await self._listen()
            except _LOST:
                logger.warning("lost the connection that hears of changed layers", exc_info=True)
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await self._open()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            self._cache.hear()
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), HEARTBEAT_SECONDS)
                if not lost.is_set():
                    await connection.execute("SELECT 1", timeout=HEARTBEAT_SECONDS)
        finally:
            self._cache.deafen()
            connection.terminate()

    def _heard(self, _connection: object, _process: int, _channel: str, payload: object) -> None:
        layer, box = orjson.loads(str(payload))
        self._cache.changed(layer, box=tuple(box) if box else None)
