"""Handing a notification over: by HTTP, or to an MQTT broker."""

import asyncio
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, unquote, urlsplit

import httpx
import orjson
from paho.mqtt import MQTTException, publish
from paho.mqtt.enums import MQTTProtocolVersion

from onecity.platform.iot.ngsild.delivery.composing import Letter

if TYPE_CHECKING:
    from paho.mqtt.publish import AuthParameter, TLSParameter

LONGEST_REASON: Final = 300
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


async def send(letter: Letter, *, client: httpx.AsyncClient) -> str:
    """Hand a notification over; returns why that failed, "" if it did not."""
    if letter.address.startswith("mqtt"):
        return await _to_broker(letter)
    try:
        answer = await client.post(
            letter.address, content=orjson.dumps(letter.body), headers=dict(letter.headers), timeout=letter.timeout_s
        )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:LONGEST_REASON]
    return "" if answer.is_success else f"HTTP {answer.status_code}"


async def _to_broker(letter: Letter) -> str:
    """Publish a notification. Source: ETSI GS CIM 009 V1.8.1, clause 7.2."""
    parts = urlsplit(letter.address)
    if not parts.hostname or not parts.path.removeprefix("/"):
        return "the address names no broker and topic"
    try:
        async with asyncio.timeout(letter.timeout_s):
            await asyncio.to_thread(_publish, letter, parts)
    except (OSError, MQTTException, ValueError, TimeoutError) as error:
        return f"{type(error).__name__}: {error}"[:LONGEST_REASON]
    return ""


def _publish(letter: Letter, parts: SplitResult) -> None:
    quality, version = letter.notifier.get("MQTT-QoS", "0"), letter.notifier.get("MQTT-Version", "mqtt5.0")
    secret: AuthParameter | None = None
    if parts.username:
        secret = {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    secured: TLSParameter | None = None
    if parts.scheme == "mqtts":
        secured = {"cert_reqs": ssl.CERT_REQUIRED}  # type: ignore[assignment]  # without ca_certs the system's are taken
    publish.single(
        parts.path.removeprefix("/"),
        letter.mqtt(),
        qos=int(quality) if quality in {"0", "1", "2"} else 0,
        hostname=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        auth=secret,
        tls=secured,
        protocol=MQTTProtocolVersion.MQTTv5 if version == "mqtt5.0" else MQTTProtocolVersion.MQTTv311,
    )
