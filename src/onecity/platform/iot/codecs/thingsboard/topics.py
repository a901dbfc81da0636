"""ThingsBoard's topics. Source: ThingsBoard device API (MQTT device API reference, gateway MQTT API reference)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Matter(StrEnum):
    """What a message of a device is about."""

    TELEMETRY = "telemetry"
    ATTRIBUTES = "attributes"
    ATTRIBUTES_ASKED = "attributes_asked"
    ANSWER = "answer"
    CALL = "call"
    CLAIM = "claim"
    GATEWAY_CONNECT = "gateway_connect"
    GATEWAY_DISCONNECT = "gateway_disconnect"
    GATEWAY_TELEMETRY = "gateway_telemetry"
    GATEWAY_ATTRIBUTES = "gateway_attributes"
    GATEWAY_ATTRIBUTES_ASKED = "gateway_attributes_asked"
    GATEWAY_ANSWER = "gateway_answer"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic on which a device published. number: of the request that it asks or answers. short: of the v2 forms."""

    matter: Matter
    number: int = 0
    short: bool = False


_PLAIN: Final = {
    "v1/devices/me/telemetry": Topic(Matter.TELEMETRY),
    "v2/t": Topic(Matter.TELEMETRY, short=True),
    "v1/devices/me/attributes": Topic(Matter.ATTRIBUTES),
    "v2/a": Topic(Matter.ATTRIBUTES, short=True),
    "v1/devices/me/claim": Topic(Matter.CLAIM),
    "v1/gateway/connect": Topic(Matter.GATEWAY_CONNECT),
    "v1/gateway/disconnect": Topic(Matter.GATEWAY_DISCONNECT),
    "v1/gateway/telemetry": Topic(Matter.GATEWAY_TELEMETRY),
    "v1/gateway/attributes": Topic(Matter.GATEWAY_ATTRIBUTES),
    "v1/gateway/attributes/request": Topic(Matter.GATEWAY_ATTRIBUTES_ASKED),
    "v1/gateway/rpc": Topic(Matter.GATEWAY_ANSWER),
    "v1/gateway/rpc/response": Topic(Matter.GATEWAY_ANSWER),
}
_NUMBERED: Final = {
    "v1/devices/me/attributes/request": (Matter.ATTRIBUTES_ASKED, False),
    "v2/a/req": (Matter.ATTRIBUTES_ASKED, True),
    "v1/devices/me/rpc/response": (Matter.ANSWER, False),
    "v2/r/res": (Matter.ANSWER, True),
    "v1/devices/me/rpc/request": (Matter.CALL, False),
    "v2/r/req": (Matter.CALL, True),
}
_HEARD: Final = frozenset(
    {
        "v1/devices/me/attributes",
        "v1/devices/me/attributes/response/+",
        "v1/devices/me/rpc/request/+",
        "v1/devices/me/rpc/response/+",
        "v2/a",
        "v2/a/res/+",
        "v2/r/req/+",
        "v2/r/res/+",
        "v1/gateway/attributes",
        "v1/gateway/attributes/response",
        "v1/gateway/rpc",
    }
)
_MOST_DIGITS: Final = 10


def topic_of(name: str) -> Topic | None:
    """Return what a topic is about; None if devices do not publish on it."""
    plain = _PLAIN.get(name)
    if plain is not None:
        return plain
    head, _, last = name.rpartition("/")
    found = _NUMBERED.get(head)
    if found is None or not (last.isascii() and last.isdigit()) or len(last) > _MOST_DIGITS:
        return None
    return Topic(found[0], int(last), found[1])


def may_subscribe(pattern: str) -> bool:
    """Say whether a filter is one of those that devices may hear; numbered ones also with their number."""
    head, _, last = pattern.rpartition("/")
    return pattern in _HEARD or (last.isdigit() and f"{head}/+" in _HEARD)
