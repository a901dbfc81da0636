"""Devices: registered, changed, retired."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.contrib.gis.geos import Point
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotPermitted, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, UnknownDevice
from onecity.platform.iot.models.devices import SRID
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.credentials import password_hash

MANAGE: Final = "iot.manage_devices"
_FORBIDDEN_IN_KEYS: Final = frozenset("+#/\0 \t\r\n;,=&")


class DeviceExists(Conflict):
    """A device calls itself so already."""

    code = "iot.device_exists"
    message = zh("该设备标识已登记")


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What is told of a device when it is registered.

    key: what it calls itself on the wire. place: longitude and latitude, WGS 84. password: access password of HJ 212,
    "" if any is to be taken. scales: for single names on the wire, how many of the property's units one unit is,
    where this device differs from its type.
    """

    key: str
    name: str
    type_code: str
    protocol: Protocol
    organisation_id: int
    division_code: str = ""
    place: tuple[float, float] | None = None
    address: str = ""
    password: str = ""
    scales: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceChanges:
    """What may be changed of a device; password None leaves it as it is, "" takes any."""

    name: str
    organisation_id: int
    division_code: str
    place: tuple[float, float] | None
    address: str
    password: str | None = None
    scales: Mapping[str, float] = field(default_factory=dict)


def register_device(actor: Actor, *, new: NewDevice, now: datetime) -> int:
    """Register a device and return its id. now: city time.

    What it sent before stays in the quarantine until it is replayed.
    Raises: Invalid naming the field; DeviceExists; NotPermitted outside the actor's scope.
    """
    _check(new)
    _check_scope(actor, organisation_id=new.organisation_id, division_code=new.division_code)
    with transaction.atomic():
        device, made = Device.objects.get_or_create(
            key=new.key,
            defaults={
                "name": new.name,
                "type_code": new.type_code,
                "protocol": new.protocol,
                "organisation_id": new.organisation_id,
                "division_code": new.division_code,
                "location": _point(new.place),
                "address": new.address,
                "password_hash": password_hash(new.password),
                "scales": dict(new.scales),
                "words": pairs(f"{new.name} {new.key}"),
                "created_at": now,
            },
        )
        if not made:
            raise DeviceExists(fields={"key": DeviceExists.message})
        UnknownDevice.objects.filter(key=new.key).update(state=UnknownDevice.State.REGISTERED)
        details = {"key": new.key, "type": new.type_code}
        identity.record(actor, action="iot.register_device", target=f"iot.device:{device.id}", details=details)
        tell_changed(new.key)
    return device.id


def change_device(actor: Actor, *, device_id: int, changes: DeviceChanges) -> None:
    """Change a device's description.

    Raises: NotFound; Invalid naming the field; NotPermitted if it would leave the actor's scope.
    """
    seen = device_for(actor, device_id, permission=MANAGE)
    _check_scope(actor, organisation_id=changes.organisation_id, division_code=changes.division_code)
    _refuse(_description_faults(changes.name, changes.place, changes.scales))
    with transaction.atomic():
        device = Device.objects.select_for_update().get(id=device_id)
        device.name, device.address = changes.name, changes.address
        device.organisation_id, device.division_code = changes.organisation_id, changes.division_code
        device.location, device.scales = _point(changes.place), dict(changes.scales)
        device.words = pairs(f"{changes.name} {device.key}")
        if changes.password is not None:
            device.password_hash = password_hash(changes.password)
        device.save(
            update_fields=[
                *("name", "address", "organisation_id", "division_code", "location", "scales", "words"),
                "password_hash",
            ]
        )
        identity.record(actor, action="iot.change_device", target=f"iot.device:{device_id}")
        tell_changed(seen.key)


def retire_device(actor: Actor, *, device_id: int, reason: str, now: datetime) -> None:
    """Take a device out of service: what it still sends goes to the quarantine; its readings stay.

    Raises: NotFound.
    """
    seen = device_for(actor, device_id, permission=MANAGE)
    with transaction.atomic():
        done = (
            Device.objects.filter(id=device_id)
            .exclude(state=Device.State.RETIRED)
            .update(state=Device.State.RETIRED, retired_at=now)
        )
        if done:
            details = {"reason": reason[:200]}
            identity.record(actor, action="iot.retire_device", target=f"iot.device:{device_id}", details=details)
            tell_changed(seen.key)


def restore_device(actor: Actor, *, device_id: int) -> None:
    """Take a retired device back into service.

    Raises: NotFound.
    """
    seen = device_for(actor, device_id, permission=MANAGE)
    with transaction.atomic():
        done = Device.objects.filter(id=device_id, state=Device.State.RETIRED).update(
            state=Device.State.REGISTERED, retired_at=None
        )
        if done:
            identity.record(actor, action="iot.restore_device", target=f"iot.device:{device_id}")
            tell_changed(seen.key)


def ignore_unknown(actor: Actor, *, unknown_id: int) -> None:
    """Put a device that nobody will register out of sight; it is counted on."""
    with transaction.atomic():
        if UnknownDevice.objects.filter(id=unknown_id).update(state=UnknownDevice.State.IGNORED):
            identity.record(actor, action="iot.ignore_unknown", target=f"iot.unknowndevice:{unknown_id}")


def _check(new: NewDevice) -> None:
    faults = _description_faults(new.name, new.place, new.scales)
    if not 1 <= len(new.key) <= 64 or _FORBIDDEN_IN_KEYS & set(new.key) or not new.key.isprintable():
        faults["key"] = zh("设备标识应为1至64个字符，不含空格和 + # / ; , = &")
    if new.type_code not in device_types():
        faults["type_code"] = zh("没有这个设备类型")
    try:
        identity.organisation(new.organisation_id)
    except OneCityError:
        faults["organisation_id"] = zh("没有这个机构")
    _refuse(faults)


def _description_faults(name: str, place: tuple[float, float] | None, scales: Mapping[str, float]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not 1 <= len(name.strip()) <= 80:
        faults["name"] = zh("设备名称应为1至80个字")
    if place is not None and not (-180 <= place[0] <= 180 and -90 <= place[1] <= 90):
        faults["place"] = zh("经纬度超出范围")
    if not all(isinstance(scale, int | float) and scale > 0 for scale in scales.values()):
        faults["scales"] = zh("换算系数应大于零")
    return faults


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        raise Invalid(fields=faults)


def _check_scope(actor: Actor, *, organisation_id: int, division_code: str) -> None:
    keys = identity.row_keys(organisation_id=organisation_id, division_code=division_code)
    if not {*keys, "*"} & actor.scopes(MANAGE):
        raise NotPermitted(zh("该机构或网格不在您的权限范围内"))


def _point(place: tuple[float, float] | None) -> Point | None:
    return Point(place[0], place[1], srid=SRID) if place else None
