"""Tells whoever serves subscriptions which entities were made or changed, after the commit."""

import asyncio
import logging
from typing import Final

import asyncpg

CHANNEL: Final = "iot_sensorthings"
GATHER_S: Final = 0.02
LONGEST: Final = 7_500
"""PostgreSQL's notices hold 8,000 bytes."""
_TELL: Final = "SELECT pg_notify($1, n) FROM unnest($2::text[]) n"
logger = logging.getLogger(__name__)


def packed(touched: list[tuple[str, int]]) -> list[str]:
    """Return notices that name entities, `Things 5,Observations 7`, each short enough."""
    notices: list[str] = []
    line: list[str] = []
    size = 0
    for entities, number in dict.fromkeys(touched):
        told = f"{entities} {number}"
        if size + len(told) + 1 > LONGEST:
            notices.append(",".join(line))
            line, size = [], 0
        line.append(told)
        size += len(told) + 1
    return [*notices, ",".join(line)] if line else notices


def unpacked(notice: str) -> list[tuple[str, int]]:
    """Return the entities that a notice names."""
    pairs = (told.split(" ") for told in notice.split(",") if told)
    return [(entities, int(number)) for entities, number in pairs]


class Teller:
    """Gathers what was touched for a moment, so that many requests make one notice."""

    def __init__(self) -> None:
        self._touched: list[tuple[str, int]] = []
        self._task: asyncio.Task[None] | None = None

    async def tell(self, touched: list[tuple[str, int]], *, pool: asyncpg.Pool) -> None:
        """Tell soon; nobody waits for it."""
        self._touched += touched
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._told(pool))

    async def _told(self, pool: asyncpg.Pool) -> None:
        while self._touched:
            await asyncio.sleep(GATHER_S)
            touched, self._touched = self._touched, []
            try:
                await pool.execute(_TELL, CHANNEL, packed(touched))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                logger.warning("nobody was told of %d entities", len(touched), exc_info=True)
