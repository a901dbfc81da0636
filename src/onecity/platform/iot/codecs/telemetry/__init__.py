"""JSON telemetry, as it comes over MQTT and HTTP.

    {"values": {"pm2_5": 35.0, "humidity": null}, "ts": 1773115200000, "period": "hour", "quality": "N"}
    {"pm2_5": 35.0}                                                       values alone
    [{…}, {…}]                                                            several of the first form

ts: milliseconds since 1970 UTC, or an ISO 8601 text with a zone; without it the time of arrival. period: `real_time`
if not given. quality: a letter of `rules.quality`, for all values of the object. A name may carry a sub-value:
`pm2_5-avg`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from onecity.platform.iot.declare import Period
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.instants import SECOND, UNIX_EPOCH, micros

Values = dict[str, float | bool | None]
MOST_VALUES: Final = 500
MOST_POINTS: Final = 10_000
LONGEST_NAME: Final = 80
_MILLISECOND: Final = SECOND // 1000
_LARGEST_MS: Final = 2**53


class Point(msgspec.Struct, frozen=True):
    """What a device measured at one time."""

    values: Values
    ts: int | datetime | None = None
    period: Period = Period.REAL_TIME
    quality: str = "N"


class DevicePoint(msgspec.Struct, frozen=True):
    """The same with the device's key, for senders that speak for several devices."""

    values: Values
    device: str = ""
    ts: int | datetime | None = None
    period: Period = Period.REAL_TIME
    quality: str = "N"


_points = msgspec.json.Decoder(Point | list[Point])
_device_points = msgspec.json.Decoder(DevicePoint | list[DevicePoint])
_plain = msgspec.json.Decoder(Values)


class NotTelemetry(Exception):
    """The payload cannot be read. reason: a code of `rules.reasons`. at_fault: what exactly, for programs and staff."""

    def __init__(self, reason: str, at_fault: str = "") -> None:
        self.reason = reason
        self.at_fault = at_fault
        super().__init__(reason)


def decode(payload: bytes) -> list[Point]:
    """Read a payload.

    Raises: NotTelemetry.
    """
    try:
        found = _points.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return [_flat(payload, error)]
    points = found if isinstance(found, list) else [found]
    _check(points)
    return points


def decode_for_devices(payload: bytes) -> list[DevicePoint]:
    """Read a payload that names the device of each point.

    Raises: NotTelemetry.
    """
    try:
        found = _device_points.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotTelemetry(reasons.NOT_JSON, str(error)[:200]) from None
    points = found if isinstance(found, list) else [found]
    _check(points)
    return points


def from_values(body: object) -> list[Point]:
    """Read a payload that another format than JSON brought: the same objects and lists, decoded already.

    Raises: NotTelemetry.
    """
    try:
        found = msgspec.convert(body, Point | list[Point])
    except msgspec.ValidationError as error:
        try:
            found = Point(msgspec.convert(body, Values))
        except msgspec.ValidationError:
            raise NotTelemetry(reasons.NOT_JSON, str(error)[:200]) from None
    points = found if isinstance(found, list) else [found]
    _check(points)
    return points


def at_of(ts: int | datetime | None, *, arrived: int) -> int:
    """Return a point's time in microseconds since 2000; `arrived` if it has none.

    Raises: NotTelemetry for a time without a zone or out of all bounds.
    """
    if ts is None:
        return arrived
    if isinstance(ts, datetime):
        if ts.tzinfo is None:
            raise NotTelemetry(reasons.BAD_TIME, ts.isoformat())
        return micros(ts)
    if abs(ts) > _LARGEST_MS:
        raise NotTelemetry(reasons.BAD_TIME, str(ts))
    return ts * _MILLISECOND + UNIX_EPOCH


def encode(values: Mapping[str, float | None], *, at: datetime, period: Period = Period.REAL_TIME) -> bytes:
    """Write a payload of one point."""
    return msgspec.json.encode(Point(dict(values), ts=(micros(at) - UNIX_EPOCH) // _MILLISECOND, period=period))


def encode_points(points: Sequence[DevicePoint]) -> bytes:
    """Write points of one device as a payload of its own, without its name."""
    return msgspec.json.encode([Point(point.values, point.ts, point.period, point.quality) for point in points])


def _flat(payload: bytes, error: Exception) -> Point:
    try:
        point = Point(_plain.decode(payload))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotTelemetry(reasons.NOT_JSON, str(error)[:200]) from None
    _check([point])
    return point


def _check(points: "list[Point] | list[DevicePoint]") -> None:
    if not points or not all(0 < len(point.values) <= MOST_VALUES for point in points) or len(points) > MOST_POINTS:
        raise NotTelemetry(reasons.NO_VALUES)
    for point in points:
        if len(point.quality) != 1 or not point.quality.isascii():
            raise NotTelemetry(reasons.NOT_JSON, f"quality {point.quality[:20]!r}")
        for name in point.values:
            if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
                raise NotTelemetry(reasons.BAD_NAME, name[:LONGEST_NAME])
