"""Setting up the city that this installation runs."""

from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.coordinates.gauss_kruger import zone_epsg, zone_number
from onecity.kernel.identifiers.divisions import parse_division_code
from onecity.platform.geo.contracts import CityRow
from onecity.platform.identity import api as identity

_WRITE: Final = """
    INSERT INTO geo_city
        (id, code, name, division_code, centre, zoom, built_up, plane_epsg, attribution, is_synthetic)
    VALUES (1, %s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s,
            ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_GeomFromGeoJSON(%s)), 3)), %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET
        code = EXCLUDED.code, name = EXCLUDED.name, division_code = EXCLUDED.division_code, centre = EXCLUDED.centre,
        zoom = EXCLUDED.zoom, built_up = EXCLUDED.built_up, plane_epsg = EXCLUDED.plane_epsg,
        attribution = EXCLUDED.attribution, is_synthetic = EXCLUDED.is_synthetic
    WHERE geo_city IS DISTINCT FROM EXCLUDED
"""


def set_city(actor: Actor, *, row: CityRow) -> None:
    """Set the city: its name, its place on the map, its built-up area. A later call replaces an earlier one; the same
    city again changes nothing.

    The plane system for areas and grids is the 3-degree zone of the centre, also for a city that reaches into the next.
    Raises: InvalidDivisionCode; OutsideZones.
    Source: EPSG registry, 4534-4554.
    """
    code = parse_division_code(row.division_code)
    epsg = zone_epsg(zone_number(row.longitude))
    values: list[str | int | float | bool] = [
        row.code, row.name, code.value, row.longitude, row.latitude, row.zoom, row.built_up, epsg, row.attribution,
        row.is_synthetic,
    ]  # fmt: skip
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, values)
            is_new = cursor.rowcount > 0
        if is_new:
            identity.record(actor, action="geo.set_city", target="geo.city:1", details={"code": row.code})
