"""The sums of an evaluation: a few statements for all regions, departments, posts and supervisors of a month."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from onecity.domains.urban_management.rules.catalogue import Kind
from onecity.domains.urban_management.rules.evaluation import metrics_of
from onecity.domains.urban_management.selectors.counting import COUNTS, LEVELS, Base, Count, Value, owner_of, values_of

Sums = Mapping[str, Mapping[str, int]]
# What a month touches, copied once: each statement below reads it, and no other month.
_CASES: Final = """
    CREATE TEMPORARY TABLE urban_month_case ON COMMIT DROP AS
    SELECT case_id, status, source_code, division_code, handler_id, opened_at, due_at, closed_at, reported_by, verdict,
           filed_at, filed_due_at, accepted_by, dispatched_by, misfiled
    FROM urban_management_caserecord
    WHERE organisation_id = ANY(%(owners)s) AND opened_at < %(end)s
      AND (opened_at >= %(start)s OR due_at >= %(start)s OR closed_at >= %(start)s OR filed_at >= %(start)s)
"""
_STEPS: Final = """
    CREATE TEMPORARY TABLE urban_month_step ON COMMIT DROP AS
    SELECT s.node, s.organisation_id, s.opened_at, s.due_at, s.ended_at, s.ended_by, s.outcome, c.division_code,
           c.handler_id, c.accepted_by, c.dispatched_by
    FROM urban_management_steprecord s JOIN urban_management_caserecord c ON c.case_id = s.case_id
    WHERE c.organisation_id = ANY(%(owners)s) AND s.opened_at < %(end)s
      AND (s.opened_at >= %(start)s OR s.due_at >= %(start)s OR s.ended_at >= %(start)s)
"""
# The columns of a case stand beside each step under the name that conditions use.
_FROM: Final[Mapping[Base, str]] = {
    "case": "urban_month_case c",
    "step": "urban_month_step s CROSS JOIN LATERAL"
    " (SELECT s.division_code, s.handler_id, s.accepted_by, s.dispatched_by) c",
}


def copy_month(owners: Sequence[int], *, start: datetime, end: datetime) -> tuple[int, int]:
    """Copy what the month touches into temporary tables of the transaction; return how many cases and steps."""
    values: dict[str, Value] = {"owners": list(owners), "start": start, "end": end}
    found = []
    with connection.cursor() as cursor:
        for statement, table in ((_CASES, "urban_month_case"), (_STEPS, "urban_month_step")):
            cursor.execute(statement, values)
            cursor.execute(f"ANALYZE {table}")
            cursor.execute(f"SELECT count(*) FROM {table}")
            found.append(int(cursor.fetchone()[0]))
    return found[0], found[1]


def sums(kind: Kind, *, start: datetime, end: datetime) -> Mapping[str, Sums]:
    """Return the counts of each object of a kind: by level ("" but for regions), key, and code of the count."""
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for level, key, code, number in _read(kind, start=start, end=end):
        found[level][key][code] = number
    return found


def _read(kind: Kind, *, start: datetime, end: datetime) -> Iterator[tuple[str, str, str, int]]:
    values = values_of(start, end)
    with connection.cursor() as cursor:
        for group in _groups(kind):
            cursor.execute(_statement(kind, group), values)
            for row in cursor:
                yield from _unfolded(kind, group, row)


def _groups(kind: Kind) -> list[list[Count]]:
    """Return the counts that a kind is judged by, those of one table and one owner together."""
    groups: dict[tuple[str, str], list[Count]] = defaultdict(list)
    for code in wanted_counts(kind):
        count = COUNTS[code]
        owner = owner_of(kind, count, digits=LEVELS[0])
        if owner:
            groups[count.base, owner].append(count)
    return list(groups.values())


def wanted_counts(kind: Kind) -> list[str]:
    """Return the codes of the counts that a kind's metrics are made of."""
    codes: Iterable[str] = (
        code for metric in metrics_of(kind) for code in (metric.top, metric.less, *metric.bottom) if code
    )
    return list(dict.fromkeys(codes))


def _statement(kind: Kind, group: Sequence[Count]) -> str:
    base = group[0].base
    numbers = ", ".join(f"count(*) FILTER (WHERE {count.when})" for count in group)
    if kind != "region":
        return f"SELECT 0, {owner_of(kind, group[0])}, {numbers} FROM {_FROM[base]} GROUP BY 2"
    keys = ", ".join(f"{owner_of(kind, group[0], digits=digits)} AS k{digits}" for digits in LEVELS)
    names = ", ".join(f"k.k{digits}" for digits in LEVELS)
    sets = ", ".join(f"(k.k{digits})" for digits in LEVELS)
    return f"""
        SELECT grouping({names}), COALESCE({names}), {numbers}
        FROM {_FROM[base]} CROSS JOIN LATERAL (SELECT {keys}) k GROUP BY GROUPING SETS ({sets})
    """


def _unfolded(kind: Kind, group: Sequence[Count], row: Sequence[Any]) -> Iterator[tuple[str, str, str, int]]:
    mask, key, *numbers = row
    if not key or key.endswith(":") or not any(numbers):
        return
    level = ""
    if kind == "region":
        level = str(next(digits for place, digits in enumerate(reversed(LEVELS)) if not mask >> place & 1))
    elif kind == "post":
        level, _, key = key.partition(":")
    for count, number in zip(group, numbers, strict=True):
        yield level, key, count.code, number
