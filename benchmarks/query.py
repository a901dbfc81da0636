"""What lies in the store, asked for: a month of one series, and the newest values of all devices on a map.

Both sides answer through one pool of asyncpg with the same bytes to build: the roads with matching, sign-on, rules,
roll-ups and headers; the limit with a statement written by hand and nothing around it. Latencies are medians, taken in
turn, one question at a time.
"""

import asyncio
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from statistics import median
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlencode

import asyncpg
import numpy as np
import orjson

from benchmarks.database import VARIABLE
from benchmarks.observed_city import SIDE, SOUTH, TYPE, WEST, WHOLE, ObservedCity, build
from benchmarks.report import Result, progress
from onecity.platform.identity.hot import HotSignOn
from onecity.platform.identity.tests.factories import make_actor, open_session
from onecity.platform.iot.hot import HISTORY_ROADS
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.web.hot import HOT_CONNECTION, HotApplication

QUICK: Final = 2_000_000
TIMES: Final = {"month_series": 40, "month_readings": 10, "month_of_meter": 40, "latest_map": 7}
_HOURS: Final = """
    SELECT datastream_id, date_trunc('hour', phenomenon_at) AS at, count(*), avg(result), min(result), max(result)
    FROM iot_observation WHERE datastream_id = $1 AND phenomenon_at >= $2 AND phenomenon_at < $3
    GROUP BY 1, 2 ORDER BY 2
"""
_READINGS: Final = """
    SELECT (extract(epoch FROM phenomenon_at) * 1000)::bigint, result, quality FROM iot_observation
    WHERE datastream_id = $1 AND phenomenon_at >= $2 AND phenomenon_at < $3 ORDER BY phenomenon_at
"""
_TILE: Final = """
    SELECT ST_AsMVT(t, 'latest', 4096, 'geom', 'id') FROM (
        SELECT d.id, ST_AsMVTGeom(ST_Transform(d.location, 3857), ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom,
            l.result AS value, chr(l.quality) AS quality, (extract(epoch FROM l.phenomenon_at))::bigint AS at, d.state
        FROM iot_device d JOIN iot_datastream s ON s.device_id = d.id AND s.property_code = 'level'
        JOIN iot_latest l ON l.datastream_id = s.id
        WHERE d.location && ST_Transform(ST_TileEnvelope($1, $2, $3), 4326)
    ) t
"""
Ask = Callable[[], Awaitable[object]]


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of `benchmarks.__main__`
    """Build the city and ask; quick: a fiftieth of it."""
    city = build(QUICK if quick else WHOLE)
    cookie = open_session(make_actor(VIEW_DEVICES, everywhere=True).account_id)
    return asyncio.run(_measured(city, cookie))


async def _measured(city: ObservedCity, cookie: str) -> list[Result]:
    pool = await asyncpg.create_pool(os.environ[VARIABLE], min_size=2, max_size=4, server_settings=HOT_CONNECTION)
    chance = np.random.default_rng(1)

    def station() -> int:
        return int(chance.choice(city.stations))

    def meter() -> int:
        return int(chance.choice(city.meters))

    async with _road(pool, cookie) as ask:
        tile = _tile()
        pairs: dict[str, tuple[Ask, Ask, str]] = {
            "month_series": (
                lambda: ask(_question(city, station(), points="800")),
                lambda: _hours(pool, city, station()),
                "the same hours by SQL over all readings, same pool",
            ),
            "month_readings": (
                lambda: ask(_question(city, station(), size="100000")),
                lambda: _readings(pool, city, station()),
                "the same readings by SQL, same pool",
            ),
            "month_of_meter": (
                lambda: ask(_question(city, meter(), size="100000")),
                lambda: _readings(pool, city, meter()),
                "the same readings by SQL, same pool",
            ),
            "latest_map": (
                lambda: ask(f"/api/iot/v1/latest/{TYPE}/level/{'/'.join(map(str, tile))}"),
                lambda: pool.fetchval(_TILE, *tile),
                "bare ST_AsMVT, same pool",
            ),
        }
        found = []
        for name, (value, limit, limit_name) in pairs.items():
            progress(name)
            spent, bare = await _in_turn(value, limit, times=TIMES[name])
            found.append(Result(name, spent, "ms", bare, limit_name, "lower"))
    await pool.close()
    return found


async def _in_turn(value: Ask, limit: Ask, *, times: int) -> tuple[float, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(times + 1):
        order = ((0, value), (1, limit)) if turn % 2 else ((1, limit), (0, value))
        for place, ask in order:
            began = perf_counter()
            await ask()
            if turn:  # the first turn only warms up
                taken[place].append((perf_counter() - began) * 1000)
    return median(taken[0]), median(taken[1])


def _question(city: ObservedCity, stream: int, **more: str) -> str:
    given = {"streams": str(stream), "since": city.since.isoformat(), "until": city.until.isoformat(), **more}
    return f"/api/iot/v1/query?{urlencode(given)}"


async def _hours(pool: asyncpg.Pool, city: ObservedCity, stream: int) -> bytes:
    rows = await pool.fetch(_HOURS, stream, city.since, city.until)
    return orjson.dumps([tuple(row) for row in rows])


async def _readings(pool: asyncpg.Pool, city: ObservedCity, stream: int) -> bytes:
    rows = await pool.fetch(_READINGS, stream, city.since, city.until)
    return orjson.dumps([tuple(row) for row in rows])


@asynccontextmanager
async def _road(pool: asyncpg.Pool, cookie: str) -> AsyncIterator[Callable[[str], Awaitable[int]]]:
    async def opened() -> asyncpg.Pool:
        return pool

    application = HotApplication(HISTORY_ROADS, sign_on=HotSignOn(), open_pool=opened)
    headers = [(b"host", b"city.example"), (b"cookie", f"onecity_session={cookie}".encode())]

    async def ask(address: str) -> int:
        path, _, query = address.partition("?")
        length = 0

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal length
            if message["type"] == "http.response.start" and message["status"] != 200:
                raise AssertionError(f"{path}: {message['status']}")
            length += len(message.get("body", b""))

        scope: MutableMapping[str, Any] = {
            "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers,
            "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await application(scope, receive, send)
        return length

    yield ask


def _tile() -> tuple[int, int, int]:
    """Return the deepest tile that holds the whole city."""
    return next(tile for zoom in range(14, -1, -1) if (tile := _at(zoom, 0.0)) == _at(zoom, SIDE))


def _at(zoom: int, further: float) -> tuple[int, int, int]:
    side, latitude = 1 << zoom, math.radians(SOUTH + further)
    y = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2 * side
    return zoom, int((WEST + further + 180) / 360 * side), int(y)
