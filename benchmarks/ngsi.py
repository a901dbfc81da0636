"""NGSI-LD beside bare SQL: finding entities by property and by place, changing them, and telling subscribers.

Two hundred thousand vehicles. A query asks for a page of twenty through the hot road, with its reading of the query,
rights, SQL and writing of JSON; the limit is a statement written by hand on the same connections that returns the kept
rows. Changes are told end to end: PATCH by the hot road, outbox, courier, a receiver's 200; their limit is the bare
update of the row on the same connections, and a bare POST to the same receiver.
"""

import asyncio
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import Any, Final
from urllib.parse import quote

import asyncpg
import httpx
import orjson
import psycopg
from aiohttp import web
from django.conf import settings

from benchmarks.database import VARIABLE
from benchmarks.report import Result, progress
from onecity.platform.identity.hot import HotSignOn
from onecity.platform.iot.ngsild import hot
from onecity.platform.iot.ngsild.delivery.courier import Courier
from onecity.web.hot import HOT_CONNECTION, HotApplication

ENTITIES: Final = 200_000
WEST, SOUTH, SIDE = 125.0, 43.6, 0.5
AT_ONCE: Final = 8
TURNS: Final = 5
ASKED: Final = 400
CHANGED: Final = 400
PORT: Final = 28_472
ROOT: Final = "/ngsi-ld/v1"
DEFAULT: Final = "https://uri.etsi.org/ngsi-ld/default-context/"
_STAMP: Final = "2026-03-10T04:00:00.000000Z"
_FILL: Final = f"""
    INSERT INTO iot_ngsi_entity
        (tenant, uri, types, scopes, attributes, content, division_code, created_at, modified_at)
    SELECT '', 'urn:ngsi-ld:Vehicle:' || n, ARRAY['{DEFAULT}Vehicle'], '{{}}',
        ARRAY['{DEFAULT}speed', '{DEFAULT}brand', 'https://uri.etsi.org/ngsi-ld/location'],
        jsonb_build_object(
            '{DEFAULT}speed', jsonb_build_array(jsonb_build_object('type', 'Property', 'value', n %% 10000,
                'createdAt', '{_STAMP}', 'modifiedAt', '{_STAMP}')),
            '{DEFAULT}brand', jsonb_build_array(jsonb_build_object('type', 'Property', 'value', 'B' || n %% 5000,
                'createdAt', '{_STAMP}', 'modifiedAt', '{_STAMP}')),
            'https://uri.etsi.org/ngsi-ld/location', jsonb_build_array(jsonb_build_object('type', 'GeoProperty',
                'value', jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(
                    {WEST} + (n * 7919 %% 100000) * {SIDE} / 100000,
                    {SOUTH} + (n * 104729 %% 100000) * {SIDE} / 100000)),
                'createdAt', '{_STAMP}', 'modifiedAt', '{_STAMP}'))),
        '', '{_STAMP}', '{_STAMP}'
    FROM generate_series(1, %s) n
"""
_NUMBERS: Final = f"""
    INSERT INTO iot_ngsi_value (entity_id, attribute, number, several)
    SELECT id, '{DEFAULT}speed', (content #>> '{{{DEFAULT}speed,0,value}}')::float8, false FROM iot_ngsi_entity
"""
_PLACES: Final = """
    INSERT INTO iot_ngsi_place (entity_id, attribute, place)
    SELECT id, 'https://uri.etsi.org/ngsi-ld/location', ST_SetSRID(ST_GeomFromGeoJSON(
        content #> '{https://uri.etsi.org/ngsi-ld/location,0,value}'), 4326) FROM iot_ngsi_entity
"""
_BY_NUMBER: Final = f"""
    SELECT e.uri, e.content::text FROM iot_ngsi_entity e JOIN iot_ngsi_value v ON v.entity_id = e.id
    WHERE v.attribute = '{DEFAULT}speed' AND v.number >= $1 AND v.number < $2 ORDER BY e.id LIMIT 21
"""
_BY_PLACE: Final = """
    SELECT e.uri, e.content::text FROM iot_ngsi_entity e JOIN iot_ngsi_place p ON p.entity_id = e.id
    WHERE ST_DWithin(p.place::geography, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, 200) ORDER BY e.id LIMIT 21
"""
_CHANGE: Final = "UPDATE iot_ngsi_entity SET content = $2::jsonb, modified_at = now() WHERE uri = $1"
_SUBSCRIPTION: Final = {
    "type": "Subscription",
    "entities": [{"type": "Vehicle"}],
    "q": "speed>=0",
    "notification": {
        "format": "keyValues",
        "endpoint": {"uri": f"http://127.0.0.1:{PORT}/"},
    },
}
Work = Callable[[int], Awaitable[object]]


def run(quick: bool) -> list[Result]:  # noqa: FBT001 -- every bench is called so
    """Fill the bench's entities, ask and change; quick: a tenth of all."""
    share = 10 if quick else 1
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings.ENV = replace(settings.ENV, ngsi_access="open", ngsi_hosts=("127.0.0.1",))
    progress(f"{ENTITIES // share:,} entities")
    with psycopg.connect(os.environ[VARIABLE], autocommit=True) as database:
        database.execute(_FILL, [ENTITIES // share])
        database.execute(_NUMBERS)
        database.execute(_PLACES)
        database.execute("VACUUM ANALYZE iot_ngsi_entity, iot_ngsi_value, iot_ngsi_place")
    return asyncio.run(_measured(share))


async def _measured(share: int) -> list[Result]:
    async with (
        asyncpg.create_pool(os.environ[VARIABLE], min_size=4, max_size=4, server_settings=HOT_CONNECTION) as pool,
        _receiver() as got,
        httpx.AsyncClient() as client,
    ):
        road = Road(pool)
        asked, changed = max(ASKED // share, AT_ONCE), max(CHANGED // share, AT_ONCE)
        queries = await _pairs(
            {"ngsi_query": (road.by_number, _bare(pool, _BY_NUMBER, _numbers)),
             "ngsi_geo_query": (road.by_place, _bare(pool, _BY_PLACE, _place))}, asked,
        )  # fmt: skip
        changes = await _pairs({"ngsi_change": (road.change, _bare(pool, _CHANGE, _changed))}, changed)
        await road.ask("POST", "/subscriptions", orjson.dumps(_SUBSCRIPTION))
        courier = Courier(pool, client=client)

        async def told(number: int) -> float:
            """Change, deliver, and count until all is delivered."""
            began, before = perf_counter(), got[0]
            await _in_turn(road.change, number)
            while await courier.run_once():
                pass
            assert got[0] - before == number, "a notification is missing"
            return number / (perf_counter() - began)

        async def posted(number: int) -> float:
            return await _rate(lambda n: client.post(f"http://127.0.0.1:{PORT}/", content=b"{}"), number)

        rates: dict[str, list[float]] = {"value": [], "limit": []}
        for turn in range(TURNS):
            order = [("value", told), ("limit", posted)]
            for name, work in order if turn % 2 == 0 else order[::-1]:
                rates[name].append(await work(changed))
        notices = Result(
            "ngsi_notifications", median(rates["value"]), "1/s", median(rates["limit"]),
            "bare POST to the same receiver, one client", "higher",
        )  # fmt: skip
        return [*queries, *changes, notices]


class Road:
    """The interface, asked as a server would."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        async def opened() -> asyncpg.Pool:
            return pool

        self._application = HotApplication(hot.ROADS, sign_on=HotSignOn(), open_pool=opened)
        self._random = random.Random(7)

    async def by_number(self, number: int) -> None:
        """Find a page by a stretch of numbers."""
        low, high = _numbers(number)
        await self.ask("GET", "/entities", query=f"type=Vehicle&q={quote(f'speed>={low};speed<{high}')}")

    async def by_place(self, number: int) -> None:
        """Find a page by distance."""
        x, y = _place(number)
        near = quote("near;maxDistance==200")
        await self.ask("GET", "/entities", query=f"type=Vehicle&georel={near}&geometry=Point&coordinates=[{x},{y}]")

    async def change(self, number: int) -> None:
        """Change one attribute of one entity."""
        body = orjson.dumps({"value": self._random.randrange(10_000)})
        await self.ask("PATCH", f"/entities/urn:ngsi-ld:Vehicle:{1 + number * 37 % 5_000}/attrs/speed", body)

    async def ask(self, method: str, path: str, body: bytes = b"", *, query: str = "") -> None:
        """Ask; anything but success ends the bench."""
        parts: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            parts.append(message)

        headers = [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ]
        scope = {
            "type": "http", "method": method, "path": ROOT + path, "query_string": query.encode(), "headers": headers,
            "client": ("127.0.0.1", 1),
        }  # fmt: skip
        await self._application(scope, receive, send)
        if parts[0]["status"] >= 300:
            raise RuntimeError(parts[1]["body"].decode())


def _numbers(number: int) -> tuple[int, int]:
    low = number * 7919 % 9_990
    return low, low + 5


def _place(number: int) -> tuple[float, float]:
    return WEST + (number * 31 % 1000) * SIDE / 1000, SOUTH + (number * 57 % 1000) * SIDE / 1000


def _changed(number: int) -> tuple[str, str]:
    content = {f"{DEFAULT}speed": [{"type": "Property", "value": number, "createdAt": _STAMP, "modifiedAt": _STAMP}]}
    return f"urn:ngsi-ld:Vehicle:{6_000 + number}", orjson.dumps(content).decode()


def _bare(pool: asyncpg.Pool, statement: str, values: Callable[[int], tuple[object, ...]]) -> Work:
    async def work(number: int) -> None:
        await pool.fetch(statement, *values(number))

    return work


async def _pairs(pairs: dict[str, tuple[Work, Work]], count: int) -> list[Result]:
    found = []
    for name, (value, limit) in pairs.items():
        rates: dict[str, list[float]] = {"value": [], "limit": []}
        for turn in range(TURNS):
            order = [("value", value), ("limit", limit)]
            for which, work in order if turn % 2 == 0 else order[::-1]:
                rates[which].append(await _rate(work, count))
        found.append(
            Result(name, median(rates["value"]), "1/s", median(rates["limit"]), "bare SQL on the same pool", "higher")
        )
    return found


async def _rate(work: Work, count: int) -> float:
    began = perf_counter()
    await _in_turn(work, count)
    return count / (perf_counter() - began)


async def _in_turn(work: Work, count: int) -> None:
    """Run work `count` times, so many at once."""
    waiting = iter(range(count))

    async def one() -> None:
        for number in waiting:
            await work(number)

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))


@asynccontextmanager
async def _receiver() -> AsyncIterator[list[int]]:
    """Take notifications, and count them."""
    got = [0]

    async def take(request: web.Request) -> web.Response:
        await request.read()
        got[0] += 1
        return web.Response()

    application = web.Application()
    application.router.add_post("/", take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    try:
        yield got
    finally:
        await runner.cleanup()
