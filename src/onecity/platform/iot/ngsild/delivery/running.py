"""The process that delivers notifications."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import asyncpg
import httpx

from onecity.platform.iot.ngsild.delivery.courier import Courier
from onecity.platform.iot.ngsild.store.matching import CHANNEL
from onecity.platform.iot.ngsild.store.outside import broker_reach
from onecity.web.hot import HOT_CONNECTION
from onecity.web.outside import GuardedTransport

LOOK_S: Final = 1.0
PAUSE_S: Final = 2.0
logger = logging.getLogger(__name__)


async def run_courier(url: str, *, ready: Callable[[], None]) -> None:
    """Deliver until cancelled; a database that is away is waited for."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write a line for each notification
    way = GuardedTransport(broker_reach())
    async with httpx.AsyncClient(transport=way, follow_redirects=False, trust_env=False) as client:
        while True:
            try:
                await _deliver(url, client, ready)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                logger.warning("no database", exc_info=True)
                await asyncio.sleep(PAUSE_S)


async def _deliver(url: str, client: httpx.AsyncClient, ready: Callable[[], None]) -> None:
    woken = asyncio.Event()
    pool = await asyncpg.create_pool(url, min_size=1, max_size=4, command_timeout=60, server_settings=HOT_CONNECTION)
    try:
        async with pool.acquire() as listening:
            await listening.add_listener(CHANNEL, lambda *_: woken.set())
            ready()
            courier = Courier(pool, client=client)
            while True:
                woken.clear()
                while await courier.run_once():
                    pass
                try:
                    await asyncio.wait_for(woken.wait(), LOOK_S)
                except TimeoutError:
                    continue
    finally:
        await pool.close()
