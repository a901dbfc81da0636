"""Maintenance windows: planned, ended before their time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Device, DeviceGroup, Maintenance
from onecity.platform.iot.permissions import HANDLE_ALARMS
from onecity.platform.iot.registries import device_types

LONGEST: Final = timedelta(days=31)


class MaintenanceOver(Conflict):
    """The window is over; there is nothing to end."""

    code = "iot.maintenance_over"
    message = zh("该维护窗口已经结束")


@dataclass(frozen=True, slots=True)
class NewMaintenance:
    """A window to be planned: of one device with its children, one group, or one type. Times: city time."""

    title: str
    reason: str
    begins_at: datetime
    ends_at: datetime
    organisation_id: int
    device_id: int = 0
    group_id: int = 0
    type_code: str = ""


def plan(actor: Actor, *, new: NewMaintenance, now: datetime) -> int:
    """Plan a window and return its id. Alarms that stand already stay as they are. now: city time.

    Raises: Invalid naming the field; NotFound for what the actor may not handle.
    """
    _check(new, now=now)
    division = _reach(actor, new)
    with transaction.atomic():
        row = Maintenance.objects.create(
            title=new.title.strip(),
            reason=new.reason.strip(),
            device_id=new.device_id or None,
            group_id=new.group_id or None,
            type_code=new.type_code,
            begins_at=new.begins_at,
            ends_at=new.ends_at,
            organisation_id=new.organisation_id,
            division_code=division,
            author=actor.name[:60],
            created_at=now,
        )
        details = {"title": row.title, "from": new.begins_at.isoformat(), "until": new.ends_at.isoformat()}
        identity.record(actor, action="iot.plan_maintenance", target=f"iot.maintenance:{row.id}", details=details)
    return row.id


def end(actor: Actor, *, maintenance_id: int, now: datetime) -> None:
    """End a window before its time; what it kept quiet and still stands is told within seconds. now: city time.

    Raises: NotFound; MaintenanceOver.
    """
    with transaction.atomic():
        rows = Maintenance.objects.select_for_update().filter(identity.row_scope(actor, HANDLE_ALARMS).q())
        row = rows.filter(id=maintenance_id).first()
        if row is None:
            raise NotFound
        if row.ended_at or row.ends_at <= now:
            raise MaintenanceOver
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        identity.record(actor, action="iot.end_maintenance", target=f"iot.maintenance:{row.id}")


def _check(new: NewMaintenance, *, now: datetime) -> None:
    faults = {
        "title": "" if new.title.strip() else zh("请填写维护事项"),
        "reason": "" if new.reason.strip() else zh("请填写维护原因"),
        "covers": "" if _covers_one(new) else zh("请在设备、分组、设备类型中选择一项"),
        "ends_at": _fault_of_end(new, now=now),
    }
    if new.type_code and new.type_code not in device_types():
        faults["type_code"] = zh("没有这种设备类型")
    found = {name: text for name, text in faults.items() if text}
    if found:
        raise Invalid(fields=found)


def _covers_one(new: NewMaintenance) -> bool:
    return sum(map(bool, (new.device_id, new.group_id, new.type_code))) == 1


def _fault_of_end(new: NewMaintenance, *, now: datetime) -> str:
    if new.ends_at <= new.begins_at:
        return zh("结束时间应晚于开始时间")
    if new.ends_at <= now:
        return zh("结束时间已经过去")
    return zh("一次维护最长31天") if new.ends_at - new.begins_at > LONGEST else ""


def _reach(actor: Actor, new: NewMaintenance) -> str:
    """Return the division of the window's organisation. Raises: NotFound for what is out of the actor's reach."""
    scope = identity.row_scope(actor, HANDLE_ALARMS)
    if new.device_id and not Device.objects.filter(scope.q(), id=new.device_id).exists():
        raise NotFound
    if new.group_id and not DeviceGroup.objects.filter(scope.q(), id=new.group_id).exists():
        raise NotFound
    division = identity.organisation(new.organisation_id).division_code
    keys = identity.row_keys(organisation_id=new.organisation_id, division_code=division)
    if not {*keys, EVERYTHING} & actor.scopes(HANDLE_ALARMS):
        raise NotFound
    return division
