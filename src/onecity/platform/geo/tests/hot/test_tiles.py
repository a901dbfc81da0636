"""Vector tiles on the hot road: what they hold, who sees it, and that a change is seen by the next tile."""

import asyncio
import gzip
import math

import asyncpg
import pytest
from django.db import connection, transaction

from onecity.platform.geo.declarations import GRID, MANAGE, PLACES, VIEW
from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.hot import tiles as hot_tiles
from onecity.platform.geo.hot.tiles import MOST_LAYERS
from onecity.platform.geo.registries import BASE_LAYERS, layers
from onecity.platform.geo.rules.tiles import Tile
from onecity.platform.geo.selectors import tile_sql
from onecity.platform.geo.services.changes import CHANNEL, layer_changed
from onecity.platform.geo.tests.factories import (
    COMMUNITY,
    SOUTH,
    WEST,
    make_area,
    make_cell,
    make_place,
    make_road,
    make_tree,
    patch,
)
from onecity.platform.geo.tests.hot.asking import House, connect, eventually, house, in_pages, registry_of, run
from onecity.platform.identity.models import Grant
from onecity.platform.identity.tests.factories import grant_permissions, make_actor, make_organisation, open_session

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = (LayerField("name", "名称"),)
SCOPED = "identity.manage_accounts"  # a permission that is granted within scopes; those of geo are not


def tile_at(zoom: int, *, column: float = 1, row: float = 1) -> Tile:
    """Return the tile that shows a place, counted in hundredths of a degree from the corner of the test city."""
    longitude, latitude = WEST + column / 100, SOUTH + row / 100
    side = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * side
    return Tile(zoom, int((longitude + 180) / 360 * side), int(y))


def address(codes: str, zoom: int = 14, **place: float) -> str:
    tile = tile_at(zoom, **place)
    return f"/tiles/{codes}/{tile.z}/{tile.x}/{tile.y}"


def points(code: str, rows: list[tuple[int, float, float, int | None, str]], **options: object) -> Layer:
    """Declare a layer of points: (id, column, row, organisation, division)."""
    values = ", ".join(
        f"({number}, {WEST + column / 100}, {SOUTH + row / 100}, {organisation or 'NULL'}::bigint, '{division}')"
        for number, column, row, organisation, division in rows
    )
    source = (
        "SELECT id::bigint, 'p' || id AS name, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom, organisation_id,"
        f" division_code FROM (VALUES {values}) AS v(id, lon, lat, organisation_id, division_code)"
    )
    return Layer(code=code, name="点", group="试验", source=source, geometry="point", fields=FIELDS, **options)  # type: ignore[arg-type]


ALL = registry_of(layers())


def test_tile_holds_what_lies_in_it_with_declared_properties() -> None:
    make_place("人民医院", column=1, row=1, address="人民大街1号")
    make_place("远方", column=90, row=1)

    async def work() -> None:
        async with house(ALL) as city:
            answer = await city.ask(address("geo.places"))
            assert answer.status == 200
            assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
            ((_, properties),) = answer.tile()["geo.places"]
            assert properties == {"name": "人民医院", "kind": "医疗", "address": "人民大街1号", "is_synthetic": "false"}

    run(work)


def test_base_map_travels_in_one_tile() -> None:
    make_tree()
    make_road("人民大街", kind="primary")
    make_road("小巷", kind="residential", key="lane")
    make_area("water", name="南湖")

    async def work() -> None:
        async with house(ALL) as city:
            tile = (await city.ask(address("base", 12))).tile()
            assert {name: len(features) for name, features in tile.items()} == {
                "geo.areas": 1, "geo.main_roads": 1, "geo.streets": 1, "geo.boundaries": 2, "geo.division_names": 2,
            }  # fmt: skip
            assert list(tile) == [code for code in BASE_LAYERS if code in tile]

    run(work)


def test_layers_outside_their_zooms_stay_out_and_an_empty_tile_is_204() -> None:
    make_place()

    async def work() -> None:
        async with house(ALL) as city:
            assert (await city.ask(address("geo.places", 12))).status == 204
            assert (await city.ask(address("geo.places", 13))).status == 200
            assert (await city.ask(address("geo.places", 14, column=50))).status == 204

    run(work)


def test_numbers_of_no_tile_and_names_of_no_layer_are_refused() -> None:
    async def work() -> None:
        async with house(ALL) as city:
            assert (await city.ask("/tiles/base/3/8/0")).status == 422
            assert (await city.ask("/tiles/base/3/x/0")).status == 422
            assert (await city.ask("/tiles/geo.nothing/3/1/1")).json()["code"] == "no_such_layer"
            many = ",".join(f"geo.l{number}" for number in range(MOST_LAYERS + 1))
            assert (await city.ask(f"/tiles/{many}/3/1/1")).status == 422

    run(work)


def test_layer_with_a_permission_asks_for_it() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    stranger = open_session(make_actor().account_id)
    staff = open_session(make_actor(VIEW, everywhere=True).account_id)

    async def work() -> None:
        async with house(ALL) as city:
            assert (await city.ask(address("geo.grid"))).status == 401
            assert (await city.ask(address("geo.grid"), session=stranger)).status == 403
            assert (await city.ask(address("geo.places,geo.grid"), session=stranger)).status == 403
            answer = await city.ask(address("geo.grid"), session=staff)
            assert answer.tile()["geo.grid"][0][1]["code"] == f"{COMMUNITY}001"
            assert answer.headers["cache-control"] == "private, no-cache"

    run(work)


def test_kept_tile_with_a_permission_is_still_refused_to_others() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    staff = open_session(make_actor(VIEW, everywhere=True).account_id)

    async def work() -> None:
        async with house(ALL) as city:
            await city.ask(address("geo.grid"), session=staff)
            await city.hears()
            await city.ask(address("geo.grid"), session=staff)
            assert len(city.tiles.cache) == 1
            assert (await city.ask(address("geo.grid"))).status == 401

    run(work)


def test_withdrawn_right_closes_the_layer_within_a_second() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    actor = make_actor(VIEW, everywhere=True)
    staff = open_session(actor.account_id)

    async def work() -> None:
        async with house(ALL) as city:
            assert (await city.ask(address("geo.grid"), session=staff)).status == 200
            await in_pages(lambda: Grant.objects.filter(account_id=actor.account_id).delete())
            await asyncio.sleep(0.6)  # the door remembers an actor for half a second
            assert (await city.ask(address("geo.grid"), session=staff)).status == 403

    run(work)


def test_scoped_layer_shows_each_user_his_own_rows_only() -> None:
    ecology, water = make_organisation("生态环境局"), make_organisation("水务局")
    team = make_organisation("监测站", parent=ecology)
    rows: list[tuple[int, float, float, int | None, str]] = [
        (1, 1.0, 1.0, ecology.id, "220102"),
        (2, 1.1, 1.0, team.id, "220103"),
        (3, 1.0, 1.1, water.id, "220104001"),
        (4, 1.1, 1.1, None, "220105"),
    ]
    registry = registry_of([points("geo.duty", rows, permission=SCOPED, scoped=True)])
    people = {
        "ecology": make_actor(SCOPED, organisation=ecology),
        "water": make_actor(SCOPED, organisation=water),
        "district": make_actor(SCOPED, division="220104"),
        "mayor": make_actor(SCOPED, everywhere=True),
    }
    sessions = {name: open_session(actor.account_id) for name, actor in people.items()}

    async def seen(city: House, name: str) -> set[str]:
        answer = await city.ask(address("geo.duty"), session=sessions[name])
        assert answer.headers["cache-control"] == "private, no-cache"
        return {properties["name"] for _, properties in answer.tile().get("geo.duty", [])}

    async def work() -> None:
        async with house(registry) as city:
            await city.hears()
            for _ in range(2):  # the second time anything kept would show
                assert await seen(city, "ecology") == {"p1", "p2"}
                assert await seen(city, "water") == {"p3"}
                assert await seen(city, "district") == {"p3"}
                assert await seen(city, "mayor") == {"p1", "p2", "p3", "p4"}
            assert len(city.tiles.cache) == 0

    run(work)


def test_two_scoped_layers_in_one_tile_keep_their_own_scopes() -> None:
    ecology, water = make_organisation("生态环境局"), make_organisation("水务局")
    rows: list[tuple[int, float, float, int | None, str]] = [
        (1, 1, 1, ecology.id, "220102"),
        (2, 1, 1, water.id, "220102"),
    ]
    registry = registry_of(
        points(code, rows, permission=permission, scoped=True)
        for code, permission in (("geo.one", SCOPED), ("geo.two", VIEW), ("geo.three", MANAGE))
    )
    person = make_actor(SCOPED, organisation=ecology)
    grant_permissions(person.account_id, VIEW)
    session = open_session(person.account_id)

    async def work() -> None:
        async with house(registry) as city:
            tile = (await city.ask(address("geo.one,geo.two"), session=session)).tile()
            assert [properties["name"] for _, properties in tile["geo.one"]] == ["p1"]
            assert [properties["name"] for _, properties in tile["geo.two"]] == ["p1", "p2"]
            assert (await city.ask(address("geo.one,geo.three"), session=session)).status == 403

    run(work)


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


def test_crowd_is_thinned_evenly_and_alike_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_sql, "MOST_FEATURES", 50)
    monkeypatch.setattr(hot_tiles, "MOST_FEATURES", 50)
    rows: list[tuple[int, float, float, int | None, str]] = [
        (number, 1 + number % 20 / 200, 1 + number // 20 / 200, None, "") for number in range(400)
    ]
    registry = registry_of([points("geo.crowd", rows)])

    async def work() -> None:
        async with house(registry) as city:
            tiles = [(await city.ask(address("geo.crowd", 12))).tile()["geo.crowd"] for _ in range(2)]
            assert len(tiles[0]) == 50
            assert tiles[0] == tiles[1]
            numbers = {int(properties["name"][1:]) for _, properties in tiles[0]}
            assert len([number for number in numbers if number < 200]) == pytest.approx(25, abs=12)

    run(work)


@pytest.mark.parametrize(("count", "drawn"), [(19, 19), (20, 20), (21, 20)])
def test_only_a_crowd_is_thinned(monkeypatch: pytest.MonkeyPatch, count: int, drawn: int) -> None:
    monkeypatch.setattr(tile_sql, "MOST_FEATURES", 20)
    monkeypatch.setattr(hot_tiles, "MOST_FEATURES", 20)
    crowd: list[tuple[int, float, float, int | None, str]] = [(number, 1, 1, None, "") for number in range(count)]
    registry = registry_of([points("geo.crowd", crowd), points("geo.few", crowd[:3])])

    async def work() -> None:
        async with house(registry) as city:
            tile = (await city.ask(address("geo.crowd,geo.few"))).tile()
            assert (len(tile["geo.crowd"]), len(tile["geo.few"])) == (drawn, 3)

    run(work)


def test_outline_with_thousands_of_corners_is_cut_to_the_tile() -> None:
    make_tree()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE geo_division SET geom = ST_Multi(ST_Segmentize(geom, 0.0001)) WHERE level = 3")

    async def work() -> None:
        async with house(ALL) as city:
            inside = await city.ask(address("geo.districts", 15, column=1))
            assert len(inside.tile()["geo.districts"]) == 1
            assert len(inside.body) < 400
            edge = await city.ask(address("geo.districts", 15, column=-5, row=1))
            assert len(edge.tile()["geo.districts"]) == 1

    run(work)


def test_area_is_named_in_one_tile_only() -> None:
    make_tree()

    async def work() -> None:
        async with house(ALL) as city:
            named = []
            for column in (0.5, 1.5, 2.5, 3.5):
                for row in (0.5, 1.5, 2.5, 3.5):
                    tile = (await city.ask(address("geo.subdistricts", 15, column=column, row=row))).tile()
                    named += [properties.get("label_here") for _, properties in tile["geo.subdistricts"]]
            assert named.count("红旗街道") == 1
            assert len(named) > 4

    run(work)


def test_declared_layers_of_geo_give_a_tile_at_every_zoom() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    make_place()
    make_road()
    session = open_session(make_actor(VIEW, everywhere=True).account_id)

    async def work() -> None:
        async with house(ALL) as city:
            statuses = {
                (await city.ask(address(f"{GRID.code},{PLACES.code},geo.boundaries", zoom), session=session)).status
                for zoom in range(23)
            }
            assert statuses == {200}

    run(work)
