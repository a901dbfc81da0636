"""MQTT 3.1.1 and 5.0 as a server at QoS 0 and 1 needs it: what a client says ↔ bytes, nothing of sockets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.iot.codecs.mqtt.properties import (
    Given,
    Property,
    base_128,
    block_at,
    read_properties,
    write_properties,
)
from onecity.platform.iot.codecs.mqtt.reading import Malformed, long_length

V311: Final = 4
V5: Final = 5
PINGRESP: Final = b"\xd0\x00"
MOST_FILTERS: Final = 50
_CLEAN, _WILL, _PASSWORD, _USER_NAME = 0x02, 0x04, 0x40, 0x80
_CONNECT, _PUBLISH, _PUBACK, _SUBSCRIBE, _UNSUBSCRIBE, _PINGREQ, _DISCONNECT = 1, 3, 4, 8, 10, 12, 14
_CLIENTS_FLAGS: Final = {_CONNECT: 0, _PUBACK: 0, _SUBSCRIBE: 2, _UNSUBSCRIBE: 2, _PINGREQ: 0, _DISCONNECT: 0}
_LONG: Final = 0x80


@dataclass(frozen=True, slots=True)
class Connect:
    """A client's greeting. password: None if it gives none."""

    version: int
    client_id: str
    username: str
    password: bytes | None
    keep_alive_s: int
    clean: bool


@dataclass(frozen=True, slots=True)
class Published:
    """A message of the client. packet_id: 0 at QoS 0."""

    topic: str
    payload: bytes
    packet_id: int = 0
    properties: Given = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscribe:
    """What a client wants to hear: filters with the highest QoS it wants."""

    packet_id: int
    filters: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """What a client does not want to hear any more."""

    packet_id: int
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The client has a message that was sent at QoS 1. reason: of MQTT 5, 0 for good."""

    packet_id: int
    reason: int = 0


@dataclass(frozen=True, slots=True)
class Ping:
    """The client asks whether we are there."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The client takes leave."""


Request = Connect | Published | Subscribe | Unsubscribe | Acknowledged | Ping | Disconnect


class RequestReader:
    """Collects a client's bytes until packets are whole; holds at most one packet's bytes.

    longest: bytes of a packet's remaining length. version: of the client's CONNECT, once it came.
    """

    def __init__(self, *, longest: int = 1 << 18) -> None:
        self._longest = longest
        self._rest = b""
        self.version = 0

    @property
    def held(self) -> int:
        """Bytes of a packet that is not whole yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Request]:
        """Take the next bytes; return what the client said with them, in order.

        Raises: Malformed, also for anything before CONNECT and for a second CONNECT; the connection must be closed.
        Source: MQTT 3.1.1, 2 and 3; MQTT 5.0, 2 and 3.
        """
        buffer, at = self._rest + data, 0
        found: list[Request] = []
        while len(buffer) - at >= 2:
            length, body = buffer[at + 1], at + 2
            if length & _LONG:
                length, body = long_length(buffer, at + 1, longest=self._longest)
            if length < 0 or body + length > len(buffer):
                break
            found.append(self._request(buffer[at], buffer[body : body + length]))
            at = body + length
        self._rest = buffer[at:]
        return found

    def _request(self, first: int, body: bytes) -> Request:
        kind, flags = first >> 4, first & 0x0F
        if (kind == _CONNECT) == bool(self.version):
            raise Malformed("CONNECT must come first, and once")
        if kind == _PUBLISH:
            return _published(flags, body, self.version)
        if _CLIENTS_FLAGS.get(kind) != flags:
            raise Malformed(f"a packet that begins with {first:#04x}")
        match kind:
            case 1:
                found = _connect(body)
                self.version = found.version
                return found
            case 4:
                return Acknowledged(_packet_id(body), body[2] if len(body) > 2 else 0)
            case 8 | 10:
                return _subscription(kind, body, self.version)
        return Ping() if kind == _PINGREQ else Disconnect()


def connack(version: int, code: int, *, properties: Mapping[Property, int | bytes] | None = None) -> bytes:
    """Return a CONNACK without a session. code: 0, or why not, in the codes of `version`.

    Source: MQTT 3.1.1, 3.2; MQTT 5.0, 3.2.
    """
    more = write_properties(properties or {}) if version == V5 else b""
    return _packet(0x20, bytes([0, code]) + more)


def puback(version: int, packet_id: int, *, reason: int = 0) -> bytes:
    """Return a PUBACK. reason: of MQTT 5; 3.1.1 knows none. Source: MQTT 5.0, 3.4."""
    body = packet_id.to_bytes(2, "big")
    return _packet(0x40, body + bytes([reason]) if version == V5 and reason else body)


def suback(version: int, packet_id: int, codes: Sequence[int]) -> bytes:
    """Return a SUBACK. codes: QoS granted, 128 for a filter that is refused. Source: MQTT 3.1.1, 3.9."""
    return _packet(0x90, packet_id.to_bytes(2, "big") + (b"\x00" if version == V5 else b"") + bytes(codes))


def unsuback(version: int, packet_id: int, codes: Sequence[int]) -> bytes:
    """Return an UNSUBACK; 3.1.1 knows no codes. Source: MQTT 5.0, 3.11."""
    more = b"\x00" + bytes(codes) if version == V5 else b""
    return _packet(0xB0, packet_id.to_bytes(2, "big") + more)


def message(version: int, topic: str, payload: bytes, *, packet_id: int = 0) -> bytes:
    """Return a PUBLISH to a client, at QoS 1 with a packet id. Source: MQTT 5.0, 3.3."""
    name = topic.encode()
    head = len(name).to_bytes(2, "big") + name + (packet_id.to_bytes(2, "big") if packet_id else b"")
    return _packet(0x32 if packet_id else 0x30, head + (b"\x00" if version == V5 else b"") + payload)


def disconnect(version: int, reason: int) -> bytes:
    """Return a server's DISCONNECT; 3.1.1 knows none. Source: MQTT 5.0, 3.14."""
    return _packet(0xE0, bytes([reason])) if version == V5 else b""


def _connect(body: bytes) -> Connect:
    name, at = block_at(body, 0)
    if len(body) < at + 4:
        raise Malformed("a CONNECT that is too short")
    version, flags = body[at], body[at + 1]
    if name != b"MQTT" or version not in {V311, V5} or flags & 1:
        raise Malformed(f"protocol {name[:10]!r}, version {version}")
    keep_alive_s = int.from_bytes(body[at + 2 : at + 4], "big")
    at += 4
    if version == V5:
        _, at = read_properties(body, at)
    client_id, at = block_at(body, at)
    if flags & _WILL:
        at = _after_will(body, at, version)
    username, password = b"", None
    if flags & _USER_NAME:
        username, at = block_at(body, at)
    if flags & _PASSWORD:
        password, at = block_at(body, at)
    if at != len(body):
        raise Malformed("a CONNECT that is longer than what it says")
    return Connect(version, _text(client_id), _text(username), password, keep_alive_s, bool(flags & _CLEAN))


def _after_will(body: bytes, at: int, version: int) -> int:
    if version == V5:
        _, at = read_properties(body, at)
    return block_at(body, block_at(body, at)[1])[1]


def _published(flags: int, body: bytes, version: int) -> Published:
    qos = flags >> 1 & 3
    if qos > 1:
        raise Malformed("a PUBLISH above QoS 1")
    topic, at = block_at(body, 0)
    packet_id = 0
    if qos:
        packet_id, at = _packet_id(body[at:]), at + 2
    properties: Given = {}
    if version == V5:
        properties, at = read_properties(body, at)
    name = _text(topic)
    if not name or "+" in name or "#" in name:
        raise Malformed("a PUBLISH without a topic")  # no topic aliases are granted
    return Published(name, body[at:], packet_id, properties)


def _subscription(kind: int, body: bytes, version: int) -> Subscribe | Unsubscribe:
    packet_id, at = _packet_id(body), 2
    if version == V5:
        _, at = read_properties(body, at)
    found: list[tuple[str, int]] = []
    while at < len(body):
        name, at = block_at(body, at)
        qos = 0
        if kind == _SUBSCRIBE:
            if at >= len(body):
                raise Malformed("a filter without its QoS")
            qos, at = body[at] & 3, at + 1
        found.append((_text(name), qos))
    if not 0 < len(found) <= MOST_FILTERS:
        raise Malformed(f"{len(found)} filters")
    return (
        Subscribe(packet_id, tuple(found)) if kind == _SUBSCRIBE else Unsubscribe(packet_id, tuple(n for n, _ in found))
    )


def _packet_id(body: bytes) -> int:
    found = int.from_bytes(body[:2], "big")
    if len(body) < 2 or not found:
        raise Malformed("a packet without its number")
    return found


def _text(raw: bytes) -> str:
    try:
        found = raw.decode()
    except UnicodeDecodeError:
        raise Malformed("a text that is not UTF-8") from None
    if "\0" in found:
        raise Malformed("a text with a null")
    return found


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + base_128(len(body)) + body
