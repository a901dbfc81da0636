"""Changes that somebody answers for: what they are is written with who made them."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from onecity.platform.identity.api import record_on
from onecity.platform.iot.ngsild.http.call import Call

T = TypeVar("T")


async def recorded(call: Call, action: str, target: str, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    """Do something in a transaction in which its audit entry is written too.

    action: what `iot.` is put before. target: identifier of what it is done to.
    """
    async with call.pool.acquire() as line, line.transaction():
        result = await work(line)
        details = {"tenant": call.caller.tenant} if call.caller.tenant else {}
        await record_on(
            line, call.caller.actor, action=f"iot.{action}", target=f"iot.ngsi:{target}"[:200], details=details
        )
        return result
