"""Sparkplug B payloads ↔ bytes.

A value is kept as it came until its datatype is known: DATA messages may leave the datatype to the birth, and negative
whole numbers travel as two's complement in unsigned fields.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from onecity.platform.iot.codecs.sparkplug.wire import Malformed, bytes_field, fields, fixed_field, varint_field

Value = int | float | bool | str | bytes | None
MOST_METRICS: Final = 10_000


class Datatype(IntEnum):
    """Types of metrics. Source: Sparkplug 3.0.0, 6.4.16."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    DATASET = 16
    BYTES = 17
    FILE = 18
    TEMPLATE = 19


_SIGNED: Final = {Datatype.INT8: 8, Datatype.INT16: 16, Datatype.INT32: 32, Datatype.INT64: 64}
_WHOLE: Final = frozenset(Datatype(number) for number in range(1, 9)) | {Datatype.DATETIME}
_TEXTS: Final = frozenset({Datatype.STRING, Datatype.TEXT, Datatype.UUID})
_LONG: Final = frozenset({Datatype.INT64, Datatype.UINT64, Datatype.DATETIME})
NUMBERS: Final = _WHOLE | {Datatype.FLOAT, Datatype.DOUBLE, Datatype.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. value: raw, see `typed`. timestamp: milliseconds since 1970, UTC.

    datatype: 0 where the message leaves it to the birth. quality: 192 good, 0 bad, 500 stale.
    """

    name: str = ""
    alias: int | None = None
    timestamp: int | None = None
    datatype: int = 0
    value: Value = None
    is_historical: bool = False
    is_transient: bool = False
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """A message's content. seq: 0–255; None in NDEATH, commands."""

    timestamp: int | None = None
    metrics: tuple[Metric, ...] = ()
    seq: int | None = None


def decode(data: bytes) -> Payload:
    """Read a payload.

    Raises: Malformed.
    Source: Sparkplug 3.0.0, 6.4 (payload definition).
    """
    timestamp = seq = None
    metrics: list[Metric] = []
    for number, _, value in fields(data):
        match number, value:
            case 1, int():
                timestamp = value
            case 2, bytes():
                metrics.append(_metric(value))
            case 3, int():
                seq = value
            case ((1 | 2 | 3), _):
                raise Malformed(f"field {number} of the payload is of another kind")
    if len(metrics) > MOST_METRICS:
        raise Malformed("too many metrics")
    if seq is not None and seq > 255:
        raise Malformed("a seq above 255")
    return Payload(timestamp, tuple(metrics), seq)


def typed(metric: Metric, datatype: int) -> Value:
    """Return a metric's value as its datatype says; None for a null, and for data sets and templates.

    Raises: Malformed if the value cannot be of that type.
    Source: Sparkplug 3.0.0, 6.4.16 (signed values as two's complement).
    """
    value = metric.value
    if value is None:
        return None
    try:
        kind = Datatype(datatype)
    except ValueError:
        raise Malformed(f"datatype {datatype}") from None
    if kind in _WHOLE and isinstance(value, int) and not isinstance(value, bool):
        bits = _SIGNED.get(kind)
        return value if bits is None else _signed(value, bits)
    fits = (
        (kind is Datatype.BOOLEAN and isinstance(value, bool))
        or (kind in {Datatype.FLOAT, Datatype.DOUBLE} and isinstance(value, float))
        or (kind in _TEXTS and isinstance(value, str))
        or (kind in {Datatype.BYTES, Datatype.FILE} and isinstance(value, bytes))
    )
    if fits:
        return value
    if kind in {Datatype.DATASET, Datatype.TEMPLATE}:
        return None
    raise Malformed(f"a value that is no {kind.name}")


def encode(payload: Payload) -> bytes:
    """Write a payload; metrics with the values of their datatypes.

    Source: Sparkplug 3.0.0, 6.4.
    """
    out = b"" if payload.timestamp is None else varint_field(1, payload.timestamp)
    out += b"".join(bytes_field(2, _written(item)) for item in payload.metrics)
    return out if payload.seq is None else out + varint_field(3, payload.seq)


def _metric(data: bytes) -> Metric:
    found: dict[int, int | bytes] = {number: value for number, _, value in fields(data)}
    name, alias = found.get(1, b""), found.get(2)
    timestamp, datatype = found.get(3), found.get(4, 0)
    if not isinstance(name, bytes) or not isinstance(datatype, int):
        raise Malformed("a metric's name or datatype is of another kind")
    if isinstance(alias, bytes) or isinstance(timestamp, bytes):
        raise Malformed("a metric's alias or timestamp is of another kind")
    return Metric(
        name=_text(name),
        alias=alias,
        timestamp=timestamp,
        datatype=datatype,
        value=None if found.get(7) else _value(found),
        is_historical=bool(found.get(5)),
        is_transient=bool(found.get(6)),
        quality=_quality(found.get(9)),
    )


def _value(found: dict[int, int | bytes]) -> Value:
    for number in (10, 11, 12, 13, 14, 15, 16):
        raw = found.get(number)
        if raw is not None:
            return _raw(number, raw)
    return None


def _raw(number: int, raw: int | bytes) -> Value:
    match number, raw:
        case ((10 | 11), int()):
            return raw
        case 12, bytes() if len(raw) == 4:
            return float(struct.unpack("<f", raw)[0])
        case 13, bytes() if len(raw) == 8:
            return float(struct.unpack("<d", raw)[0])
        case 14, int():
            return bool(raw)
        case 15, bytes():
            return _text(raw)
        case 16, bytes():
            return raw
    raise Malformed(f"field {number} of a metric is of another kind")


def _quality(properties: int | bytes | None) -> int | None:
    """Return the property `Quality`. Source: Sparkplug 3.0.0, 6.4.13 (property sets)."""
    if not isinstance(properties, bytes):
        return None
    keys: list[bytes] = []
    values: list[bytes] = []
    for number, _, value in fields(properties):
        if isinstance(value, bytes):
            (keys if number == 1 else values).append(value)
    for key, value in zip(keys, values, strict=False):
        if key == b"Quality":
            whole = next((item for number, _, item in fields(value) if number == 3), None)
            return whole if isinstance(whole, int) else None
    return None


def _written(metric: Metric) -> bytes:
    parts: list[bytes] = []
    if metric.name:
        parts.append(bytes_field(1, metric.name.encode()))
    for number, value in ((2, metric.alias), (3, metric.timestamp), (4, metric.datatype or None)):
        if value is not None:
            parts.append(varint_field(number, value))
    for number, flag in ((5, metric.is_historical), (6, metric.is_transient)):
        if flag:
            parts.append(varint_field(number, 1))
    parts.append(varint_field(7, 1) if metric.value is None else _value_field(metric))
    return b"".join(parts)


def _value_field(metric: Metric) -> bytes:
    value = metric.value
    match value:
        case bool():
            return varint_field(14, int(value))
        case int():
            long = metric.datatype in _LONG
            return varint_field(11 if long else 10, value & (2**64 - 1 if long else 2**32 - 1))
        case float() if metric.datatype == Datatype.DOUBLE:
            return fixed_field(13, struct.pack("<d", value))
        case float():
            return fixed_field(12, struct.pack("<f", value))
        case str():
            return bytes_field(15, value.encode())
        case bytes():
            return bytes_field(16, value)
    raise Malformed("no value")


def _signed(value: int, bits: int) -> int:
    low = value & (1 << bits) - 1
    return low - (1 << bits) if low >> bits - 1 else low


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Malformed("a text that is not UTF-8") from None


def command(metrics: Iterable[Metric], *, at_ms: int) -> bytes:
    """Return the payload of an NCMD or DCMD: values to be written, no seq. Source: Sparkplug 3.0.0, 6.4.23, 6.4.24."""
    return encode(Payload(at_ms, tuple(metrics)))
