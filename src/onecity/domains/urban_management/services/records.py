"""Keeping the records of evaluation, from events of the case engine in any order and any number."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from onecity.domains.urban_management.models import CaseRecord, Refusal, RequestRecord, StepRecord
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.domains.urban_management.rules.judging import CAUSES, Verdict, verdict_of
from onecity.kernel.actor import system_actor
from onecity.platform.cases.api import case
from onecity.platform.cases.contracts import CaseInfo

Payload = Mapping[str, object]
_KEEPER = system_actor("urban_management.records")


def note_case(payload: Payload) -> None:
    """Take in a case that was opened, has ended, runs again, or has got more time.

    payload: of `cases.case_opened`, `cases.case_closed`, `cases.case_reopened` or `cases.request_decided`.
    """
    if payload["type_code"] == TYPE_CODE:
        keep_case(str(payload["number"]), now=_moment(payload["at"]))


def note_request(payload: Payload) -> None:
    """Take in a decided request, and the time that it may have given. payload: of `cases.request_decided`."""
    if payload["type_code"] != TYPE_CODE:
        return
    facts = {
        "case_id": _whole(payload["case_id"]),
        "kind": str(payload["kind"]),
        "state": str(payload["state"]),
        "decided_at": _moment(payload["at"]),
    }
    with transaction.atomic():
        RequestRecord.objects.update_or_create(request_id=_whole(payload["request_id"]), defaults=facts)
        keep_case(str(payload["number"]), now=_moment(payload["at"]))


def note_merged(payload: Payload) -> None:
    """Take in that a case goes on as another one. payload: of `cases.case_merged`."""
    if payload["type_code"] == TYPE_CODE:
        into = CaseRecord.objects.filter(case_id=_whole(payload["into_id"])).first()
        for row in CaseRecord.objects.filter(case_id=_whole(payload["case_id"])):
            told_twice = into is not None and row.reported_by == into.reported_by and _is_person(row.reported_by)
            row.status, row.closed_at = CaseRecord.Status.MERGED, _moment(payload["at"])
            row.verdict = verdict_of(status="merged", cause="", verified="", told_twice=told_twice)
            row.save(update_fields=["status", "closed_at", "verdict"])


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
    case_id, ended_at = _whole(payload["case_id"]), _moment(payload["at"])
    facts = {
        "case_id": case_id,
        "node": str(payload["node"]),
        "outcome": str(payload["outcome"]),
        "ended_at": ended_at,
    }
    with transaction.atomic():
        StepRecord.objects.update_or_create(task_id=_whole(payload["task_id"]), defaults=facts)
        CaseRecord.objects.filter(case_id=case_id).update(handler_id=_optional(payload["handler_id"]))
        known = CaseRecord.objects.filter(case_id=case_id).values_list("number", flat=True).first()
        if known is not None:
            found = case(_KEEPER, known, now=ended_at)
            CaseRecord.objects.filter(case_id=case_id).update(**_filing(found))
            _keep_people(found)


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
        "reported_by": found.opened_by,
        "verdict": verdict_of(status=row.status, cause=_cause(row.id), verified=_verified(found), told_twice=False),
        **_filing(found),
    }
    if row.status == CaseRecord.Status.MERGED:  # judged when the merging was heard of
        del facts["verdict"]
    with transaction.atomic():
        CaseRecord.objects.update_or_create(case_id=row.id, defaults=facts)
        _keep_people(found)


def _filing(found: CaseInfo) -> dict[str, object]:
    """Return when and by whom a case was filed and dispatched; of several times the last."""
    ended = sorted((task for task in found.tasks if task.ended_at and task.outcome), key=lambda task: task.id)
    filed = [task for task in ended if (task.node, task.outcome) == ("accept", "accept")]
    sent = [task for task in ended if (task.node, task.outcome) == ("dispatch", "assign")]
    last = filed[-1] if filed else None
    return {
        "filed_at": last.ended_at if last else None,
        "filed_due_at": last.clock.due_at if last and last.clock else None,
        "accepted_by": last.ended_by if last else "",
        "dispatched_by": sent[-1].ended_by if sent else "",
        "misfiled": any((task.node, task.outcome) == ("dispatch", "return") for task in ended),
    }


def _keep_people(found: CaseInfo) -> None:
    """Write who ended each step: events do not say it."""
    by_person: dict[str, list[int]] = {}
    for task in found.tasks:
        if task.ended_by:
            by_person.setdefault(task.ended_by, []).append(task.id)
    for person, tasks in by_person.items():
        StepRecord.objects.filter(task_id__in=tasks, ended_by="").update(ended_by=person)


def _cause(case_id: int) -> Verdict:
    given = Refusal.objects.filter(case_id=case_id).values_list("cause", flat=True).first()
    return next((code for code, _ in CAUSES if code == given), "")


def _verified(found: CaseInfo) -> str:
    looks = [task for task in found.tasks if task.node == "verify" and task.ended_at]
    return max(looks, key=lambda task: (task.ended_at, task.id)).outcome if looks else ""


def _is_person(key: str) -> bool:
    return key.startswith("account:")


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _whole(value: object) -> int:
    return int(str(value))


def _optional(value: object) -> int | None:
    return None if value is None else _whole(value)
