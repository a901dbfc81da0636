"""One order to many devices."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.filters import DeviceFilter
from onecity.platform.iot.declare import Command
from onecity.platform.iot.models import CommandBatch, Device
from onecity.platform.iot.permissions import COMMAND_DEVICES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.selectors.filters import chosen_devices
from onecity.platform.iot.services.commands.ordering import PATIENCE, fitting, single_number

MOST_DEVICES: Final = 100_000
_QUEUE: Final = """
    INSERT INTO iot_devicecommand (device_id, code, argument, arguments, confirmation, timeout_s, retries, tries, state,
        reference, result, asked_by, asked_at, expires_at, batch_id)
    SELECT d.id, %(code)s, %(argument)s, %(arguments)s::jsonb, %(confirmation)s, %(timeout)s, %(retries)s, 0, 'queued',
        '', '', %(by)s, %(now)s, %(until)s, %(batch)s
    FROM unnest(%(devices)s::bigint[]) AS d(id)
"""


class NothingToOrder(Invalid):
    """No device that may be ordered was chosen."""

    code = "iot.nothing_to_order"
    message = zh("所选范围内没有可以下达该命令的设备")


def order_many(
    actor: Actor,
    *,
    name: str,
    chosen: DeviceFilter,
    code: str,
    now: datetime,
    arguments: Mapping[str, object],
    wait: timedelta = PATIENCE,
) -> int:
    """Order every chosen device that the actor may command, and return the batch's id. now: real time.

    The filter names the type, whose edition in force gives the command. Devices out of service are left out and
    counted as refused.
    Raises: Invalid; NothingToOrder.
    """
    kind = device_types().get(chosen.type_code)
    command = kind.command(code) if kind else None
    if command is None:
        raise Invalid(zh("该类设备没有这个命令"), fields={"code": zh("该类设备没有这个命令")})
    given = fitting(command, argument=None, arguments=arguments)
    devices, refused = _chosen(actor, chosen)
    with transaction.atomic():
        batch = CommandBatch.objects.create(
            name=name.strip()[:80] or command.name,
            code=code,
            arguments=given,
            type_code=chosen.type_code,
            total=len(devices),
            refused=refused,
            asked_by=actor.key[:60],
            organisation_id=actor.organisation_id,
            division_code=chosen.division_code,
            asked_at=now,
        )
        _queue(batch, command, devices, until=now + wait)
        details = {"command": code, "arguments": given, "devices": len(devices), "filter": chosen.plain()}
        identity.record(actor, action="iot.order_many", target=f"iot.commandbatch:{batch.id}", details=details)
    return batch.id


def _chosen(actor: Actor, chosen: DeviceFilter) -> tuple[list[int], int]:
    """Return the devices in service that a filter means, and how many of the others it means too."""
    rows = chosen_devices(actor, chosen, permission=COMMAND_DEVICES).order_by("id")
    found = list(rows.values_list("id", "state")[: MOST_DEVICES + 1])
    if len(found) > MOST_DEVICES:
        raise Invalid(zh("一次最多向100000台设备下达命令"))
    devices = [number for number, state in found if state != Device.State.RETIRED]
    if not devices:
        raise NothingToOrder
    return devices, len(found) - len(devices)


def _queue(batch: CommandBatch, command: Command, devices: list[int], *, until: datetime) -> None:
    facts = {
        "code": batch.code,
        "argument": single_number(command, batch.arguments),
        "arguments": json.dumps(batch.arguments, ensure_ascii=False),
        "confirmation": command.confirmation.value,
        "timeout": command.timeout_s,
        "retries": command.retries,
        "by": batch.asked_by,
        "now": batch.asked_at,
        "until": until,
        "batch": batch.id,
        "devices": devices,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, facts)
