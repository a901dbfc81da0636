"""The tasks that wait for an actor: by the posts he holds and where he holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.platform.cases.contracts import TaskRow
from onecity.platform.cases.selectors.deputies import stood_in_for
from onecity.platform.cases.selectors.posts import known_posts
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.identity.api import row_scope
from onecity.web.paging import PAGE_SIZE, Count, Cursor, Page

FAR: Final = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
MOST_COUNTED: Final = 1_000

_COLUMNS: Final = (
    "t.id, t.name, t.node, t.case_id, c.number, c.title, c.case_type_id, c.address, c.urgency, t.light, t.opened_at,"
    " t.due_at, t.paused_at, t.organisation_id, t.assignee_id, COALESCE(t.due_at, %(far)s) AS due"
)
_KEY: Final = "(COALESCE(t.due_at, %(far)s), t.id)"
_MINE: Final = "AND (t.assignee_id IS NULL OR t.assignee_id = ANY(%(accounts)s::bigint[]))"
_CLAIMED: Final = "AND t.assignee_id = ANY(%(accounts)s::bigint[])"
_CONDITION: Final = """
    t.state = 'open' AND t.post = ANY(%(posts)s::text[]) AND EXISTS (
        SELECT FROM unnest(%(posts)s::text[], %(everywhere)s::bool[]) AS p(post, everywhere)
        WHERE p.post = t.post AND (p.everywhere OR (p.post, t.organisation_id) IN (
            SELECT * FROM unnest(%(organisation_posts)s::text[], %(organisations)s::bigint[])
        ) OR EXISTS (
            SELECT FROM unnest(%(division_posts)s::text[], %(divisions)s::text[]) AS d(post, division)
            WHERE d.post = t.post AND t.division_code LIKE d.division
        ))
    )
"""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a list of waiting tasks is narrowed by. claimed: only those that the actor has claimed."""

    type_code: str = ""
    light: str = ""
    claimed: bool = False


def waiting_tasks(
    actor: Actor,
    *,
    filters: TaskFilter = TaskFilter(),
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
    now: datetime | None = None,
) -> Page[TaskRow]:
    """Return the tasks that wait for the actor, first due on top; those that others have claimed are left out.

    now: city time; with it, tasks of those for whom he stands in are among them.
    """
    values = _values(actor, now)
    if not values["posts"]:
        return Page(rows=[], count=Count(0))
    condition, more = _narrowed(filters)
    values.update(more, rows=size + 1)
    if after:
        condition += f" AND {_KEY} > (%(after_at)s, %(after_id)s)"
        values.update(after_at=after.at, after_id=after.id)
    sql = (
        f"SELECT {_COLUMNS} FROM cases_task t JOIN cases_case c ON c.id = t.case_id"
        f" WHERE {_CONDITION} {condition} ORDER BY due, t.id LIMIT %(rows)s"
    )
    rows = _rows(sql, values)
    shown = rows[:size]
    further = Cursor(at=shown[-1][-1], id=shown[-1][0]) if len(rows) > size else None
    return Page(
        rows=[_task_row(row) for row in shown],
        next=further,
        count=None if after else count_waiting(actor, filters=filters, now=now),
    )


def count_waiting(actor: Actor, *, filters: TaskFilter = TaskFilter(), now: datetime | None = None) -> Count:  # frozen
    """Return how many tasks wait for the actor, counted up to a thousand; `now` as for `waiting_tasks`."""
    values = _values(actor, now)
    condition, more = _narrowed(filters)
    sql = (
        "SELECT count(*) FROM (SELECT FROM cases_task t JOIN cases_case c ON c.id = t.case_id"
        f" WHERE {_CONDITION} {condition} LIMIT %(most)s) w"
    )
    number = int(_rows(sql, {**values, **more, "most": MOST_COUNTED + 1})[0][0])
    return Count(min(number, MOST_COUNTED), open_ended=number > MOST_COUNTED)


def _values(actor: Actor, now: datetime | None) -> dict[str, Any]:
    people = (actor, *(stood_in_for(actor, now=now) if now else ()))
    values: dict[str, Any] = {
        "posts": [],
        "everywhere": [],
        "organisation_posts": [],
        "organisations": [],
        "division_posts": [],
        "divisions": [],
        "far": FAR,
        "accounts": [item.id for item in people if item.kind == "account"],
    }
    for person in people:
        _add_posts(values, person)
    return values


def _add_posts(values: dict[str, Any], person: Actor) -> None:
    for post in sorted(post for post in known_posts() if person.may(post)):
        scope = row_scope(person, post)
        values["posts"].append(post)
        values["everywhere"].append(EVERYTHING in person.scopes(post))
        values["organisation_posts"] += [post] * len(scope.organisation_ids)
        values["organisations"] += scope.organisation_ids
        values["division_posts"] += [post] * len(scope.division_codes)
        values["divisions"] += [f"{code}%" for code in scope.division_codes]


def _narrowed(filters: TaskFilter) -> tuple[str, dict[str, Any]]:
    condition, values = (_CLAIMED if filters.claimed else _MINE), {}
    if filters.light:
        condition += " AND t.light = %(light)s"
        values["light"] = filters.light
    if filters.type_code:
        condition += " AND c.case_type_id = (SELECT id FROM cases_casetype WHERE code = %(type_code)s)"
        values["type_code"] = filters.type_code
    return condition, values


def _task_row(row: Sequence[Any]) -> TaskRow:
    (
        task_id, name, node, case, number, title, type_id, address, urgency, light, opened_at, due_at, paused_at,
        organisation_id, assignee_id, _,
    ) = row  # fmt: skip
    return TaskRow(
        task_id, name, node, case, number, title, type_of(type_id).name, address, urgency, light, opened_at, due_at,
        paused_at, organisation_id, assignee_id,
    )  # fmt: skip


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
