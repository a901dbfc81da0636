"""Reporting upwards: what is owed, by when, and what was done."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from onecity.domains.emergency.contracts import HarmFigures, NewReport
from onecity.domains.emergency.models import Incident, IncidentReport, ReportDuty
from onecity.domains.emergency.permissions import REPORT
from onecity.domains.emergency.rules.codes import BODY_LEVELS, REPORT_KINDS
from onecity.domains.emergency.rules.reporting import Due, Limit, due_after, due_first, limits_in_force
from onecity.domains.emergency.selectors.dictionary import limits
from onecity.domains.emergency.services.locking import NotItsTurn, locked
from onecity.domains.emergency.services.timeline import add_line
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record

_REPORTING = (Incident.Status.RECEIVED, Incident.Status.VERIFIED, Incident.Status.CLOSED)


class FinalAlready(Conflict):
    """The final report was made; nothing follows it."""

    code = "final_report_made"
    message = zh("已报送终报，不能再报送")


def owe_first(row: Incident, *, now: datetime) -> None:
    """Write down which first reports an incident owes by its grade; an earlier limit replaces a later one.

    A grade that asks for none lets what is not yet done fall away. In the caller's transaction.
    """
    wanted = _limits(row, "first", now=now)
    open_rows = ReportDuty.objects.filter(incident=row, kind="first", written_at__isnull=True)
    open_rows.exclude(to_level__in=[item.to_level for item in wanted]).update(cancelled_at=now)
    for item in wanted:
        due = due_first(item, occurred_at=row.occurred_at, received_at=row.received_at)
        held = ReportDuty.objects.filter(incident=row, kind="first", to_level=due.to_level).first()
        if held is None:
            _owe(row, "first", due, serial=1)
        elif held.written_at is None:
            held.rule_id, held.phone_due_at, held.written_due_at = due.rule_id, due.phone_at, due.written_at
            held.cancelled_at = None
            held.save()


def owe_final(row: Incident, *, now: datetime) -> None:
    """Owe the final report to whoever was told first; follow-ups fall away. In the caller's transaction."""
    ReportDuty.objects.filter(incident=row, kind="follow_up", written_at__isnull=True).update(cancelled_at=now)
    for item in _limits(row, "final", now=now):
        _owe(row, "final", due_after(item, start=now), serial=1)


def cancel(row: Incident, *, now: datetime) -> None:
    """Let everything fall away that an incident owes. In the caller's transaction."""
    ReportDuty.objects.filter(incident=row, written_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=now)


def note_call(actor: Actor, *, number: str, to_level: str, words: str, now: datetime) -> None:
    """Write down that a level above was told by telephone.

    Raises: NotPermitted; IncidentMissing; NotItsTurn; NotFound where no call is owed to that level.
    """
    with transaction.atomic():
        row = locked(actor, number=number, permission=REPORT, statuses=_REPORTING)
        owed = ReportDuty.objects.filter(
            incident=row,
            to_level=to_level,
            phone_due_at__isnull=False,
            phoned_at__isnull=True,
            cancelled_at__isnull=True,
        )
        if not owed.update(phoned_at=now):
            raise NotFound(zh("没有待完成的电话报告"))
        add_line(actor, incident=row, kind="phone", text=f"{BODY_LEVELS[to_level]}：{words.strip()}", at=now)
        _record(actor, "emergency.note_call", row, {"to": to_level})


def write_report(actor: Actor, *, number: str, new: NewReport, now: datetime) -> int:
    """Make the next report; returns its serial number. The first one is the first report, the last one the final.

    Whoever gets it owes nothing for it any more; a follow-up is owed after each but the final.
    Raises: NotPermitted; IncidentMissing; NotItsTurn for a final report before the end of handling; FinalAlready;
    Invalid.
    """
    _check(new)
    with transaction.atomic():
        row = locked(actor, number=number, permission=REPORT, statuses=_REPORTING)
        made = IncidentReport.objects.filter(incident=row)
        if made.filter(kind="final").exists():
            raise FinalAlready
        if new.is_final and row.status != Incident.Status.CLOSED:
            raise NotItsTurn
        serial = (made.aggregate(most=Max("serial"))["most"] or 0) + 1
        kind = "final" if new.is_final else "follow_up" if serial > 1 else "first"
        levels = new.to_levels or _levels(row)
        _keep(actor, row, new, kind=kind, serial=serial, levels=levels, now=now)
        _settle(row, kind=kind, levels=levels, now=now)
        text = f"{REPORT_KINDS[kind]}（{serial}）：{new.situation.strip()}"
        add_line(actor, incident=row, kind="report", text=text, at=now)
        _record(actor, "emergency.write_report", row, {"kind": kind, "serial": serial, "to": list(levels)})
    return serial


def _keep(
    actor: Actor, row: Incident, new: NewReport, *, kind: str, serial: int, levels: Sequence[str], now: datetime
) -> None:
    harm = new.harm or HarmFigures(row.deaths, row.missing, row.injured, row.trapped, row.loss_cny)
    row.deaths, row.missing, row.injured = harm.deaths, harm.missing, harm.injured
    row.trapped, row.loss_cny, row.updated_at = harm.trapped, harm.loss_cny, now
    row.save()
    IncidentReport.objects.create(
        incident=row,
        serial=serial,
        kind=kind,
        situation=new.situation.strip(),
        measures=new.measures.strip(),
        trend=new.trend.strip(),
        deaths=harm.deaths,
        missing=harm.missing,
        injured=harm.injured,
        trapped=harm.trapped,
        loss_cny=harm.loss_cny,
        to_levels=",".join(levels),
        author_id=actor.id if actor.kind == "account" else None,
        written_at=now,
    )


def _settle(row: Incident, *, kind: str, levels: Sequence[str], now: datetime) -> None:
    """Mark what a report fulfils, and owe what follows it."""
    open_rows = ReportDuty.objects.filter(
        incident=row, to_level__in=levels, written_at__isnull=True, cancelled_at__isnull=True
    )
    open_rows.exclude(kind="final").update(written_at=now)
    if kind == "final":
        open_rows.update(written_at=now)
        cancel(row, now=now)
    elif row.status != Incident.Status.CLOSED:
        for item in _limits(row, "follow_up", now=now):
            if item.to_level in levels:
                held = ReportDuty.objects.filter(incident=row, kind="follow_up", to_level=item.to_level)
                serial = (held.aggregate(most=Max("serial"))["most"] or 0) + 1
                _owe(row, "follow_up", due_after(item, start=now), serial=serial)


def _limits(row: Incident, kind: str, *, now: datetime) -> list[Limit]:
    if row.grade is None:
        return []
    return limits_in_force(limits(), kind=kind, grade=row.grade, from_level=row.level, day=city_date(now))


def _levels(row: Incident) -> tuple[str, ...]:
    owed = ReportDuty.objects.filter(incident=row, cancelled_at__isnull=True).values_list("to_level", flat=True)
    return tuple(sorted(set(owed)))


def _owe(row: Incident, kind: str, due: Due, *, serial: int) -> None:
    ReportDuty.objects.get_or_create(
        incident=row,
        kind=kind,
        to_level=due.to_level,
        serial=serial,
        defaults={"rule_id": due.rule_id, "phone_due_at": due.phone_at, "written_due_at": due.written_at},
    )


def _check(new: NewReport) -> None:
    faults = {}
    if not new.situation.strip() or len(new.situation) > 4000:
        faults["situation"] = zh("请填写基本情况（至多4000字）")
    if any(level not in BODY_LEVELS for level in new.to_levels):
        faults["to_levels"] = zh("没有这个接收层级")
    if faults:
        raise Invalid(fields=faults)


def _record(actor: Actor, action: str, row: Incident, details: dict[str, object]) -> None:
    target = f"emergency.incident:{row.pk}"
    record(actor, action=action, target=target, details={"number": row.number, **details})
