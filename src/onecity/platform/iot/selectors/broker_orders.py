"""Orders that wait for devices which hear them from the broker, or ask for them over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import DeviceCommand


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """An order that waits. timeout_s: for how long its answer is waited for, once it is sent."""

    id: int
    device_key: str
    code: str
    arguments: Mapping[str, object]
    timeout_s: int


def broker_orders(now: datetime, *, most: int = 500) -> list[BrokerOrder]:
    """Return the orders that wait for devices on MQTT, oldest first. now: real time."""
    return [_plain(row) for row in _waiting(now).filter(device__protocol=Protocol.MQTT)[:most]]


def orders_for(device_id: int, *, now: datetime, most: int = 20) -> list[BrokerOrder]:
    """Return the orders that wait for one device, oldest first. now: real time."""
    return [_plain(row) for row in _waiting(now).filter(device_id=device_id)[:most]]


def _waiting(now: datetime) -> QuerySet[DeviceCommand]:
    rows = DeviceCommand.objects.filter(state=DeviceCommand.State.QUEUED, expires_at__gt=now)
    return rows.filter(Q(next_at=None) | Q(next_at__lte=now)).select_related("device").order_by("id")


def _plain(row: DeviceCommand) -> BrokerOrder:
    return BrokerOrder(row.id, row.device.key, row.code, row.arguments, row.timeout_s)
