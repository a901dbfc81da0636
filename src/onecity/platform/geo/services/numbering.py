"""Made-up house numbers along streets, for a city whose real ones are not at hand: marked as such everywhere."""

from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.platform.geo.contracts import AddressRow, Loaded
from onecity.platform.geo.services.addresses import load_addresses

SOURCE: Final = "示意门牌"
_SPACING_M: Final = 150.0
_MOST: Final = 20_000
# Each street's pieces in the order of their keys; a number every so many metres, odd and even in turn.
_NUMBERED: Final = """
    WITH marks AS (
        SELECT r.name, r.id, (dumped).path[1] AS nr, (dumped).geom AS point FROM (
            SELECT name, id, ST_Dump(ST_LineInterpolatePoints(geom, LEAST(1.0, %(spacing)s / length_m))) AS dumped
            FROM geo_road WHERE name <> '' AND kind NOT IN ('rail', 'footway', 'motorway') AND length_m >= %(spacing)s
        ) r
    ), placed AS (
        SELECT DISTINCT ON (m.name, m.id, m.nr) m.name, m.id, m.nr, m.point, d.code, county.name AS county,
               county.code AS county_code, street.name AS street
        FROM marks m
        JOIN geo_division d ON d.level >= 3 AND d.geom IS NOT NULL AND ST_Contains(d.geom, m.point)
        JOIN geo_division county ON county.code = left(d.code, 6) AND county.level = 3
        LEFT JOIN geo_division street ON street.code = left(d.code, 9) AND street.level = 4
        ORDER BY m.name, m.id, m.nr, d.level DESC
    )
    SELECT county_code, county, COALESCE(street, ''), code, name,
           row_number() OVER (PARTITION BY county_code, name ORDER BY id, nr), ST_X(point), ST_Y(point)
    FROM placed ORDER BY county_code, name, 6 LIMIT %(most)s
"""


def generate_addresses(actor: Actor) -> Loaded:
    """Give every named street house numbers 150 m apart, at most 20,000 in all; again gives the same."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_NUMBERED, {"spacing": _SPACING_M, "most": _MOST})
            found = cursor.fetchall()
        rows = [
            AddressRow(
                key=f"{county_code}:{road}:{nr}",
                text=f"{county}{street}{road}{nr}号",
                longitude=longitude,
                latitude=latitude,
                division_code=code,
                is_synthetic=True,
            )
            for county_code, county, street, code, road, nr, longitude, latitude in found
        ]
        return load_addresses(actor, rows=rows, source=SOURCE)
