"""Groups of devices: made, changed, filled, dissolved."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.filters import DeviceFilter
from onecity.platform.iot.models import DeviceGroup, GroupMember
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.selectors.filters import chosen_devices
from onecity.platform.iot.services.devices.facts import check_scope

KIND = DeviceGroup.Kind
MOST_MEMBERS: Final = 100_000


class GroupExists(Conflict):
    """The organisation has a group of this name."""

    code = "iot.group_exists"
    message = zh("该机构已有同名分组")


def make_group(
    actor: Actor, *, name: str, organisation_id: int, now: datetime, chosen: DeviceFilter | None = None
) -> int:
    """Make a group and return its id. chosen: whatever fits is in it; None for one filled by hand. now: city time.

    Raises: Invalid; OutsideScope; GroupExists.
    """
    if not 1 <= len(name.strip()) <= 80:
        raise Invalid(fields={"name": zh("应为1至80个字")})
    if chosen is not None and (chosen.group_id or not chosen.plain()):
        raise Invalid(fields={"filter": zh("条件分组至少要有一个条件，且不能引用别的分组")})
    check_scope(actor, organisation_id=organisation_id, division_code="")
    try:
        with transaction.atomic():
            made = DeviceGroup.objects.create(
                name=name.strip(),
                kind=KIND.STATIC if chosen is None else KIND.FILTER,
                filter={} if chosen is None else chosen.plain(),
                organisation_id=organisation_id,
                created_by=actor.key[:60],
                created_at=now,
            )
            identity.record(actor, action="iot.make_group", target=f"iot.devicegroup:{made.id}")
    except IntegrityError:
        raise GroupExists(fields={"name": GroupExists.message}) from None
    return made.id


def dissolve_group(actor: Actor, *, group_id: int) -> None:
    """Dissolve a group; its devices stay.

    Raises: NotFound.
    """
    with transaction.atomic():
        group = _group(actor, group_id)
        identity.record(actor, action="iot.dissolve_group", target=f"iot.devicegroup:{group_id}")
        group.delete()


def add_members(actor: Actor, *, group_id: int, chosen: DeviceFilter) -> int:
    """Put the chosen devices that the actor may manage into a group filled by hand; returns how many are new.

    Raises: NotFound; Invalid for a group by filter or too many devices.
    """
    with transaction.atomic():
        group = _group(actor, group_id)
        if group.kind != KIND.STATIC:
            raise Invalid(zh("条件分组的成员由条件决定"))
        rows = chosen_devices(actor, chosen, permission=MANAGE_DEVICES)
        found = list(rows.order_by("id").values_list("id", flat=True)[: MOST_MEMBERS + 1])
        if len(found) > MOST_MEMBERS:
            raise Invalid(zh("一次最多加入100000台设备"))
        before = GroupMember.objects.filter(group=group).count()
        members = [GroupMember(group=group, device_id=number) for number in found]
        GroupMember.objects.bulk_create(members, batch_size=5_000, ignore_conflicts=True)
        added = GroupMember.objects.filter(group=group).count() - before
        details = {"filter": chosen.plain(), "added": added}
        identity.record(actor, action="iot.add_members", target=f"iot.devicegroup:{group_id}", details=details)
    return added


def remove_members(actor: Actor, *, group_id: int, device_ids: Collection[int]) -> int:
    """Take devices out of a group filled by hand; returns how many were in it.

    Raises: NotFound.
    """
    with transaction.atomic():
        group = _group(actor, group_id)
        removed = GroupMember.objects.filter(group=group, device_id__in=list(device_ids)).delete()[0]
        details = {"removed": removed}
        identity.record(actor, action="iot.remove_members", target=f"iot.devicegroup:{group_id}", details=details)
    return removed


def _group(actor: Actor, group_id: int) -> DeviceGroup:
    rows = DeviceGroup.objects.select_for_update().filter(identity.row_scope(actor, MANAGE_DEVICES).q(), id=group_id)
    group = rows.first()
    if group is None:
        raise NotFound
    return group
