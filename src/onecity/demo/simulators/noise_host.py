"""Noise stations that publish each minute as JSON over MQTT, at the city's broker."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import paho.mqtt.client as paho
from django.conf import settings
from paho.mqtt.enums import CallbackAPIVersion

from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.surroundings import QUARTERS
from onecity.demo.simulators.tokens import token_of
from onecity.platform.iot.declare import Protocol

MINUTE: Final = timedelta(minutes=1)
MOST_AT_ONCE: Final = 120
_TYPE: Final = "environment.noise_station"


def _device(key: str, name: str, east_m: float, north_m: float) -> DemoDevice:
    return DemoDevice(key, name, _TYPE, Protocol.MQTT, "ecology", east_m=east_m, north_m=north_m)


DEVICES: Final = (
    _device("NOISE-01", "文教区噪声站", 600, 1_300),
    _device("NOISE-02", "商业街噪声站", -300, -400),
    _device("NOISE-03", "快速路噪声站", 1_600, -700),
)


def telemetry(key: str, *, since: datetime, until: datetime) -> bytes:
    """Return the minutes of a station with since ≤ start < until as one payload; whole minutes."""
    quarter, at, points = QUARTERS[key], since, []
    while at < until:
        values = {"leq": quarter.leq(at), "lmax": quarter.lmax(at)}
        points.append({"ts": int(at.timestamp() * 1000), "period": "minute", "values": values})
        at += MINUTE
    return json.dumps(points).encode()


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Publish until cancelled."""
    await asyncio.gather(*(_publish(street, device.key) for device in devices))


async def _publish(street: Street, key: str) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=key, protocol=paho.MQTTv311)
    client.username_pw_set(key, await token_of(key))
    client.connect_async(settings.ENV.broker_host, settings.ENV.broker_port)
    client.loop_start()
    told = street.city_now().replace(second=0, microsecond=0) - MINUTE
    try:
        while True:
            await asyncio.sleep(1)
            now = street.city_now().replace(second=0, microsecond=0)
            until = min(now, told + MOST_AT_ONCE * MINUTE)
            if until <= told or not client.is_connected():
                continue
            payload = telemetry(key, since=told, until=until)
            client.publish(f"onecity/v1/devices/{key}/telemetry", payload, qos=1)
            street.counts.sent += 1
            told = until
    finally:
        client.disconnect()
        client.loop_stop()


HOST: Final = Host(Protocol.MQTT, 0, DEVICES, run)
