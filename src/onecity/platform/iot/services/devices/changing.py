"""Devices are changed, taken out of service and back; strangers are put out of sight."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.registration import DeviceChanges
from onecity.platform.iot.models import Device, UnknownDevice
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.alarms import end_alarms_of
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.credentials import password_hash
from onecity.platform.iot.services.devices.facts import check_scope, description_faults, point


def change_device(actor: Actor, *, device_id: int, changes: DeviceChanges) -> None:
    """Change a device's description.

    Raises: NotFound; Invalid naming the field; OutsideScope if it would leave the actor's scope.
    """
    seen = device_for(actor, device_id, permission=MANAGE_DEVICES)
    faults = description_faults(
        name=changes.name,
        division_code=changes.division_code,
        place=changes.place,
        address=changes.address,
        scales=changes.scales,
    )
    if faults:
        raise Invalid(fields=faults)
    check_scope(actor, organisation_id=changes.organisation_id, division_code=changes.division_code)
    with transaction.atomic():
        device = Device.objects.select_for_update(no_key=True).get(id=device_id)
        _take_over(device, changes)
        device.save()
        identity.record(actor, action="iot.change_device", target=f"iot.device:{device_id}")
        tell_changed(seen.key)


def _take_over(device: Device, changes: DeviceChanges) -> None:
    device.name, device.address = changes.name.strip(), changes.address
    device.organisation_id, device.division_code = changes.organisation_id, changes.division_code
    device.location, device.scales = point(changes.place), dict(changes.scales)
    device.words = pairs(f"{device.name} {device.key}")
    if changes.password is not None:
        device.password_hash = password_hash(changes.password)


def retire_device(actor: Actor, *, device_id: int, reason: str, now: datetime) -> None:
    """Take a device out of service: its alarms end, what it still sends goes to the quarantine, its readings stay.

    now: city time.
    Raises: NotFound.
    """
    seen = device_for(actor, device_id, permission=MANAGE_DEVICES)
    with transaction.atomic():
        device = Device.objects.select_for_update(no_key=True).get(id=device_id)
        if device.state == Device.State.RETIRED:
            return
        device.state, device.retired_at = Device.State.RETIRED, now
        device.save(update_fields=["state", "retired_at"])
        end_alarms_of(device_id, now=now)
        details = {"reason": reason[:200]}
        identity.record(actor, action="iot.retire_device", target=f"iot.device:{device_id}", details=details)
        tell_changed(seen.key)


def restore_device(actor: Actor, *, device_id: int) -> None:
    """Take a retired device back into service.

    Raises: NotFound.
    """
    seen = device_for(actor, device_id, permission=MANAGE_DEVICES)
    with transaction.atomic():
        done = Device.objects.filter(id=device_id, state=Device.State.RETIRED).update(
            state=Device.State.REGISTERED, retired_at=None
        )
        if done:
            identity.record(actor, action="iot.restore_device", target=f"iot.device:{device_id}")
            tell_changed(seen.key)


def ignore_unknown(actor: Actor, *, unknown_id: int) -> None:
    """Put a device that nobody will register out of sight; it is counted on.

    Raises: NotFound if it does not wait to be registered.
    """
    with transaction.atomic():
        waiting = UnknownDevice.objects.filter(id=unknown_id, state=UnknownDevice.State.OPEN)
        if not waiting.update(state=UnknownDevice.State.IGNORED):
            raise NotFound
        identity.record(actor, action="iot.ignore_unknown", target=f"iot.unknowndevice:{unknown_id}")
