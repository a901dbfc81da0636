"""A pumping station whose controller was built for ThingsBoard, through paho."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.waves import wave
from onecity.platform.iot.declare import Protocol

PORT: Final = 18_831
EVERY_S: Final = 10.0
PASSWORD: Final = "tb-demo-code"  # of the demonstration's devices
DEVICES: Final = (
    DemoDevice(
        "PUMP-TB-01", "三号雨水泵站", "iot.pumping_station", Protocol.THINGSBOARD, "water",
        east_m=-2_200, north_m=-900, password=PASSWORD,
    ),
)  # fmt: skip
_TELEMETRY: Final = "v1/devices/me/telemetry"
_CALLS: Final = "v1/devices/me/rpc/request/+"


class Station:
    """One controller: obeys start and stop. on: whether its pump runs."""

    def __init__(self, street: Street, device: DemoDevice) -> None:
        self._street = street
        self.on = True
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=device.key)
        self.client.username_pw_set(device.key, device.password)
        self.client.on_connect = self._connected
        self.client.on_message = self._called
        self.client.connect_async(street.host, street.port)
        self.client.loop_start()

    def tell(self) -> None:
        """Send what is measured."""
        now = self._street.city_now()
        values = {
            "level": round(wave(now, mean=1.9, swing=0.5, period_s=4200), 3),
            "flow": round(wave(now, mean=150, swing=20, period_s=700), 1) if self.on else 0.0,
            "running": self.on,
        }
        self.client.publish(_TELEMETRY, json.dumps({"ts": int(now.timestamp() * 1000), "values": values}), qos=1)
        self._street.counts.sent += 1

    def _connected(self, client: Any, data: Any, flags: Any, code: Any, properties: Any) -> None:
        client.subscribe(_CALLS, qos=1)

    def _called(self, client: Any, data: Any, message: paho.MQTTMessage) -> None:
        method = json.loads(message.payload).get("method")
        known = method in {"start", "stop"}
        self.on = method == "start" if known else self.on
        client.publish(message.topic.replace("request", "response"), json.dumps({"success": known}), qos=1)
        self._street.counts.obeyed += known


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Send every station's values until cancelled."""
    stations = [Station(street, device) for device in devices]
    try:
        while True:
            for station in stations:
                if station.client.is_connected():
                    station.tell()
            await asyncio.sleep(EVERY_S)
    finally:
        for station in stations:
            station.client.disconnect()
            station.client.loop_stop()


HOST: Final = Host(Protocol.THINGSBOARD, PORT, DEVICES, run)
