"""Starting a response, changing its level, ending it: everything of a step in one transaction."""

from datetime import datetime

from django.db import transaction

from onecity.domains.emergency.contracts import StartedResponse
from onecity.domains.emergency.events import RESPONSE_ENDED, RESPONSE_LEVEL_CHANGED, RESPONSE_STARTED
from onecity.domains.emergency.models import (
    Incident,
    PlanLevel,
    PlanVersion,
    Response,
    ResponseLevelChange,
    ResponseTask,
)
from onecity.domains.emergency.permissions import COMMAND
from onecity.domains.emergency.rules.codes import RESPONSE_LEVELS
from onecity.domains.emergency.rules.plans import applies
from onecity.domains.emergency.selectors.responses import ResponseMissing
from onecity.domains.emergency.services.locking import facts_of, locked
from onecity.domains.emergency.services.tasks import open_tasks, settle_task
from onecity.domains.emergency.services.timeline import add_line
from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, row_scope


class ResponseOver(Conflict):
    """The response has ended."""

    code = "response_over"
    message = zh("该应急响应已经终止")


def start_response(
    actor: Actor, *, number: str, version_id: int, level: int, conditions_met: str, now: datetime
) -> StartedResponse:
    """Start a published plan for a verified incident: its groups and all tasks of the level are open at once.

    While a response of the same plan goes on, nothing more is started. Groups' bodies are told. now: city time.
    Raises: NotPermitted; IncidentMissing; NotItsTurn; NotFound for a version that is not in force; Invalid naming the
    field: a level that the plan does not have, no conditions.
    """
    with transaction.atomic():
        incident = locked(actor, number=number, permission=COMMAND, statuses=(Incident.Status.VERIFIED,))
        version = PlanVersion.objects.select_related("plan").filter(id=version_id, state="published").first()
        if version is None:
            raise NotFound(zh("该预案版本未发布或已失效"))
        standing = Response.objects.filter(incident=incident, plan=version.plan, state=Response.State.ACTIVE).first()
        if standing is not None:
            return StartedResponse(standing.pk, created=False, tasks=0)
        _check(version, level, conditions_met)
        row = Response.objects.create(
            incident=incident,
            plan=version.plan,
            version=version,
            level=level,
            is_drill=incident.is_drill,
            organisation_id=incident.organisation_id,
            division_code=incident.division_code,
            conditions_met=conditions_met.strip()[:600],
            decided_by_id=actor.id if actor.kind == "account" else None,
            activated_at=now,
        )
        incident.first_response_at = incident.first_response_at or now
        incident.updated_at = now
        incident.save()
        text = f"{version.plan.name} {RESPONSE_LEVELS[level]}：{row.conditions_met}"
        add_line(actor, incident=incident, kind="activated", text=text, at=now)
        count = open_tasks(actor, row, now=now)
        _record(actor, "emergency.start_response", row, {"tasks": count})
        bus.announce(RESPONSE_STARTED, **_facts(row))
    return StartedResponse(row.pk, created=True, tasks=count)


def change_level(actor: Actor, *, response_id: int, level: int, reason: str, now: datetime) -> int:
    """Raise or lower a response's level; returns how many tasks that opens. Lowered, open tasks above it are dropped.

    Raises: NotPermitted; ResponseMissing; ResponseOver; Invalid naming the field.
    """
    with transaction.atomic():
        row = _locked(actor, response_id)
        _check(row.version, level, reason)
        if level == row.level:
            raise Invalid(fields={"level": zh("与现行级别相同")})
        ResponseLevelChange.objects.create(
            response=row,
            from_level=row.level,
            to_level=level,
            reason=reason.strip()[:600],
            account_id=actor.id if actor.kind == "account" else None,
            at=now,
        )
        before, row.level = row.level, level
        row.save()
        text = f"{RESPONSE_LEVELS[before]} → {RESPONSE_LEVELS[level]}：{reason.strip()}"
        add_line(actor, incident=row.incident, kind="level", text=text, at=now)
        for task in _open(row):
            if not applies(task.step.weakest_level, level=level):
                task.fell_away = True
                settle_task(actor, task, dropped=True, note="响应级别降低", now=now)
        count = open_tasks(actor, row, now=now)
        _record(actor, "emergency.change_level", row, {"from": before, "tasks": count})
        bus.announce(RESPONSE_LEVEL_CHANGED, **_facts(row))
    return count


def end_response(actor: Actor, *, response_id: int, reason: str, now: datetime) -> None:
    """End a response; tasks that are still open are dropped.

    Raises: NotPermitted; ResponseMissing; ResponseOver; Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": zh("请填写终止理由")})
    with transaction.atomic():
        row = _locked(actor, response_id)
        for task in _open(row):
            settle_task(actor, task, dropped=True, note="响应终止", now=now)
        row.state, row.ended_at, row.end_reason = Response.State.ENDED, now, reason.strip()[:600]
        row.save()
        add_line(actor, incident=row.incident, kind="ended", text=f"{row.plan.name}：{reason.strip()}", at=now)
        _record(actor, "emergency.end_response", row, {})
        bus.announce(RESPONSE_ENDED, **_facts(row))


def _locked(actor: Actor, response_id: int) -> Response:
    if not actor.may(COMMAND):
        raise NotPermitted
    rows = Response.objects.select_for_update(of=("self",)).select_related("incident", "plan", "version")
    row = rows.filter(row_scope(actor, COMMAND).q(), id=response_id).first()
    if row is None:
        raise ResponseMissing
    if row.state != Response.State.ACTIVE:
        raise ResponseOver
    return row


def _open(row: Response) -> list[ResponseTask]:
    tasks = ResponseTask.objects.select_for_update(of=("self",)).filter(response=row, state=ResponseTask.State.OPEN)
    return list(tasks.select_related("step", "response", "response__incident").order_by("id"))


def _check(version: PlanVersion, level: int, reason: str) -> None:
    faults = {}
    if not PlanLevel.objects.filter(version=version, level=level).exists():
        faults["level"] = zh("预案没有这个响应级别")
    if not reason.strip():
        faults["reason"] = zh("请填写理由和达到的条件")
    if faults:
        raise Invalid(fields=faults)


def _facts(row: Response) -> dict[str, object]:
    return {
        **facts_of(row.incident),
        "response_id": row.pk,
        "plan_code": row.plan.code,
        "level": row.level,
    }


def _record(actor: Actor, action: str, row: Response, details: dict[str, object]) -> None:
    given = {"incident": row.incident.number, "plan": row.plan.code, "level": row.level, "drill": row.is_drill}
    record(actor, action=action, target=f"emergency.response:{row.pk}", details={**given, **details})
