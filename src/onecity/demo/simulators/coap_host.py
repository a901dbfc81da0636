"""Climate sensors of underpasses that send by CoAP."""

import asyncio
from collections.abc import Sequence
from typing import Final

from onecity.demo.simulators.coap_frames import telemetry
from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.lwm2m_frames import CHANGED, read
from onecity.demo.simulators.waves import wave
from onecity.platform.iot.declare import Protocol

PORT: Final = 15_683
EVERY_S: Final = 30.0
PASSWORD: Final = "coap-demo-code"  # of the demonstration's devices
DEVICES: Final = (
    DemoDevice(
        "UNDERPASS-CO-01", "人民路地下通道温湿度", "iot.climate_sensor", Protocol.COAP, "transport",
        east_m=900, north_m=300, password=PASSWORD,
    ),
)  # fmt: skip


class _Ear(asyncio.DatagramProtocol):
    """Counts what the platform confirmed."""

    def __init__(self, street: Street) -> None:
        self._street = street

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._street.counts.answered += read(data).code == CHANGED


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Send every sensor's values until cancelled; what is not confirmed is told again with the next."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(street), remote_addr=(street.host, street.port))
    number = 0
    try:
        while True:
            now = street.city_now()
            for place, device in enumerate(devices):
                values = {
                    "temperature": round(wave(now, mean=18, swing=4, period_s=86_400, phase=place / 3), 2),
                    "humidity": round(wave(now, mean=62, swing=9, period_s=43_200), 1),
                }
                number = number % 0xFFFF + 1
                at_ms = int(now.timestamp() * 1000)
                transport.sendto(telemetry(device.key, device.password, values, at_ms=at_ms, number=number))
                street.counts.sent += 1
            await asyncio.sleep(EVERY_S)
    finally:
        transport.close()


HOST: Final = Host(Protocol.COAP, PORT, DEVICES, run)
