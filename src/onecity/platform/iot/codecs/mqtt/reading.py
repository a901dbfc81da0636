"""Cuts what a broker sends into control packets: one PacketReader for each connection."""

from enum import IntEnum
from typing import Final, NamedTuple

Publish = tuple[bytes, bytes, int]
"""Topic, payload, packet id (0 at QoS 0); a bare tuple because tens of thousands are made a second."""

_LONG: Final = 0x80
_MOST_LENGTH_BYTES: Final = 4
_QOS: Final = 0x06


class Kind(IntEnum):
    """Types of control packets. Source: MQTT 3.1.1, table 2.1."""

    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    SUBACK = 9
    PINGRESP = 13


class Control(NamedTuple):
    """A packet other than PUBLISH. kind: its type as sent, which `Kind` may not know."""

    kind: int
    body: bytes


class Malformed(ValueError):
    """The bytes are not MQTT, or a packet is longer than allowed; the connection must be closed."""


class PacketReader:
    """Collects bytes until packets are whole, whatever the size of the pieces; holds at most one packet's bytes.

    longest: bytes of a packet's remaining length.
    """

    def __init__(self, *, longest: int = 1 << 20) -> None:
        self._longest = longest
        self._rest = b""

    def feed(self, data: bytes) -> tuple[list[Publish], list[Control]]:
        """Take the next bytes; return the PUBLISHes that became whole, and the other packets, each in order.

        Raises: Malformed.
        Source: MQTT 3.1.1, 2.2 and 3.3.
        """
        buffer = self._rest + data if self._rest else data
        published: list[Publish] = []
        others: list[Control] = []
        at, size = 0, len(buffer)
        while at + 2 <= size:
            first, length, body = buffer[at], buffer[at + 1], at + 2
            if length & _LONG:
                length, body = long_length(buffer, body - 1, longest=self._longest)
                if length < 0:
                    break
            end = body + length
            if end > size:
                break
            if first >> 4 == Kind.PUBLISH:
                published.append(_published(buffer, first, body, end))
            else:
                others.append(Control(first >> 4, buffer[body:end]))
            at = end
        self._rest = buffer[at:]
        return published, others


def _published(buffer: bytes, first: int, body: int, end: int) -> Publish:
    topic = body + 2
    payload = topic + (buffer[body] << 8 | buffer[body + 1]) if topic <= end else end + 1
    if first & _QOS:
        payload += 2
        if payload > end:
            raise Malformed("a PUBLISH that is shorter than its topic")
        return buffer[topic : payload - 2], buffer[payload:end], buffer[payload - 2] << 8 | buffer[payload - 1]
    if payload > end:
        raise Malformed("a PUBLISH that is shorter than its topic")
    return buffer[topic:payload], buffer[payload:end], 0


def long_length(buffer: bytes, at: int, *, longest: int) -> tuple[int, int]:
    """Return a remaining length of several bytes and where the body begins; -1 while it is not whole.

    Raises: Malformed, also for a packet above `longest`.
    Source: MQTT 3.1.1, 2.2.3.
    """
    length = 0
    for number, part in enumerate(buffer[at : at + _MOST_LENGTH_BYTES]):
        length |= (part & 0x7F) << 7 * number
        if not part & _LONG:
            if length > longest:
                raise Malformed(f"a packet of {length} bytes")
            return length, at + number + 1
    if len(buffer) - at >= _MOST_LENGTH_BYTES:
        raise Malformed("a remaining length of more than four bytes")
    return -1, at
