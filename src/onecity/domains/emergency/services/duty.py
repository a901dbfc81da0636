"""The roster, taking over and handing over, and the duty log."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.domains.emergency.contracts import NewShift
from onecity.domains.emergency.models import DutyEntry, DutyShift, Incident
from onecity.domains.emergency.permissions import KEEP_DUTY, REPORT
from onecity.domains.emergency.selectors.incidents import incident_of
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import account, accounts_with_permission, record, row_scope
from onecity.platform.messages.api import send

EARLY: Final = timedelta(hours=2)
"""How long before its begin a shift may take over. House rule."""
LONGEST_SHIFT: Final = timedelta(hours=24)


class NobodyHandedOver(Conflict):
    """The shift before has not handed over."""

    code = "shift_not_handed_over"
    message = zh("上一班次尚未交班，不能接班")


class NotOnDuty(Conflict):
    """Whoever writes or hands over must be on duty."""

    code = "not_on_duty"
    message = zh("只有当班的值班员或带班领导才能进行此操作")


def plan_shift(actor: Actor, *, new: NewShift, now: datetime) -> int:
    """Put a shift into the roster; returns its id. now: city time.

    Raises: NotPermitted; NotFound for an unknown account; Invalid naming the field: a shift that has passed, without
    length, longer than a day, overlapping another, or of people who may not take incidents in.
    """
    if not actor.may(KEEP_DUTY):
        raise NotPermitted
    scope = row_scope(actor, KEEP_DUTY)
    if not scope.everything and new.organisation_id not in scope.organisation_ids:
        raise NotPermitted
    with transaction.atomic():
        rows = DutyShift.objects.select_for_update().filter(organisation_id=new.organisation_id)
        overlaps = rows.filter(begins_at__lt=new.ends_at, ends_at__gt=new.begins_at).exists()
        _check(new, overlaps=overlaps, now=now)
        made = DutyShift.objects.create(
            organisation_id=new.organisation_id,
            begins_at=new.begins_at,
            ends_at=new.ends_at,
            officer_id=account(new.officer_id).id,
            leader_id=account(new.leader_id).id,
        )
        details = {"from": new.begins_at, "to": new.ends_at, "officer": new.officer_id, "leader": new.leader_id}
        record(actor, action="emergency.plan_shift", target=f"emergency.dutyshift:{made.pk}", details=details)
    return made.pk


def remove_shift(actor: Actor, *, shift_id: int) -> None:
    """Take a shift out of the roster that nobody has taken over yet.

    Raises: NotPermitted; NotFound; NotOnDuty once it was taken over.
    """
    with transaction.atomic():
        row = _locked(actor, shift_id, KEEP_DUTY)
        if row.taken_at is not None:
            raise NotOnDuty(zh("班次已经接班，不能删除"))
        row.delete()
        record(actor, action="emergency.remove_shift", target=f"emergency.dutyshift:{shift_id}")


def take_over(actor: Actor, *, shift_id: int, now: datetime) -> None:
    """Take over a shift: by its officer or leader, once the one before has handed over.

    Raises: NotPermitted; NotFound; NotOnDuty for others, too early, or a shift that is over; NobodyHandedOver.
    """
    with transaction.atomic():
        row = _locked(actor, shift_id, REPORT)
        mine = actor.kind == "account" and actor.id in (row.officer_id, row.leader_id)
        if not mine or row.taken_at is not None or not row.begins_at - EARLY <= now < row.ends_at:
            raise NotOnDuty(zh("只能由本班人员在班次时间内接班"))
        others = DutyShift.objects.filter(
            organisation_id=row.organisation_id, taken_at__isnull=False, handed_at__isnull=True
        )
        if others.exists():
            raise NobodyHandedOver
        row.taken_at = now
        row.save(update_fields=["taken_at"])
        record(actor, action="emergency.take_over", target=f"emergency.dutyshift:{row.pk}")


def hand_over(actor: Actor, *, shift_id: int, summary: str, now: datetime) -> None:
    """Hand the running shift over with a summary of what is under way.

    Raises: NotPermitted; NotFound; NotOnDuty for others or a shift that is not running; Invalid without a summary.
    """
    if not summary.strip():
        raise Invalid(fields={"summary": zh("请填写交班小结")})
    with transaction.atomic():
        row = _locked(actor, shift_id, REPORT)
        _check_on_duty(actor, row)
        row.handed_at, row.summary = now, summary.strip()[:4000]
        row.save(update_fields=["handed_at", "summary"])
        record(actor, action="emergency.hand_over", target=f"emergency.dutyshift:{row.pk}")
        following = (
            DutyShift.objects.filter(organisation_id=row.organisation_id, taken_at__isnull=True, ends_at__gt=now)
            .order_by("begins_at")
            .first()
        )
        if following is not None:
            goals = [following.officer_id, following.leader_id]
            send(actor, to=goals, template="emergency.shift_waits", params={}, link="/emergency/duty", now=now)


def write_line(actor: Actor, *, shift_id: int, kind: str, text: str, now: datetime, incident_number: str = "") -> int:
    """Write a line into the log of the running shift; returns its id.

    Raises: NotPermitted; NotFound; IncidentMissing; NotOnDuty; Invalid for an unknown kind or an empty line.
    """
    if kind not in DutyEntry.Kind.values or not text.strip():
        raise Invalid(fields={"text": zh("请选择类别并填写内容")})
    incident: Incident | None = incident_of(actor, incident_number) if incident_number else None
    with transaction.atomic():
        row = _locked(actor, shift_id, REPORT)
        _check_on_duty(actor, row)
        made = DutyEntry.objects.create(
            shift=row,
            organisation_id=row.organisation_id,
            at=now,
            kind=kind,
            text=text.strip()[:1000],
            incident=incident,
            account_id=actor.account_id,
        )
        record(actor, action="emergency.write_line", target=f"emergency.dutyshift:{row.pk}", details={"kind": kind})
    return made.pk


def _locked(actor: Actor, shift_id: int, permission: str) -> DutyShift:
    if not actor.may(permission):
        raise NotPermitted
    scope = row_scope(actor, permission)
    row = DutyShift.objects.select_for_update().filter(id=shift_id).first()
    if row is None or not (scope.everything or row.organisation_id in scope.organisation_ids):
        raise NotFound(zh("没有这个班次"))
    return row


def _check_on_duty(actor: Actor, row: DutyShift) -> None:
    mine = actor.kind == "account" and actor.id in (row.officer_id, row.leader_id)
    if not mine or row.taken_at is None or row.handed_at is not None:
        raise NotOnDuty


def _check(new: NewShift, *, overlaps: bool, now: datetime) -> None:
    faults = {}
    if not timedelta(0) < new.ends_at - new.begins_at <= LONGEST_SHIFT:
        faults["ends_at"] = zh("班次应在24小时以内，结束时间应晚于开始时间")
    elif overlaps:
        faults["begins_at"] = zh("与已有班次时间重叠")
    elif new.ends_at <= now:
        faults["ends_at"] = zh("班次已经过去")
    able = {item.id for item in accounts_with_permission(REPORT, organisation_id=new.organisation_id)}
    for name, person in (("officer_id", new.officer_id), ("leader_id", new.leader_id)):
        if person not in able:
            faults[name] = zh("该人员没有值班权限")
    if faults:
        raise Invalid(fields=faults)
