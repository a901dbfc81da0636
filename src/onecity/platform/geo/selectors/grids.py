"""Reading unit grids."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from onecity.kernel.errors import NotFound
from onecity.kernel.identifiers.divisions import DivisionCode
from onecity.kernel.identifiers.grid_code import imported_grid_code
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import GridInfo
from onecity.platform.geo.selectors.divisions import FULL_NAME

GRID_COLUMNS: Final = f"""
    g.code, g.division_code, {FULL_NAME.format(code="g.division_code")}, ST_X(g.centre), ST_Y(g.centre), g.area_m2,
    g.land_use, g.initial_date, g.end_date, g.is_synthetic
"""
_INFO: Final = f"SELECT {GRID_COLUMNS} FROM geo_gridcell g"


def grid_cell(code: str) -> GridInfo:
    """Return one unit grid, in force or ended; 14-digit codes of older systems are understood.

    Raises: InvalidGridCode; NotFound.
    """
    found = _rows(f"{_INFO} WHERE g.code = %s", [imported_grid_code(code).value])
    if not found:
        raise NotFound(zh("没有这个单元网格"))
    return found[0]


def grid_cells(*, code_prefix: str = "", after: int = 0, size: int = 20, ended: bool = False) -> list[GridInfo]:
    """Return unit grids in the order of their codes.

    code_prefix: first digits of the grid's code, so those of any division above. after: the code, as a number, behind
    which to begin. ended: also those no longer in force.
    """
    conditions = ["g.id > %s"]
    values: list[str | int] = [after]
    if code_prefix:
        low, high = int(code_prefix.ljust(15, "0")), int(code_prefix.ljust(15, "9"))
        conditions.append("g.id BETWEEN %s AND %s")
        values.extend([low, high])
    if not ended:
        conditions.append("g.end_date IS NULL")
    return _rows(f"{_INFO} WHERE {' AND '.join(conditions)} ORDER BY g.id LIMIT {int(size)}", values)


def grid_count(division_code: str) -> int:
    """Return how many unit grids in force lie in a division."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM geo_gridcell WHERE division_code LIKE %s AND end_date IS NULL",
            [f"{DivisionCode(division_code).prefix}%"],
        )
        return int(cursor.fetchone()[0])


def grid_outline(code: str) -> str:
    """Return a unit grid's outline as GeoJSON.

    Raises: NotFound.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_AsGeoJSON(geom, 7) FROM geo_gridcell WHERE code = %s", [code])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(zh("没有这个单元网格"))
    return str(row[0])


def grid_info(row: Sequence[Any]) -> GridInfo:
    """Read a row of the columns in `GRID_COLUMNS`, perhaps followed by the distance from a point."""
    return GridInfo(
        code=row[0],
        division_code=row[1],
        full_name=row[2] or "",
        longitude=row[3],
        latitude=row[4],
        area_m2=row[5],
        land_use=row[6],
        initial_date=row[7],
        end_date=row[8],
        is_synthetic=row[9],
        distance_m=row[10] if len(row) > 10 else 0.0,
    )


def _rows(sql: str, parameters: Sequence[str | int]) -> list[GridInfo]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [grid_info(row) for row in cursor.fetchall()]
