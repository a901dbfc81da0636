"""Asking a device to do something, and taking it back while nobody has sent it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DeviceInfo
from onecity.platform.iot.declare import Command
from onecity.platform.iot.models import CommandBatch, DeviceCommand
from onecity.platform.iot.permissions import COMMAND_DEVICES
from onecity.platform.iot.registries import type_of
from onecity.platform.iot.rules.arguments import checked
from onecity.platform.iot.selectors.devices import device_for

PATIENCE: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(days=30)
SET_TIME: Final = "set_time"
OPEN: Final = (DeviceCommand.State.QUEUED, DeviceCommand.State.SENT, DeviceCommand.State.ACCEPTED)


class OrderOver(Conflict):
    """The order was sent or has ended; it cannot be taken back."""

    code = "iot.order_over"
    message = zh("命令已下发或已结束，不能取消")


def order(
    actor: Actor,
    *,
    device_id: int,
    code: str,
    now: datetime,
    argument: int | None = None,
    arguments: Mapping[str, object] | None = None,
    wait: timedelta = PATIENCE,
) -> int:
    """Order a device to do something and return the order's id. now: real time.

    argument: of a command that takes a single whole number. wait: for how long the order waits for the device to have a
    line. Once it is sent, the command's own time-out and retries count.
    Raises: NotFound; Invalid if the device's type has no such command or not with these arguments.
    """
    device = device_for(actor, device_id, permission=COMMAND_DEVICES)
    command = command_of(device, code)
    given = fitting(command, argument=argument, arguments=arguments)
    with transaction.atomic():
        made = make_order(device_id, command=command, arguments=given, asked_by=actor.key, now=now, wait=wait)
        details = {"command": code, "argument": argument, "arguments": given}
        identity.record(actor, action="iot.order_device", target=f"iot.device:{device_id}", details=details)
    return made


def order_by_platform(
    device_id: int, *, command: Command, arguments: Mapping[str, object], now: datetime, wait: timedelta
) -> int:
    """Order what the platform itself has to tell a device, such as new settings; in the caller's transaction."""
    return make_order(device_id, command=command, arguments=arguments, asked_by="system:iot", now=now, wait=wait)


def order_time(device_id: int, *, now: datetime) -> None:
    """Order a device's clock to be set because it asked for it; once for as long as the order is open."""
    if not DeviceCommand.objects.filter(device_id=device_id, code=SET_TIME, state__in=OPEN).exists():
        make_order(device_id, command=Command(SET_TIME, SET_TIME), arguments={}, asked_by="device", now=now)


def cancel_order(actor: Actor, *, order_id: int, now: datetime) -> None:
    """Take back an order that waits to be sent, for the first time or again.

    Raises: NotFound; OrderOver.
    """
    found = DeviceCommand.objects.filter(id=order_id).values_list("device_id", flat=True).first()
    if found is None:
        raise NotFound
    device_for(actor, found, permission=COMMAND_DEVICES)
    with transaction.atomic():
        waiting = DeviceCommand.objects.filter(id=order_id, state=DeviceCommand.State.QUEUED)
        if not waiting.update(state=DeviceCommand.State.CANCELLED, ended_at=now):
            raise OrderOver
        identity.record(actor, action="iot.cancel_order", target=f"iot.devicecommand:{order_id}")


def cancel_batch(actor: Actor, *, batch_id: int, now: datetime) -> int:
    """Take back what of a batch waits to be sent; returns how many.

    Raises: NotFound if the actor may not command where the batch belongs.
    """
    scope = identity.row_scope(actor, COMMAND_DEVICES)
    if not CommandBatch.objects.filter(scope.q(), id=batch_id).exists():
        raise NotFound
    with transaction.atomic():
        waiting = DeviceCommand.objects.filter(batch_id=batch_id, state=DeviceCommand.State.QUEUED)
        ended = waiting.update(state=DeviceCommand.State.CANCELLED, ended_at=now)
        identity.record(actor, action="iot.cancel_batch", target=f"iot.commandbatch:{batch_id}")
    return ended


def command_of(device: DeviceInfo, code: str) -> Command:
    """Return a command that a device's type has.

    Raises: Invalid.
    """
    kind = type_of(device.type_code, edition=device.type_edition)
    command = kind.command(code) if kind else None
    if command is None:
        raise Invalid(zh("该类设备没有这个命令"), fields={"code": zh("该类设备没有这个命令")})
    return command


def fitting(
    command: Command, *, argument: int | None, arguments: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Return a command's arguments, checked; a single whole number may come alone.

    Raises: Invalid naming the arguments that are wrong; the single one is called `argument`.
    """
    given = dict(arguments or {})
    if argument is not None:
        given[command.argument or "argument"] = argument
    try:
        return checked(command.takes, given)
    except Invalid as fault:
        single = {command.argument: "argument"} if command.argument and arguments is None else {}
        named = {single.get(name, name): text for name, text in fault.fields.items()}
        raise Invalid(fields=named) from fault


def make_order(
    device_id: int,
    *,
    command: Command,
    arguments: Mapping[str, object],
    asked_by: str,
    now: datetime,
    wait: timedelta = PATIENCE,
) -> int:
    """Queue an order; in the caller's transaction."""
    return DeviceCommand.objects.create(
        device_id=device_id,
        code=command.code,
        argument=single_number(command, arguments),
        arguments=dict(arguments),
        confirmation=command.confirmation.value,
        timeout_s=command.timeout_s,
        retries=command.retries,
        asked_by=asked_by[:60],
        asked_at=now,
        expires_at=now + min(wait, LONGEST_WAIT),
    ).id


def single_number(command: Command, arguments: Mapping[str, object]) -> int | None:
    """Return the whole number of a command that takes just one; None for others."""
    value = arguments.get(command.argument) if command.argument else None
    return value if isinstance(value, int) else None
