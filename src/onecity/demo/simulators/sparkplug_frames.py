"""What an edge node of Sparkplug B sends and hears, written from the standard's text."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

INT64, FLOAT, BOOLEAN = 4, 9, 11


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its value. alias: 0 for none. datatype: 0 leaves it to the birth."""

    name: str
    value: float | bool
    datatype: int = FLOAT
    alias: int = 0


def payload(metrics: Sequence[Metric], *, at_ms: int, seq: int | None) -> bytes:
    """Return a message's payload. Source: Sparkplug 3.0.0, 6.4."""
    body = _whole(1, at_ms) + b"".join(_bytes(2, _metric(item, at_ms)) for item in metrics)
    return body if seq is None else body + _whole(3, seq)


def commands(data: bytes) -> list[tuple[str, float]]:
    """Return names and values of the metrics that a host wants written."""
    found = []
    for number, raw in _fields(data):
        if number == 2 and isinstance(raw, bytes):
            parts = dict(_fields(raw))
            name, value = parts.get(1, b""), parts.get(10, parts.get(11, parts.get(14, parts.get(12, 0))))
            if isinstance(name, bytes):
                found.append((name.decode(), struct.unpack("<f", value)[0] if isinstance(value, bytes) else value))
    return found


def _metric(item: Metric, at_ms: int) -> bytes:
    body = _bytes(1, item.name.encode()) if item.name else b""
    body += (_whole(2, item.alias) if item.alias else b"") + _whole(3, at_ms)
    body += _whole(4, item.datatype) if item.datatype else b""
    if isinstance(item.value, bool):
        return body + _whole(14, int(item.value))
    if item.datatype == INT64:
        return body + _whole(11, int(item.value))
    return body + bytes([12 << 3 | 5]) + struct.pack("<f", item.value)


def _whole(number: int, value: int) -> bytes:
    return _number(number << 3) + _number(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _number(number << 3 | 2) + _number(len(value)) + value


def _number(value: int) -> bytes:
    parts = bytearray()
    while value >= 128:
        parts.append(value % 128 + 128)
        value //= 128
    return bytes([*parts, value])


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _read(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _read(data, at)
            yield key >> 3, value
            continue
        size = {1: 8, 5: 4}.get(kind)
        if size is None:
            size, at = _read(data, at)
        yield key >> 3, data[at : at + size]
        at += size


def _read(data: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        part = data[at]
        value, shift, at = value | (part & 127) << shift, shift + 7, at + 1
        if part < 128:
            return value, at
