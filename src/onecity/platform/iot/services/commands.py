"""Orders to devices: asked for, sent by the gateway that holds the device's line, ended by the device's own word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.declare import Command
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.permissions import COMMAND_DEVICES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.selectors.devices import device_for

PATIENCE: Final = timedelta(minutes=2)
SET_TIME: Final = "set_time"
OPEN: Final = (DeviceCommand.State.QUEUED, DeviceCommand.State.SENT, DeviceCommand.State.ACCEPTED)

_CLAIM: Final = """
    UPDATE iot_devicecommand c SET state = 'sent', reference = %s
    WHERE c.id = %s AND c.state = 'queued' AND c.expires_at > %s RETURNING c.id
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for a gateway."""

    id: int
    device_key: str
    code: str
    argument: int | None


def order(actor: Actor, *, device_id: int, code: str, argument: int | None, now: datetime) -> int:
    """Order a device to do something and return the order's id. now: real time.

    It expires if the device has no line or does not answer within two minutes; nothing is sent twice.
    Raises: NotFound; Invalid if the device's type has no such command or not with this argument.
    """
    device = device_for(actor, device_id, permission=COMMAND_DEVICES)
    kind = device_types().get(device.type_code)
    command = next((item for item in kind.commands if item.code == code), None) if kind else None
    if command is None:
        raise Invalid(zh("该类设备没有这个命令"), fields={"code": zh("该类设备没有这个命令")})
    fits = argument is None if not command.argument else _within(command, argument)
    if not fits:
        raise Invalid(fields={"argument": zh("参数超出允许的范围")})
    with transaction.atomic():
        made = _make(device_id, code=code, argument=argument, asked_by=actor.key, now=now)
        details = {"command": code, "argument": argument}
        identity.record(actor, action="iot.order_device", target=f"iot.device:{device_id}", details=details)
    return made


def order_time(device_id: int, *, now: datetime) -> None:
    """Order a device's clock to be set because it asked for it; once for as long as the order is open."""
    if not DeviceCommand.objects.filter(device_id=device_id, code=SET_TIME, state__in=OPEN).exists():
        _make(device_id, code=SET_TIME, argument=None, asked_by="device", now=now)


def waiting_orders(now: datetime) -> list[Waiting]:
    """Return the orders that wait for a gateway, oldest first."""
    rows = DeviceCommand.objects.filter(state=DeviceCommand.State.QUEUED, expires_at__gt=now).order_by("id")
    return [Waiting(row.id, row.device.key, row.code, row.argument) for row in rows.select_related("device")[:500]]


def claim_order(order_id: int, *, reference: str, now: datetime) -> bool:
    """Take an order to send it; False if another gateway has it. reference: by which the device's answer is known."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [reference, order_id, now])
        return cursor.fetchone() is not None


def fail_order(order_id: int, *, result: str, now: datetime) -> None:
    """Close an order that cannot even be sent. result: why."""
    DeviceCommand.objects.filter(id=order_id, state=DeviceCommand.State.QUEUED).update(
        state=DeviceCommand.State.FAILED, result=result[:60], ended_at=now
    )


def note_answer(device_id: int, *, reference: str, state: DeviceCommand.State, result: str, now: datetime) -> None:
    """Note what a device said of an order: accepted, done or failed."""
    ended = now if state in {DeviceCommand.State.DONE, DeviceCommand.State.FAILED} else None
    DeviceCommand.objects.filter(
        device_id=device_id, reference=reference, state__in=[DeviceCommand.State.SENT, DeviceCommand.State.ACCEPTED]
    ).update(state=state, result=result[:60], ended_at=ended)


def expire_orders(now: datetime) -> int:
    """Close orders that nobody answered in time; returns how many. now: real time."""
    return DeviceCommand.objects.filter(state__in=OPEN, expires_at__lte=now).update(
        state=DeviceCommand.State.EXPIRED, ended_at=now
    )


def _within(command: Command, argument: int | None) -> bool:
    return argument is not None and command.lowest <= argument <= command.highest


def _make(device_id: int, *, code: str, argument: int | None, asked_by: str, now: datetime) -> int:
    return DeviceCommand.objects.create(
        device_id=device_id,
        code=code,
        argument=argument,
        asked_by=asked_by[:60],
        asked_at=now,
        expires_at=now + PATIENCE,
    ).id
