"""Reading what was ordered of a device, what it said, and whether it has a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from onecity.platform.iot.contracts import NoteInfo, OrderInfo, TokenInfo
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import DeviceCommand, DeviceCredential, DeviceNote


def orders_of(device_id: int, *, most: int) -> list[OrderInfo]:
    """Return a device's newest orders."""
    rows = DeviceCommand.objects.filter(device_id=device_id).order_by("-asked_at", "-id")[:most]
    return [
        OrderInfo(row.id, row.code, row.argument, row.state, row.result, row.asked_by, row.asked_at, row.ended_at)
        for row in rows
    ]


def notes_of(device_id: int, *, most: int) -> list[NoteInfo]:
    """Return what a device said last that is no reading."""
    rows = DeviceNote.objects.filter(device_id=device_id).order_by("-received_at", "-id")[:most]
    return [NoteInfo(row.kind, row.content, row.received_at) for row in rows]


def token_of(device_id: int) -> TokenInfo | None:
    """Return a device's valid token; None if it has none."""
    row = DeviceCredential.objects.filter(device_id=device_id, revoked_at__isnull=True).first()
    return TokenInfo(row.prefix, row.created_at) if row else None


@dataclass(frozen=True, slots=True)
class MqttOrder:
    """An order that waits for a device which hears its orders from the broker, or asks for them over HTTP."""

    id: int
    device_key: str
    code: str
    arguments: Mapping[str, object]
    expires_at: datetime


def mqtt_orders(now: datetime, *, most: int = 500) -> list[MqttOrder]:
    """Return the orders that wait for devices on MQTT, oldest first. now: real time."""
    return [_plain(row) for row in _waiting(now).filter(device__protocol=Protocol.MQTT)[:most]]


def orders_for(device_id: int, *, now: datetime, most: int = 20) -> list[MqttOrder]:
    """Return the orders that wait for one device, oldest first. now: real time."""
    return [_plain(row) for row in _waiting(now).filter(device_id=device_id)[:most]]


def _waiting(now: datetime) -> "QuerySet[DeviceCommand]":
    rows = DeviceCommand.objects.filter(state=DeviceCommand.State.QUEUED, expires_at__gt=now)
    return rows.select_related("device").order_by("id")


def _plain(row: DeviceCommand) -> MqttOrder:
    arguments = {} if row.argument is None else {"argument": row.argument}
    return MqttOrder(row.id, row.device.key, row.code, arguments, row.expires_at)
