"""Where a point lies: its unit grid, its division, the nearest street, and all of it in words."""

from typing import Final

from django.db import connection

from onecity.kernel.coordinates.points import Wgs84
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import DivisionInfo, GridInfo, Position
from onecity.platform.geo.rules.wording import position_in_words
from onecity.platform.geo.selectors.divisions import division
from onecity.platform.geo.selectors.grids import GRID_COLUMNS, grid_info

NEAREST_GRID_M: Final = 200.0
NEAREST_ROAD_M: Final = 300.0
METRES_PER_DEGREE: Final = 111_320.0

_POINT: Final = "ST_SetSRID(ST_MakePoint(%(longitude)s, %(latitude)s), 4326)"
_GRID: Final = f"""
    SELECT {GRID_COLUMNS}, ST_Distance(g.geom::geography, {_POINT}::geography) AS distance
    FROM geo_gridcell g WHERE g.end_date IS NULL
"""
_INSIDE: Final = f"{_GRID} AND ST_Covers(g.geom, {_POINT}) ORDER BY g.id LIMIT 1"
_NEAREST: Final = f"""
    SELECT * FROM (
        {_GRID} AND g.geom && ST_Expand({_POINT}, %(wide)s, %(high)s) ORDER BY g.geom <-> {_POINT} LIMIT 8
    ) AS near WHERE distance <= %(within)s ORDER BY distance, code LIMIT 1
"""
_DIVISION: Final = f"SELECT code FROM geo_division WHERE ST_Covers(geom, {_POINT}) ORDER BY level DESC, id LIMIT 1"
_ROAD: Final = f"""
    SELECT name, distance FROM (
        SELECT r.name, r.id, ST_Distance(r.geom::geography, {_POINT}::geography) AS distance FROM geo_road r
        WHERE r.name <> '' AND r.kind <> 'rail' AND r.geom && ST_Expand({_POINT}, %(wide)s, %(high)s)
        ORDER BY r.geom <-> {_POINT} LIMIT 8
    ) AS near WHERE distance <= %(within)s ORDER BY distance, id LIMIT 1
"""


class OutsideCity(Invalid):
    """The point lies in no division of this city."""

    code = "outside_city"
    message = zh("该位置不在本市范围内")


def locate(*, longitude: float, latitude: float, nearest_m: float = NEAREST_GRID_M) -> GridInfo | DivisionInfo:
    """Return the unit grid in force that holds a point; else the nearest one; else the smallest division around it.

    longitude, latitude: WGS 84 degrees. nearest_m: how far away the nearest cell may be, metres; 0 for none.
    On the edge between two cells the lower code wins.
    Raises: InvalidCoordinates; OutsideCity.
    """
    point = Wgs84(longitude, latitude)
    return _grid(point, nearest_m=nearest_m) or _division(point)


def describe(*, longitude: float, latitude: float) -> Position:
    """Return a point's unit grid, divisions and nearest street, and a plain Chinese description of where it is.

    Raises: InvalidCoordinates; OutsideCity.
    """
    point = Wgs84(longitude, latitude)
    found = locate(longitude=longitude, latitude=latitude)
    road, distance = _road(point)
    return Position(
        longitude=point.lon,
        latitude=point.lat,
        grid_code=found.code if isinstance(found, GridInfo) else "",
        division_code=found.division_code,
        full_name=found.full_name,
        road=road,
        description=position_in_words(full_name=found.full_name, road=road, road_distance_m=distance),
    )


def _grid(point: Wgs84, *, nearest_m: float) -> GridInfo | None:
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE, _values(point, 0.0))
        row = cursor.fetchone()
        if row is None and nearest_m > 0:
            cursor.execute(_NEAREST, _values(point, nearest_m))
            row = cursor.fetchone()
    return grid_info(row) if row else None


def _division(point: Wgs84) -> DivisionInfo:
    with connection.cursor() as cursor:
        cursor.execute(_DIVISION, _values(point, 0.0))
        row = cursor.fetchone()
    if row is None:
        raise OutsideCity
    return division(row[0])


def _road(point: Wgs84) -> tuple[str, float]:
    with connection.cursor() as cursor:
        cursor.execute(_ROAD, _values(point, NEAREST_ROAD_M))
        row = cursor.fetchone()
    return (row[0], row[1]) if row else ("", 0.0)


def _values(point: Wgs84, within_m: float) -> dict[str, float]:
    high = within_m / METRES_PER_DEGREE
    # A degree of longitude is never shorter than a tenth of one of latitude where cities are.
    return {"longitude": point.lon, "latitude": point.lat, "within": within_m, "high": high, "wide": 3 * high}
