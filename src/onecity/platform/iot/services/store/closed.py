"""Readings of days that are closed: kept beside the day's own, until its files are made anew.

What was closed over is looked up before anything is written, so that a repeat stays a repeat and another value under
the same key a conflict. The late ones are read before the list of files: a file that takes them in meanwhile is then
found to hold them, too.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Outcome, Readings
from onecity.platform.iot.rules.instants import DAY, instant
from onecity.platform.iot.selectors.cold import closed_between, thawed
from onecity.platform.iot.services.store.readings import same_values
from onecity.platform.iot.services.store.wire import (
    Floats,
    Instants,
    Integers,
    Smallints,
    bulk_cursor,
    micros_sql,
)

Keys = dict[tuple[int, int], tuple[float, int]]

_LATE: Final = f"""
    SELECT l.datastream_id, {micros_sql("l.phenomenon_at")}, l.result, l.quality, l.erased
    FROM unnest(%s, %s) AS k(id, at)
    JOIN iot_lateobservation l ON l.datastream_id = k.id AND l.phenomenon_at = k.at
"""
_FROZEN: Final = f"""
    SELECT o.datastream_id, {micros_sql("o.phenomenon_at")}, o.result, o.quality
    FROM unnest(%s, %s) AS k(id, at)
    JOIN iot_observation o ON o.datastream_id = k.id AND o.phenomenon_at = k.at
    WHERE o.phenomenon_at >= %s AND o.phenomenon_at < %s
"""
_KEEP: Final = """
    INSERT INTO iot_lateobservation (datastream_id, phenomenon_at, result, quality, received_at, erased)
    SELECT k.id, k.at, NULLIF(k.result, 'NaN'), k.quality, %s, %s
    FROM unnest(%s, %s, %s, %s) AS k(id, at, result, quality)
    ORDER BY k.id, k.at
    ON CONFLICT (datastream_id, phenomenon_at) DO UPDATE SET result = excluded.result, quality = excluded.quality,
        received_at = excluded.received_at, erased = excluded.erased,
        revision = nextval('iot_lateobservation_revision')
"""


def insert_closed(readings: Readings, *, received: int) -> NDArray[np.uint8]:
    """Store readings of closed days that are not there yet; return what became of each."""
    outcome = np.full(len(readings), Outcome.STORED, np.uint8)
    if not len(readings):
        return outcome
    standing = standing_of(readings)
    keys = list(zip(readings.datastream.tolist(), readings.at.tolist(), strict=True))
    there = np.array([key in standing for key in keys], np.bool_)
    if there.any():
        repeats = readings.where(there)
        found = [standing[key] for key, known in zip(keys, there.tolist(), strict=True) if known]
        table = Readings(
            repeats.datastream,
            repeats.at,
            np.array([value for value, _ in found], np.float64),
            np.array([quality for _, quality in found], np.uint8),
        )
        outcome[there] = np.where(same_values(repeats, table), Outcome.REPEATED, Outcome.CONFLICTING)
    keep_late(readings.where(~there), received=received)
    return outcome


def keep_late(readings: Readings, *, received: int, erased: bool = False) -> None:
    """Keep readings beside their closed days; they go before what the day has under the same key."""
    if len(readings):
        columns = [Integers(readings.datastream), Instants(readings.at), Floats(readings.result)]
        with bulk_cursor() as cursor:
            cursor.execute(_KEEP, [instant(received), erased, *columns, Smallints(readings.quality)])


def standing_of(readings: Readings) -> Keys:
    """Return which of these keys of closed days are stored, with value (NaN for none) and quality."""
    erased: set[tuple[int, int]] = set()
    late: Keys = {}
    with bulk_cursor() as cursor:
        cursor.execute(_LATE, [Integers(readings.datastream), Instants(readings.at)])
        for number, at, result, quality, is_erased in cursor.fetchall():
            key = (_whole(number), _whole(at))
            if is_erased:
                erased.add(key)
            else:
                late[key] = (_number(result), _whole(quality))
    own = {key: value for key, value in _of_days(readings) if key not in erased}
    return own | late


def _of_days(readings: Readings) -> Iterator[tuple[tuple[int, int], tuple[float, int]]]:
    day = readings.at // DAY
    closed = {item.day: item for item in closed_between(int(day.min()), int(day.max()) + 1)}
    for number in np.unique(day).tolist():
        of_day = readings.where(day == number)
        item = closed[number]
        if item.files:
            found = thawed(item.files, of_day.datastream, since=int(of_day.at.min()), until=int(of_day.at.max()) + 1)
            wanted = set(zip(of_day.datastream.tolist(), of_day.at.tolist(), strict=True))
            columns = (found.datastream, found.at, found.result, found.quality)
            for stream, at, result, quality in zip(*(column.tolist() for column in columns), strict=True):
                if (stream, at) in wanted:
                    yield (stream, at), (result, quality)
        elif not item.cold:
            yield from _frozen(of_day, number)


def _frozen(of_day: Readings, day: int) -> Iterator[tuple[tuple[int, int], tuple[float, int]]]:
    bounds = [instant(day * DAY), instant((day + 1) * DAY)]
    with bulk_cursor() as cursor:
        cursor.execute(_FROZEN, [Integers(of_day.datastream), Instants(of_day.at), *bounds])
        for number, at, result, quality in cursor.fetchall():
            yield (_whole(number), _whole(at)), (_number(result), _whole(quality))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _number(value: object) -> float:
    return value if isinstance(value, float) else float("nan")
