"""Asking hot roads as a server would, on the test's own database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import asyncpg
import mapbox_vector_tile
import orjson
from django.db import connection

from onecity.kernel.registry import Registry
from onecity.platform.geo.declare import Layer
from onecity.platform.geo.hot.features import FEATURE_ROADS
from onecity.platform.geo.hot.tiles import TileServer
from onecity.platform.identity.tests.factories import HotSignOn
from onecity.web.access import PUBLIC
from onecity.web.hot import HotApplication, Road

PATIENCE_SECONDS = 10.0


def database_url() -> str:
    """Return the address of the database that this test runs on."""
    facts = connection.settings_dict
    return (
        f"postgresql://{facts['USER']}:{quote(facts['PASSWORD'])}@/{facts['NAME']}?host={quote(facts['HOST'], safe='')}"
    )


async def connect() -> asyncpg.Connection:
    """Open a connection to the test's database."""
    return await asyncpg.connect(database_url())


@dataclass(frozen=True)
class Answer:
    """What a road answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)

    def tile(self) -> dict[str, Any]:
        """Return the tile's layers: name → list of (id, properties)."""
        if not self.body:
            return {}
        layers: dict[str, Any] = mapbox_vector_tile.decode(self.body)
        return {
            name: [(feature.get("id"), feature["properties"]) for feature in layer["features"]]
            for name, layer in layers.items()
        }


def registry_of(items: Iterable[Layer]) -> Registry[Layer]:
    """Return a registry of layers of the test's own."""
    registry: Registry[Layer] = Registry(Layer)
    for item in items:
        registry.add(item, owner=item.code.split(".", maxsplit=1)[0])
    return registry


@dataclass
class House:
    """Tiles and features on the test's database, with real sign-on."""

    application: HotApplication
    tiles: TileServer
    heads: list[Answer] = field(default_factory=list)

    async def ask(self, address: str, *, session: str = "", method: str = "GET", **headers: str) -> Answer:
        """Ask one address. session: secret of a session. headers: names with underscores."""
        path, _, query = address.partition("?")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if session:
            given["cookie"] = f"onecity_session={session}"
        given.setdefault("host", "city.example")
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()], "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await self.application(scope, receive, send)
        start, *parts = sent
        body = b"".join(part.get("body", b"") for part in parts)
        return Answer(start["status"], {key.decode(): value.decode() for key, value in start["headers"]}, body)

    async def hears(self) -> None:
        """Wait until this process hears of changes."""
        await eventually(lambda: self.tiles.cache._hears)


@asynccontextmanager
async def house(registry: Registry[Layer], *, largest: int = 1_000_000) -> AsyncIterator[House]:
    """Open a house with these layers' tiles, and all declared layers' features."""
    tiles = TileServer(registry=lambda: registry, open_connection=connect, largest=lambda: largest)
    road = Road("GET", "/tiles/{layers}/{z}/{x}/{y}", PUBLIC, tiles.answer)

    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(database_url(), min_size=1, max_size=3)

    application = HotApplication(
        (road, *FEATURE_ROADS), sign_on=HotSignOn(), open_pool=open_pool, closing=(tiles.close,)
    )
    try:
        yield House(application, tiles)
    finally:
        await application.close()


async def eventually(condition: Callable[[], object]) -> None:
    """Wait until something is true; fail after a while."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


async def in_pages(work: Callable[[], object]) -> None:
    """Do something with Django's connection, in a thread of its own as pages do."""

    def closed() -> None:
        try:
            work()
        finally:
            connection.close()

    await asyncio.to_thread(closed)


def run(work: Callable[[], Awaitable[None]]) -> None:
    """Run an asynchronous test."""

    async def whole() -> None:
        await work()

    asyncio.run(whole())
