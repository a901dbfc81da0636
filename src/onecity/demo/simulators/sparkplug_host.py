"""A pumping station behind an edge node of Sparkplug B, at the city's broker."""

import asyncio
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.sparkplug_frames import BOOLEAN, Metric
from onecity.demo.simulators.sparkplug_node import EdgeNode
from onecity.demo.simulators.tokens import token_of
from onecity.demo.simulators.waves import wave
from onecity.platform.iot.declare import Protocol

EVERY_S: Final = 10.0
GROUP: Final = "water"
NODE: Final = "EDGE-SP-01"
_ORDERS: Final = {
    "start": {"metric": "running", "value": True},
    "stop": {"metric": "running", "value": False},
}
DEVICES: Final = (
    DemoDevice(NODE, "四号泵站边缘网关", "iot.generic", Protocol.SPARKPLUG, "water", east_m=1_900, north_m=2_400),
    DemoDevice(
        f"{NODE}:PUMP-04", "四号雨水泵站", "iot.pumping_station", Protocol.SPARKPLUG, "water",
        east_m=1_900, north_m=2_400, parent=NODE, link={"orders": _ORDERS},
    ),
)  # fmt: skip


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Publish the station's values until cancelled."""
    token = await token_of(NODE)
    metrics = [Metric("level", 2.0, alias=1), Metric("flow", 150.0, alias=2), Metric("running", 1.0, BOOLEAN, alias=3)]
    node = EdgeNode(
        GROUP, NODE, "PUMP-04", metrics, token=token, now_ms=lambda: int(street.city_now().timestamp() * 1000)
    )
    node.connect(settings.ENV.broker_host, settings.ENV.broker_port)
    try:
        while True:
            await asyncio.sleep(EVERY_S)
            if node.ready.is_set():
                now = street.city_now()
                node.tell("level", round(wave(now, mean=2.1, swing=0.6, period_s=3900), 3))
                node.tell("flow", round(wave(now, mean=160, swing=25, period_s=800), 1))
                street.counts.sent += 2
    finally:
        node.close()


HOST: Final = Host(Protocol.SPARKPLUG, 0, DEVICES, run)
