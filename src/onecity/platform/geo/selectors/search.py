"""Searching the map: divisions, grid codes, streets, places, and coordinates typed in."""

import re
from typing import Final

from django.db import connection

from onecity.kernel.patterns import like_literal
from onecity.platform.geo.contracts import Found

LONGEST: Final = 64
_PAIR: Final = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*")
_CODE: Final = re.compile(r"\d{6,15}")

_SEARCH: Final = """
    SELECT kind, name, detail, longitude, latitude, zoom, link FROM (
    (SELECT 'division' AS kind, d.name, COALESCE(p.name, '') AS detail, ST_X(d.centre) AS longitude,
            ST_Y(d.centre) AS latitude, (ARRAY[6, 9, 10.5, 13, 15])[d.level]::float8 AS zoom,
            '/divisions/' || d.code AS link, d.level AS rank, d.id
     FROM geo_division d LEFT JOIN geo_division p ON p.code = d.parent_code
     WHERE d.centre IS NOT NULL AND {division}
     ORDER BY d.name <> %(words)s, d.level, d.id LIMIT %(size)s)
    UNION ALL
    (SELECT 'grid', g.code, d.name, ST_X(g.centre), ST_Y(g.centre), 16.5, '/grids/' || g.code, 6, g.id
     FROM geo_gridcell g JOIN geo_division d ON d.code = g.division_code
     WHERE %(is_code)s AND g.code LIKE %(prefix)s ORDER BY g.id LIMIT %(size)s)
    UNION ALL
    (SELECT 'road', name, '', ST_X(point), ST_Y(point), 15, '', 7, id FROM (
        SELECT DISTINCT ON (r.name) r.name, r.id, ST_LineInterpolatePoint(r.geom, 0.5) AS point FROM geo_road r
        WHERE {road} ORDER BY r.name, r.length_m DESC
     ) AS streets ORDER BY name <> %(words)s, id LIMIT %(size)s)
    UNION ALL
    (SELECT 'place', p.name, COALESCE(NULLIF(p.address, ''), p.kind), ST_X(p.geom), ST_Y(p.geom), 17, '', 8, p.id
     FROM geo_place p WHERE {place} OR {address}
     ORDER BY p.name <> %(words)s, p.name NOT ILIKE %(inside)s, p.id LIMIT %(size)s)
    ) AS found ORDER BY name <> %(words)s, rank, id LIMIT %(size)s
"""


def _holds(column: str) -> str:
    """Return the condition that a column holds the words; the index narrows, the comparison decides."""
    return f"(geo_bigrams({column}) @> geo_bigrams(%(words)s) AND {column} ILIKE %(inside)s)"


_SQL: Final = _SEARCH.format(
    division=f"(CASE WHEN %(is_code)s THEN d.code LIKE %(prefix)s ELSE {_holds('d.name')} END)",
    road=_holds("r.name"),
    place=_holds("p.name"),
    address=_holds("p.address"),
)


def search(text: str, *, size: int = 10) -> list[Found]:
    """Return what the words name, at most `size`: what is called just so first, then larger divisions, grids,
    streets, places.

    text: words of a name or an address, the first digits (6 or more) of a division's or grid's code, or a pair
    of coordinates `125.32, 43.88`. Fewer than two characters find nothing.
    """
    text = text.strip()[:LONGEST]
    point = _point(text)
    if point:
        return [point]
    if len(text) < 2:
        return []
    escaped = like_literal(text)
    values: dict[str, str | bool | int] = {
        "words": text,
        "inside": f"%{escaped}%",
        "prefix": f"{escaped}%",
        "is_code": bool(_CODE.fullmatch(text)),
        "size": size,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [Found(*row) for row in cursor.fetchall()]


def _point(text: str) -> Found | None:
    pair = _PAIR.fullmatch(text)
    if pair is None:
        return None
    longitude, latitude = float(pair[1]), float(pair[2])
    if abs(longitude) > 180 or abs(latitude) > 90:
        return None
    return Found("point", f"{longitude:.6f}, {latitude:.6f}", "", longitude, latitude, 16.0)
