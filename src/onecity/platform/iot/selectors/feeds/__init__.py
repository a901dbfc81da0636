"""Reading the feed for subscriptions: on asyncpg, because couriers and streams live in event loops."""

from collections.abc import Sequence
from typing import Any, Protocol

import asyncpg


class Asked(Protocol):
    """A pool or a connection that can be asked."""

    async def fetch(self, sql: str, *values: object) -> Sequence[asyncpg.Record]: ...

    async def fetchrow(self, sql: str, *values: object) -> asyncpg.Record | None: ...

    async def fetchval(self, sql: str, *values: object) -> Any: ...

    async def execute(self, sql: str, *values: object) -> str: ...
