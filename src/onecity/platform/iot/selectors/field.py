"""What field gateways ask of devices: who owns a token, what is attached to a line, whom a service has to ask."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import Attached
from onecity.platform.iot.models import Device, DeviceCredential, DeviceShadow
from onecity.platform.iot.registries import type_of
from onecity.platform.iot.rules.mapping import fields_of

MOST_CHILDREN: Final = 5_000
"""Devices behind one gateway that its line is told of."""


def token_owners(digests: Collection[str], *, now: datetime) -> Mapping[str, str]:
    """Return the key of the device by the digest of a token that is valid now, real time."""
    valid = DeviceCredential.objects.filter(digest__in=digests, revoked_at__isnull=True)
    rows = valid.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return dict(rows.values_list("digest", "device__key"))


def attached(device_ids: Collection[int]) -> Mapping[int, tuple[Attached, ...]]:
    """Return for each device itself, then the devices in use that are reached through it, by key."""
    found: dict[int, list[Attached]] = {number: [] for number in device_ids}
    shadows = {row.device_id: row for row in DeviceShadow.objects.filter(device_id__in=device_ids)}
    for row in _in_use().filter(id__in=device_ids):
        shadow = shadows.get(row.id)
        own = _attached(row)
        found[row.id].append(replace(own, desired=shadow.desired, reported=shadow.reported) if shadow else own)
    for row in _in_use().filter(parent_id__in=device_ids).order_by("key"):
        family = found.get(row.parent_id or 0)
        if family is not None and len(family) <= MOST_CHILDREN:
            family.append(_attached(row))
    return {number: tuple(family) for number, family in found.items()}


def roster(protocol: Protocol) -> Sequence[Attached]:
    """Return every device in use of a protocol, by key."""
    return [_attached(row) for row in _in_use().filter(protocol=protocol.value).order_by("key").iterator()]


def traced_keys() -> frozenset[str]:
    """Return the keys of devices whose bytes are to be kept now; real time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT d.key FROM iot_trace t JOIN iot_device d ON d.id = t.device_id WHERE t.ends_at > now()")
        return frozenset(row[0] for row in cursor.fetchall())


def _in_use() -> "QuerySet[Device]":
    kept = Device.objects.exclude(state=Device.State.RETIRED)
    return kept.select_related("product")


def _attached(row: Device) -> Attached:
    kind = type_of(row.type_code, edition=row.type_edition)
    mapping = row.product.mapping if row.product else {}
    names = tuple(fields_of(kind, protocol=Protocol(row.protocol), mapping=mapping))
    return Attached(row.key, row.type_code, row.protocol, names, dict(row.link))
