"""MQTT 3.1.1 as a subscriber at QoS 1 needs it, 5.0 as orders need it: control packets ↔ bytes, nothing of sockets.

first byte │ remaining length │ variable header and payload
type<<4|flags   1..4, base 128
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from onecity.platform.iot.codecs.mqtt.properties import Property, base_128, write_properties
from onecity.platform.iot.codecs.mqtt.reading import Control, Kind, Malformed, PacketReader, Publish

__all__ = [
    "DISCONNECT",
    "PINGREQ",
    "Control",
    "Kind",
    "Malformed",
    "PacketReader",
    "Publish",
    "Will",
    "connack_fault",
    "connect",
    "connect_5",
    "pubacks",
    "publish",
    "publish_5",
    "subscribe",
]

Will = tuple[str, bytes]
"""Topic and payload that the broker publishes, retained and at QoS 1, when we are gone without taking leave."""

PINGREQ: Final = b"\xc0\x00"
DISCONNECT: Final = b"\xe0\x00"
_PROTOCOL: Final = b"\x00\x04MQTT\x04"
_CLEAN, _WILL, _PASSWORD, _USER_NAME = 0x02, 0x2C, 0x40, 0x80
"""Flags of CONNECT; a will is retained and at QoS 1."""
_FAULTS: Final = {
    1: "the broker does not speak MQTT 3.1.1",
    2: "the broker refuses the client's name",
    3: "the broker is not available",
    4: "the broker refuses user name or password",
    5: "the broker does not let this user in",
}


def connect(
    *,
    client_id: str,
    username: str = "",
    password: str = "",
    keep_alive_s: int = 60,
    clean: bool = False,
    will: Will | None = None,
) -> bytes:
    """Return a CONNECT. clean: begin without the session, and keep none.

    Source: MQTT 3.1.1, 3.1.
    """
    flags = (_CLEAN if clean else 0) | (_USER_NAME | _PASSWORD if username else 0) | (_WILL if will else 0)
    body = _PROTOCOL + bytes([flags]) + keep_alive_s.to_bytes(2, "big") + _text(client_id)
    if will:
        body += _text(will[0]) + len(will[1]).to_bytes(2, "big") + will[1]
    if username:
        body += _text(username) + _text(password)
    return _packet(0x10, body)


def connack_fault(body: bytes) -> str:
    """Return why a CONNACK refuses, "" if it welcomes. Source: MQTT 3.1.1, 3.2.2.3."""
    code = body[1] if len(body) == 2 else -1
    return "" if code == 0 else _FAULTS.get(code, f"the broker answers with {body.hex()}")


def connect_5(*, client_id: str, username: str, password: str, keep_alive_s: int = 60) -> bytes:
    """Return a CONNECT of MQTT 5 that begins without a session and keeps none.

    Source: MQTT 5.0, 3.1.
    """
    flags = _CLEAN | _USER_NAME | _PASSWORD
    body = b"\x00\x04MQTT\x05" + bytes([flags]) + keep_alive_s.to_bytes(2, "big") + b"\x00" + _text(client_id)
    return _packet(0x10, body + _text(username) + _text(password))


def publish_5(topic: str, payload: bytes, *, packet_id: int, expires_in_s: int) -> bytes:
    """Return a PUBLISH of MQTT 5 at QoS 1 that the broker drops after so many seconds.

    Source: MQTT 5.0, 3.3.2.3.3 (message expiry interval).
    """
    properties = write_properties({Property.MESSAGE_EXPIRY: expires_in_s})
    return _packet(0x32, _text(topic) + packet_id.to_bytes(2, "big") + properties + payload)


def subscribe(packet_id: int, filters: Sequence[str]) -> bytes:
    """Return a SUBSCRIBE at QoS 1. Source: MQTT 3.1.1, 3.8."""
    body = packet_id.to_bytes(2, "big") + b"".join(_text(item) + b"\x01" for item in filters)
    return _packet(0x82, body)


def publish(topic: str, payload: bytes, *, packet_id: int = 0, retain: bool = False) -> bytes:
    """Return a PUBLISH at QoS 1, or at QoS 0 without a packet id. Source: MQTT 3.1.1, 3.3."""
    if packet_id:
        return _packet(0x32 | retain, _text(topic) + packet_id.to_bytes(2, "big") + payload)
    return _packet(0x30 | retain, _text(topic) + payload)


def pubacks(packet_ids: Sequence[int]) -> bytes:
    """Return a PUBACK for each packet id, in order. Source: MQTT 3.1.1, 3.4."""
    packets = np.empty((len(packet_ids), 2), ">u2")
    packets[:, 0] = 0x4002
    packets[:, 1] = packet_ids
    return packets.tobytes()


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + base_128(len(body)) + body


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data
