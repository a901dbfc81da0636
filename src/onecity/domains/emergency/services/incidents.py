"""Taking incidents in, verifying them, merging and closing them."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.emergency.contracts import NewIncident, TakenIncident
from onecity.domains.emergency.events import INCIDENT_CLOSED, INCIDENT_TAKEN
from onecity.domains.emergency.models import Incident
from onecity.domains.emergency.permissions import REPORT, VERIFY
from onecity.domains.emergency.services import reporting
from onecity.domains.emergency.services.locking import facts_of, locked
from onecity.domains.emergency.services.taking import check_incident, place_of, serialise, written
from onecity.domains.emergency.services.telling import tell_room
from onecity.domains.emergency.services.timeline import add_line
from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record

OPEN: Final = (Incident.Status.RECEIVED, Incident.Status.VERIFIED)


def take_incident(actor: Actor, *, new: NewIncident, now: datetime) -> TakenIncident:
    """Take an incident in at the duty room of its place; the same origin makes one incident.

    Its first reports are owed from the moment it is graded. now: city time.
    Raises: NotPermitted; Invalid naming each field at fault; OutsideCity.
    """
    if not actor.may(REPORT):
        raise NotPermitted
    known = Incident.objects.filter(origin=new.origin).first() if new.origin else None
    if known:
        return TakenIncident(known.pk, known.number, created=False)
    room, division, address = place_of(new)
    check_incident(new, now=now)
    with transaction.atomic():
        serialise(new.origin)
        known = Incident.objects.filter(origin=new.origin).first() if new.origin else None
        if known:
            return TakenIncident(known.pk, known.number, created=False)
        row = written(new, room=room, division=division, address=address, now=now)
        add_line(actor, incident=row, kind="received", text=f"{row.get_source_display()}：{row.title}", at=now)
        record(
            actor,
            action="emergency.take_incident",
            target=f"emergency.incident:{row.pk}",
            details={"number": row.number, "kind": row.kind_id, "drill": row.is_drill},
        )
        bus.announce(INCIDENT_TAKEN, **facts_of(row))
        tell_room(actor, incident=row, template="emergency.incident_taken", now=now)
    return TakenIncident(row.pk, row.number, created=True)


def verify(actor: Actor, *, number: str, is_real: bool, note: str, now: datetime) -> None:
    """Say that an incident is real, or that it is not (with the reason).

    Raises: NotPermitted; IncidentMissing; NotItsTurn; Invalid without a reason.
    """
    if not is_real and not note.strip():
        raise Invalid(fields={"note": zh("请写明不属实的理由")})
    with transaction.atomic():
        row = locked(actor, number=number, permission=VERIFY, statuses=(Incident.Status.RECEIVED,))
        row.status = Incident.Status.VERIFIED if is_real else Incident.Status.FALSE
        row.verified_at, row.updated_at = now, now
        if not is_real:
            row.closed_at = now
            reporting.cancel(row, now=now)
            bus.announce(INCIDENT_CLOSED, **facts_of(row))
        row.save()
        add_line(actor, incident=row, kind="verified" if is_real else "false", text=note.strip() or row.title, at=now)
        _record(actor, "emergency.verify", row, {"real": is_real})


def note(actor: Actor, *, number: str, text: str, now: datetime) -> None:
    """Write a line into an open incident's timeline.

    Raises: NotPermitted; IncidentMissing; NotItsTurn; Invalid for an empty line.
    """
    if not text.strip():
        raise Invalid(fields={"text": zh("请填写内容")})
    with transaction.atomic():
        row = locked(actor, number=number, permission=REPORT, statuses=OPEN)
        add_line(actor, incident=row, kind="note", text=text.strip(), at=now)
        _record(actor, "emergency.note", row, {})


def merge(actor: Actor, *, number: str, into: str, now: datetime) -> None:
    """Merge an incident into another that tells of the same; what it owed is owed by the other alone.

    Raises: NotPermitted; IncidentMissing; NotItsTurn; Invalid for itself, or an exercise and a real one.
    """
    if number == into:
        raise Invalid(fields={"into": zh("不能并入自身")})
    with transaction.atomic():
        rows = {item: locked(actor, number=item, permission=REPORT, statuses=OPEN) for item in sorted((number, into))}
        row, goal = rows[number], rows[into]
        if row.is_drill != goal.is_drill:
            raise Invalid(fields={"into": zh("演练事件与真实事件不能并报")})
        row.status, row.merged_into, row.closed_at, row.updated_at = Incident.Status.MERGED, goal, now, now
        row.save()
        reporting.cancel(row, now=now)
        goal.received_at = min(goal.received_at, row.received_at)
        goal.occurred_at = min(goal.occurred_at, row.occurred_at)
        goal.updated_at = now
        goal.save()
        add_line(actor, incident=goal, kind="merged", text=f"{row.number} {row.title}", at=now)
        add_line(actor, incident=row, kind="merged", text=f"{goal.number} {goal.title}", at=now)
        _record(actor, "emergency.merge", row, {"into": goal.number})
        bus.announce(INCIDENT_CLOSED, **facts_of(row))


def close(actor: Actor, *, number: str, result: str, now: datetime) -> None:
    """Close a verified incident with its result; the final report is owed from now on.

    Raises: NotPermitted; IncidentMissing; NotItsTurn; Invalid without a result.
    """
    if not result.strip():
        raise Invalid(fields={"text": zh("请填写处置结果")})
    with transaction.atomic():
        row = locked(actor, number=number, permission=VERIFY, statuses=(Incident.Status.VERIFIED,))
        row.status, row.closed_at, row.updated_at = Incident.Status.CLOSED, now, now
        row.save()
        reporting.owe_final(row, now=now)
        add_line(actor, incident=row, kind="closed", text=result.strip(), at=now)
        _record(actor, "emergency.close", row, {})
        bus.announce(INCIDENT_CLOSED, **facts_of(row))


def _record(actor: Actor, action: str, row: Incident, details: dict[str, object]) -> None:
    target = f"emergency.incident:{row.pk}"
    record(actor, action=action, target=target, details={"number": row.number, **details})
