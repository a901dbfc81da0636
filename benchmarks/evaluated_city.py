"""A month of a large city for evaluation: every case of the bench's city with its record and six steps."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Final

from django.db import connection

from benchmarks.case_city import City
from benchmarks.report import Result, progress
from onecity.domains.urban_management.models import EvaluationResult, EvaluationRun
from onecity.domains.urban_management.services.evaluating import evaluate, month_bounds
from onecity.platform.identity.api import organisation

MONTH: Final = date(2026, 3, 1)
AFTER: Final = datetime(2026, 4, 2, tzinfo=UTC)
STEPS: Final = ("accept", "dispatch", "handle", "feedback", "check", "close")
_CASES: Final = """
    INSERT INTO urban_management_caserecord (
        case_id, number, title, source_code, class_code, organisation_id, handler_id, division_code, address,
        opened_at, due_at, status, closed_at, reported_by, verdict, filed_at, filed_due_at, accepted_by, dispatched_by,
        misfiled)
    SELECT id, number, title,
        (ARRAY['urban_management.patrol', 'urban_management.citizen', 'urban_management.hotline'])[1 + draw(id, 21, 3)],
        'E0304-1', %(centre)s, organisation_id, division_code, '', at, at + interval '3 days', status,
        CASE WHEN status <> 'open' THEN at + draw(id, 22, 400000) * interval '1 second' END,
        'account:' || draw(id, 23, 1000), CASE WHEN status = 'void' THEN 'wrong' ELSE '' END,
        CASE WHEN status <> 'void' THEN at + interval '10 minutes' END, at + interval '15 minutes',
        'account:' || 2000 + draw(id, 24, 40), 'account:' || 3000 + draw(id, 25, 40), draw(id, 26, 100) < 3
    FROM (SELECT *, %(start)s::timestamptz + draw(id, 20, 2591999) * interval '1 second' AS at FROM cases_case) c
    ORDER BY at
"""
_STEPS: Final = """
    INSERT INTO urban_management_steprecord (
        task_id, case_id, node, organisation_id, division_code, opened_at, due_at, ended_at, outcome, ended_by)
    SELECT c.case_id * 10 + n, c.case_id, node, c.handler_id, c.division_code, opened, opened + interval '1 day',
        opened + draw(c.case_id * 10 + n, 31, 100000) * interval '1 second',
        CASE WHEN node = 'accept' THEN 'accept'
             WHEN draw(c.case_id * 10 + n, 32, 100) < 4 THEN CASE WHEN node = 'check' THEN 'fail' ELSE 'return' END
             ELSE 'done' END,
        'account:' || 4000 + draw(c.case_id * 10 + n, 33, 1000)
    FROM urban_management_caserecord c
    CROSS JOIN LATERAL (SELECT n::int, node, c.opened_at + n * interval '4 hours' AS opened
                        FROM unnest(%(nodes)s::text[]) WITH ORDINALITY AS step (node, n)) s
"""
_READ: Final = """
    SELECT count(*), max(c.opened_at), max(s.ended_at), max(s.ended_by)
    FROM urban_management_steprecord s JOIN urban_management_caserecord c ON c.case_id = s.case_id
"""


def measure_month(city: City) -> Result:
    """Write the month into the current database and evaluate it, beside reading and joining the same rows once."""
    centre = _root(city)
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_CASES, {"centre": centre, "start": month_bounds(MONTH)[0]})
        cursor.execute(_STEPS, {"nodes": list(STEPS)})
        cursor.execute("VACUUM ANALYZE urban_management_caserecord, urban_management_steprecord")
    progress(f"a month's records written in {perf_counter() - began:.0f} s")
    took = _seconds(lambda: evaluate(centre, month=MONTH, now=AFTER, by="system"))
    row = EvaluationRun.objects.get(status="done")
    progress(f"{row.cases:,} cases, {row.steps:,} steps, {EvaluationResult.objects.count():,} objects in {took:.1f} s")
    bare = _seconds(_read)
    return Result("evaluation_1m", took, "s", bare, "reading and joining the same rows once", "lower")


def _read() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_READ)


def _seconds(deed: Callable[[], object]) -> float:
    began = perf_counter()
    deed()
    return perf_counter() - began


def _root(city: City) -> int:
    parent = organisation(city.owners[0][0]).parent_id
    assert parent is not None
    return parent
