"""The SQL of vector tiles: built once per set of layers, run on the hot road.

Parameters: $1–$4 the tile's square (EPSG:3857), $5–$8 the degrees it shows, $9 the tolerance in degrees, then three per
scoped layer (see `identity.api.scope_sql`).

What a tile leaves out: below `FULL_DETAIL`, what is finer than half a pixel; always, lines and areas
smaller than half a unit of the tile; beyond `MOST_FEATURES` of one layer, those whose id hashes highest, which thins a
crowd evenly and alike in every tile and process. Only a crowd is worth that sort: the plain statement says how many
features its fullest layer has, and whoever finds more than `MOST_FEATURES` asks again for a thinned tile.
"""

from collections.abc import Sequence
from typing import Final

from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.rules.tiles import EXTENT, MARGIN
from onecity.platform.identity.api import scope_sql

MOST_FEATURES: Final = 10_000
FIRST_SCOPE: Final = 10
SCOPE_PARAMETERS: Final = 3
LARGE_BYTES: Final = 4_096
"""From so many bytes on, a geometry is cut to the tile before it is projected: a city's outline has thousands of
corners of sixteen bytes. The stored size is known without unpacking."""
PLAIN_BYTES: Final = 512
"""Up to so many bytes, about thirty corners, thinning costs more than it saves: the tile's grid thins these as well."""

_SQUARE: Final = "ST_MakeEnvelope($1, $2, $3, $4, 3857)"
_BOX: Final = "ST_MakeEnvelope($5, $6, $7, $8, 4326)"
_INNER: Final = f"ST_Transform({_SQUARE}, 4326)"
LABEL: Final = "label_here"


def tile_sql(layers: Sequence[Layer], *, coarse: bool, thinned: bool = False) -> str:
    """Return the statement for one tile with all `layers`, each under its code: `tile` as `bytea`, `fullest` features.

    coarse: for zooms below `FULL_DETAIL`. thinned: at most `MOST_FEATURES` of each layer, evenly; otherwise the tile is
        whole only if `fullest` is not above that.
    Source: Mapbox Vector Tile specification 2.1 (layers of a tile may be joined end to end).
    """
    parts = []
    first = FIRST_SCOPE
    for number, layer in enumerate(layers):
        scope = f" AND {scope_sql(first=first, organisation='s.organisation_id', division='s.division_code')}"
        chosen = f"ORDER BY hashint8(s.id) LIMIT {MOST_FEATURES}" if thinned else f"LIMIT {MOST_FEATURES + 1}"
        rows = f"s.geom && {_BOX}{scope if layer.scoped else ''} {chosen}"
        parts.append(f"({_layer_sql(layer, coarse=coarse, rows=rows)}) AS part{number}")
        first += SCOPE_PARAMETERS if layer.scoped else 0
    tile = " || ".join(f"part{number}.tile" for number in range(len(parts)))
    fullest = ", ".join(f"part{number}.features" for number in range(len(parts)))
    # The tolerance is named even where nothing is thinned, so that the parameters are always the same.
    return f"SELECT {tile} AS tile, greatest({fullest}) AS fullest FROM {', '.join(parts)} WHERE $9::float8 >= 0"


def _layer_sql(layer: Layer, *, coarse: bool, rows: str) -> str:
    fields = "".join(f", {_property(field)}" for field in layer.fields) + _label(layer)
    names = "".join(f", f.{field.name}" for field in layer.fields) + (f", f.{LABEL}" if _label(layer) else "")
    # ST_AsMVT leaves rows without geometry out; a condition here would work each geometry out a second time.
    return f"""
        SELECT COALESCE(ST_AsMVT(t, '{layer.code}', {EXTENT}, 'geom', 'id'), ''::bytea) AS tile, count(*) AS features
        FROM (
            SELECT f.id{names},
                   ST_AsMVTGeom(ST_Transform(f.geom, 3857), {_SQUARE}, {EXTENT}, {MARGIN}, true) AS geom
            FROM (SELECT s.id{fields}, {_shape(layer, coarse=coarse)} AS geom FROM ({layer.source}) s WHERE {rows}) f
        ) t"""


def _label(layer: Layer) -> str:
    """Return the property that names an area in the one tile that holds its middle, so that maps write it once."""
    if not layer.label_field or layer.geometry != "polygon":
        return ""
    inside = f"ST_Intersects(ST_Centroid(s.geom), {_INNER})"
    return f", CASE WHEN {inside} THEN s.{layer.label_field}::text END AS {LABEL}"


def _shape(layer: Layer, *, coarse: bool) -> str:
    if layer.geometry == "point":
        return "s.geom"
    cut = f"ST_ClipByBox2D(s.geom, {_BOX})"
    if not coarse:
        return f"CASE WHEN pg_column_size(s.geom) > {LARGE_BYTES} THEN {cut} ELSE s.geom END"
    return f"""CASE WHEN pg_column_size(s.geom) > {LARGE_BYTES} THEN ST_Simplify({cut}, $9, true)
        WHEN pg_column_size(s.geom) > {PLAIN_BYTES} THEN ST_Simplify(s.geom, $9, true) ELSE s.geom END"""


def _property(field: LayerField) -> str:
    match field.kind:
        case "number":
            return f"s.{field.name}::float8 AS {field.name}"
        case "moment":
            return f"""to_char(s.{field.name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS {field.name}"""
        case _:
            return f"s.{field.name}::text AS {field.name}"
