"""The SQL of vector tiles: built once per set of layers, run on the hot road.

Parameters: $1–$4 the tile's square (EPSG:3857), $5–$8 the degrees it shows, $9 the tolerance in degrees, then three per
scoped layer (see `identity.api.scope_sql`).

What a tile leaves out: below `FULL_DETAIL`, what is finer than half a pixel; always, lines and areas
smaller than half a unit of the tile; beyond `MOST_FEATURES` of one layer, those whose id hashes highest, which thins a
crowd evenly and alike in every tile and process.
"""

from collections.abc import Sequence
from typing import Final

from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.rules.tiles import EXTENT, MARGIN
from onecity.platform.identity.api import scope_sql

MOST_FEATURES: Final = 10_000
FIRST_SCOPE: Final = 10
SCOPE_PARAMETERS: Final = 3
LONG_LINE: Final = 256
"""From so many corners on, a geometry is cut to the tile before it is projected: a city's outline has thousands."""

_SQUARE: Final = "ST_MakeEnvelope($1, $2, $3, $4, 3857)"
_BOX: Final = "ST_MakeEnvelope($5, $6, $7, $8, 4326)"
_INNER: Final = f"ST_Transform({_SQUARE}, 4326)"
LABEL: Final = "label_here"


def tile_sql(layers: Sequence[Layer], *, coarse: bool) -> str:
    """Return the statement that gives one tile with all `layers`, each under its code, as one `bytea`.

    coarse: for zooms below `FULL_DETAIL`.
    Source: Mapbox Vector Tile specification 2.1 (layers of a tile may be joined end to end).
    """
    parts = []
    first = FIRST_SCOPE
    for layer in layers:
        scope = f" AND {scope_sql(first=first, organisation='s.organisation_id', division='s.division_code')}"
        parts.append(_layer_sql(layer, coarse=coarse, scope=scope if layer.scoped else ""))
        first += SCOPE_PARAMETERS if layer.scoped else 0
    return f"SELECT {' || '.join(parts)} FROM (SELECT $9::float8) AS simplified(tolerance)"


def _layer_sql(layer: Layer, *, coarse: bool, scope: str) -> str:
    fields = "".join(f", {_property(field)}" for field in layer.fields) + _label(layer)
    names = "".join(f", f.{field.name}" for field in layer.fields) + (f", f.{LABEL}" if _label(layer) else "")
    return f"""COALESCE((
        SELECT ST_AsMVT(t, '{layer.code}', {EXTENT}, 'geom', 'id') FROM (
            SELECT f.id{names},
                   ST_AsMVTGeom(ST_Transform(f.geom, 3857), {_SQUARE}, {EXTENT}, {MARGIN}, true) AS geom
            FROM (
                SELECT s.id{fields}, {_shape(layer, coarse=coarse)} AS geom
                FROM ({layer.source}) s WHERE s.geom && {_BOX}{scope}
                ORDER BY hashint8(s.id) LIMIT {MOST_FEATURES}
            ) f
        ) t WHERE t.geom IS NOT NULL
    ), ''::bytea)"""


def _label(layer: Layer) -> str:
    """Return the property that names an area in the one tile that holds its middle, so that maps write it once."""
    if not layer.label_field or layer.geometry != "polygon":
        return ""
    inside = f"ST_Intersects(ST_Centroid(s.geom), {_INNER})"
    return f", CASE WHEN {inside} THEN s.{layer.label_field}::text END AS {LABEL}"


def _shape(layer: Layer, *, coarse: bool) -> str:
    if layer.geometry == "point":
        return "s.geom"
    cut = f"CASE WHEN ST_NPoints(s.geom) > {LONG_LINE} THEN ST_ClipByBox2D(s.geom, {_BOX}) ELSE s.geom END"
    return f"ST_Simplify({cut}, tolerance, true)" if coarse else cut


def _property(field: LayerField) -> str:
    match field.kind:
        case "number":
            return f"s.{field.name}::float8 AS {field.name}"
        case "moment":
            return f"""to_char(s.{field.name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {field.name}"""
        case _:
            return f"s.{field.name}::text AS {field.name}"
