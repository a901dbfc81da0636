"""The rows that a step writes, as JSON for the one statement that writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.platform.cases.process.elements import UserTask
from onecity.platform.cases.rules.clocks import Light, TimedLimit
from onecity.platform.cases.rules.outcomes import OutcomeRule

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that begins to wait. assignee_id: who gets it at once; None for the pool."""

    token: str
    element: UserTask
    organisation_id: int | None
    clock: TimedLimit | None
    assignee_id: int | None = None


def task_row(task: NewTask, *, division_code: str, now: datetime) -> Row:
    """Return a new task's row."""
    return {
        "token": task.token,
        "node": task.element.id,
        "name": task.element.name[:80],
        "stage_code": task.element.stage,
        "post": task.element.post,
        "organisation_id": task.organisation_id,
        "division_code": division_code,
        "opened_at": now.isoformat(),
        "assignee_id": task.assignee_id,
        "claimed_at": now.isoformat() if task.assignee_id is not None else None,
        "watch_at": watch_moment(task.clock, now=now),
        **clock_columns(task.clock, now=now),
    }


def watch_moment(timed: TimedLimit | None, *, now: datetime) -> str | None:
    """Return when a task is looked at first for being late: at once if it is, else when its light turns."""
    late = timed is not None and timed.clock.paused_at is None and timed.light(now=now) == "red"
    return now.isoformat() if late else None


def clock_columns(timed: TimedLimit | None, *, now: datetime) -> Row:
    """Return the columns that hold a clock."""
    if timed is None:
        empty: Row = dict.fromkeys(("due_at", "warn_at", "paused_at", "next_light_at"))
        return {**empty, "light": "green", "clock": {}}
    clock, change = timed.clock, timed.next_change(now=now)
    return {
        "due_at": clock.due_at.isoformat(),
        "warn_at": clock.warn_at.isoformat(),
        "paused_at": clock.paused_at.isoformat() if clock.paused_at else None,
        "next_light_at": change.isoformat() if change else None,
        "light": timed.light(now=now),
        "clock": timed.kept(),
    }


def entry(
    kind: str,
    actor: Actor,
    *,
    at: datetime,
    text: str = "",
    data: Mapping[str, object] | None = None,
    task_id: int | None = None,
    token: str = "",
) -> Row:
    """Return a line of history. token: of a task that the same statement writes, in place of its id."""
    return {
        "kind": kind,
        "at": at.isoformat(),
        "actor": actor.key[:60],
        "actor_name": actor.name[:60],
        "organisation_id": actor.organisation_id,
        "text": text,
        "data": dict(data or {}),
        "task_id": task_id,
        "token": token,
    }


def task_opened_entry(task: NewTask, actor: Actor, *, at: datetime) -> Row:
    """Return the line that tells of a new task."""
    due = task.clock.clock.due_at.isoformat() if task.clock else None
    data = {"node": task.element.id, "name": task.element.name, "organisation_id": task.organisation_id, "due_at": due}
    if task.assignee_id is not None:
        data |= {"assignee_id": task.assignee_id, "pick": task.element.pick}
    return entry("task_opened", actor, at=at, data=data, token=task.token)


def completed_entry(
    actor: Actor, *, element: UserTask, outcome: OutcomeRule, note: str, at: datetime, task_id: int, data: Row
) -> Row:
    """Return the line that tells how a task ended."""
    facts = {"node": element.id, "name": element.name, "outcome": outcome.code, "outcome_name": outcome.name, **data}
    return entry("completed", actor, at=at, text=note.strip(), data=facts, task_id=task_id)


def status_entry(actor: Actor, *, status: str, ends: Sequence[str], light: Light, at: datetime) -> Row:
    """Return the line that tells that the case has ended."""
    return entry("closed", actor, at=at, data={"status": status, "ends": list(ends), "light": light})
