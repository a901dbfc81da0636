"""SensorThings over real HTTP: single posts, CreateObservations, and expanded pages over a long history.

Everything is acknowledged after its commit, with rules evaluated. Each is taken in turn with what the bare database
does on this machine: single inserts that are committed, one COPY of such rows, one statement for the same page.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any, Final

import asyncpg
import numpy as np
import orjson
import psycopg
from django.db import connection

from benchmarks import observed_city
from benchmarks.database import VARIABLE
from benchmarks.http_lines import Lines
from benchmarks.report import Result, progress
from benchmarks.turns import value_and_limit
from onecity.platform.identity.tests.factories import make_token
from onecity.platform.iot.permissions import VIEW_DEVICES, WRITE_SENSORTHINGS
from onecity.platform.iot.rules.instants import SECOND, micros
from onecity.platform.iot.sensorthings.hot import ROOT
from onecity.platform.iot.services.store.wire import COPY, copy_rows

STREAMS: Final = 200
LINES: Final = 64
CONNECTIONS: Final = 32
ROWS: Final = 5_000
START_SECONDS: Final = 150.0
PAGES: Final = 60
_EXPAND: Final = (
    "$top=20&$orderby=id&$expand=Locations,Datastreams($expand=ObservedProperty,"
    "Observations($top=5;$orderby=phenomenonTime desc))&$filter=id ge {first}"
)
_BARE_PAGE: Final = """
    SELECT t.id, t.name, l.location, x.id, x.name, p.name, o.phenomenon_at, o.result
    FROM (SELECT * FROM iot_sta_thing WHERE id >= $1 ORDER BY id LIMIT 20) t
    LEFT JOIN iot_sta_thinglocation tl ON tl.thing_id = t.id LEFT JOIN iot_sta_location l ON l.id = tl.location_id
    JOIN iot_sta_datastream x ON x.thing_id = t.id JOIN iot_sta_observedproperty p ON p.id = x.observed_property_id
    CROSS JOIN LATERAL (SELECT phenomenon_at, result FROM iot_observation WHERE datastream_id = x.id
        ORDER BY phenomenon_at DESC LIMIT 5) o
"""
_INSERT: Final = """
    INSERT INTO iot_observation (datastream_id, phenomenon_at, result, quality, received_at)
    VALUES ($1, $2, $3, 78, now())
"""


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of `benchmarks.__main__`
    """Measure; quick: two million readings instead of a hundred, shorter turns."""
    city = observed_city.build(2_000_000 if quick else observed_city.WHOLE, roll_up=False)
    token = make_token(VIEW_DEVICES, WRITE_SENSORTHINGS, everywhere=True)
    connection.close()
    with _web_server() as port, Lines(port, LINES, headers={"Authorization": f"Bearer {token}"}) as lines:
        streams = _streams(lines)
        bench = _Writes(lines, streams, posts=1_000 if quick else 6_000, arrays=20 if quick else 60)
        progress("single posts, in turn with single inserts")
        bench.posted()
        posts, inserts = value_and_limit(bench.posted, bench.inserted)
        progress("CreateObservations, in turn with COPY")
        bench.created()
        created, copied = value_and_limit(bench.created, bench.copied)
        progress(f"expanded pages over {city.observations:,} readings")
        pages = _Pages(lines, quick=quick)
        page, bare = value_and_limit(pages.asked, pages.bare)
    single = f"one INSERT committed at a time, {CONNECTIONS} connections"
    return [
        Result("sta_post", posts, "observations/s", inserts, single, "higher"),
        Result("sta_create_observations", created, "observations/s", copied, "raw COPY of such rows", "higher"),
        Result("expand_p95", page, "ms", bare, "one bare statement for the same page, p95", "lower"),
    ]


def _streams(lines: Lines) -> list[int]:
    """Make Things with Datastreams; return the Datastreams' ids."""
    unit = {"name": "degree", "symbol": "Cel", "definition": "http://e.org/c"}
    stream = {
        "name": "s", "description": "s", "observationType": "m", "unitOfMeasurement": unit,
        "Sensor": {"name": "s", "description": "s", "encodingType": "t", "metadata": "m"},
        "ObservedProperty": {"name": "p", "description": "p", "definition": "http://e.org/p"},
    }  # fmt: skip
    point = {"type": "Point", "coordinates": [125.3, 43.8]}
    place = {"name": "l", "description": "l", "encodingType": "application/geo+json", "location": point}
    thing = orjson.dumps({"name": "t", "description": "t", "Locations": [place], "Datastreams": [stream]})
    lines.ask([("POST", f"{ROOT}/Things", thing)] * STREAMS, wanted=201)
    (page,) = lines.ask(
        [("GET", f"{ROOT}/Datastreams?$select=id&$filter=name%20eq%20's'&$top={STREAMS}", b"")], wanted=200
    )
    return [item["@iot.id"] for item in orjson.loads(page)["value"]]


class _Writes:
    """What is written, each turn at times of its own."""

    def __init__(self, lines: Lines, streams: Sequence[int], *, posts: int, arrays: int) -> None:
        self._lines, self._streams, self._posts, self._arrays = lines, streams, posts, arrays
        self._at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)

    def posted(self) -> float:
        """Return single observations a second, each on its own request."""
        requests = [("POST", self._path(number), self._body(number)) for number in range(self._posts)]
        self._at += timedelta(seconds=1 + self._posts // len(self._streams))
        began = time.perf_counter()
        self._lines.ask(requests, wanted=201)
        return self._posts / (time.perf_counter() - began)

    def created(self) -> float:
        """Return observations a second by CreateObservations."""
        requests = []
        for number in range(self._arrays):
            times = [self._time(number * ROWS + row) for row in range(0, ROWS, 10)]
            tables = [self._table(stream, times) for stream in self._streams[number % 20 * 10 :][:10]]
            requests.append(("POST", f"{ROOT}/CreateObservations", orjson.dumps(tables)))
        self._at += timedelta(milliseconds=self._arrays * ROWS + 1000)
        began = time.perf_counter()
        self._lines.ask(requests, wanted=201)
        return self._arrays * ROWS / (time.perf_counter() - began)

    def inserted(self) -> float:
        """Return rows a second by single INSERTs, each its own transaction."""
        return asyncio.run(self._inserted())

    def copied(self) -> float:
        """Return rows a second of one COPY."""
        count = self._arrays * ROWS
        first = micros(self._at)
        self._at += timedelta(seconds=1 + count // len(self._streams))
        at = first + np.repeat(np.arange(count // len(self._streams), dtype=np.int64), len(self._streams)) * SECOND
        streams = np.tile(np.array(self._streams, np.int32), count // len(self._streams))
        values = np.random.default_rng(7).random(len(at))
        rows = copy_rows(streams, at, values, np.full(len(at), ord("N"), np.uint8), received=first)
        with psycopg.connect(os.environ[VARIABLE]) as server:
            began = time.perf_counter()
            with server.cursor() as cursor, cursor.copy(COPY) as copy:
                copy.write(rows)
            server.commit()
            return len(at) / (time.perf_counter() - began)

    async def _inserted(self) -> float:
        waiting = iter(range(self._posts))
        base, streams = self._at, self._streams
        self._at += timedelta(seconds=1 + self._posts // len(streams))

        async def worker(own: asyncpg.Connection) -> None:
            for number in waiting:
                at = base + timedelta(seconds=number // len(streams))
                await own.execute(_INSERT, streams[number % len(streams)], at, float(number))

        connections = [await asyncpg.connect(os.environ[VARIABLE]) for _ in range(CONNECTIONS)]
        began = time.perf_counter()
        await asyncio.gather(*(worker(own) for own in connections))
        spent = time.perf_counter() - began
        await asyncio.gather(*(own.close() for own in connections))
        return self._posts / spent

    def _path(self, number: int) -> str:
        return f"{ROOT}/Datastreams({self._streams[number % len(self._streams)]})/Observations"

    def _body(self, number: int) -> bytes:
        at = self._at + timedelta(seconds=number // len(self._streams))
        return orjson.dumps({"phenomenonTime": _written(at), "result": number / 10})

    def _time(self, number: int) -> str:
        return _written(self._at + timedelta(milliseconds=number))

    def _table(self, stream: int, times: Sequence[str]) -> dict[str, Any]:
        rows = [[at, place / 10] for place, at in enumerate(times)]
        return {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": rows}


class _Pages:
    """Expanded pages from anywhere in the city, one at a time; the same ones by bare SQL."""

    def __init__(self, lines: Lines, *, quick: bool) -> None:
        self._lines = lines
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE iot_sta_thing, iot_sta_datastream, iot_sta_location, iot_sta_thinglocation")
            cursor.execute("SELECT min(id), max(id) FROM iot_sta_thing WHERE NOT native")
            first, last = cursor.fetchone()
        connection.close()
        chance = random.Random(7)
        self._firsts = [chance.randint(first, max(first, last - 20)) for _ in range(PAGES if quick else 10 * PAGES)]
        self.asked()

    def asked(self) -> float:
        """Return the 95th percentile of a page's milliseconds."""
        return _p95([self._ask(first) for first in self._firsts])

    def bare(self) -> float:
        """Return that of the bare statement."""
        return asyncio.run(self._bare())

    def _ask(self, first: int) -> float:
        query = _EXPAND.format(first=first).replace(" ", "%20")
        began = time.perf_counter()
        self._lines.ask([("GET", f"{ROOT}/Things?{query}", b"")], wanted=200)
        return time.perf_counter() - began

    async def _bare(self) -> float:
        own = await asyncpg.connect(os.environ[VARIABLE])
        spent = []
        for first in self._firsts:
            began = time.perf_counter()
            await own.fetch(_BARE_PAGE, first)
            spent.append(time.perf_counter() - began)
        await own.close()
        return _p95(spent)


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] * 1000


def _written(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


@contextmanager
def _web_server() -> Iterator[int]:
    """Run the web server as the city does; give its port."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
    command = (
        *(sys.executable, "-m", "granian", "--interface", "asgi", "onecity.project.asgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", os.environ.get("ONECITY_WEB_WORKERS", "2")),
        *("--loop", "uvloop", "--no-ws", "--backlog", "1024", "--log-level", "error"),
    )
    process = subprocess.Popen(command, stdout=sys.stderr)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the web server did not listen on {port}")
