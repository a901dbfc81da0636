"""Filling a city with unit grids.

The built-up part of each community is cut along a 100 m lattice of the city's plane system. Full squares become
cells; what the community's edge leaves of a square becomes a cell of its own when it is large enough, and otherwise
joins the neighbour in the same community with which it shares the longest edge. So cells never overlap, leave no gap,
and each lies in one community.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict
from onecity.kernel.identifiers.divisions import DivisionCode
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import Generated
from onecity.platform.geo.services.changes import layer_changed
from onecity.platform.identity import api as identity
from onecity.platform.jobs.declare import Progress

SIDE_M: Final = 100.0
LEAST_CELL_M2: Final = 2_500.0
"""A piece of a square smaller than this joins a neighbour. House rule: a quarter of a full cell."""
LEAST_SCRAP_M2: Final = 100.0
"""A piece without a neighbour stays a cell of its own down to this; what is smaller cannot be managed. House rule."""
MOST_CELLS: Final = 999
GRAIN_M: Final = 0.001
STEP_DEG: Final = 0.001

_CUT: Final = """
    CREATE TEMPORARY TABLE geo_piece ON COMMIT DROP AS
    WITH city AS (
        SELECT plane_epsg AS epsg, built_up FROM geo_city
    ), community AS (
        SELECT d.code, d.id, d.geom FROM geo_division d, city
        WHERE d.parent_code = %(street)s AND d.level = 5 AND ST_Intersects(d.geom, built_up)
        AND NOT EXISTS (SELECT FROM geo_gridcell g WHERE g.division_code = d.code AND g.end_date IS NULL)
    ), alone AS MATERIALIZED (
        -- Where outlines of communities lie over one another, the lower code has the ground.
        SELECT c.code, COALESCE(ST_Difference(c.geom, (
            SELECT ST_Union(n.geom) FROM geo_division n
            WHERE n.level = 5 AND n.id < c.id AND n.geom && c.geom AND ST_Relate(n.geom, c.geom, '2********')
        )), c.geom) AS geom
        FROM community c
    ), ground AS MATERIALIZED (
        -- Long edges are broken first: what is straight in degrees is not in the plane.
        SELECT code, ST_ReducePrecision(
            ST_Transform(ST_Segmentize(ST_Intersection(geom, built_up), %(step)s), epsg), %(grain)s) AS geom
        FROM alone, city
    ), square AS MATERIALIZED (
        SELECT g.code, g.geom AS ground, s.i, s.j, s.geom FROM ground g
        CROSS JOIN LATERAL ST_SquareGrid(%(side)s, g.geom) s WHERE ST_Intersects(g.geom, s.geom)
    ), piece AS (
        SELECT code, i, j, (ST_Dump(CASE WHEN ST_Contains(ground, geom) THEN geom
                                    ELSE ST_Intersection(ground, geom, %(grain)s) END)).geom FROM square
    )
    SELECT row_number() OVER () AS id, code, i, j, geom, ST_Area(geom) AS area FROM piece
    WHERE ST_Dimension(geom) = 2
"""
_JOIN: Final = """
    WITH small AS (
        SELECT * FROM geo_piece WHERE area < %(least)s
    ), chosen AS (
        SELECT DISTINCT ON (s.id) s.id, b.id AS into_id
        FROM small s
        JOIN (VALUES (0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)) AS beside(i, j) ON true
        JOIN geo_piece b ON b.code = s.code AND b.i = s.i + beside.i AND b.j = s.j + beside.j AND b.area >= %(least)s
        CROSS JOIN LATERAL (SELECT ST_Length(ST_Intersection(s.geom, b.geom)) AS shared) AS edge
        WHERE shared > 0 ORDER BY s.id, shared DESC, b.id
    ), merged AS (
        SELECT b.id, ST_UnaryUnion(ST_Collect(ARRAY[b.geom] || array_agg(s.geom)), %(grain)s) AS geom
        FROM chosen c JOIN geo_piece s ON s.id = c.id JOIN geo_piece b ON b.id = c.into_id GROUP BY b.id, b.geom
    ), grown AS (
        UPDATE geo_piece p SET geom = m.geom, area = ST_Area(m.geom) FROM merged m
        WHERE p.id = m.id AND GeometryType(m.geom) = 'POLYGON' RETURNING p.id
    )
    DELETE FROM geo_piece p USING chosen c WHERE p.id = c.id AND c.into_id IN (SELECT id FROM grown)
"""
_LAST_NUMBER: Final = """COALESCE((
    SELECT max(right(g.code, 3)::int) FROM geo_gridcell g WHERE g.division_code = p.code), 0)"""
_TOO_MANY: Final = f"""
    SELECT code, count(*) + {_LAST_NUMBER} FROM geo_piece p WHERE area >= %s
    GROUP BY code HAVING count(*) + {_LAST_NUMBER} > %s ORDER BY code LIMIT 5
"""
_NUMBER: Final = f"""
    INSERT INTO geo_gridcell
        (id, code, division_code, geom, centre, area_m2, land_use, initial_date, end_date, is_synthetic)
    SELECT full_code::bigint, full_code, code, shape, ST_PointOnSurface(shape), area, COALESCE(u.kind, ''),
           %(day)s, NULL, %(synthetic)s
    FROM (
        SELECT code, area, ST_Transform(p.geom, 4326) AS shape, code || lpad(({_LAST_NUMBER} + row_number() OVER (
            PARTITION BY code ORDER BY j DESC, i, ST_X(ST_Centroid(p.geom)), ST_Y(ST_Centroid(p.geom)) DESC
        ))::text, 3, '0') AS full_code
        FROM geo_piece p WHERE area >= %(scrap)s
    ) AS numbered
    LEFT JOIN LATERAL (
        SELECT a.kind FROM geo_basearea a
        WHERE NOT a.kind = 'building' AND ST_Intersects(a.geom, ST_Centroid(shape)) ORDER BY a.area_m2, a.id LIMIT 1
    ) AS u ON true
"""
_STREETS: Final = """
    SELECT s.code, ST_XMin(s.geom), ST_YMin(s.geom), ST_XMax(s.geom), ST_YMax(s.geom)
    FROM geo_division s, geo_city c
    WHERE s.level = 4 AND s.code LIKE %s AND s.geom && c.built_up AND ST_Intersects(s.geom, c.built_up) ORDER BY s.code
"""


class TooManyCells(Conflict):
    """A community is larger than its three digits can number."""

    code = "too_many_grid_cells"
    message = zh("以下社区的建成区过大，单元网格超过 {most} 个，请先划小社区：{communities}")


def generate_grid(actor: Actor, *, division_code: str, day: date, progress: Progress, is_synthetic: bool) -> Generated:
    """Fill the built-up area below a division with unit grids, street by street; each street is one transaction.

    Communities that have cells in force keep them. day: from which the new cells are in force. Numbers run inside a
    community from west to east, then from north to south; those of ended cells are not given out again.
    Raises: TooManyCells naming the communities.
    Source: GB/T 30428.1-2013, unit grids (size, code, order of numbers); the treatment of edges is a house rule.
    """
    code = DivisionCode(division_code)
    with connection.cursor() as cursor:
        cursor.execute(_STREETS, [f"{code.prefix}%"])
        streets = cursor.fetchall()
    made = worked = 0
    for number, (street, *box) in enumerate(streets):
        progress.step(number, total=len(streets))
        cells = _fill(actor, street=street, box=box, day=day, is_synthetic=is_synthetic)
        made, worked = made + cells, worked + bool(cells)
    progress.step(len(streets), total=len(streets))
    return Generated(areas=worked, made=made, skipped=len(streets) - worked)


def remove_generated_grid(actor: Actor, *, division_code: str) -> int:
    """Take out the generated cells below a division, so that they can be drawn anew; surveyed cells stay.

    Only for demonstrations and before a grid is in use: a real cell is ended, never removed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        prefix = DivisionCode(division_code).prefix
        cursor.execute("DELETE FROM geo_gridcell WHERE is_synthetic AND division_code LIKE %s", [f"{prefix}%"])
        removed = int(cursor.rowcount)
        if removed:
            identity.record(actor, action="geo.remove_generated_grid", target=division_code, details={"cells": removed})
            layer_changed("geo.grid")
    return removed


def _fill(actor: Actor, *, street: str, box: Sequence[float], day: date, is_synthetic: bool) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CUT, {"street": street, "side": SIDE_M, "grain": GRAIN_M, "step": STEP_DEG})
        cursor.execute(_JOIN, {"least": LEAST_CELL_M2, "grain": GRAIN_M})
        cursor.execute(_TOO_MANY, [LEAST_SCRAP_M2, MOST_CELLS])
        large = cursor.fetchall()
        if large:
            named = "、".join(f"{code}（{count}）" for code, count in large)
            raise TooManyCells(params={"most": MOST_CELLS, "communities": named})
        cursor.execute(_NUMBER, {"scrap": LEAST_SCRAP_M2, "day": day, "synthetic": is_synthetic})
        cells = int(cursor.rowcount)
        cursor.execute("DROP TABLE geo_piece")
        if cells:
            identity.record(actor, action="geo.generate_grid", target=street, details={"cells": cells})
            layer_changed("geo.grid", box=(box[0], box[1], box[2], box[3]))
    return cells
