"""TLV, the older of LwM2M's own formats.

type │ identifier 1–2 │ length 0–3 │ value
bits 7–6: 00 object instance, 01 resource instance, 10 multiple resource, 11 resource · 5: identifier of two bytes
bits 4–3: bytes of the length, if 0 it stands in bits 2–0
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.codecs.lwm2m.objects import Kind, Scalar, kind_of

OBJECT_INSTANCE, RESOURCE_INSTANCE, MULTIPLE, RESOURCE = 0, 1, 2, 3
Path = tuple[int, ...]
_SIZES: Final = frozenset({1, 2, 4, 8})


class NotTlv(ValueError):
    """The bytes are no TLV, or a value is not of its resource's kind."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource, or one instance of it. path: object, instance, resource, and instance of the resource."""

    path: Path
    value: Scalar


def decode(data: bytes, *, base: Path) -> list[Entry]:
    """Read what a client tells of the object, instance or resource `base`.

    Raises: NotTlv.
    Source: LwM2M 1.1 Core, 7.4.3 (TLV).
    """
    found: list[Entry] = []
    for kind, number, value in _parts(data):
        if kind == OBJECT_INSTANCE:
            if not base:
                raise NotTlv("an instance of no object")
            found += _resources(value, base=(base[0], number))
        else:
            found += _resource_entries(kind, number, value, base=base)
    return found


def _resources(data: bytes, *, base: Path) -> list[Entry]:
    return [entry for part in _parts(data) for entry in _resource_entries(*part, base=base)]


def _resource_entries(kind: int, number: int, value: bytes, *, base: Path) -> list[Entry]:
    if kind == OBJECT_INSTANCE:
        raise NotTlv("an instance within an instance")
    if kind == RESOURCE_INSTANCE:
        return [_entry((*base[:3], number), value)]
    path = _resource_path(base, number)
    if kind == RESOURCE:
        return [_entry(path, value)]
    return [_entry((*path, own), raw) for item, own, raw in _parts(value) if item == RESOURCE_INSTANCE]


def encode(entries: Sequence[tuple[int, Scalar]], *, base: Path) -> bytes:
    """Write resources of the object instance `base`, each by its number."""
    return b"".join(_resource(number, _raw(kind_of(base[0], number), value)) for number, value in entries)


def raw_value(kind: Kind, raw: bytes) -> Scalar:
    """Return a value of the given kind. Raises: NotTlv."""
    match kind:
        case Kind.TEXT:
            try:
                return raw.decode()
            except UnicodeDecodeError:
                raise NotTlv("a text that is not UTF-8") from None
        case Kind.OPAQUE:
            return raw
        case Kind.BOOLEAN if len(raw) == 1 and raw[0] <= 1:
            return raw == b"\x01"
        case Kind.FLOAT if len(raw) in {4, 8}:
            return float(struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0])
        case Kind.INTEGER | Kind.TIME if len(raw) in _SIZES:
            return int.from_bytes(raw, "big", signed=True)
    raise NotTlv(f"{len(raw)} bytes for a value of kind {kind}")


def _parts(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at < len(data):
        first = data[at]
        wide, length_bytes = first >> 5 & 1, first >> 3 & 3
        head = at + 2 + wide
        body = head + length_bytes
        number = int.from_bytes(data[at + 1 : head], "big")
        length = int.from_bytes(data[head:body], "big") if length_bytes else first & 7
        if body + length > len(data):
            raise NotTlv("a value that is longer than the message")
        yield first >> 6, number, data[body : body + length]
        at = body + length


def _resource_path(base: Path, number: int) -> Path:
    if len(base) < 2:
        raise NotTlv("a resource of no instance")
    return (*base[:2], number)


def _entry(path: Path, raw: bytes) -> Entry:
    if len(path) < 3:
        raise NotTlv("a value of no resource")
    return Entry(path, raw_value(kind_of(path[0], path[2]), raw))


def _resource(number: int, raw: bytes) -> bytes:
    wide = number > 0xFF
    size = len(raw)
    length_bytes = 0 if size < 8 else (size.bit_length() + 7) // 8
    first = RESOURCE << 6 | wide << 5 | length_bytes << 3 | (0 if length_bytes else size)
    length = size.to_bytes(length_bytes, "big") if length_bytes else b""
    return bytes([first]) + number.to_bytes(1 + wide, "big") + length + raw


def _raw(kind: Kind, value: Scalar) -> bytes:
    match value:
        case bool():
            return bytes([value])
        case str():
            return value.encode()
        case bytes():
            return value
        case int() if kind is not Kind.FLOAT:
            size = next(size for size in (1, 2, 4, 8) if -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1)
            return value.to_bytes(size, "big", signed=True)
        case _:
            return struct.pack(">d", value)
