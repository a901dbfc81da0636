"""The courier's process: one courier tells at a time, others stand by."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import asyncpg

from onecity.platform.iot.gateways.subscriptions.courier import Courier
from onecity.platform.iot.gateways.subscriptions.posting import Poster
from onecity.platform.iot.gateways.subscriptions.publishing import Publisher
from onecity.web.hot import HOT_CONNECTION
from onecity.web.outside import Reach

PAUSE_S: Final = 1.0
CONNECTIONS: Final = 6
_TURN: Final = 0x0107_FEED
_ALONE: Final = "SELECT pg_advisory_lock($1)"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a courier works with. expires_in_s: so long the broker keeps what is not fetched."""

    database_url: str
    reach: Reach
    broker_host: str
    broker_port: int
    broker_password: str
    expires_in_s: int


async def run_courier(equipment: Equipment, *, ready: Callable[[], None]) -> None:
    """Tell subscriptions until cancelled; a database that is away is waited for. ready: called with the first turn."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write down each address, which may hold a secret
    keys: dict[int, tuple[str, ...]] = {}
    poster = Poster(equipment.reach, keys=keys)
    publisher = Publisher(equipment.broker_password, expires_in_s=equipment.expires_in_s)
    linked = asyncio.ensure_future(publisher.keep_link(equipment.broker_host, equipment.broker_port))
    try:
        while True:
            try:
                await _turn(equipment.database_url, poster, publisher, keys, ready)
            except* (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                logger.warning("no database for subscriptions", exc_info=True)
            await asyncio.sleep(PAUSE_S)
    finally:
        linked.cancel()
        with suppress(asyncio.CancelledError):
            await linked
        await poster.close()


async def _turn(
    url: str, poster: Poster, publisher: Publisher, keys: dict[int, tuple[str, ...]], ready: Callable[[], None]
) -> None:
    """Wait for the turn and tell while it lasts: it ends with the connection that holds it."""
    holding: asyncpg.Connection = await asyncpg.connect(url, server_settings=HOT_CONNECTION)
    try:
        await holding.execute(_ALONE, _TURN)
        pool = await asyncpg.create_pool(
            url, min_size=1, max_size=CONNECTIONS, command_timeout=60, server_settings=HOT_CONNECTION
        )
        try:
            courier = Courier(pool, {"webhook": poster, "mqtt": publisher}, keys=keys)
            ready()
            await _while_held(courier, holding)
        finally:
            pool.terminate()
    finally:
        holding.terminate()


async def _while_held(courier: Courier, holding: asyncpg.Connection) -> None:
    """Run a courier until the connection that holds its turn is lost."""
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def tell_lost(_: object) -> None:
        if not lost.done():
            lost.set_result(None)

    holding.add_termination_listener(tell_lost)
    working = asyncio.ensure_future(courier.run())
    try:
        await asyncio.wait({working, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ConnectionResetError("the turn was lost with its connection")
        working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
