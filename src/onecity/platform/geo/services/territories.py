"""Boundaries that the data lack: streets inside a county, communities inside a street, drawn so that none overlap.

Real codes and names get made-up outlines, marked synthetic. Middle points are spread evenly: urban divisions
over the built-up part, rural ones over the rest; each division is what lies nearest to its point (Voronoi). Low codes
lie near the city's centre, as old quarters do. The same input gives the same outlines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.identifiers.divisions import CommunityKind, DivisionCode, Level, StreetKind
from onecity.platform.geo.contracts import Generated
from onecity.platform.geo.services.changes import layer_changed
from onecity.platform.identity import api as identity
from onecity.platform.jobs.declare import Progress

LEAST_GROUND_M2: Final = 300_000.0
"""A part of a parent is used for its kind of children only when it has so much ground for each. House rule."""
SMALLEST_M2: Final = 10_000.0
"""A parent with less ground than this for each child gets none of them drawn. House rule: one unit grid."""
POINTS_EACH: Final = 40
STEP_M: Final = 200.0
LAST_DISTRICT: Final = 20
"""County codes up to here are districts of a city, those above are counties and county-level cities."""
SEEDS: Final = 2**31 - 3

_RURAL: Final = frozenset(
    {
        StreetKind.TOWN,
        StreetKind.TOWNSHIP,
        CommunityKind.VILLAGERS_COMMITTEE,
        CommunityKind.LIKE_VILLAGERS_COMMITTEE,
        CommunityKind.VIRTUAL_LIVING_AREA,
    }
)

_DRAW: Final = """
    WITH child AS (
        SELECT * FROM unnest(%(codes)s::text[], %(urban)s::boolean[]) AS child(code, urban)
    ), city AS (
        SELECT plane_epsg AS epsg, built_up, centre FROM geo_city
    ), taken AS (
        -- Children that have an outline, and the strips where outlines of neighbours were drawn over one another.
        SELECT ST_Union(geom) AS geom FROM (
            SELECT geom FROM geo_division
            WHERE parent_code = ANY(%(parents)s) AND geom IS NOT NULL AND NOT is_synthetic
            UNION ALL
            SELECT n.geom FROM geo_division n JOIN geo_division d ON d.code = %(ground)s
            WHERE n.level = d.level AND n.id < d.id AND NOT n.is_synthetic AND ST_Overlaps(n.geom, d.geom)
        ) AS others
    ), parent AS (
        SELECT CASE WHEN t.geom IS NULL THEN d.geom ELSE ST_Difference(d.geom, t.geom) END AS geom
        FROM geo_division d, taken t WHERE d.code = %(ground)s
    ), region AS (
        -- Long edges are broken first: what is straight in degrees is not in the plane, and neighbours would gape.
        SELECT ST_Transform(ST_Segmentize(p.geom, %(step_deg)s), epsg) AS whole,
               ST_Transform(ST_Intersection(p.geom, built_up), epsg) AS town
        FROM parent p, city
        WHERE ST_Area(p.geom::geography) >= %(smallest)s * (SELECT count(*) FROM child)
    ), part AS (
        SELECT urban, number,
            CASE WHEN urban AND ST_Area(town) >= %(least)s * number THEN town
                 WHEN NOT urban AND ST_Area(whole) - ST_Area(town) >= %(least)s * number THEN ST_Difference(whole, town)
                 ELSE whole END AS ground
        FROM region, (SELECT urban, count(*)::int AS number FROM child GROUP BY urban) AS counted
    ), scattered AS (
        SELECT urban, number,
               (ST_Dump(ST_GeneratePoints(ground, number * %(points)s, %(seed)s + urban::int))).geom AS point
        FROM part
    ), clustered AS (
        SELECT urban, point, ST_ClusterKMeans(point, number) OVER (PARTITION BY urban) AS cluster FROM scattered
    ), middle AS (
        SELECT urban, cluster, ST_Centroid(ST_Collect(point)) AS centre FROM clustered GROUP BY urban, cluster
    ), seed AS (
        SELECT DISTINCT ON (m.urban, m.cluster) m.urban, c.point
        FROM middle m JOIN clustered c USING (urban, cluster) ORDER BY m.urban, m.cluster, c.point <-> m.centre
    ), numbered AS (
        SELECT urban, point, row_number() OVER (
            PARTITION BY urban ORDER BY point <-> ST_Transform(centre, epsg), ST_X(point)) AS number
        FROM seed, city
    ), coded AS (
        SELECT code, urban, row_number() OVER (PARTITION BY urban ORDER BY code) AS number FROM child
    ), cell AS (
        SELECT (ST_Dump(ST_VoronoiPolygons(ST_Collect(point), 0, (SELECT whole FROM region)))).geom FROM numbered
    ), drawn AS (
        SELECT code, CASE WHEN (SELECT count(*) FROM child) = 1 THEN whole
                          ELSE ST_Intersection(cell.geom, whole) END AS geom
        FROM coded JOIN numbered USING (urban, number) JOIN region ON true
        LEFT JOIN cell ON ST_Intersects(cell.geom, point)
    ), shape AS (
        SELECT code, ST_Multi(ST_CollectionExtract(
            ST_MakeValid(ST_Transform(ST_Segmentize(geom, %(step_m)s), 4326)), 3)) AS geom
        FROM drawn
    )
    UPDATE geo_division d SET geom = shape.geom, centre = ST_PointOnSurface(shape.geom), is_synthetic = true
    FROM shape WHERE d.code = shape.code
"""
_GROUNDS: Final = "SELECT code FROM geo_division WHERE level = %s AND geom IS NOT NULL AND code LIKE %s ORDER BY code"
_CHILDREN: Final = """
    SELECT code, geom IS NULL FROM geo_division
    WHERE parent_code = ANY(%s) AND (geom IS NULL OR is_synthetic) ORDER BY code
"""
_JOINED: Final = """
    WITH children AS (
        SELECT parent_code, bool_and(is_synthetic) AS made_up FROM geo_division
        WHERE level = %s AND geom IS NOT NULL AND code LIKE %s GROUP BY parent_code
    ), joined AS (
        SELECT p.id, made_up, ST_Multi(ST_Union(c.geom)) AS geom
        FROM geo_division p
        JOIN children ON children.parent_code = p.code
        JOIN geo_division c ON c.parent_code = p.code AND c.geom IS NOT NULL AND c.is_synthetic = made_up
        WHERE p.geom IS NULL GROUP BY p.id, made_up
    )
    UPDATE geo_division d SET geom = joined.geom, centre = ST_PointOnSurface(joined.geom), is_synthetic = made_up
    FROM joined WHERE d.id = joined.id
"""


@dataclass(frozen=True, slots=True)
class _Ground:
    """A division with an outline, and the parents whose children are drawn inside it."""

    code: str
    parents: list[str]


def generate_boundaries(
    actor: Actor, *, city_code: str, progress: Progress, hosts: Mapping[str, str] | None = None
) -> Generated:
    """Draw the missing outlines below a city, level by level; one transaction per parent, so it can be cancelled.

    Surveyed outlines are never touched; a parent whose children all have outlines is left alone. A parent that lacks
    one while its children have it gets their union.
    hosts: a development zone's code → the county in whose outline its streets lie.
    """
    prefix = DivisionCode(city_code).prefix
    made = areas = 0
    for level in (Level.CITY, Level.COUNTY, Level.STREET):
        grounds = list(_grounds(level, prefix=prefix, hosts=dict(hosts or {})))
        for number, ground in enumerate(grounds):
            progress.step(number, total=len(grounds))
            with transaction.atomic():
                made += _draw(ground)
            areas += 1
        _join(Level(level + 1), prefix=prefix)
    _join(Level.COUNTY, prefix=prefix)
    if made:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE geo_division")
        identity.record(actor, action="geo.generate_boundaries", target=city_code, details={"made": made})
        for layer in ("geo.division_names", "geo.districts", "geo.subdistricts", "geo.communities", "geo.boundaries"):
            layer_changed(layer)
    return Generated(areas=areas, made=made)


def _grounds(level: Level, *, prefix: str, hosts: dict[str, str]) -> Iterator[_Ground]:
    with connection.cursor() as cursor:
        cursor.execute(_GROUNDS, [int(level), f"{prefix}%"])
        codes = [row[0] for row in cursor.fetchall()]
    for code in codes:
        guests = [zone for zone, host in hosts.items() if host == code]
        if code not in hosts:
            yield _Ground(code, [code, *guests])


def _draw(ground: _Ground) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CHILDREN, [ground.parents])
        rows = cursor.fetchall()
        if not any(lacking for _, lacking in rows):
            return 0
        codes = [DivisionCode(code) for code, _ in rows]
        cursor.execute(
            _DRAW,
            {
                "codes": [code.value for code in codes],
                "urban": [_is_urban(code) for code in codes],
                "parents": ground.parents,
                "ground": ground.code,
                "least": LEAST_GROUND_M2,
                "smallest": SMALLEST_M2,
                "points": POINTS_EACH,
                "seed": int(ground.code) % SEEDS + 1,
                "step_m": STEP_M,
                "step_deg": STEP_M / 100_000,
            },
        )
        return int(cursor.rowcount)


def _join(level: Level, *, prefix: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_JOINED, [int(level), f"{prefix}%"])


def _is_urban(code: DivisionCode) -> bool:
    if code.level is Level.COUNTY:
        return int(code.value[4:6]) <= LAST_DISTRICT
    kind = code.street_kind if code.level is Level.STREET else code.community_kind
    return kind not in _RURAL
