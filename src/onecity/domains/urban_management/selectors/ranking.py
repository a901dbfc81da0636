"""How departments and divisions stand, in one statement for each list."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection

from onecity.domains.urban_management.contracts import Standing
from onecity.domains.urban_management.rules.metrics import HANDLING
from onecity.domains.urban_management.selectors.measures import seen_cases
from onecity.kernel.actor import Actor
from onecity.platform.geo.api import divisions
from onecity.platform.identity.api import organisations
from onecity.platform.indicators.declare import Period

STREET_DIGITS: Final = 9
STREET_LEVEL: Final = 4
GRID_DIGITS: Final = 15
# Handling steps of the period, and what became of each; `key` is the department or the beginning of the division code.
_STANDINGS: Final = """
    WITH seen AS (SELECT case_id, status, closed_at, handler_id, division_code FROM ({cases}) AS c),
    steps AS (
        SELECT {key} AS key, s.case_id, s.opened_at, s.due_at, s.ended_at, s.outcome
        FROM urban_management_steprecord s JOIN seen ON seen.case_id = s.case_id
        WHERE s.node = ANY(%(nodes)s) AND s.opened_at < %(end)s
          AND (s.opened_at >= %(start)s OR s.due_at >= %(start)s OR s.ended_at >= %(start)s OR s.ended_at IS NULL)
    ), failed AS (
        SELECT {failed_key} AS key, count(*) AS times
        FROM urban_management_steprecord s JOIN seen ON seen.case_id = s.case_id
        WHERE s.ended_at >= %(start)s AND s.ended_at < %(end)s AND s.outcome IN ('fail', 'rework')
        GROUP BY 1
    ), ended AS (
        SELECT {case_key} AS key, count(*) AS times FROM seen
        WHERE seen.status = 'closed' AND seen.closed_at >= %(start)s AND seen.closed_at < %(end)s GROUP BY 1
    ), sums AS (
        SELECT key,
            count(DISTINCT case_id) FILTER (WHERE opened_at >= %(start)s) AS received,
            count(*) FILTER (WHERE (due_at >= %(start)s AND due_at < %(end)s)
                                OR (ended_at >= %(start)s AND ended_at < %(end)s)) AS due,
            count(*) FILTER (WHERE ended_at >= %(start)s AND ended_at < %(end)s AND outcome = 'done') AS handled,
            count(*) FILTER (WHERE ended_at >= %(start)s AND ended_at < %(end)s
                               AND (due_at IS NULL OR ended_at <= due_at)) AS on_time,
            count(*) FILTER (WHERE ended_at IS NULL AND due_at < %(end)s) AS late_open,
            count(*) FILTER (WHERE ended_at >= %(start)s AND ended_at < %(end)s AND outcome = 'return') AS returned
        FROM steps GROUP BY key
    )
    SELECT key::text, COALESCE(s.received, 0), COALESCE(s.due, 0), COALESCE(s.handled, 0), COALESCE(s.on_time, 0),
        COALESCE(s.late_open, 0), COALESCE(s.returned, 0), COALESCE(f.times, 0), COALESCE(e.times, 0)
    FROM sums s FULL JOIN failed f USING (key) FULL JOIN ended e USING (key)
    WHERE key IS NOT NULL AND key::text <> ''
"""
_BY_DEPARTMENT: Final = {"key": "s.organisation_id", "failed_key": "seen.handler_id", "case_key": "seen.handler_id"}


def departments(actor: Actor, period: Period) -> list[Standing]:
    """Return how each department stands that had something to handle, the best on top."""
    names = {str(item.id): item.short_name or item.name for item in organisations()}
    return _ranked(_rows(actor, period, _BY_DEPARTMENT), names)


def places(actor: Actor, period: Period, *, digits: int) -> list[Standing]:
    """Return how each street (9 digits) or unit grid (15) stands, the best on top, where cases lie in one."""
    own = f"CASE WHEN length(seen.division_code) >= {int(digits)} THEN left(seen.division_code, {int(digits)}) END"
    rows = _rows(actor, period, {"key": own, "failed_key": own, "case_key": own})
    names = (
        {item.code: item.full_name or item.name for item in divisions(level=STREET_LEVEL)}
        if digits < GRID_DIGITS
        else {}
    )
    return _ranked(rows, names)


def _ranked(rows: Sequence[tuple[Any, ...]], names: dict[str, str]) -> list[Standing]:
    """Sort by the rate in time, then by how much was handled; who had nothing due stands last."""
    found = [Standing(str(row[0]), names.get(str(row[0]), str(row[0])), *row[1:]) for row in rows]
    return sorted(found, key=lambda item: (-_rank(item), -item.handled, item.code))


def _rank(item: Standing) -> float:
    return -1.0 if item.on_time_rate is None else item.on_time_rate


def _rows(actor: Actor, period: Period, keys: dict[str, str]) -> list[tuple[Any, ...]]:
    columns = ("case_id", "status", "closed_at", "handler_id", "division_code")
    try:
        cases, values = seen_cases(actor).values(*columns).query.sql_with_params()
    except EmptyResultSet:  # the actor may see nothing at all
        return []
    named = {f"v{place}": value for place, value in enumerate(values)}
    text = _STANDINGS.format(cases=cases % tuple(f"%({name})s" for name in named), **keys)
    with connection.cursor() as cursor:
        cursor.execute(text, {**named, "nodes": list(HANDLING), "start": period.start, "end": period.end})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
