"""Keeping the pool in step with the cases, from events of the case engine in any order and any number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.hotline.kinds import kind_of
from onecity.domains.hotline.models import Demand, DemandStep
from onecity.domains.hotline.process import TYPES
from onecity.kernel.actor import system_actor
from onecity.platform.cases.api import case, history

Payload = Mapping[str, object]
ANSWERING: Final = {("reply", "send"), ("answer", "send"), ("accept", "answer")}
_KEEPER: Final = system_actor("hotline.records")


def note_case(payload: Payload) -> None:
    """Take in that a case was opened or has ended. payload: of `cases.case_opened` or `cases.case_closed`."""
    if payload["type_code"] in TYPES:
        keep_demand(str(payload["number"]), now=_moment(payload["at"]))


def note_merged(payload: Payload) -> None:
    """Take in that a demand goes on as another one. payload: of `cases.case_merged`."""
    if payload["type_code"] in TYPES:
        Demand.objects.filter(case_id=_whole(payload["case_id"])).update(
            status=Demand.Status.MERGED, closed_at=_moment(payload["at"])
        )


def note_step_begun(payload: Payload) -> None:
    """Take in a task that waits. payload: of `cases.task_opened`."""
    if payload["type_code"] not in TYPES:
        return
    due = payload["due_at"]
    facts = {
        "case_id": _whole(payload["case_id"]),
        "node": str(payload["node"]),
        "organisation_id": _optional(payload["organisation_id"]),
        "opened_at": _moment(payload["at"]),
        "due_at": _moment(due) if due else None,
    }
    DemandStep.objects.update_or_create(task_id=_whole(payload["task_id"]), defaults=facts)


def note_step_ended(payload: Payload) -> None:
    """Take in a task that somebody ended: who handles the demand since, and what was answered."""
    if payload["type_code"] not in TYPES:
        return
    case_id, at = _whole(payload["case_id"]), _moment(payload["at"])
    step = (str(payload["node"]), str(payload["outcome"]))
    facts = {"case_id": case_id, "node": step[0], "outcome": step[1], "ended_at": at}
    with transaction.atomic():
        DemandStep.objects.update_or_create(task_id=_whole(payload["task_id"]), defaults=facts)
        row = Demand.objects.select_for_update().filter(case_id=case_id).first()
        if row is None:
            return
        row.handler_id = _optional(payload["handler_id"])
        _note_answer(row, step, at)
        row.updated_at = max(row.updated_at, at)
        row.save(update_fields=["handler", "responded_at", "reply", "replied_at", "answered_directly", "updated_at"])


def keep_demand(number: str, *, now: datetime) -> None:
    """Write what the pool knows of a case as the case stands now. now: city time."""
    found = case(_KEEPER, number, now=now).row
    with transaction.atomic():
        row = Demand.objects.select_for_update().filter(number=number).first()
        if row is None:
            return
        row.status, row.closed_at, row.due_at = found.status, found.closed_at, found.due_at
        row.handler_id, row.kind = found.handler_id, kind_of(found.class_code) or row.kind
        row.updated_at = max(row.updated_at, now)
        row.save(update_fields=["status", "closed_at", "due_at", "handler", "kind", "updated_at"])


def _note_answer(row: Demand, step: tuple[str, str], at: datetime) -> None:
    if step in {("sign", "sign"), ("accept", "answer")}:
        row.responded_at = row.responded_at or at
    if step not in ANSWERING:
        return
    row.answered_directly = row.answered_directly or step == ("accept", "answer")
    row.replied_at = at
    for entry in history(_KEEPER, row.number):
        if entry.kind == "completed" and (entry.data.get("node"), entry.data.get("outcome")) == step:
            row.reply = entry.text


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _whole(value: object) -> int:
    return int(str(value))


def _optional(value: object) -> int | None:
    return None if value is None else _whole(value)
