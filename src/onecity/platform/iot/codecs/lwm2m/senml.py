"""SenML, LwM2M's newer formats: JSON (110) and CBOR (112), both lists of records with base values.

[{"bn": "/3303/0/", "bt": 1.7e9, "n": "5700", "v": 31.0}, {"n": "5701", "vs": "c"}]
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec

from onecity.platform.iot.codecs import cbor
from onecity.platform.iot.codecs.lwm2m.objects import Scalar
from onecity.platform.iot.codecs.lwm2m.tlv import Path

_LABELS: Final[Mapping[str | int, str]] = MappingProxyType(
    {-2: "bn", -3: "bt", -5: "bv", 0: "n", 2: "v", 3: "vs", 4: "vb", 6: "t", 8: "vd", "vlo": "vlo"}
)
"""Source: RFC 8428, table 4."""
_NUMBERS: Final = {name: number for number, name in _LABELS.items()}
RELATIVE_BELOW: Final = 2**28
"""Times below are seconds from now. Source: RFC 8428, 4.5.3."""
MOST_RECORDS: Final = 10_000


class NotSenml(ValueError):
    """The bytes are no SenML, or a record's name is no path of resources."""


@dataclass(frozen=True, slots=True)
class Record:
    """One resource. at_s: seconds since 1970, UTC; None for now; a value below 2²⁸ counts from now."""

    path: Path
    value: Scalar | None
    at_s: float | None = None


def decode_json(data: bytes) -> list[Record]:
    """Read SenML JSON. Raises: NotSenml. Source: RFC 8428, 5; LwM2M 1.1 Core, 7.4.4."""
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotSenml(str(error)[:200]) from None
    return _records(body)


def decode_cbor(data: bytes) -> list[Record]:
    """Read SenML CBOR. Raises: NotSenml. Source: RFC 8428, 6; LwM2M 1.1 Core, 7.4.5."""
    try:
        body = cbor.decode(data)
    except cbor.NotCbor as error:
        raise NotSenml(str(error)) from None
    if isinstance(body, list):
        return _records([_named(item) for item in body])
    raise NotSenml("no list")


def encode_json(records: Sequence[Record]) -> bytes:
    """Write SenML JSON; opaque values in URL-safe base 64 without padding."""
    return msgspec.json.encode([_written(item, text=True) for item in records])


def encode_cbor(records: Sequence[Record]) -> bytes:
    """Write SenML CBOR."""
    listed: list[cbor.Value] = []
    for item in records:
        body: dict[str | int, cbor.Value] = {_NUMBERS[name]: value for name, value in _written(item).items()}
        listed.append(body)
    return cbor.encode(listed)


def _records(body: object) -> list[Record]:
    if not isinstance(body, list) or not 0 < len(body) <= MOST_RECORDS:
        raise NotSenml("no list of records")
    base_name, base_time, base_value = "", 0.0, 0.0
    found: list[Record] = []
    for item in body:
        if not isinstance(item, dict):
            raise NotSenml("a record that is no object")
        base_name = _of(item, "bn", str, base_name)
        base_time = _number(item, "bt", base_time)
        base_value = _number(item, "bv", base_value)
        value = _value(item, base_value)
        if value is None and "n" not in item:
            continue  # base values alone
        at_s = base_time + _number(item, "t", 0.0)
        found.append(Record(_path(base_name + _of(item, "n", str, "")), value, at_s or None))
    return found


def _value(item: Mapping[object, object], base_value: float) -> Scalar | None:
    match item:
        case {"v": bool()}:
            raise NotSenml("a value of another kind")
        case {"v": int() | float() as number}:
            return number + base_value if base_value else number
        case {"vs": str() as text} | {"vlo": str() as text}:
            return text
        case {"vb": bool() as flag}:
            return flag
        case {"vd": bytes() as raw}:
            return raw
        case {"vd": str() as coded}:
            return _unpadded(coded)
    if {"v", "vs", "vb", "vd", "vlo"} & set(map(str, item)):
        raise NotSenml("a value of another kind")
    return None


def _unpadded(coded: str) -> bytes:
    try:
        return base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotSenml("data that is not in base 64") from None


def _path(name: str) -> Path:
    parts = name.strip("/").split("/")
    if not 0 < len(parts) <= 4 or not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in parts):
        raise NotSenml(f"name {name[:40]!r}")
    return tuple(map(int, parts))


def _named(item: cbor.Value) -> object:
    if not isinstance(item, dict):
        return item
    return {_LABELS.get(key, str(key)): value for key, value in item.items()}


def _number(item: Mapping[object, object], name: str, otherwise: float) -> float:
    value = item.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotSenml(f"{name} is no number")
    return float(value)


def _of(item: Mapping[object, object], name: str, kind: type[str], otherwise: str) -> str:
    value = item.get(name, otherwise)
    if not isinstance(value, kind):
        raise NotSenml(f"{name} is no text")
    return value


def _written(item: Record, *, text: bool = False) -> dict[str, cbor.Value]:
    body: dict[str, cbor.Value] = {"n": "/" + "/".join(map(str, item.path))}
    if item.at_s is not None:
        body["t"] = item.at_s
    match item.value:
        case bool():
            body["vb"] = item.value
        case int() | float():
            body["v"] = item.value
        case str():
            body["vs"] = item.value
        case bytes():
            body["vd"] = base64.urlsafe_b64encode(item.value).rstrip(b"=").decode() if text else item.value
    return body
