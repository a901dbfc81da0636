"""Devices are registered: one by one, or many at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.registration import NewDevice, Registered
from onecity.platform.iot.models import Device, UnknownDevice
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.search import pairs
from onecity.platform.iot.services.changes import EVERYTHING, tell_changed
from onecity.platform.iot.services.credentials import password_hash
from onecity.platform.iot.services.devices.belonging import Belongings, belongings
from onecity.platform.iot.services.devices.facts import check_scope, description_faults, point
from onecity.platform.iot.services.life import note_life

MOST_AT_ONCE: Final = 5_000
_TOLD_SINGLY: Final = 50
_FORBIDDEN_IN_KEYS: Final = frozenset("+#/\0 \t\r\n;,=&")
_RESERVED: Final = "onecity-"
"""Begins the names of the platform's own accounts at the broker, where a certificate's name is a device's key."""
_OWN: Final = """
    UPDATE iot_quarantinedmessage q
    SET device_id = d.id, organisation_id = d.organisation_id, division_code = d.division_code
    FROM iot_device d WHERE d.id = ANY(%s) AND q.device_key = d.key AND q.state = 'open'
"""
Faults = Mapping[int, Mapping[str, str]]


class DeviceExists(Conflict):
    """A device calls itself so already."""

    code = "iot.device_exists"
    message = zh("该设备标识已登记")


def register_device(actor: Actor, *, new: NewDevice, now: datetime) -> int:
    """Register a device and return its id. now: city time.

    What it sent before stays in the quarantine until it is replayed.
    Raises: Invalid naming the field; DeviceExists; OutsideScope.
    """
    faults = _faults([new], [_organisation_exists(new.organisation_id)])
    if faults:
        raise Invalid(fields=faults[0])
    check_scope(actor, organisation_id=new.organisation_id, division_code=new.division_code)
    done = _register(actor, [new], now=now)
    if not done.made:
        raise DeviceExists(fields={"key": DeviceExists.message})
    return done.ids[new.key]


def register_devices(actor: Actor, *, new: Sequence[NewDevice], now: datetime) -> Registered:
    """Register many devices in one transaction; keys that are registered already are left as they are.

    now: city time. At most `MOST_AT_ONCE` devices.
    Raises: Invalid, its fields named `<number from 0>.<field>`, if any is at fault; nothing is registered then.
    """
    faults = faults_of(actor, new=new)
    if faults:
        raise Invalid(fields={f"{row}.{name}": text for row, found in faults.items() for name, text in found.items()})
    if len(new) > MOST_AT_ONCE:
        raise Invalid(zh("一次最多登记5000台设备"))
    return _register(actor, new, now=now)


def faults_of(actor: Actor, *, new: Sequence[NewDevice]) -> Faults:
    """Return what keeps devices from being registered: by their number from 0, then by field; empty if nothing does.

    Keys that are registered already are no fault.
    """
    there = {number: _organisation_exists(number) for number in {item.organisation_id for item in new}}
    faults = {row: dict(found) for row, found in _faults(new, [there[item.organisation_id] for item in new]).items()}
    scopes: dict[tuple[int, str], str] = {}
    for row, item in enumerate(new):
        place = (item.organisation_id, item.division_code)
        if place not in scopes:
            scopes[place] = _scope_fault(actor, *place) if there[item.organisation_id] else ""
        if scopes[place]:
            faults.setdefault(row, {})["organisation_id"] = scopes[place]
    return faults


def _register(actor: Actor, new: Sequence[NewDevice], *, now: datetime) -> Registered:
    keys = [item.key for item in new]
    with transaction.atomic():
        _take_turns()
        ids = dict(Device.objects.filter(key__in=keys).values_list("key", "id"))
        known = _belongings(new)
        made_rows = [_row(item, known, now=now) for item in new if item.key not in ids]
        rows = Device.objects.bulk_create(made_rows, batch_size=1000)
        note_life([row.id for row in rows], kind="registered", after="registered", by=actor.key, now=now)
        _own_what_came_before(rows)
        for row in rows:
            details = {"key": row.key, "type": row.type_code}
            identity.record(actor, action="iot.register_device", target=f"iot.device:{row.id}", details=details)
        made = {row.key: row.id for row in rows}
        tell_changed(*(made if len(made) <= _TOLD_SINGLY else [EVERYTHING]))
    return Registered({**ids, **made}, frozenset(made))


def _own_what_came_before(rows: Sequence[Device]) -> None:
    """Give what strangers sent that are registered now to those who answer for them."""
    UnknownDevice.objects.filter(key__in=[row.key for row in rows]).update(state=UnknownDevice.State.REGISTERED)
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [[row.id for row in rows]])


def _belongings(new: Sequence[NewDevice]) -> Belongings:
    return belongings(product_codes=[item.product_code for item in new], parent_keys=[item.parent_key for item in new])


def _row(new: NewDevice, known: Belongings, *, now: datetime) -> Device:
    return Device(
        key=new.key,
        name=new.name.strip(),
        type_code=new.type_code,
        protocol=new.protocol,
        organisation_id=new.organisation_id,
        division_code=new.division_code,
        location=point(new.place),
        address=new.address,
        password_hash=password_hash(new.password),
        scales=dict(new.scales),
        product=known.products.get(new.product_code),
        parent=known.parents.get(new.parent_key),
        tags=list(dict.fromkeys(new.tags)),
        link=dict(new.link),
        words=pairs(f"{new.name} {new.key}"),
        created_at=now,
    )


def _faults(new: Sequence[NewDevice], organisation_exists: Sequence[bool]) -> dict[int, dict[str, str]]:
    often, known = Counter(item.key for item in new), _belongings(new)
    found: dict[int, dict[str, str]] = {}
    for row, (item, there) in enumerate(zip(new, organisation_exists, strict=True)):
        faults = description_faults(
            name=item.name,
            division_code=item.division_code,
            place=item.place,
            address=item.address,
            scales=item.scales,
        )
        checks = (
            ("key", is_key(item.key), zh("设备标识应为1至64个字符，不含空格和 + # / ; , = &")),
            ("key", often[item.key] == 1, zh("设备标识重复")),
            ("type_code", item.type_code in device_types(), zh("没有这个设备类型")),
            ("organisation_id", there, zh("没有这个机构")),
        )
        faults |= known.faults(item) | {field: text for field, holds, text in checks if not holds}
        if faults:
            found[row] = faults
    return found


def is_key(key: str) -> bool:
    """Say whether this may be what a device calls itself."""
    usable = 1 <= len(key) <= 64 and not _FORBIDDEN_IN_KEYS & set(key) and key.isprintable()
    return usable and not key.startswith(_RESERVED)


def _organisation_exists(number: int) -> bool:
    try:
        identity.organisation(number)
    except OneCityError:
        return False
    return True


def _scope_fault(actor: Actor, organisation_id: int, division_code: str) -> str:
    try:
        check_scope(actor, organisation_id=organisation_id, division_code=division_code)
    except OneCityError as refusal:
        return refusal.template
    return ""


def _take_turns() -> None:
    """Let one registration in at a time, so that each knows exactly which devices are its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('iot.register', 0))")
