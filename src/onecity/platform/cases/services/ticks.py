"""What is done every so often: lights turn, counters are folded, people are told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from onecity.kernel import bus, clock
from onecity.kernel.actor import system_actor
from onecity.platform.cases.events import LIGHT_CHANGED
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.telling import Holders, responsible, supervisors, tell_of_light
from onecity.platform.cases.services.writing import written_lines
from onecity.platform.identity.api import record

BATCH: Final = 100
CLOCK: Final = system_actor("clock")

# Cases with a clock, their own or a task's, that has reached its warning or its end. Whoever works on a case holds its
# lock; its lights turn at the next tick.
_DUE: Final = """
    SELECT id, number FROM cases_case WHERE id IN (
        (SELECT id FROM cases_case WHERE next_light_at <= %(now)s ORDER BY next_light_at LIMIT %(batch)s)
        UNION
        (SELECT case_id FROM cases_task WHERE state = 'open' AND next_light_at <= %(now)s
         ORDER BY next_light_at LIMIT %(batch)s)
    ) AND (status = 'open' OR EXISTS (
        SELECT FROM cases_task t WHERE t.case_id = cases_case.id AND t.state = 'open'  -- an approval of a closed case
    )) FOR NO KEY UPDATE SKIP LOCKED
"""
_TURN_TASKS: Final = """
    UPDATE cases_task SET
        light = CASE WHEN due_at <= %(now)s THEN 'red' ELSE 'yellow' END,
        next_light_at = CASE WHEN due_at <= %(now)s THEN NULL ELSE due_at END,
        watch_at = CASE WHEN due_at <= %(now)s THEN %(now)s::timestamptz END, watch_step = 0
    WHERE case_id = ANY(%(cases)s::bigint[]) AND state = 'open' AND next_light_at <= %(now)s
    RETURNING case_id, id, name, light, post, organisation_id, division_code, assignee_id
"""
_TURN_CASES: Final = """
    WITH due AS (
        SELECT c.id, c.light AS before, c.next_light_at <= %(now)s AS turns,
            CASE WHEN c.due_at <= COALESCE(c.paused_at, %(now)s) THEN 2
                 WHEN c.warn_at <= COALESCE(c.paused_at, %(now)s) THEN 1 ELSE 0 END AS own,
            COALESCE((SELECT max(CASE t.light WHEN 'red' THEN 2 WHEN 'yellow' THEN 1 ELSE 0 END)
                      FROM cases_task t WHERE t.case_id = c.id AND t.state = 'open'), 0) AS tasks
        FROM cases_case c WHERE c.id = ANY(%(cases)s::bigint[])
    ), turned AS (
        UPDATE cases_case c SET
            light = CASE WHEN c.status <> 'open' THEN c.light
                         ELSE (ARRAY['green', 'yellow', 'red'])[greatest(due.own, due.tasks) + 1] END,
            next_light_at = CASE WHEN due.turns AND c.due_at <= %(now)s THEN NULL
                                 WHEN due.turns THEN c.due_at ELSE c.next_light_at END
        FROM due WHERE c.id = due.id
        RETURNING c.id, c.case_type_id, due.before, c.light, due.turns, due.own, c.organisation_id, c.division_code
    )
    SELECT * FROM turned
"""
_WRITE: Final = """
    INSERT INTO cases_entry (case_id, task_id, at, kind, actor, actor_name, organisation_id, text, data)
    SELECT e.case_id, e.task_id, e.at, e.kind, e.actor, e.actor_name, e.organisation_id, e.text, e.data
    FROM jsonb_to_recordset(%(entries)s::jsonb) AS e(case_id bigint, task_id bigint, at timestamptz, kind text,
        actor text, actor_name text, organisation_id bigint, text text, data jsonb, line int) ORDER BY e.line
"""
_FOLD: Final = """
    WITH gone AS (
        DELETE FROM cases_counterdelta WHERE id IN (
            SELECT id FROM cases_counterdelta ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
        ) RETURNING scope_keys, case_type_id, status, change
    )
    INSERT INTO cases_counter AS c (scope_key, case_type_id, status, number)
    SELECT key, case_type_id, status, sum(change) FROM gone, unnest(scope_keys) AS key
    GROUP BY key, case_type_id, status HAVING sum(change) <> 0 ORDER BY key, case_type_id, status
    ON CONFLICT (scope_key, case_type_id, status) DO UPDATE SET number = c.number + EXCLUDED.number
"""


@dataclass(frozen=True, slots=True)
class Turned:
    """A light that turned: a task's, or with task_id None the case's own."""

    case_id: int
    task_id: int | None
    type_id: int
    name: str
    light: str
    number: str
    organisation_id: int | None
    division_code: str
    to: Callable[[Holders], Sequence[int]]


def turn_lights(*, now: datetime) -> int:
    """Turn the lights of every clock that has reached its warning or its end, and tell; returns how many turned.

    now: city time.
    """
    turned = 0
    while True:
        batch = _turn_batch(now)
        turned += len(batch)
        if len(batch) < BATCH:
            return turned


def turn_due_lights() -> int:
    """Turn the lights that are due by the city's time; the tick."""
    return turn_lights(now=clock.city_now())


def fold_counters() -> int:
    """Fold the changes of counters into the counters; returns how many counters changed."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"batch": 20_000})
        return int(cursor.rowcount)


def _turn_batch(now: datetime) -> Sequence[Turned]:
    with transaction.atomic():
        numbers = dict(_rows(_DUE, {"now": now, "batch": BATCH}))
        if not numbers:
            return ()
        cases = list(numbers)
        tasks = _rows(_TURN_TASKS, {"now": now, "cases": cases})
        types: dict[int, int] = {}
        turned = list(_turned_cases(_rows(_TURN_CASES, {"now": now, "cases": cases}), types, numbers))
        turned += [_turned_task(row, types, numbers) for row in tasks]
        _tell(turned, now=now)
    return turned


def _turned_cases(
    rows: Sequence[tuple[Any, ...]], types: dict[int, int], numbers: Mapping[int, str]
) -> Iterator[Turned]:
    """Yield the cases whose own light turned; note every case's type."""
    for case_id, type_id, _, _, turns, own, organisation_id, division in rows:
        types[case_id] = type_id
        if turns:
            to = supervisors(organisation_id=organisation_id, division_code=division)
            light = "red" if own == 2 else "yellow"
            yield Turned(case_id, None, type_id, "", light, numbers[case_id], organisation_id, division, to)


def _turned_task(row: tuple[Any, ...], types: Mapping[int, int], numbers: Mapping[int, str]) -> Turned:
    case_id, task_id, name, light, post, organisation_id, division, assignee_id = row
    to = responsible(
        post=post,
        organisation_id=organisation_id,
        division_code=division,
        assignee_id=assignee_id,
        late=light == "red",
    )
    number, type_id = numbers[case_id], types[case_id]
    return Turned(case_id, task_id, type_id, name, light, number, organisation_id, division, to)


def _tell(turned: Sequence[Turned], *, now: datetime) -> None:
    holders, lines = Holders(now=now), []
    for item in turned:
        told = tell_of_light(
            holders,
            number=item.number,
            name=item.name,
            light=item.light,
            to=item.to,
            now=now,
            task_id=item.task_id,
        )
        data = {"light": item.light, "name": item.name, "told": told}
        line = entry("light", CLOCK, at=now, data=data, task_id=item.task_id)
        lines.append({**line, "case_id": item.case_id})
    _rows(_WRITE, {"entries": written_lines(lines)})
    record(CLOCK, action="cases.turn_lights", details={"turned": len(turned)})
    for item in turned:
        bus.announce(
            LIGHT_CHANGED,
            case_id=item.case_id,
            task_id=item.task_id,
            type_code=type_of(item.type_id).code,
            light=item.light,
            organisation_id=item.organisation_id,
            division_code=item.division_code,
            at=now,
        )


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
        return rows
