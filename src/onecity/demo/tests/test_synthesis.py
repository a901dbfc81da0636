"""What is made up: always the same, inside its bounds, with names that come once."""

from itertools import islice
from typing import Any

import orjson
import pytest

from onecity.demo.packs import SAMPLE, StreetPlan, read_pack
from onecity.demo.synthesis import sample
from onecity.demo.synthesis.names import MAIN, street_names
from onecity.demo.synthesis.outlines import inside_any
from onecity.demo.synthesis.plane import Plane, rounded, together
from onecity.demo.synthesis.streets import Ground, street_rows
from onecity.kernel.identifiers.divisions import parse_division_code

PLANE = Plane(124.0, 44.6)
SQUARE = [(-1000.0, -1000.0), (1000.0, -1000.0), (1000.0, 1000.0), (-1000.0, 1000.0)]


def coordinates(geometry: str) -> Any:
    return orjson.loads(geometry)["coordinates"]


def open_ground(**closed: Any) -> Ground:
    rules: dict[str, Any] = {"is_town": inside_any([SQUARE]), "is_closed": inside_any([]), "is_river": inside_any([])}
    return Ground(**{**rules, **closed})


def draw(plan: StreetPlan, ground: Ground) -> list[Any]:
    return list(street_rows(PLANE, plan=plan, ground=ground, reach_m=1500, seed=1))


def test_sheet_and_degrees_lead_back_to_each_other() -> None:
    longitude, latitude = PLANE.degrees((1234.0, -987.0))
    assert PLANE.metres(longitude, latitude) == pytest.approx((1234.0, -987.0), abs=0.02)


def test_outline_wavers_around_its_circle_within_its_roughness() -> None:
    ring = rounded((10, 20), radius_m=1000, seed=3, roughness=0.1)
    reaches = [((x - 10) ** 2 + (y - 20) ** 2) ** 0.5 for x, y in ring]
    assert min(reaches) >= 900
    assert max(reaches) <= 1100
    assert max(reaches) - min(reaches) > 10
    assert ring == rounded((10, 20), radius_m=1000, seed=3, roughness=0.1)
    assert ring != rounded((10, 20), radius_m=1000, seed=4, roughness=0.1)


def test_inside_is_inside() -> None:
    test = inside_any([SQUARE, [(5000.0, 0.0), (6000.0, 0.0), (5500.0, 900.0)]])
    assert test((0, 0))
    assert test((5500, 100))
    assert not test((1500, 0))
    assert not test((5050, 800))
    assert not inside_any([])((0, 0))


def test_polygons_become_one_geometry() -> None:
    text = together([PLANE.polygon([SQUARE]), PLANE.polygon([SQUARE])])
    assert orjson.loads(text)["type"] == "MultiPolygon"
    assert len(coordinates(text)) == 2


def test_street_names_come_once() -> None:
    names = list(street_names())
    assert len(names) == len(set(names)) > 600
    assert names[: len(MAIN)] == list(MAIN)
    assert list(islice(street_names(skip=3), 5)) == names[3:8]
    assert list(street_names(skip=len(MAIN) + 2)) == names[len(MAIN) + 2 :]


def test_streets_stay_inside_the_town_and_are_the_same_each_time() -> None:
    plan = StreetPlan(primary_m=800, secondary_m=400, tertiary_m=200, residential_m=100, turned_deg=10, ring_m=(600,))
    rows = draw(plan, open_ground())
    assert rows == draw(plan, open_ground())
    assert {row.kind for row in rows} == {"primary", "secondary", "tertiary", "residential", "trunk"}
    assert len({row.key for row in rows}) == len(rows)
    inside = inside_any([SQUARE])
    assert all(inside(PLANE.metres(*pair)) for row in rows for pair in coordinates(row.geometry))
    assert all(row.is_synthetic and row.name for row in rows)


def test_class_that_is_left_out_is_not_drawn() -> None:
    plan = StreetPlan(primary_m=800, secondary_m=400, tertiary_m=0, residential_m=0)
    assert {row.kind for row in draw(plan, open_ground())} == {"primary", "secondary"}


def test_small_streets_end_at_the_river_and_none_crosses_a_lake() -> None:
    strip = [(-1000.0, -60.0), (1000.0, -60.0), (1000.0, 60.0), (-1000.0, 60.0)]
    plan = StreetPlan(primary_m=800, secondary_m=400, tertiary_m=200, residential_m=0)
    is_river = inside_any([strip])

    def crossing(rows: list[Any]) -> set[str]:
        return {row.kind for row in rows for pair in coordinates(row.geometry) if is_river(PLANE.metres(*pair))}

    assert crossing(draw(plan, open_ground(is_river=is_river))) == {"primary", "secondary"}
    assert crossing(draw(plan, open_ground(is_closed=is_river))) == set()


def test_sample_city_has_codes_that_no_city_has_and_that_can_be_read() -> None:
    pack = read_pack(SAMPLE)
    rows = list(sample.division_rows(pack))
    codes = [parse_division_code(row.code) for row in rows]
    assert all(code.value.startswith("2299") for code in codes)
    assert len(set(codes)) == len(codes)
    assert {int(code.level) for code in codes} == {2, 3, 4, 5}
    assert all(code.street_kind for code in codes if len(code.value) >= 9)
    assert all(code.community_kind for code in codes if len(code.value) == 12)


def test_sample_city_is_the_same_each_time() -> None:
    pack = read_pack(SAMPLE)
    town = [rounded((0, 0), radius_m=6000, seed=1)]
    assert list(sample.sample_areas(pack, town=town)) == list(sample.sample_areas(pack, town=town))
    assert list(sample.sample_places(pack)) == list(sample.sample_places(pack))
    assert list(sample.sample_railway(pack)) == list(sample.sample_railway(pack))


def test_no_place_or_building_of_the_sample_city_stands_in_water() -> None:
    pack = read_pack(SAMPLE)
    plane = Plane(pack.view.longitude, pack.view.latitude)
    water = inside_any(sample.sample_land(pack).water)
    assert not any(water(plane.metres(row.longitude, row.latitude)) for row in sample.sample_places(pack))
    buildings = [
        row
        for row in sample.sample_areas(pack, town=[rounded((0, 0), radius_m=6000, seed=1)])
        if row.kind == "building"
    ]
    assert len(buildings) > 500
    assert not any(water(plane.metres(*pair)) for row in buildings for pair in coordinates(row.geometry)[0])
