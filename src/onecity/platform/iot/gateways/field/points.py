"""Telemetry's points as readings, for protocols that speak JSON or something like it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from onecity.platform.iot.codecs.telemetry import NotTelemetry, Point
from onecity.platform.iot.gateways.field.contract import Reading
from onecity.platform.iot.rules import quality, reasons
from onecity.platform.iot.rules.series import split_name

_UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)


def readings_of(points: Sequence[Point]) -> list[Reading]:
    """Return the readings of some points; those without a time get the time of arrival.

    Raises: NotTelemetry for a time without a zone or out of all bounds.
    """
    return [reading for point in points for reading in _readings(point)]


def _readings(point: Point) -> list[Reading]:
    at = _instant(point.ts)
    found = []
    for name, value in point.values.items():
        head, sub_value = split_name(name)
        number = None if value is None else float(value)
        letter = quality.NO_NUMBER if number is None and point.quality == quality.GOOD else point.quality
        found.append(Reading(head, number, at, point.period, sub_value, letter))
    return found


def _instant(ts: int | datetime | None) -> datetime | None:
    if isinstance(ts, datetime) and ts.tzinfo is None:
        raise NotTelemetry(reasons.BAD_TIME, ts.isoformat())
    if ts is None or isinstance(ts, datetime):
        return ts
    try:
        return _UNIX + timedelta(milliseconds=ts)
    except OverflowError:
        raise NotTelemetry(reasons.BAD_TIME, str(ts)) from None
