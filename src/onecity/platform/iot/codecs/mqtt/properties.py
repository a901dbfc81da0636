"""Properties of MQTT 5 packets ↔ bytes.

length, base 128 │ identifier │ value by identifier │ …
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from onecity.platform.iot.codecs.mqtt.reading import Malformed

Given = Mapping["Property", int | bytes]
"""Properties by identifier; numbers as they are, texts and binary data as bytes. User properties are left out."""


class Property(IntEnum):
    """Identifiers that this side reads or writes. Source: MQTT 5.0, 2.2.2.2."""

    MESSAGE_EXPIRY = 0x02
    CONTENT_TYPE = 0x03
    RESPONSE_TOPIC = 0x08
    CORRELATION_DATA = 0x09
    SESSION_EXPIRY = 0x11
    ASSIGNED_CLIENT_ID = 0x12
    REASON = 0x1F
    RECEIVE_MAXIMUM = 0x21
    TOPIC_ALIAS_MAXIMUM = 0x22
    TOPIC_ALIAS = 0x23
    MAXIMUM_QOS = 0x24
    RETAIN_AVAILABLE = 0x25
    MAXIMUM_PACKET_SIZE = 0x27
    SHARED_SUBSCRIPTIONS = 0x2A


_USER_PROPERTY: Final = 0x26
_SIZES: Final = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), 1),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), 2),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), 4),
}
_BLOCKS: Final = frozenset({0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F})
_SUBSCRIPTION_ID: Final = 0x0B
_KNOWN: Final = frozenset(Property)


def read_properties(body: bytes, at: int) -> tuple[Given, int]:
    """Return the properties that begin at `at`, and where what follows begins.

    Raises: Malformed, also for an identifier that the standard does not know and for one that comes twice.
    Source: MQTT 5.0, 2.2.2.
    """
    length, at = number_at(body, at)
    end = at + length
    if end > len(body):
        raise Malformed("properties that are longer than their packet")
    found: dict[Property, int | bytes] = {}
    while at < end:
        identifier = body[at]
        value, at = _value(body, at + 1, identifier)
        if identifier in _KNOWN:
            if Property(identifier) in found:
                raise Malformed(f"property {identifier:#04x} twice")
            found[Property(identifier)] = value
    if at != end:
        raise Malformed("a property that is longer than its properties")
    return found, end


def write_properties(given: Given) -> bytes:
    """Return properties with their length."""
    body = b""
    for name, value in given.items():
        if isinstance(value, bytes):
            body += bytes([name]) + len(value).to_bytes(2, "big") + value
        else:
            body += bytes([name]) + value.to_bytes(_SIZES[name], "big")
    return base_128(len(body)) + body


def number_at(body: bytes, at: int) -> tuple[int, int]:
    """Return a whole number, base 128, of one to four bytes, and where what follows begins. Raises: Malformed."""
    value = 0
    for place, part in enumerate(body[at : at + 4]):
        value |= (part & 0x7F) << 7 * place
        if part < 0x80:
            return value, at + place + 1
    raise Malformed("a number that does not end")


def base_128(value: int) -> bytes:
    """Return a whole number, seven bits a byte, lowest first. Source: MQTT 3.1.1, 2.2.3."""
    parts = bytearray()
    while True:
        value, part = divmod(value, 128)
        parts.append(part | 0x80 if value else part)
        if not value:
            return bytes(parts)


def block_at(body: bytes, at: int) -> tuple[bytes, int]:
    """Return what stands behind a length of two bytes, and where what follows begins. Raises: Malformed."""
    end = at + 2 + int.from_bytes(body[at : at + 2], "big")
    if at + 2 > len(body) or end > len(body):
        raise Malformed("a text that is longer than its packet")
    return body[at + 2 : end], end


def _value(body: bytes, at: int, identifier: int) -> tuple[int | bytes, int]:
    if identifier in _BLOCKS:
        return block_at(body, at)
    if identifier == _SUBSCRIPTION_ID:
        return number_at(body, at)
    if identifier == _USER_PROPERTY:
        return block_at(body, block_at(body, at)[1])
    size = _SIZES.get(identifier)
    if size is None:
        raise Malformed(f"property {identifier:#04x} is not known")
    if at + size > len(body):
        raise Malformed("a property that is longer than its packet")
    return int.from_bytes(body[at : at + size], "big"), at + size
