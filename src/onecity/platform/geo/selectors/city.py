"""Reading the city that this installation runs."""

from typing import Final

from django.db import connection

from onecity.platform.geo.contracts import CityInfo

_CITY: Final = """
    SELECT code, name, division_code, ST_X(centre), ST_Y(centre), zoom,
           ST_XMin(built_up), ST_YMin(built_up), ST_XMax(built_up), ST_YMax(built_up),
           plane_epsg, attribution, is_synthetic FROM geo_city
"""


def city() -> CityInfo | None:
    """Return the city; None before a city pack was loaded."""
    with connection.cursor() as cursor:
        cursor.execute(_CITY)
        row = cursor.fetchone()
    if row is None:
        return None
    return CityInfo(
        code=row[0],
        name=row[1],
        division_code=row[2],
        longitude=row[3],
        latitude=row[4],
        zoom=row[5],
        bounds=(row[6], row[7], row[8], row[9]),
        plane_epsg=row[10],
        attribution=row[11],
        is_synthetic=row[12],
    )
