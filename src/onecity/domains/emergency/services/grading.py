"""Setting and changing an incident's grade: one proposes, another decides."""

from datetime import datetime

from django.db import transaction

from onecity.domains.emergency.events import INCIDENT_GRADED
from onecity.domains.emergency.models import GradeChange, Incident
from onecity.domains.emergency.permissions import APPROVE, REPORT
from onecity.domains.emergency.rules.codes import GRADES
from onecity.domains.emergency.rules.grading import Harm, grade_by_harm
from onecity.domains.emergency.selectors.dictionary import thresholds
from onecity.domains.emergency.services import reporting
from onecity.domains.emergency.services.incidents import OPEN
from onecity.domains.emergency.services.locking import facts_of, locked
from onecity.domains.emergency.services.telling import tell_room
from onecity.domains.emergency.services.timeline import add_line
from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record


class ChangeWaits(Conflict):
    """A proposal about the grade waits for its decision already."""

    code = "grade_change_waits"
    message = zh("已有级别调整等待审批")


class OwnProposal(Conflict):
    """Nobody decides what he has proposed himself."""

    code = "own_grade_proposal"
    message = zh("提出人不能审批自己提出的级别调整")


def suggested_grade(row: Incident) -> int | None:
    """Return the grade that the thresholds give for what an incident did by now; None where they say nothing."""
    harm = Harm(row.deaths + row.missing, row.injured, row.loss_cny)
    return grade_by_harm(thresholds(), kind_code=row.kind_id, harm=harm, day=city_date(row.occurred_at))


def propose_grade(actor: Actor, *, number: str, grade: int, reason: str, now: datetime) -> int:
    """Propose a grade for an open incident; returns the proposal's id.

    Raises: NotPermitted; IncidentMissing; NotItsTurn; ChangeWaits; Invalid for an unknown or the same grade, or no
    reason.
    """
    with transaction.atomic():
        row = locked(actor, number=number, permission=REPORT, statuses=OPEN)
        _check(row, grade, reason)
        if GradeChange.objects.filter(incident=row, state=GradeChange.State.PENDING).exists():
            raise ChangeWaits
        made = GradeChange.objects.create(
            incident=row,
            from_grade=row.grade,
            to_grade=grade,
            reason=reason.strip()[:400],
            asked_by_id=actor.id if actor.kind == "account" else None,
            asked_at=now,
        )
        _record(actor, "emergency.propose_grade", row, made)
        tell_room(actor, incident=row, template="emergency.grade_waits", now=now, permission=APPROVE)
    return made.pk


def decide_grade(actor: Actor, *, number: str, change_id: int, granted: bool, note: str, now: datetime) -> None:
    """Decide a proposal; granted, the grade holds and the reports are owed that it asks for.

    Raises: NotPermitted; IncidentMissing; NotItsTurn; NotFound for no waiting proposal; OwnProposal; Invalid without a
    note to a refusal.
    """
    if not granted and not note.strip():
        raise Invalid(fields={"note": zh("请写明不同意的理由")})
    with transaction.atomic():
        row = locked(actor, number=number, permission=APPROVE, statuses=OPEN)
        change = GradeChange.objects.filter(incident=row, id=change_id, state=GradeChange.State.PENDING).first()
        if change is None:
            raise NotFound(zh("没有等待审批的级别调整"))
        if actor.kind == "account" and change.asked_by_id == actor.id:
            raise OwnProposal
        change.state = GradeChange.State.GRANTED if granted else GradeChange.State.REFUSED
        change.decided_by_id = actor.id if actor.kind == "account" else None
        change.decided_at, change.note = now, note.strip()[:400]
        change.save()
        if granted:
            row.grade, row.updated_at = change.to_grade, now
            row.save()
            add_line(actor, incident=row, kind="grade", text=f"{GRADES[change.to_grade]}：{change.reason}", at=now)
            reporting.owe_first(row, now=now)
            bus.announce(INCIDENT_GRADED, **facts_of(row))
        _record(actor, "emergency.decide_grade", row, change)


def _check(row: Incident, grade: int, reason: str) -> None:
    faults = {}
    if grade not in GRADES:
        faults["grade"] = zh("没有这个级别")
    elif grade == row.grade:
        faults["grade"] = zh("与现行级别相同")
    if not reason.strip():
        faults["reason"] = zh("请写明理由")
    if faults:
        raise Invalid(fields=faults)


def _record(actor: Actor, action: str, row: Incident, change: GradeChange) -> None:
    details = {"number": row.number, "from": change.from_grade, "to": change.to_grade, "state": str(change.state)}
    record(actor, action=action, target=f"emergency.incident:{row.pk}", details=details)
