"""Tasks of a response: opened with it, checked off on the board or where the case is handled, told of when late."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.domains.emergency.models import PlanStep, Response, ResponseTask
from onecity.domains.emergency.permissions import HANDLE
from onecity.domains.emergency.process import TASK_TYPE, class_of
from onecity.domains.emergency.rules.codes import titled
from onecity.domains.emergency.rules.plans import applies
from onecity.domains.emergency.services.timeline import add_line
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases import api as cases
from onecity.platform.cases.contracts import NewCase, TaskAnswer
from onecity.platform.identity.api import accounts_with_permission, record, row_scope
from onecity.platform.messages.api import send

_BOARD: Final = system_actor("emergency.board")


class TaskOver(Conflict):
    """The task is done or dropped already."""

    code = "emergency_task_over"
    message = zh("该任务已经结束")


def open_tasks(actor: Actor, row: Response, *, now: datetime) -> int:
    """Open the tasks of all steps that the response's level asks for and that are not open yet; returns how many.

    In the caller's transaction, on a locked response.
    """
    held = set(ResponseTask.objects.filter(response=row, fell_away=False).values_list("step_id", flat=True))
    steps = PlanStep.objects.filter(version_id=row.version_id).select_related("group").order_by("serial")
    fresh = [step for step in steps if step.pk not in held and applies(step.weakest_level, level=row.level)]
    for step in fresh:
        _open_task(actor, row, step, now=now)
    for body in sorted({step.group.organisation_id for step in fresh}):
        titles = "；".join(step.title for step in fresh if step.group.organisation_id == body)
        holders = accounts_with_permission(HANDLE, organisation_id=body, division_code=row.division_code)
        values = {
            "plan": row.plan.name,
            "title": titled(row.incident.title, is_drill=row.is_drill),
            "tasks": titles[:200],
        }
        link = f"/emergency/responses/{row.pk}"
        goals = [item.id for item in holders]
        send(actor, to=goals, template="emergency.tasks_opened", params=values, link=link, now=now)
    return len(fresh)


def finish_task(actor: Actor, *, task_id: int, note: str, now: datetime, dropped: bool = False) -> None:
    """Check a task off, or drop it with the reason.

    Raises: NotPermitted for who does not work for the task's body; NotFound; TaskOver; Invalid for a drop without a
    reason.
    """
    if dropped and not note.strip():
        raise Invalid(fields={"note": zh("请写明不再执行的理由")})
    if not actor.may(HANDLE):
        raise NotPermitted
    with transaction.atomic():
        task = _locked(task_id)
        scope = row_scope(actor, HANDLE)
        if not scope.everything and task.organisation_id not in scope.organisation_ids:
            raise NotPermitted
        if task.state != ResponseTask.State.OPEN:
            raise TaskOver
        settle_task(actor, task, dropped=dropped, note=note, now=now)


def settle_task(actor: Actor, task: ResponseTask, *, dropped: bool, note: str, now: datetime) -> None:
    """End an open task and the case that carries it, in the caller's transaction on the locked row."""
    task.state = ResponseTask.State.DROPPED if dropped else ResponseTask.State.DONE
    task.done_at, task.note = now, note.strip()[:600]
    task.done_by_id = actor.id if actor.kind == "account" else None
    task.save()
    words = task.get_state_display()
    text = f"{task.step.title}：{words}{'，' + task.note if task.note else ''}"
    add_line(actor, incident=task.response.incident, kind="task", text=text, at=now)
    details = {"step": task.step.serial, "state": str(task.state)}
    record(actor, action="emergency.finish_task", target=f"emergency.responsetask:{task.pk}", details=details)
    if task.case_number:
        _end_case(task.case_number, dropped=dropped, note=task.note or words, now=now)


def note_case_closed(number: str, *, now: datetime) -> None:
    """Check a task off whose case was ended on the case's own page; what the board ended is over already."""
    with transaction.atomic():
        task = (
            ResponseTask.objects.select_for_update(of=("self",))
            .select_related("step", "response", "response__incident")
            .filter(case_number=number, state=ResponseTask.State.OPEN)
            .first()
        )
        if task is not None:
            outcomes = [item.outcome for item in cases.case(_BOARD, number, now=now).tasks]
            settle_task(_BOARD, task, dropped="drop" in outcomes, note="在案件中办结", now=now)


def tell_of_late_tasks_at(*, now: datetime) -> int:
    """Tell the bodies of tasks that have passed their limit, once each; returns how many messages went out."""
    sent = 0
    with transaction.atomic():
        rows = ResponseTask.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=ResponseTask.State.OPEN, due_at__lt=now, late_told_at__isnull=True
        )
        for task in rows.select_related("step", "response", "response__incident").order_by("due_at")[:200]:
            task.late_told_at = now
            task.save(update_fields=["late_told_at"])
            holders = accounts_with_permission(HANDLE, organisation_id=task.organisation_id)
            values = {
                "title": titled(task.response.incident.title, is_drill=task.response.is_drill),
                "task": task.step.title,
            }
            link, goals = f"/emergency/responses/{task.response_id}", [item.id for item in holders]
            sent += send(_BOARD, to=goals, template="emergency.task_late", params=values, link=link, now=now)
    return sent


def _open_task(actor: Actor, row: Response, step: PlanStep, *, now: datetime) -> None:
    task = ResponseTask.objects.create(
        response=row,
        step=step,
        group=step.group,
        organisation_id=step.group.organisation_id,
        opened_at=now,
        due_at=now + timedelta(minutes=step.limit_minutes),
    )
    if row.is_drill:
        return
    incident = row.incident
    place = None
    if incident.longitude is not None and incident.latitude is not None:
        place = (incident.longitude, incident.latitude)
    opened = cases.open_case(
        actor,
        new=NewCase(
            type_code=TASK_TYPE,
            title=f"{step.title}（{incident.title}）"[:120],
            description=step.detail,
            organisation_id=row.organisation_id,
            handler_id=task.organisation_id,
            class_code=class_of(step.limit_minutes),
            source_code="emergency.plan",
            urgency=2,
            division_code=row.division_code,
            location=place,
            address=incident.address,
            origin=f"emergency.task:{task.pk}",
        ),
        now=now,
    )
    task.case_id, task.case_number = opened.id, opened.number
    task.save(update_fields=["case", "case_number"])


def _end_case(number: str, *, dropped: bool, note: str, now: datetime) -> None:
    waiting = [item for item in cases.case(_BOARD, number, now=now).tasks if item.state == "open"]
    for item in waiting:
        answer = TaskAnswer("drop" if dropped else "done", note)
        cases.complete_task(_BOARD, task_id=item.id, answer=answer, now=now)


def _locked(task_id: int) -> ResponseTask:
    task = (
        ResponseTask.objects.select_for_update(of=("self",))
        .select_related("step", "response", "response__incident")
        .filter(id=task_id)
        .first()
    )
    if task is None:
        raise NotFound(zh("没有这个任务"))
    return task
