"""Protocol buffers as Sparkplug needs them: fields ↔ bytes, nothing of messages.

key varint (number << 3 | kind) │ value by kind: 0 varint · 1 eight bytes · 2 length varint and bytes · 5 four bytes
"""

from collections.abc import Iterator
from typing import Final

VARINT, EIGHT, BYTES, FOUR = 0, 1, 2, 5
_MOST_VARINT: Final = 10
_FOUR_BYTES: Final = 4
_LARGEST_64: Final = 2**64 - 1


class Malformed(ValueError):
    """The bytes are no protocol buffer of this kind."""


def fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield number, kind and raw value of each field, in order.

    Raises: Malformed.
    Source: Protocol Buffers encoding, Message Structure.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise Malformed("a field without a number")
        value: int | bytes
        if kind == VARINT:
            value, at = _varint(data, at)
        else:
            length = {EIGHT: 8, FOUR: 4}.get(kind, 0)
            if kind == BYTES:
                length, at = _varint(data, at)
            elif not length:
                raise Malformed(f"a field of kind {kind}")
            value, at = data[at : at + length], at + length
            if at > len(data):
                raise Malformed("a field that is longer than the message")
        yield number, kind, value


def varint_field(number: int, value: int) -> bytes:
    """Return a field with a whole number, 0 ≤ value < 2⁶⁴."""
    return varint(number << 3 | VARINT) + varint(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """Return a field with a text, bytes or a message."""
    return varint(number << 3 | BYTES) + varint(len(value)) + value


def fixed_field(number: int, value: bytes) -> bytes:
    """Return a field of four or eight bytes, little-endian as given."""
    return varint(number << 3 | (FOUR if len(value) == _FOUR_BYTES else EIGHT)) + value


def varint(value: int) -> bytes:
    """Return a whole number, seven bits a byte, lowest first."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, part in enumerate(data[at : at + _MOST_VARINT]):
        value |= (part & 0x7F) << 7 * place
        if part < 0x80:
            if value > _LARGEST_64:
                break
            return value, at + place + 1
    raise Malformed("a number that does not end")
