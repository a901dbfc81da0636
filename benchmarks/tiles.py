"""Vector tiles that are not kept: the hot road's requests beside bare `ST_AsMVT` on the same connections.

Half a degree of city with 200 thousand quarters and 100 thousand places. Both sides draw the same two layers with the
same properties, eight at a time, through one pool of asyncpg: the road with its matching, sign-on, rules, SQL, entity
tag and headers; the limit with a statement written by hand and nothing around it. A turn draws the same tiles on both,
a handful here, a handful there, so that what else the machine does falls on both alike.
"""

import asyncio
import math
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from statistics import median
from time import perf_counter
from typing import Any, Final

import asyncpg
import psycopg

from benchmarks.database import VARIABLE
from benchmarks.report import Result, progress
from onecity.platform.geo.hot.tiles import TileServer
from onecity.platform.geo.registries import layers
from onecity.platform.geo.rules.tiles import EXTENT, MARGIN, Tile
from onecity.platform.identity.hot import HotSignOn
from onecity.web.access import PUBLIC
from onecity.web.hot import HOT_CONNECTION, HotApplication, Road

WEST, SOUTH, SIDE = 125.0, 43.6, 0.5
QUARTERS, PLACES = 200_000, 100_000
CODES: Final = "geo.areas,geo.places"
ZOOMS: Final = {13: 40, 14: 120, 16: 600}
"""Tiles drawn in one turn of each zoom, about a third of a second of each."""
AT_ONCE: Final = 8
CONNECTIONS: Final = 4
TURNS: Final = 7
HANDFUL: Final = 40
LIMIT_NAME: Final = "bare ST_AsMVT on the same asyncpg pool"

Draw = Callable[[Tile], Awaitable[int]]

_SEED: Final = "SELECT setseed(0.42)"
_QUARTERS: Final = f"""
    INSERT INTO geo_basearea (key, name, kind, geom, area_m2, is_synthetic, source)
    SELECT 'bench:' || n, 'Quarter ' || n %% 997, (ARRAY['residential', 'commercial', 'public', 'green'])[1 + n %% 4],
           ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint({WEST} + random() * {SIDE}, {SOUTH} + random() * {SIDE}), 4326),
                    0.0002 + random() * 0.0004, 'quad_segs=2')), 5000, true, 'bench'
    FROM generate_series(1, %s) AS n
"""
_PLACES: Final = f"""
    INSERT INTO geo_place (key, name, kind, address, geom, is_synthetic, source)
    SELECT 'bench:' || n, 'Place ' || n, 'shop', 'Street ' || n %% 800 || ', ' || n %% 300,
           ST_SetSRID(ST_MakePoint({WEST} + random() * {SIDE}, {SOUTH} + random() * {SIDE}), 4326), true, 'bench'
    FROM generate_series(1, %s) AS n
"""
_BOX: Final = f"ST_Transform(ST_TileEnvelope($1, $2, $3, margin => {MARGIN / EXTENT}), 4326)"
_SHAPE: Final = f"ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), {EXTENT}, {MARGIN}, true) AS geom"
BARE: Final = f"""
    SELECT (SELECT ST_AsMVT(t, 'geo.areas', {EXTENT}, 'geom', 'id') FROM (
                SELECT id, name, kind, area_m2, is_synthetic::text AS is_synthetic, {_SHAPE}
                FROM geo_basearea WHERE NOT kind = 'building' AND geom && {_BOX}) AS t)
        || (SELECT ST_AsMVT(t, 'geo.places', {EXTENT}, 'geom', 'id') FROM (
                SELECT id, name, kind, address, is_synthetic::text AS is_synthetic, {_SHAPE}
                FROM geo_place WHERE geom && {_BOX}) AS t)
"""


def run(quick: bool) -> list[Result]:  # noqa: FBT001 -- every bench is called so
    """Fill the bench's city and draw; quick: a tenth of the city and of the tiles."""
    share = 10 if quick else 1
    progress(f"{QUARTERS // share:,} quarters and {PLACES // share:,} places")
    _fill(QUARTERS // share, PLACES // share)
    return asyncio.run(_measured(share))


def _fill(quarters: int, places: int) -> None:
    with psycopg.connect(os.environ[VARIABLE], autocommit=True) as database:
        database.execute(_SEED)
        database.execute(_QUARTERS, [quarters])
        database.execute(_PLACES, [places])
        database.execute("VACUUM ANALYZE geo_basearea, geo_place")


async def _measured(share: int) -> list[Result]:
    rates: dict[str, dict[str, float]] = {}
    async with _drawers() as drawers:
        for zoom, count in ZOOMS.items():
            tiles = _tiles(zoom, max(count // share, AT_ONCE))
            progress(f"zoom {zoom}: {len(tiles)} tiles a turn, {TURNS} turns")
            rates[str(zoom)] = await _turns(drawers, tiles)
    # All zooms together: as many tiles of each, so the harmonic mean of the rates.
    whole = {name: len(rates) / sum(1 / rate[name] for rate in rates.values()) for name in drawers}
    found = [("tile_uncached", whole), *((f"tile_uncached_z{zoom}", rate) for zoom, rate in rates.items())]
    return [Result(name, rate["road"], "tiles/s", rate["bare"], LIMIT_NAME, "higher") for name, rate in found]


async def _turns(drawers: dict[str, Draw], tiles: Sequence[Tile]) -> dict[str, float]:
    """Return each side's tiles a second: medians over turns; the first turn only warms up."""
    taken: dict[str, list[float]] = {name: [] for name in drawers}
    for turn in range(TURNS + 1):
        spent = dict.fromkeys(drawers, 0.0)
        for number, first in enumerate(range(0, len(tiles), HANDFUL)):
            for name in list(drawers) if (turn + number) % 2 else list(reversed(drawers)):
                spent[name] += await _seconds(drawers[name], tiles[first : first + HANDFUL])
        if turn:
            for name, seconds in spent.items():
                taken[name].append(len(tiles) / seconds)
    return {name: median(rates) for name, rates in taken.items()}


async def _seconds(draw: Draw, tiles: Sequence[Tile]) -> float:
    waiting = iter(tiles)

    async def worker() -> None:
        for tile in waiting:
            if not await draw(tile):
                raise AssertionError(f"an empty tile: {tile}")

    began = perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return perf_counter() - began


@asynccontextmanager
async def _drawers() -> AsyncIterator[dict[str, Draw]]:
    pool = await asyncpg.create_pool(
        os.environ[VARIABLE], min_size=CONNECTIONS, max_size=CONNECTIONS, server_settings=HOT_CONNECTION
    )

    async def opened() -> asyncpg.Pool:
        return pool

    async def connected() -> asyncpg.Connection:
        return await asyncpg.connect(os.environ[VARIABLE])

    server = TileServer(registry=layers, open_connection=connected, largest=lambda: 0)  # room for no tile: none is kept
    road = Road("GET", "/tiles/{layers}/{z}/{x}/{y}", PUBLIC, server.answer)
    application = HotApplication((road,), sign_on=HotSignOn(), open_pool=opened, closing=(server.close,))

    async def ask(tile: Tile) -> int:
        return await _ask(application, f"/tiles/{CODES}/{tile.z}/{tile.x}/{tile.y}")

    async def bare(tile: Tile) -> int:
        return len(await pool.fetchval(BARE, tile.z, tile.x, tile.y))

    try:
        yield {"road": ask, "bare": bare}
    finally:
        await application.close()


async def _ask(application: HotApplication, path: str) -> int:
    """Ask as a server would; return the length of the tile."""
    length = 0

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal length
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise AssertionError(f"{path}: {message['status']}")
        length += len(message.get("body", b""))

    headers = [
        (b"host", b"city.example"),
        (b"accept", b"*/*"),
        (b"accept-encoding", b"gzip"),
        (b"user-agent", b"bench"),
    ]
    scope: MutableMapping[str, Any] = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await application(scope, receive, send)
    return length


def _tiles(zoom: int, count: int) -> list[Tile]:
    """Return tiles spread over the city, alike in every run."""
    chance = random.Random(zoom)
    return [
        _tile_at(zoom, WEST + (0.1 + 0.8 * chance.random()) * SIDE, SOUTH + (0.1 + 0.8 * chance.random()) * SIDE)
        for _ in range(count)
    ]


def _tile_at(zoom: int, longitude: float, latitude: float) -> Tile:
    side = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side
    return Tile(zoom, int((longitude + 180) / 360 * side), int(y))
