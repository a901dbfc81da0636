"""Devices that a filter means."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Q, QuerySet, Value

from onecity.kernel.actor import Actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.filters import DeviceFilter, filter_of
from onecity.platform.iot.models import Device, DeviceGroup, GroupMember
from onecity.platform.iot.rules.search import pairs

_EQUAL = ("type_code", "state", "protocol", "product_id", "organisation_id", "parent_id", "firmware_version")
_WORDS = ArrayField(CharField(max_length=4))


def chosen_devices(actor: Actor, chosen: DeviceFilter, *, permission: str) -> QuerySet[Device]:
    """Return the devices that a filter means and that the actor may see with this permission."""
    return narrowed(Device.objects.filter(identity.row_scope(actor, permission).q()), chosen)


def narrowed(rows: QuerySet[Device], chosen: DeviceFilter) -> QuerySet[Device]:
    """Return those of the rows that a filter means."""
    rows = rows.filter(**{name: getattr(chosen, name) for name in _EQUAL if getattr(chosen, name)})
    if chosen.division_code:
        rows = rows.filter(division_code__startswith=chosen.division_code)
    if chosen.tag:
        rows = rows.filter(tags__contains=[chosen.tag])
    if chosen.search:
        rows = _searched(rows, chosen.search)
    return _grouped(rows, chosen.group_id) if chosen.group_id else rows


def _searched(rows: QuerySet[Device], text: str) -> QuerySet[Device]:
    words = pairs(text)
    if words:
        rows = rows.filter(words__contains=Value(words, output_field=_WORDS))
    else:
        rows = rows.filter(name__startswith=text)
    return rows.filter(Q(name__icontains=text) | Q(key__icontains=text))


def _grouped(rows: QuerySet[Device], group_id: int) -> QuerySet[Device]:
    """A group by filter never names another group, so this ends."""
    group = DeviceGroup.objects.filter(id=group_id).first()
    if group is None:
        return rows.none()
    if group.kind == DeviceGroup.Kind.STATIC:
        return rows.filter(id__in=GroupMember.objects.filter(group_id=group_id).values("device_id"))
    return narrowed(rows, filter_of(group.filter))
