"""What a LwM2M client sends and hears over CoAP, written from the standards' text.

version 01 │ type 2 │ token length 4 ║ code 8 ║ message number 16 ║ token ║ options ║ FF ║ payload
"""

from collections.abc import Sequence
from dataclasses import dataclass

CONFIRMABLE, NOT_CONFIRMABLE, ACKNOWLEDGEMENT, RESET = range(4)
GET, POST, PUT, DELETE = 1, 2, 3, 4
CREATED, DELETED, CHANGED, CONTENT, NOT_FOUND = 0x41, 0x42, 0x44, 0x45, 0x84
OBSERVE, LOCATION, PATH, FORMAT, QUERY, ACCEPT = 6, 8, 11, 12, 15, 17
LINKS, TLV, SENML_JSON = 40, 11542, 110
Option = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Datagram:
    """A CoAP message. options: number and value, in order."""

    kind: int
    code: int
    number: int
    token: bytes = b""
    options: tuple[Option, ...] = ()
    payload: bytes = b""

    def values(self, option: int) -> list[bytes]:
        """Return the values of one option."""
        return [value for number, value in self.options if number == option]

    @property
    def path(self) -> str:
        """Return the path asked for."""
        return "/" + "/".join(part.decode() for part in self.values(PATH))


def write(message: Datagram) -> bytes:
    """Return a message's bytes. Source: RFC 7252, 3."""
    head = bytes([1 << 6 | message.kind << 4 | len(message.token), message.code]) + message.number.to_bytes(2, "big")
    options, last = b"", 0
    for number, value in sorted(message.options, key=lambda option: option[0]):
        delta, delta_more = _nibble(number - last)
        length, length_more = _nibble(len(value))
        options += bytes([delta << 4 | length]) + delta_more + length_more + value
        last = number
    return head + message.token + options + (b"\xff" + message.payload if message.payload else b"")


def read(data: bytes) -> Datagram:
    """Return the message of some bytes. Source: RFC 7252, 3."""
    length = data[0] & 0x0F
    at, number = 4 + length, 0
    options: list[Option] = []
    while at < len(data) and data[at] != 0xFF:
        delta, size = data[at] >> 4, data[at] & 0x0F
        delta, at = _whole(data, at + 1, delta)
        size, at = _whole(data, at, size)
        number += delta
        options.append((number, data[at : at + size]))
        at += size
    kind, token = data[0] >> 4 & 3, data[4 : 4 + length]
    return Datagram(kind, data[1], int.from_bytes(data[2:4], "big"), token, tuple(options), data[at + 1 :])


def path_options(path: str, queries: Sequence[str] = ()) -> tuple[Option, ...]:
    """Return a path and queries as options."""
    parts = [(PATH, part.encode()) for part in path.strip("/").split("/")]
    return (*parts, *[(QUERY, query.encode()) for query in queries])


def whole_number(number: int) -> bytes:
    """Return an option's whole number, without leading zeros. Source: RFC 7252, 3.2."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def resource(number: int, value: bytes) -> bytes:
    """Return one resource as TLV. Source: LwM2M 1.1 Core, 7.4.3."""
    wide = number > 255
    size = len(value)
    first = 0b1100_0000 | (0b0010_0000 if wide else 0) | (size if size < 8 else 0b0000_1000)
    return bytes([first]) + number.to_bytes(2 if wide else 1, "big") + (b"" if size < 8 else bytes([size])) + value


def _nibble(value: int) -> tuple[int, bytes]:
    if value < 13:
        return value, b""
    if value < 269:
        return 13, bytes([value - 13])
    return 14, (value - 269).to_bytes(2, "big")


def _whole(data: bytes, at: int, nibble: int) -> tuple[int, int]:
    if nibble == 13:
        return data[at] + 13, at + 1
    if nibble == 14:
        return int.from_bytes(data[at : at + 2], "big") + 269, at + 2
    return nibble, at
