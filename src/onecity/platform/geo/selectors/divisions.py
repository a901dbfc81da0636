"""Reading divisions. They are public: everybody may know them."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from onecity.kernel.errors import NotFound
from onecity.kernel.identifiers.divisions import parse_division_code
from onecity.kernel.patterns import like_literal
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import Box, DivisionInfo, GeoJSON

FULL_NAME: Final = """(
    SELECT string_agg(above.name, '' ORDER BY above.level) FROM geo_division above
    WHERE above.code IN (left({code}, 6), left({code}, 9), left({code}, 12)) AND above.level >= 3
)"""
_INFO: Final = f"""
    SELECT d.code, d.name, d.level, d.parent_code, {FULL_NAME.format(code="d.code")}, ST_X(d.centre), ST_Y(d.centre),
           d.is_synthetic
    FROM geo_division d
"""


def division(code: str) -> DivisionInfo:
    """Return one division; trailing zeros of the code do not matter.

    Raises: InvalidDivisionCode; NotFound.
    """
    found = _rows(f"{_INFO} WHERE d.code = %s", [parse_division_code(code).value])
    if not found:
        raise NotFound(zh("没有这个行政区划"))
    return found[0]


def divisions(
    *, level: int | None = None, parent_code: str = "", search: str = "", after: int = 0, size: int | None = None
) -> list[DivisionInfo]:
    """Return divisions in the order of their codes.

    level: 1 province to 5 community. parent_code: only those directly below. search: part of the name, or the
    beginning of the code. after: the code, as a number, behind which to begin. size: how many; None for all.
    """
    conditions = ["d.id > %s"]
    parameters: list[str | int] = [after]
    if level is not None:
        conditions.append("d.level = %s")
        parameters.append(level)
    if parent_code:
        conditions.append("d.parent_code = %s")
        parameters.append(parent_code)
    if search:
        conditions.append(_SEARCH)
        parameters.extend([search, f"%{like_literal(search)}%", f"{like_literal(search)}%"])
    limit = "" if size is None else f" LIMIT {int(size)}"
    return _rows(f"{_INFO} WHERE {' AND '.join(conditions)} ORDER BY d.id{limit}", parameters)


def division_box(code: str) -> Box | None:
    """Return the box around a division; None while it has no outline."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM geo_division"
            " WHERE code = %s AND geom IS NOT NULL",
            [code],
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2], row[3]) if row else None


def division_outline(code: str) -> GeoJSON | None:
    """Return a division's outline for a map, thinned to about ten metres; None while it has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsGeoJSON(ST_Simplify(geom, 0.0001, true), 6) FROM geo_division"
            " WHERE code = %s AND geom IS NOT NULL",
            [code],
        )
        row = cursor.fetchone()
    return GeoJSON(row[0]) if row else None


_SEARCH: Final = "((geo_bigrams(d.name) @> geo_bigrams(%s) AND d.name ILIKE %s) OR d.code LIKE %s)"


def _rows(sql: str, parameters: Sequence[str | int]) -> list[DivisionInfo]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [
            DivisionInfo(
                code=row[0],
                name=row[1],
                level=row[2],
                parent_code=row[3],
                full_name=row[4] or row[1],
                longitude=row[5],
                latitude=row[6],
                is_synthetic=row[7],
            )
            for row in cursor.fetchall()
        ]
