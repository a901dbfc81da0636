"""One connection and the devices behind it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.framer import FramerType

from onecity.platform.iot.gateways.field.contract import FieldOrder, Intake
from onecity.platform.iot.gateways.field.modbus.asking import Channel, Ear, Lost, Unanswered
from onecity.platform.iot.gateways.field.modbus.reading import Reader
from onecity.platform.iot.gateways.field.modbus.ways import Address, Unit
from onecity.platform.iot.gateways.field.modbus.writing import carry_out

_FRAMERS: Final = {"tcp": FramerType.SOCKET, "rtu": FramerType.RTU}
LONGEST_PAUSE_S: Final = 300.0


async def serve_line(intake: Intake, address: Address, units: Sequence[Unit]) -> None:
    """Ask the devices of one line until cancelled.

    Raises: Lost if there is no connection, and ExceptionGroup with it once it was lost.
    """
    ear = Ear(intake.trace)
    client = AsyncModbusTcpClient(
        address.host,
        port=address.port,
        framer=_FRAMERS[address.framing],
        timeout=max(unit.timeout_s for unit in units),
        retries=0,
        reconnect_delay=0,
        trace_packet=ear,
    )
    if not await client.connect():
        raise Lost(f"{address.host}:{address.port}")
    channel = Channel(client, numbered=address.framing == "tcp", ear=ear)
    keys: dict[str, Unit] = {unit.key: unit for unit in units}

    async def send(order: FieldOrder) -> None:
        await intake.answered(await carry_out(channel, keys[order.device_key], order))

    for key in keys:
        intake.enter(key, send)
    try:
        async with asyncio.TaskGroup() as group:
            for unit in units:
                group.create_task(_keep_reading(intake, channel, unit))
    finally:
        for key in keys:
            intake.leave(key, send)
        client.close()


async def _keep_reading(intake: Intake, channel: Channel, unit: Unit) -> None:
    """Read one device at its pace; one that does not answer is asked ever more seldom, so that it delays no other."""
    reader = Reader(unit)
    pause_s = unit.every_s
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        try:
            upload = await reader.read(channel, at=intake.now().city)
        except Unanswered:
            pause_s = min(2 * pause_s, max(LONGEST_PAUSE_S, unit.every_s))
        else:
            pause_s = unit.every_s
            if upload is not None:
                await intake.submit([upload], peer=channel.peer)
        await asyncio.sleep(max(0.0, begun + pause_s - loop.time()))
