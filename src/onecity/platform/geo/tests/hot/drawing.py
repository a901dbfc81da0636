"""Tiles and layers of points that tests ask for."""

import math

from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.registries import layers
from onecity.platform.geo.rules.tiles import Tile
from onecity.platform.geo.tests.factories import SOUTH, WEST
from onecity.platform.geo.tests.hot.asking import registry_of

FIELDS = (LayerField("name", "名称"),)
SCOPED = "identity.manage_accounts"
"""A permission that is granted within scopes; those of geo are not."""
ALL = registry_of(layers())


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
