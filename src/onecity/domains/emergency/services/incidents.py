"""Taking incidents in, verifying them, merging and closing them."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.domains.emergency.contracts import NewIncident, TakenIncident
from onecity.domains.emergency.events import INCIDENT_CLOSED, INCIDENT_TAKEN
from onecity.domains.emergency.models import DutyRoom, Incident, IncidentKind
from onecity.domains.emergency.permissions import REPORT, VERIFY
from onecity.domains.emergency.rules.codes import incident_number
from onecity.domains.emergency.selectors.dictionary import room_for
from onecity.domains.emergency.services import reporting
from onecity.domains.emergency.services.locking import facts_of, locked
from onecity.domains.emergency.services.telling import tell_room
from onecity.domains.emergency.services.timeline import add_line
from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.geo.api import OutsideCity, describe
from onecity.platform.identity.api import record

AHEAD: Final = timedelta(minutes=10)
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
    room, division, address = _place(new)
    _check(new, now=now)
    with transaction.atomic():
        _serialise(new.origin)
        known = Incident.objects.filter(origin=new.origin).first() if new.origin else None
        if known:
            return TakenIncident(known.pk, known.number, created=False)
        row = _written(new, room=room, division=division, address=address, now=now)
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


def _place(new: NewIncident) -> tuple[DutyRoom, str, str]:
    division, address = new.division_code, new.address
    if new.location:
        try:
            place = describe(longitude=new.location[0], latitude=new.location[1])
        except OutsideCity as error:
            raise Invalid(fields={"longitude": error.template}) from error
        division = place.grid_code or place.division_code
        address = address or place.description
    room = room_for(division) if division else None
    if room is None:
        raise Invalid(fields={"address": zh("该地点没有应急值班室，请先设置")})
    return room, division, address


def _check(new: NewIncident, *, now: datetime) -> None:
    faults: dict[str, str] = {}
    if not new.title.strip() or len(new.title) > 120:
        faults["title"] = zh("请填写标题（至多120字）")
    if not new.words.strip() or len(new.words) > 4000:
        faults["words"] = zh("请填写事件概况（至多4000字）")
    if not IncidentKind.objects.filter(code=new.kind_code, is_active=True).exists():
        faults["kind_code"] = zh("没有这个事件类型")
    if new.source not in Incident.Source.values:
        faults["source"] = zh("没有这个信息来源")
    if new.occurred_at > now + AHEAD:
        faults["occurred_at"] = zh("事发时间不能晚于现在")
    if faults:
        raise Invalid(fields=faults)


def _serialise(origin: str) -> None:
    """Let tellers of one origin wait for one another until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"emergency.incident:{origin}"])


def _written(new: NewIncident, *, room: DutyRoom, division: str, address: str, now: datetime) -> Incident:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('emergency_incident', 'id'))")
        (serial,) = cursor.fetchone() or (0,)
    longitude, latitude = new.location or (None, None)
    return Incident.objects.create(
        id=serial,
        number=incident_number(f"{city_date(now):%Y%m%d}", serial=serial),
        kind_id=new.kind_code,
        title=new.title.strip(),
        words=new.words.strip(),
        organisation_id=room.organisation_id,
        level=room.level,
        division_code=division,
        longitude=longitude,
        latitude=latitude,
        address=address[:200],
        source=new.source,
        informant=new.informant.strip(),
        occurred_at=new.occurred_at,
        received_at=now,
        deaths=new.harm.deaths,
        missing=new.harm.missing,
        injured=new.harm.injured,
        trapped=new.harm.trapped,
        loss_cny=new.harm.loss_cny,
        is_drill=new.is_drill,
        origin=new.origin,
        updated_at=now,
    )


def _record(actor: Actor, action: str, row: Incident, details: dict[str, object]) -> None:
    target = f"emergency.incident:{row.pk}"
    record(actor, action=action, target=target, details={"number": row.number, **details})
