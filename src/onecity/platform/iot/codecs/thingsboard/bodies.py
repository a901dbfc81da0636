"""ThingsBoard's JSON bodies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from onecity.platform.iot.codecs.telemetry import LONGEST_NAME, MOST_POINTS, MOST_VALUES, Point
from onecity.platform.iot.rules import reasons

Json = Mapping[str, object]
_LARGEST_MS: Final = 2**53
_MOST_DEVICES: Final = 1_000


class NotThingsBoard(Exception):
    """The body cannot be read. reason: a code of `rules.reasons`."""

    def __init__(self, reason: str, at_fault: str = "") -> None:
        self.reason = reason
        self.at_fault = at_fault
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class AttributesAsked:
    """Names of attributes that a device wants; None for all of a kind, empty for none."""

    client: tuple[str, ...] | None
    shared: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Called:
    """What a device asks of the server."""

    method: str
    params: object


def points_of(payload: bytes) -> tuple[list[Point], dict[str, str]]:
    """Return a telemetry body's points, and what of it are texts, which are no readings.

    Numbers written as texts stay texts, as ThingsBoard keeps them. JSON values below the first level are left out.
    Raises: NotThingsBoard.
    Source: ThingsBoard MQTT device API, telemetry upload.
    """
    return _points(_decoded(payload))


def gateway_points(payload: bytes) -> dict[str, tuple[list[Point], dict[str, str]]]:
    """Return the same of a gateway's body, by device.

    Raises: NotThingsBoard.
    Source: ThingsBoard gateway API, telemetry upload.
    """
    body = _object(_decoded(payload))
    if not 0 < len(body) <= _MOST_DEVICES:
        raise NotThingsBoard(reasons.NO_VALUES)
    return {name: _points(value) for name, value in body.items()}


def attributes_of(payload: bytes) -> Json:
    """Return what a device tells of itself. Raises: NotThingsBoard."""
    body = _object(_decoded(payload))
    _check_names(body)
    return body


def asked_of(payload: bytes) -> AttributesAsked:
    """Return which attributes a body asks for; an empty body asks for all. Raises: NotThingsBoard."""
    body = _object(_decoded(payload or b"{}"))
    if "clientKeys" not in body and "sharedKeys" not in body:
        return AttributesAsked(None, None)
    return AttributesAsked(_names(body.get("clientKeys")), _names(body.get("sharedKeys")))


def call_of(payload: bytes) -> Called:
    """Return what a device calls. Raises: NotThingsBoard."""
    body = _object(_decoded(payload))
    method = body.get("method")
    if not isinstance(method, str) or not method:
        raise NotThingsBoard(reasons.NOT_JSON, "method")
    return Called(method, body.get("params"))


def answer_of(payload: bytes) -> tuple[bool, str]:
    """Return whether a device did what it was told, and its words.

    An object with `success` false or with an `error` says that it did not; anything else says that it did. House rule:
    ThingsBoard gives answers no form.
    """
    text = payload.decode(errors="replace")
    try:
        body = _decoded(payload)
    except NotThingsBoard:
        return True, text
    failed = isinstance(body, dict) and (body.get("success") is False or bool(body.get("error")))
    return not failed, text


def gateway_device(payload: bytes) -> str:
    """Return the device that a gateway connects or disconnects. Raises: NotThingsBoard."""
    name = _object(_decoded(payload)).get("device")
    if not isinstance(name, str) or not name:
        raise NotThingsBoard(reasons.NOT_JSON, "device")
    return name


def gateway_answer(payload: bytes) -> tuple[str, int, bool, str]:
    """Return device, number, success and words of an answer that a gateway passes on. Raises: NotThingsBoard."""
    body = _object(_decoded(payload))
    device, number = body.get("device"), body.get("id")
    if not isinstance(device, str) or not isinstance(number, int):
        raise NotThingsBoard(reasons.NOT_JSON, "device, id")
    done, text = answer_of(msgspec.json.encode(body.get("data")))
    return device, number, done, text


def rpc_request(method: str, params: object, *, device: str = "", number: int = 0) -> bytes:
    """Return the body of an order; with a device, the form that gateways pass on.

    Source: ThingsBoard MQTT device API, server-side RPC; gateway API, server-side RPC.
    """
    call = {"method": method, "params": params}
    return msgspec.json.encode({"device": device, "data": {"id": number, **call}} if device else call)


def _points(body: object) -> tuple[list[Point], dict[str, str]]:
    items: Sequence[object] = body if isinstance(body, list) else [body]
    if not 0 < len(items) <= MOST_POINTS:
        raise NotThingsBoard(reasons.NO_VALUES)
    texts: dict[str, str] = {}
    points = [point for item in items if (point := _point(_object(item), texts)) is not None]
    if not points and not texts:
        raise NotThingsBoard(reasons.NO_VALUES)
    return points, texts


def _point(body: Json, texts: dict[str, str]) -> Point | None:
    ts: int | None = None
    if "ts" in body and isinstance(body.get("values"), dict):
        given = body["ts"]
        if not isinstance(given, int) or isinstance(given, bool) or abs(given) > _LARGEST_MS:
            raise NotThingsBoard(reasons.BAD_TIME, str(given)[:40])
        ts, body = given, _object(body["values"])
    if len(body) > MOST_VALUES:
        raise NotThingsBoard(reasons.NO_VALUES)
    _check_names(body)
    values: dict[str, float | bool | None] = {}
    for name, value in body.items():
        if isinstance(value, int | float):
            values[name] = _finite(name, value)
        elif isinstance(value, str):
            texts[name] = value
    return Point(values, ts) if values else None


def _finite(name: str, value: float) -> float | bool:
    try:
        return value if isinstance(value, bool) else float(value)
    except OverflowError:
        raise NotThingsBoard(reasons.NOT_JSON, name) from None


def _decoded(payload: bytes) -> object:
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotThingsBoard(reasons.NOT_JSON, str(error)[:200]) from None


def _object(body: object) -> Json:
    if not isinstance(body, dict):
        raise NotThingsBoard(reasons.NOT_JSON, "no object")
    return body


def _names(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(name for name in (part.strip() for part in given.split(",")) if name)
    return ()


def _check_names(body: Json) -> None:
    for name in body:
        if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
            raise NotThingsBoard(reasons.BAD_NAME, name[:LONGEST_NAME])
