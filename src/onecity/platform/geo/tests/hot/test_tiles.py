"""Vector tiles on the hot road: what they hold."""

import pytest
from django.db import connection

from onecity.platform.geo.declarations import GRID, PLACES, VIEW
from onecity.platform.geo.hot import tiles as hot_tiles
from onecity.platform.geo.hot.tiles import MOST_LAYERS
from onecity.platform.geo.registries import BASE_LAYERS
from onecity.platform.geo.selectors import tile_sql
from onecity.platform.geo.tests.factories import (
    make_area,
    make_cell,
    make_place,
    make_road,
    make_tree,
    patch,
)
from onecity.platform.geo.tests.hot.asking import house, registry_of, run
from onecity.platform.geo.tests.hot.drawing import ALL, address, points
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db(transaction=True)


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
