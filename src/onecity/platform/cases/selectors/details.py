"""One case as an actor sees it: facts, clocks, stages, tasks, history, neighbours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import (
    CaseInfo,
    CaseRow,
    ClockInfo,
    EntryInfo,
    Neighbour,
    OutcomeInfo,
    StageInfo,
    TaskInfo,
)
from onecity.platform.cases.models import Case, Entry, Task
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.rules.clocks import TimedLimit, read_clock, share_used
from onecity.platform.cases.rules.data import shown_data
from onecity.platform.cases.rules.joint import ASSIST_ANSWERS, is_assistance
from onecity.platform.cases.rules.outcomes import OutcomeRule
from onecity.platform.cases.rules.requests import ANSWERS, is_approval
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.deputies import stood_in_for
from onecity.platform.cases.selectors.lists import case_row
from onecity.platform.cases.selectors.scopes import covers, division_keys, organisation_keys
from onecity.platform.cases.selectors.statements import COLUMNS
from onecity.platform.cases.selectors.types import visible_types
from onecity.platform.cases.selectors.versions import Version, version

NEAR_METRES: Final = 200.0
NEAR_HOURS: Final = 72.0
MOST_NEIGHBOURS: Final = 20

_NEAR: Final = f"""
    SELECT {COLUMNS}, ST_Distance(c.location::geography, o.location::geography) AS metres
    FROM cases_case o JOIN cases_case c ON c.id <> o.id AND c.status = 'open' AND c.case_type_id = o.case_type_id
        AND c.location && ST_Expand(o.location, %(degrees)s)
        AND c.opened_at BETWEEN o.opened_at - %(span)s AND o.opened_at + %(span)s
        AND (c.class_code = o.class_code OR c.class_code = '' OR o.class_code = '')
        AND (%(everything)s OR c.scope_keys && %(keys)s::varchar[])
    WHERE o.id = %(case)s AND ST_DWithin(c.location::geography, o.location::geography, %(metres)s)
    ORDER BY metres, c.id LIMIT %(most)s
"""


def case_id(actor: Actor, number: str) -> int:
    """Return the id of a case that the actor may see.

    Raises: NotFound, also for a case that the actor may not know of.
    """
    return _visible(actor, number).id


def case(actor: Actor, number: str, *, now: datetime) -> CaseInfo:
    """Return a whole case. now: city time, for the clocks.

    Raises: NotFound, also for a case that the actor may not know of.
    """
    people = (actor, *stood_in_for(actor, now=now))
    row = _visible(actor, number, people=people)
    form = version(row.version_id)
    tasks = list(Task.objects.filter(case_id=row.id).order_by("id"))
    merged_into = Case.objects.values_list("number", flat=True).get(id=row.merged_into_id) if row.merged_into_id else ""
    merged_from = Case.objects.filter(merged_into_id=row.id).order_by("id").values_list("number", flat=True)
    timed = read_clock(row.clock, due_at=row.due_at, warn_at=row.warn_at, paused_at=row.paused_at)
    return CaseInfo(
        row=_case_row(row),
        description=row.description,
        scheme_code=row.scheme_code,
        revision=row.revision,
        version_id=form.id,
        version_number=form.number,
        origin=row.origin or "",
        reporter_name=row.reporter_name_masked,
        reporter_phone=row.reporter_phone_masked,
        opened_by=row.opened_by,
        data=shown_data(form.settings.data, row.data),
        clock=_clock(timed, division=row.division_code, now=row.closed_at or now),
        stages=_stages(form, row, tasks),
        tasks=[_task(people, item, form=form, row=row, now=now) for item in tasks],
        merged_into=merged_into,
        merged_from=list(merged_from),
        suspended_until=row.suspended_until,
    )


def history(actor: Actor, number: str) -> list[EntryInfo]:
    """Return a case's history, the oldest first.

    Raises: NotFound.
    """
    return entries_of(_visible(actor, number).id)


def entries_of(case_id: int) -> list[EntryInfo]:
    """Return the history of a case that the actor has been shown, the oldest first."""
    rows = Entry.objects.filter(case_id=case_id).order_by("id")
    return [
        EntryInfo(
            row.id,
            row.at,
            row.kind,
            "" if row.actor == "system" else row.actor_name,
            row.organisation_id,
            row.text,
            row.data,
            row.task_id,
        )
        for row in rows
    ]


def neighbours(actor: Actor, number: str, *, metres: float = NEAR_METRES, hours: float = NEAR_HOURS) -> list[Neighbour]:
    """Return open cases of the same type and class near in place and time, the nearest first.

    metres: on the ground; hours: between the openings. A case without a place has no neighbours.
    Raises: NotFound.
    """
    return near(actor, _case_row(_visible(actor, number)), metres=metres, hours=hours)


def near(actor: Actor, row: CaseRow, *, metres: float = NEAR_METRES, hours: float = NEAR_HOURS) -> list[Neighbour]:
    """Return the neighbours of a case that the actor has been shown, the nearest first; see `neighbours`."""
    if row.location is None:
        return []
    keys = actor.scopes(VIEW)
    values: dict[str, Any] = {
        "case": row.id,
        "metres": metres,
        "degrees": metres / 40_000,
        "span": timedelta(hours=hours),
        "everything": EVERYTHING in keys,
        "keys": list(keys),
        "most": MOST_NEIGHBOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, values)
        found = cursor.fetchall()
    return [_neighbour(item, opened_at=row.opened_at) for item in found]


def passed_nodes(tasks: Sequence[TaskInfo]) -> tuple[list[str], list[str]]:
    """Return the nodes of the tasks that a case has passed, and of those that wait, for the drawn process."""
    waiting = sorted({task.node for task in tasks if task.state == Task.State.OPEN})
    passed = sorted({task.node for task in tasks if task.state == Task.State.DONE} - set(waiting))
    return passed, waiting


def _visible(actor: Actor, number: str, *, people: Sequence[Actor] = ()) -> Case:
    """Return a case that the actor may see. people: he and those for whom he stands in; empty for himself alone."""
    row = Case.objects.filter(number=number).first()
    if row is None or not any(_sees(person, row) for person in people or (actor,)):
        raise NotFound(zh("没有这个案件，或您无权查看"))
    return row


def _sees(actor: Actor, row: Case) -> bool:
    types = {item.id for item in visible_types(actor)}
    return row.case_type_id in types and covers(actor, VIEW, keys=frozenset(row.scope_keys))


def _case_row(row: Case) -> CaseRow:
    longitude, latitude = row.location.coords if row.location else (None, None)
    return case_row(
        (
            row.id, row.number, row.case_type_id, row.title, row.scheme_code, row.class_code, row.source_code,
            row.urgency, row.status, row.stage_code, row.light, row.organisation_id, row.handler_id, row.division_code,
            row.address, longitude, latitude, row.opened_at, row.due_at, row.closed_at, row.version_id,
        )
    )  # fmt: skip


def _neighbour(row: tuple[Any, ...], *, opened_at: datetime) -> Neighbour:
    found = case_row(row[:-1])
    return Neighbour(found, float(row[-1]), abs((found.opened_at - opened_at).total_seconds()) / 3600)


def _clock(timed: TimedLimit | None, *, division: str, now: datetime) -> ClockInfo | None:
    if timed is None:
        return None
    return ClockInfo(
        amount=format(float(timed.limit.amount), "g"),
        unit=timed.limit.unit,
        due_at=timed.clock.due_at,
        light=timed.light(now=now),
        paused_at=timed.clock.paused_at,
        used=share_used(timed, now=now, calendar=calendar_of(division)),
    )


def _stages(form: Version, row: Case, tasks: Sequence[Task]) -> list[StageInfo]:
    manned = {element.stage for element in form.process.diagram.user_tasks.values()}
    passed = {task.stage_code for task in tasks if task.state == Task.State.DONE}
    passed |= {stage.code for stage in form.settings.stages} - manned  # nobody works there: passed once reached
    shown, reached = [], row.status != Case.Status.OPEN
    for stage in reversed(form.settings.stages):
        if stage.code == row.stage_code and row.status == Case.Status.OPEN:
            state, reached = "now", True
        else:
            state = "passed" if reached and stage.code in passed else "skipped" if reached else "ahead"
        shown.append(StageInfo(stage.code, stage.name, state))
    return shown[::-1]


def _task(people: Sequence[Actor], task: Task, *, form: Version, row: Case, now: datetime) -> TaskInfo:
    element = form.process.diagram.user_tasks.get(task.node)
    outcomes = _outcomes(element.outcomes if element else _answers_beside(task.node))
    governed = _governed(form, task.node) if element else frozenset()
    waits = task.state == Task.State.OPEN
    timed = read_clock(task.clock, due_at=task.due_at, warn_at=task.warn_at, paused_at=task.paused_at)
    return TaskInfo(
        id=task.id,
        node=task.node,
        name=task.name,
        stage_code=task.stage_code,
        state=task.state,
        post=task.post,
        organisation_id=task.organisation_id,
        assignee_id=task.assignee_id,
        opened_at=task.opened_at,
        ended_at=task.ended_at,
        ended_by=task.ended_by,
        outcome=task.outcome,
        outcome_name=next((item.name for item in outcomes if item.code == task.outcome), task.outcome),
        clock=_clock(timed, division=row.division_code, now=task.ended_at or now),
        light=task.light,
        form=element.form if element else "",
        outcomes=[item for item in outcomes if item.code not in governed],
        mine=waits and _open_for(task, row) and any(_may_end(person, task) for person in people),
    )


def _may_end(actor: Actor, task: Task) -> bool:
    keys = frozenset({*organisation_keys(task.organisation_id), *division_keys(task.division_code)})
    free = task.assignee_id is None or (actor.kind == "account" and actor.id == task.assignee_id)
    return free and covers(actor, task.post, keys=keys)


def _answers_beside(node: str) -> Sequence[OutcomeRule]:
    """Return how a task beside the process ends: an approval, or assistance."""
    if is_approval(node):
        return ANSWERS
    return ASSIST_ANSWERS if is_assistance(node) else ()


def _open_for(task: Task, row: Case) -> bool:
    """Say whether a waiting task may be ended now: approvals always, others while the case runs."""
    return is_approval(task.node) or (row.status == Case.Status.OPEN and row.suspended_until is None)


def _governed(form: Version, node: str) -> frozenset[str]:
    """Return the outcomes of a task that are given by request only."""
    rules = form.settings.requests.values()
    return frozenset(rule.outcome for rule in rules if rule.kind == "return" and rule.covers(node))


def _outcomes(rules: Sequence[OutcomeRule]) -> list[OutcomeInfo]:
    return [OutcomeInfo(item.code, item.name, item.tone, item.reason, item.files, item.organisation) for item in rules]
