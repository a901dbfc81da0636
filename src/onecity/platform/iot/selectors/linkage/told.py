"""Names that a rule's page tells beside ids."""

from collections.abc import Sequence

from onecity.platform.iot.models import Device, DeviceGroup


def keys_of(device_ids: Sequence[int]) -> dict[int, str]:
    """Return the keys of devices by id; the caller has asked for the rule that names them before."""
    return dict(Device.objects.filter(id__in=device_ids).values_list("id", "key")) if device_ids else {}


def group_name(group_id: int) -> str:
    """Return a group's name; "" for none."""
    return DeviceGroup.objects.filter(id=group_id).values_list("name", flat=True).first() or "" if group_id else ""
