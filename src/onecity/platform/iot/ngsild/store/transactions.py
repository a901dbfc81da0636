"""A request's transaction: changes to entities, their history, and the notifications that they cause."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from onecity.platform.iot.ngsild.store.entities import Changed, EntityWriter
from onecity.platform.iot.ngsild.store.history import keep_history
from onecity.platform.iot.ngsild.store.matching import write_notices
from onecity.platform.iot.ngsild.store.rows import Caller

T = TypeVar("T")
Work = Callable[[EntityWriter, list[Changed]], Awaitable[T]]


async def in_transaction(pool: asyncpg.Pool, caller: Caller, work: Work[T], *, now: str) -> T:
    """Run `work`, which adds what it changed to the list it is given; nothing of it holds if anything fails."""
    async with pool.acquire() as connection, connection.transaction():
        changed: list[Changed] = []
        result = await work(EntityWriter(connection, caller, now=now), changed)
        if changed:
            await keep_history(connection, changed, caller, now=now)
            await write_notices(connection, changed, caller, now=now)
        return result
