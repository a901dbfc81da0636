"""Climate sensors of archives that are LwM2M clients."""

import asyncio
from collections.abc import Sequence
from typing import Final

from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.lwm2m_client import Client, Values
from onecity.demo.simulators.lwm2m_frames import CHANGED, CREATED
from onecity.demo.simulators.waves import wave
from onecity.platform.iot.declare import Protocol

PORT: Final = 15_783
EVERY_S: Final = 20.0
LIFETIME_S: Final = 300
_AGAIN_S: Final = 15.0
_TEMPERATURE, _HUMIDITY = "/3303/0/5700", "/3304/0/5700"
DEVICES: Final = tuple(
    DemoDevice(
        f"urn:imei:86123456789012{number}", f"{room}温湿度", "iot.climate_sensor", Protocol.LWM2M, "government",
        east_m=400 * number, north_m=-600,
        link={"orders": {"set_interval": {"path": "/1/0/3"}}},
    )
    for number, room in enumerate(("档案馆一库房", "档案馆二库房"), start=3)
)  # fmt: skip


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Keep every client registered, and tell of its values, until cancelled."""
    await asyncio.gather(*(_live(street, device, phase=number / 5) for number, device in enumerate(devices)))


async def _live(street: Street, device: DemoDevice, *, phase: float) -> None:
    loop = asyncio.get_running_loop()
    values: Values = {_TEMPERATURE: 21.0, "/3303/0/5701": "Cel", _HUMIDITY: 45.0, "/3/0/0": "OneCity", "/3/0/9": 93}
    client = Client(device.key, {**values, "/1/0/1": LIFETIME_S}, lifetime_s=LIFETIME_S)
    transport, _ = await loop.create_datagram_endpoint(lambda: client, remote_addr=(street.host, street.port))
    try:
        while True:
            try:
                await _tell(street, client, phase=phase)
            except (OSError, TimeoutError):
                client.location = ""
                await asyncio.sleep(_AGAIN_S)
    finally:
        transport.close()


async def _tell(street: Street, client: Client, *, phase: float) -> None:
    known = bool(client.location) and await client.update() == CHANGED
    if not known and await client.register() != CREATED:
        await asyncio.sleep(_AGAIN_S)
        return
    for _ in range(LIFETIME_S // 2 // int(EVERY_S)):
        now = street.city_now()
        client.tell(_TEMPERATURE, round(wave(now, mean=21, swing=2, period_s=86_400, phase=phase), 2))
        client.tell(_HUMIDITY, round(wave(now, mean=47, swing=6, period_s=43_200, phase=phase), 1))
        street.counts.sent += 2
        street.counts.obeyed = len(client.executed) + len(client.written)
        await asyncio.sleep(EVERY_S)


HOST: Final = Host(Protocol.LWM2M, PORT, DEVICES, run)
