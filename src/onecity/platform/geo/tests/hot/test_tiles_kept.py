"""Which tiles are kept, and that a change is seen by the next tile."""

import asyncio
import gzip

import asyncpg
import pytest
from django.db import connection, transaction

from onecity.platform.geo.declare import Layer
from onecity.platform.geo.services.changes import CHANNEL, layer_changed
from onecity.platform.geo.tests.factories import (
    SOUTH,
    WEST,
    make_place,
)
from onecity.platform.geo.tests.hot.asking import connect, eventually, house, in_pages, registry_of, run
from onecity.platform.geo.tests.hot.drawing import ALL, FIELDS, address, points

pytestmark = pytest.mark.django_db(transaction=True)


def test_live_layer_is_never_kept() -> None:
    registry = registry_of([points("geo.moving", [(1, 1, 1, None, "")], live=True)])

    async def work() -> None:
        async with house(registry) as city:
            await city.hears()
            await city.ask(address("geo.moving"))
            assert len(city.tiles.cache) == 0

    run(work)


def test_visitor_who_has_the_tile_gets_304() -> None:
    make_place()

    async def work() -> None:
        async with house(ALL) as city:
            await city.hears()
            first = await city.ask(address("geo.places"))
            again = await city.ask(address("geo.places"), if_none_match=f'"other", {first.headers["etag"]}')
            assert (again.status, again.body) == (304, b"")
            assert first.headers["cache-control"] == "public, no-cache"
            other = await city.ask(address("geo.places"), if_none_match='"other"')
            assert other.status == 200

    run(work)


def test_kept_tile_is_packed_for_who_can_unpack() -> None:
    for number in range(60):
        make_place(f"地点{number}", column=1 + number / 100)

    async def work() -> None:
        async with house(ALL) as city:
            await city.hears()
            plain = await city.ask(address("geo.places"), accept_encoding="gzip")
            packed = await city.ask(address("geo.places"), accept_encoding="gzip")
            assert "content-encoding" not in plain.headers
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(packed.body) == plain.body
            assert packed.headers["etag"] == plain.headers["etag"]
            assert (await city.ask(address("geo.places"))).body == plain.body

    run(work)


def test_change_is_seen_by_the_next_tile() -> None:
    make_place("人民医院")

    async def work() -> None:
        async with house(ALL) as city:
            await city.hears()
            for name in ("二院", "三院"):
                assert (await city.ask(address("geo.places"))).tile()
                assert len(city.tiles.cache) == 1
                await in_pages(lambda name=name: make_place(name, column=1.1))  # type: ignore[misc]
                await eventually(lambda: len(city.tiles.cache) == 0)
                tile = (await city.ask(address("geo.places"))).tile()
                assert name in {properties["name"] for _, properties in tile["geo.places"]}

    run(work)


def test_change_far_away_leaves_a_tile_kept() -> None:
    make_place()

    def far() -> None:
        with transaction.atomic():
            layer_changed("geo.places", box=(10.0, 10.0, 11.0, 11.0))

    def near() -> None:
        with transaction.atomic():
            layer_changed("geo.places", box=(WEST, SOUTH, WEST + 1, SOUTH + 1))

    async def work() -> None:
        async with house(ALL) as city:
            await city.hears()
            await city.ask(address("geo.places"))
            before = city.tiles.cache.generation(("geo.places",))
            await in_pages(far)
            await eventually(lambda: city.tiles.cache.generation(("geo.places",)) != before)
            assert len(city.tiles.cache) == 1
            await in_pages(near)
            await eventually(lambda: len(city.tiles.cache) == 0)

    run(work)


def test_tile_whose_sql_began_before_a_change_is_answered_but_not_kept() -> None:
    """The tile's statement waits on a lock while the change commits and is heard; its snapshot is the older one."""
    make_place("人民医院")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION geo_wait() RETURNS boolean LANGUAGE plpgsql VOLATILE AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN true; END $$"
        )
    slow = Layer(
        code="geo.places",
        name="地点",
        group="试验",
        source="SELECT id, geom, name FROM geo_place WHERE (SELECT geo_wait())",
        geometry="point",
        fields=FIELDS,
    )

    async def work() -> None:
        async with house(registry_of([slow])) as city:
            await city.hears()
            gate = await connect()
            try:
                await gate.execute("SELECT pg_advisory_lock(4711)")
                asked = asyncio.create_task(city.ask(address("geo.places")))
                await until_waiting(gate)
                before = city.tiles.cache.generation(("geo.places",))
                await in_pages(lambda: make_place("二院", column=1.1))
                await eventually(lambda: city.tiles.cache.generation(("geo.places",)) != before)
                await gate.execute("SELECT pg_advisory_unlock(4711)")
                old = (await asked).tile()
                assert [properties["name"] for _, properties in old["geo.places"]] == ["人民医院"]
                assert len(city.tiles.cache) == 0
                fresh = (await city.ask(address("geo.places"))).tile()
                assert len(fresh["geo.places"]) == 2
            finally:
                await gate.close()

    try:
        run(work)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION geo_wait()")


async def until_waiting(gate: asyncpg.Connection) -> None:
    """Wait until another connection waits for the lock."""
    for _ in range(1000):
        if await gate.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def test_lost_connection_empties_the_cache_and_listening_comes_back() -> None:
    make_place()

    async def work() -> None:
        async with house(ALL) as city:
            await city.hears()
            await city.ask(address("geo.places"))
            assert len(city.tiles.cache) == 1
            other = await connect()
            try:
                killed = await other.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query ILIKE $1",
                    f"%LISTEN%{CHANNEL}%",
                )
                assert killed == 1
                await eventually(lambda: len(city.tiles.cache) == 0)
                assert not city.tiles.cache._hears
                await city.ask(address("geo.places"))
                await city.hears()
                await city.ask(address("geo.places"))
                assert len(city.tiles.cache) == 1
            finally:
                await other.close()

    run(work)
