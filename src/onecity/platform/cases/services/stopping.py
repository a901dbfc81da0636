"""Ending a case from outside its process: waiting tasks are cancelled, rows of lists and counters turned over."""

from datetime import datetime
from typing import Literal

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.platform.cases.events import CASE_CLOSED
from onecity.platform.cases.models import Assistance, Case, Request, Task
from onecity.platform.cases.selectors.types import type_of
from onecity.platform.cases.services.locking import waiting_tasks
from onecity.platform.cases.services.rows import Row, entry
from onecity.platform.cases.services.writing import turn_lists


def stop_case(
    actor: Actor, case: Case, *, status: Literal["closed", "merged"], now: datetime, into: Case | None = None
) -> list[Row]:
    """End a locked open case in the caller's transaction; returns the lines of history that tell of its tasks."""
    lines: list[Row] = []
    for task in waiting_tasks(case.id):
        task.state, task.ended_at, task.next_light_at = Task.State.CANCELLED, now, None
        task.save(update_fields=["state", "ended_at", "next_light_at"])
        lines.append(entry("cancelled", actor, at=now, data={"name": task.name}, task_id=task.id))
    Request.objects.filter(case=case, state=Request.State.PENDING).update(state=Request.State.LAPSED, decided_at=now)
    waiting = Assistance.objects.filter(case=case, state=Assistance.State.WAITING)
    waiting.update(state=Assistance.State.LAPSED, ended_at=now)
    turn_lists(case, was=case.status, status=status)
    case.status, case.closed_at, case.merged_into_id = status, now, into.id if into else None
    case.next_light_at, case.suspended_until, case.revision = None, None, case.revision + 1
    fields = ["status", "closed_at", "merged_into", "next_light_at", "suspended_until", "revision"]
    case.save(update_fields=fields)
    return lines


def announce_stopped(case: Case, *, now: datetime) -> None:
    """Tell that a case has ended."""
    bus.announce(
        CASE_CLOSED,
        case_id=case.id,
        number=case.number,
        type_code=type_of(case.case_type_id).code,
        status=case.status,
        light=case.light,
        origin=case.origin or "",
        organisation_id=case.organisation_id,
        at=now,
    )
