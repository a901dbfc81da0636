"""What records of a client mean: readings, its place, what it tells of itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from onecity.platform.iot.codecs.lwm2m import RELATIVE_BELOW, Record, name_of
from onecity.platform.iot.gateways.field.contract import Position, Reading, Upload

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_LOCATION = 6
_LATITUDE, _LONGITUDE, _TIMESTAMP, _SPEED = (0, 1, 5, 6)
_OWN = frozenset({1, 3, 4, 5})
_KMH = 3.6


def upload_of(key: str, records: Sequence[Record], *, raw: bytes, now: datetime) -> Upload:
    """Return records as an upload: numbers are readings, texts of core objects what the client tells of itself.

    now: the city's time, from which relative times count.
    Source: LwM2M 1.1 Core, appendix E; RFC 8428, 4.5.3 (time).
    """
    readings, reported = [], {}
    for record in records:
        number, value = record.path[0], record.value
        if number == _LOCATION or value is None or len(record.path) < 3:
            continue
        if isinstance(value, bool | int | float):
            readings.append(Reading(name_of(record.path), float(value), _at(record.at_s, now)))
        elif isinstance(value, str) and number in _OWN:
            reported[name_of(record.path)] = value
    return Upload(raw, key, readings=readings, position=_position(records, now), reported=reported)


def _position(records: Sequence[Record], now: datetime) -> Position | None:
    """Return where the client says that it is. Source: LwM2M 1.1 Core, appendix E.7 (Location)."""
    found = {
        record.path[2]: float(record.value)
        for record in records
        if record.path[0] == _LOCATION and len(record.path) > 2 and isinstance(record.value, int | float)
    }
    if _LATITUDE not in found or _LONGITUDE not in found:
        return None
    if not (abs(found[_LATITUDE]) <= 90 and abs(found[_LONGITUDE]) <= 180):
        return None
    speed = found.get(_SPEED)
    at = _at(found.get(_TIMESTAMP), now) or now
    return Position(found[_LONGITUDE], found[_LATITUDE], at, None if speed is None else speed * _KMH)


def _at(at_s: float | None, now: datetime) -> datetime | None:
    """Return an absolute time; None where none was told, or none that can be."""
    if at_s is None:
        return None
    try:
        return now + timedelta(seconds=at_s) if abs(at_s) < RELATIVE_BELOW else _UNIX + timedelta(seconds=at_s)
    except (OverflowError, ValueError):
        return None
