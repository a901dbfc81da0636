"""The smallest valid objects of the map, for its own tests and its neighbours'. Everything lies around 125°E 43.9°N."""

from datetime import date
from typing import Final

import orjson
from django.db import connection

from onecity.kernel.actor import system_actor
from onecity.platform.geo.contracts import AreaRow, CityRow, DivisionRow, GeoJSON, PlaceRow, RoadRow
from onecity.platform.geo.services.city import set_city
from onecity.platform.geo.services.loading import load_areas, load_divisions, load_places, load_roads

ACTOR: Final = system_actor("test")
WEST, SOUTH = 125.0, 43.9
CITY, COUNTY, STREET, COMMUNITY = "220100", "220104", "220104001", "220104001001"
DAY: Final = date(2020, 1, 1)


def box(west: float, south: float, east: float, north: float) -> GeoJSON:
    """Return a rectangle, degrees."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return GeoJSON(orjson.dumps({"type": "Polygon", "coordinates": [ring]}).decode())


def patch(column: float = 0, row: float = 0, *, wide: float = 1, high: float = 1) -> GeoJSON:
    """Return a rectangle counted in hundredths of a degree from the corner of the test city."""
    west, south = WEST + column / 100, SOUTH + row / 100
    return box(west, south, west + wide / 100, south + high / 100)


def line(*pairs: tuple[float, float]) -> GeoJSON:
    """Return a line through places counted in hundredths of a degree."""
    points = [[WEST + column / 100, SOUTH + row / 100] for column, row in pairs]
    return GeoJSON(orjson.dumps({"type": "LineString", "coordinates": points}).decode())


def make_city(built_up: GeoJSON | None = None) -> None:
    """Set the city; its built-up area is four hundredths of a degree wide and high unless given."""
    row = CityRow(
        code="test",
        name="试验市",
        division_code=CITY,
        longitude=WEST + 0.02,
        latitude=SOUTH + 0.02,
        zoom=12,
        built_up=built_up or patch(wide=4, high=4),
        attribution="",
    )
    set_city(ACTOR, row=row)


def make_division(code: str, name: str = "", *, geometry: GeoJSON | None = None, is_synthetic: bool = False) -> None:
    """Make a division."""
    row = DivisionRow(code, name or f"区划{code}", geometry, is_synthetic=is_synthetic)
    load_divisions(ACTOR, rows=[row])


def make_tree(*, community: GeoJSON | None = None) -> None:
    """Make a city with one county, street and community, nested."""
    make_city()
    make_division(CITY, "试验市", geometry=patch(-10, -10, wide=30, high=30))
    make_division(COUNTY, "朝阳区", geometry=patch(-5, -5, wide=20, high=20))
    make_division(STREET, "红旗街道", geometry=patch(wide=4, high=4))
    make_division(COMMUNITY, "湖光社区", geometry=community or patch(wide=2, high=2))


def make_cell(code: str = f"{COMMUNITY}001", *, geometry: GeoJSON | None = None, ended: date | None = None) -> None:
    """Make a unit grid."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO geo_gridcell
                (id, code, division_code, geom, centre, area_m2, land_use, initial_date, end_date, is_synthetic)
            SELECT %s, %s, %s, g, ST_PointOnSurface(g), ST_Area(g::geography), '', %s, %s, true
            FROM (SELECT ST_GeomFromGeoJSON(%s) AS g) AS shape
            """,
            [int(code), code, code[:12], DAY, ended, geometry or patch(wide=0.1, high=0.1)],
        )


def make_road(name: str = "人民大街", *, geometry: GeoJSON | None = None, kind: str = "primary", key: str = "") -> None:
    """Make a road; each key is a source of its own, so that one load does not take out another's."""
    row = RoadRow(key or name, kind, geometry or line((0, 1), (4, 1)), name)
    load_roads(ACTOR, rows=[row], source=f"试验{key or name}")


def make_area(kind: str = "water", *, geometry: GeoJSON | None = None, name: str = "") -> None:
    """Make an area of the base map."""
    load_areas(ACTOR, rows=[AreaRow("1", kind, geometry or patch(), name)], source=f"试验{kind}{name}")


def make_place(
    name: str = "人民医院", *, column: float = 1, row: float = 1, address: str = "", kind: str = "医疗"
) -> None:
    """Make a place."""
    place = PlaceRow("1", name, kind, WEST + column / 100, SOUTH + row / 100, address)
    load_places(ACTOR, rows=[place], source=f"试验{name}")
