"""Keeping the records of evaluation, from events of the case engine in any order and any number."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from onecity.domains.urban_management.models import CaseRecord, StepRecord
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.kernel.actor import system_actor
from onecity.platform.cases.api import case

Payload = Mapping[str, object]
_KEEPER = system_actor("urban_management.records")


def note_case(payload: Payload) -> None:
    """Take in a case that was opened, has ended, runs again, or has got more time.

    payload: of `cases.case_opened`, `cases.case_closed`, `cases.case_reopened` or `cases.request_decided`.
    """
    if payload["type_code"] == TYPE_CODE:
        keep_case(str(payload["number"]), now=_moment(payload["at"]))


def note_merged(payload: Payload) -> None:
    """Take in that a case goes on as another one. payload: of `cases.case_merged`."""
    if payload["type_code"] == TYPE_CODE:
        CaseRecord.objects.filter(case_id=_whole(payload["case_id"])).update(
            status=CaseRecord.Status.MERGED, closed_at=_moment(payload["at"])
        )


def note_step_begun(payload: Payload) -> None:
    """Take in a task that waits. payload: of `cases.task_opened`."""
    if payload["type_code"] != TYPE_CODE:
        return
    due = payload["due_at"]
    facts = {
        "case_id": _whole(payload["case_id"]),
        "node": str(payload["node"]),
        "organisation_id": _optional(payload["organisation_id"]),
        "division_code": str(payload["division_code"]),
        "opened_at": _moment(payload["at"]),
        "due_at": _moment(due) if due else None,
    }
    StepRecord.objects.update_or_create(task_id=_whole(payload["task_id"]), defaults=facts)


def note_step_ended(payload: Payload) -> None:
    """Take in a task that somebody ended, and who handles the case since. payload: of `cases.task_completed`."""
    if payload["type_code"] != TYPE_CODE:
        return
    case_id = _whole(payload["case_id"])
    facts = {
        "case_id": case_id,
        "node": str(payload["node"]),
        "outcome": str(payload["outcome"]),
        "ended_at": _moment(payload["at"]),
    }
    with transaction.atomic():
        StepRecord.objects.update_or_create(task_id=_whole(payload["task_id"]), defaults=facts)
        CaseRecord.objects.filter(case_id=case_id).update(handler_id=_optional(payload["handler_id"]))


def keep_case(number: str, *, now: datetime) -> None:
    """Write a case's record as the case stands now. now: city time."""
    found = case(_KEEPER, number, now=now)
    row = found.row
    longitude, latitude = row.location or (None, None)
    facts = {
        "number": row.number,
        "title": row.title,
        "source_code": row.source_code,
        "class_code": row.class_code,
        "organisation_id": row.organisation_id,
        "handler_id": row.handler_id,
        "division_code": row.division_code,
        "longitude": longitude,
        "latitude": latitude,
        "address": row.address,
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "status": row.status,
        "closed_at": row.closed_at,
    }
    CaseRecord.objects.update_or_create(case_id=row.id, defaults=facts)


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _whole(value: object) -> int:
    return int(str(value))


def _optional(value: object) -> int | None:
    return None if value is None else _whole(value)
