"""The statements that write a step: one round trip each, everything or nothing.

A case's rows lie in six tables. Written one after the other they cost more in round trips than in work, so each kind of
step is one statement of which the parts see one another's ids.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection

from onecity.platform.cases.models import Case

COUNTED_EVERYWHERE: Final = "*"
_TASK_COLUMNS: Final = (
    "token, node, name, stage_code, post, organisation_id, division_code, assignee_id, claimed_at,"
    " opened_at, due_at, warn_at, paused_at,"
    " next_light_at, watch_at, light, clock"
)
_TASK_FIELDS: Final = (
    "token text, node text, name text, stage_code text, post text, organisation_id bigint, division_code text,"
    " assignee_id bigint, claimed_at timestamptz, opened_at timestamptz, due_at timestamptz,"
    " warn_at timestamptz, paused_at timestamptz, next_light_at timestamptz, watch_at timestamptz,"
    " light text, clock jsonb"
)
_ENTRY_FIELDS: Final = (
    "kind text, at timestamptz, actor text, actor_name text, organisation_id bigint, text text, data jsonb,"
    " task_id bigint, token text, line int"
)


def _new_tasks(case: str) -> str:
    return f"""
        INSERT INTO cases_task (case_id, state, outcome, ended_by, {_TASK_COLUMNS})
        SELECT {case}.id, 'open', '', '', {", ".join(f"t.{name}" for name in _TASK_COLUMNS.split(", "))}
        FROM {case}, jsonb_to_recordset(%(tasks)s::jsonb) AS t({_TASK_FIELDS})
        RETURNING id, token
    """


def _new_entries(case: str) -> str:
    return f"""
        INSERT INTO cases_entry (case_id, task_id, at, kind, actor, actor_name, organisation_id, text, data)
        SELECT {case}.id, COALESCE(e.task_id, begun.id), e.at, e.kind, e.actor, e.actor_name, e.organisation_id,
               e.text, e.data
        FROM {case}, jsonb_to_recordset(%(entries)s::jsonb) AS e({_ENTRY_FIELDS})
        LEFT JOIN begun ON begun.token = e.token
        ORDER BY e.line
    """


_BEGUN: Final = "(SELECT jsonb_object_agg(token, id) FROM begun)"

OPEN_SQL: Final = f"""
    WITH drawn AS (
        INSERT INTO cases_serial AS s (division_code, day, last) VALUES (%(division)s, %(day)s, 1)
        ON CONFLICT (division_code, day) DO UPDATE SET last = s.last + 1
        RETURNING lpad(last::text, 5, '0') AS serial
    ), opened AS (
        INSERT INTO cases_case (
            number, case_type_id, version_id, title, description, scheme_code, class_code, source_code, urgency, status,
            stage_code, light, organisation_id, handler_id, reporter_organisation_id, division_code, location, address,
            reporter_name_sealed, reporter_name_masked, reporter_phone_sealed, reporter_phone_hashed,
            reporter_phone_masked, opened_by, origin, opened_at, due_at, warn_at, paused_at, next_light_at, closed_at,
            clock, data, outcomes, workflow, revision, scope_keys)
        SELECT %(division)s || to_char(%(day)s::date, 'YYYYMMDD') || drawn.serial, %(case_type_id)s, %(version_id)s,
            %(title)s, %(description)s, %(scheme_code)s, %(class_code)s, %(source_code)s, %(urgency)s, %(status)s,
            %(stage_code)s, %(light)s, %(organisation_id)s, %(handler_id)s::bigint,
            %(reporter_organisation_id)s::bigint, %(division_code)s,
            ST_SetSRID(ST_MakePoint(%(longitude)s::float8, %(latitude)s::float8), 4326), %(address)s,
            %(reporter_name_sealed)s, %(reporter_name_masked)s, %(reporter_phone_sealed)s, %(reporter_phone_hashed)s,
            %(reporter_phone_masked)s, %(opened_by)s, %(origin)s::text, %(now)s, %(due_at)s::timestamptz,
            %(warn_at)s::timestamptz, %(paused_at)s::timestamptz, %(next_light_at)s::timestamptz,
            %(closed_at)s::timestamptz, %(clock)s::jsonb, %(data)s::jsonb, '{{}}', %(workflow)s::jsonb, 1,
            %(scope_keys)s::text[]
        FROM drawn
        ON CONFLICT (origin) WHERE origin IS NOT NULL DO NOTHING
        RETURNING id, number
    ), begun AS ({_new_tasks("opened")}), history AS ({_new_entries("opened")}), seen AS (
        INSERT INTO cases_visibility (scope_key, status, opened_at, case_id)
        SELECT key, %(status)s, %(now)s, opened.id FROM opened, unnest(%(scope_keys)s::text[]) AS key
    ), found AS (
        INSERT INTO cases_searchterms (case_id, opened_at, terms)
        SELECT opened.id, %(now)s, %(terms)s::bigint[] FROM opened
    ), counted AS (
        INSERT INTO cases_counterdelta (scope_keys, case_type_id, status, change)
        SELECT %(counted_keys)s::text[], %(case_type_id)s, %(status)s, 1 FROM opened
    )
    SELECT opened.id, opened.number, {_BEGUN} FROM opened
"""

STEP_SQL: Final = f"""
    WITH stepped AS (
        UPDATE cases_case SET status = %(status)s, stage_code = %(stage_code)s, light = %(light)s,
            handler_id = %(handler_id)s::bigint, due_at = %(due_at)s::timestamptz, warn_at = %(warn_at)s::timestamptz,
            paused_at = %(paused_at)s::timestamptz, next_light_at = %(next_light_at)s::timestamptz,
            closed_at = %(closed_at)s::timestamptz, clock = %(clock)s::jsonb, data = %(data)s::jsonb,
            outcomes = %(outcomes)s::jsonb, workflow = %(workflow)s::jsonb, scope_keys = %(scope_keys)s::text[],
            revision = revision + 1
        WHERE id = %(case_id)s RETURNING id, opened_at, case_type_id, revision
    ), ended AS (
        UPDATE cases_task t SET state = CASE WHEN id = %(task_id)s THEN 'done' ELSE 'cancelled' END,
            ended_at = %(now)s, ended_by = CASE WHEN id = %(task_id)s THEN %(ended_by)s ELSE '' END,
            outcome = CASE WHEN id = %(task_id)s THEN %(outcome)s ELSE '' END, next_light_at = NULL,
            assignee_id = COALESCE(assignee_id, CASE WHEN id = %(task_id)s THEN %(assignee_id)s::bigint END)
        WHERE id = ANY(%(ended_ids)s::bigint[])
    ), begun AS ({_new_tasks("stepped")}), history AS ({_new_entries("stepped")}), seen AS (
        INSERT INTO cases_visibility (scope_key, status, opened_at, case_id)
        SELECT key, %(status)s, stepped.opened_at, stepped.id FROM stepped, unnest(%(new_keys)s::text[]) AS key
    ), counted AS (
        INSERT INTO cases_counterdelta (scope_keys, case_type_id, status, change)
        SELECT %(new_keys)s::text[], stepped.case_type_id, %(status)s, 1 FROM stepped
        WHERE cardinality(%(new_keys)s::text[]) > 0
    ), found AS (
        UPDATE cases_searchterms SET terms = terms || %(new_terms)s::bigint[]
        WHERE case_id = %(case_id)s AND cardinality(%(new_terms)s::bigint[]) > 0
    )
    SELECT stepped.revision, {_BEGUN} FROM stepped
"""

TURN_SQL: Final = """
    WITH turned AS (
        UPDATE cases_visibility SET status = %(status)s
        WHERE scope_key = ANY(%(keys)s::text[]) AND status = %(was)s AND opened_at = %(opened_at)s
          AND case_id = %(case_id)s
    )
    INSERT INTO cases_counterdelta (scope_keys, case_type_id, status, change)
    VALUES (%(counted)s::text[], %(case_type_id)s, %(was)s, -1),
           (%(counted)s::text[], %(case_type_id)s, %(status)s, 1)
"""

ENTRIES_SQL: Final = f"""
    INSERT INTO cases_entry (case_id, task_id, at, kind, actor, actor_name, organisation_id, text, data)
    SELECT %(case_id)s, e.task_id, e.at, e.kind, e.actor, e.actor_name, e.organisation_id, e.text, e.data
    FROM jsonb_to_recordset(%(entries)s::jsonb) AS e({_ENTRY_FIELDS}) ORDER BY e.line
"""


def written(value: object) -> str:
    """Return JSON as the statements take it."""
    return json.dumps(value, ensure_ascii=False)


def written_lines(entries: Iterable[Mapping[str, object]]) -> str:
    """Return lines of history as the statements take them, in this order."""
    return written([{**item, "line": line} for line, item in enumerate(entries)])


def run(sql: str, values: Mapping[str, Any]) -> "tuple[Any, ...] | None":
    """Run one of the statements in the caller's transaction; its first row, if it gives rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return row


def task_ids(begun: str | None) -> dict[str, int]:
    """Return the ids of new tasks by token, from the statements' last column."""
    found: dict[str, int] = json.loads(begun or "{}")
    return found


def turn_lists(case: Case, *, was: str, status: str) -> None:
    """Turn a case's rows of lists and counters over from one status to another."""
    values = {
        "status": status,
        "was": was,
        "keys": case.scope_keys,
        "counted": [*case.scope_keys, COUNTED_EVERYWHERE],
        "opened_at": case.opened_at,
        "case_id": case.id,
        "case_type_id": case.case_type_id,
    }
    run(TURN_SQL, values)


def write_entries(case_id: int, *entries: Mapping[str, object]) -> None:
    """Write lines of history that stand alone."""
    run(ENTRIES_SQL, {"case_id": case_id, "entries": written_lines(entries)})
