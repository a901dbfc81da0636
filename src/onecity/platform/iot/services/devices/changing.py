"""Devices are changed, taken out of service and back; strangers are put out of sight."""

from datetime import datetime

from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.registration import DeviceChanges
from onecity.platform.iot.models import Device, UnknownDevice
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.alarms import end_alarms_of
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.credentials import password_hash
from onecity.platform.iot.services.devices.belonging import (
    BAD_TAGS,
    NESTED_PARENT,
    NO_PRODUCT,
    OTHER_PRODUCT,
    are_tags,
    belongings,
)
from onecity.platform.iot.services.devices.facts import check_scope, description_faults, point
from onecity.platform.iot.services.life import note_life


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
        _move(device, changes)
        device.save()
        if device.organisation_id != seen.organisation_id:
            moved = {"before": str(seen.organisation_id), "after": str(device.organisation_id)}
            note_life([device_id], kind="moved", by=actor.key, now=clock.city_now(), **moved)
        identity.record(actor, action="iot.change_device", target=f"iot.device:{device_id}")
        tell_changed(seen.key)


def place_device(actor: Actor, *, device_id: int, place: tuple[float, float]) -> None:
    """Put a device to another place on the map. place: longitude and latitude, WGS 84.

    Raises: NotFound; Invalid.
    """
    seen = device_for(actor, device_id, permission=MANAGE_DEVICES)
    if not (-180 <= place[0] <= 180 and -90 <= place[1] <= 90):
        raise Invalid(fields={"place": zh("经纬度超出范围")})
    with transaction.atomic():
        Device.objects.filter(id=device_id).update(location=point(place))
        details = {"longitude": place[0], "latitude": place[1]}
        identity.record(actor, action="iot.place_device", target=f"iot.device:{device_id}", details=details)
        tell_changed(seen.key)


def _move(device: Device, changes: DeviceChanges) -> None:
    """Give a device to another product or gateway.

    Raises: Invalid.
    """
    known = belongings(product_codes=[changes.product_code or ""], parent_keys=[changes.parent_key or ""])
    faults = {}
    if changes.tags is not None and not are_tags(changes.tags):
        faults["tags"] = BAD_TAGS
    if changes.parent_key is not None:
        faults["parent_key"] = known.parent_fault(changes.parent_key, device.key)
        if changes.parent_key and Device.objects.filter(parent_id=device.id).exists():
            faults["parent_key"] = NESTED_PARENT
        device.parent = known.parents.get(changes.parent_key)
    if changes.product_code is not None:
        product = known.products.get(changes.product_code)
        if changes.product_code and product is None:
            faults["product_code"] = NO_PRODUCT
        elif product and (product.type_code, product.protocol) != (device.type_code, device.protocol):
            faults["product_code"] = OTHER_PRODUCT
        device.product = product
    found = {field: text for field, text in faults.items() if text}
    if found:
        raise Invalid(fields=found)


def _take_over(device: Device, changes: DeviceChanges) -> None:
    device.name, device.address = changes.name.strip(), changes.address
    device.organisation_id, device.division_code = changes.organisation_id, changes.division_code
    device.location, device.scales = point(changes.place), dict(changes.scales)
    if changes.tags is not None:
        device.tags = list(dict.fromkeys(changes.tags))
    if changes.link is not None:
        device.link = dict(changes.link)
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
        note_life([device_id], kind="retired", before=seen.state, after="retired", reason=reason, by=actor.key, now=now)
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
            restored = {"before": "retired", "after": "registered"}
            note_life([device_id], kind="restored", by=actor.key, now=clock.city_now(), **restored)
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
