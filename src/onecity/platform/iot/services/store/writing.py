"""The statements by which readings enter the tables."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts import Outcome, Readings
from onecity.platform.iot.rules.instants import DAY, NEVER, instant
from onecity.platform.iot.services.store.readings import same_values
from onecity.platform.iot.services.store.wire import (
    COPY,
    Bigints,
    Floats,
    Instants,
    Integers,
    Smallints,
    bulk_cursor,
    copy_rows,
    micros_sql,
)

_TAKE_TURNS: Final = "SELECT count(*) FROM (SELECT FROM iot_device WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) d"
_REPLACE: Final = """
    UPDATE iot_latest l SET phenomenon_at = k.at, result = NULLIF(k.result, 'NaN'), quality = k.quality
    FROM unnest(%s, %s, %s, %s, %s) AS k(id, at, result, quality, replaced)
    WHERE l.datastream_id = k.id AND l.phenomenon_at = k.replaced
"""
_BEGIN: Final = """
    INSERT INTO iot_latest (datastream_id, phenomenon_at, result, quality)
    SELECT k.id, k.at, NULLIF(k.result, 'NaN'), k.quality FROM unnest(%s, %s, %s, %s) AS k(id, at, result, quality)
    ON CONFLICT DO NOTHING
"""
_LATE: Final = f"""
    INSERT INTO iot_observation (datastream_id, phenomenon_at, result, quality, received_at)
    SELECT k.id, k.at, NULLIF(k.result, 'NaN'), k.quality, %s
    FROM unnest(%s, %s, %s, %s) AS k(id, at, result, quality)
    ORDER BY k.id, k.at
    ON CONFLICT DO NOTHING RETURNING datastream_id, {micros_sql("phenomenon_at")}
"""
_STANDING: Final = f"""
    SELECT o.datastream_id, {micros_sql("o.phenomenon_at")}, o.result, o.quality
    FROM unnest(%s, %s) AS k(id, at)
    JOIN iot_observation o ON o.datastream_id = k.id AND o.phenomenon_at = k.at
    WHERE o.phenomenon_at >= %s AND o.phenomenon_at < %s
"""


class Overtaken(Exception):
    """Another writer was there first: what this one knew of the latest values is old."""


def take_turns(device_ids: NDArray[np.int64]) -> None:
    """Wait for other writers of these devices' readings to end, and keep others waiting until this transaction ends.

    Everybody locks devices by ascending id, so nobody waits in a ring. device_ids: unique, ascending.
    """
    if len(device_ids):
        with bulk_cursor() as cursor:
            cursor.execute(_TAKE_TURNS, [Bigints(device_ids)])


def advance_latest(newest: Readings, *, replaced: NDArray[np.int64]) -> None:
    """Put newer readings, one for a datastream, in the latest values' place. The writer has taken its turn.

    replaced: what this writer believes is the latest of each, NEVER for none; a wrong belief shows, and nothing is
    judged or copied on it.
    Raises: Overtaken.
    """
    first = replaced == NEVER
    later = ~first
    with bulk_cursor() as cursor:
        if later.any():
            cursor.execute(_REPLACE, [*_columns(newest.where(later)), Instants(replaced[later])])
            if cursor.rowcount != np.count_nonzero(later):
                raise Overtaken
        if first.any():
            cursor.execute(_BEGIN, list(_columns(newest.where(first))))
            if cursor.rowcount != np.count_nonzero(first):
                raise Overtaken


def copy_fresh(fresh: Readings, *, received: int) -> None:
    """Copy readings that no writer can have written yet."""
    if not len(fresh):
        return
    rows = copy_rows(fresh.datastream, fresh.at, fresh.result, fresh.quality, received=received)
    with bulk_cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(rows)


def insert_late(late: Readings, *, received: int) -> NDArray[np.uint8]:
    """Insert readings that may stand there already; return what became of each."""
    count = len(late)
    outcome = np.full(count, Outcome.STORED, np.uint8)
    if not count:
        return outcome
    with bulk_cursor() as cursor:
        cursor.execute(_LATE, [instant(received), *_columns(late)])
        if cursor.rowcount == count:
            return outcome
        inserted = set(cursor.fetchall())
    pairs = zip(late.datastream.tolist(), late.at.tolist(), strict=True)
    there = np.array([pair not in inserted for pair in pairs], np.bool_)
    outcome[there] = _compared(late.where(there))
    return outcome


def _compared(repeats: Readings) -> NDArray[np.uint8]:
    found: dict[tuple[object, object], tuple[object, object]] = {}
    with bulk_cursor() as cursor:
        for day in np.unique(repeats.at // DAY).tolist():
            of_day = repeats.where(repeats.at // DAY == day)
            bounds = [instant(day * DAY), instant((day + 1) * DAY)]
            cursor.execute(_STANDING, [Integers(of_day.datastream), Instants(of_day.at), *bounds])
            found |= {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}
    keys = zip(repeats.datastream.tolist(), repeats.at.tolist(), strict=True)
    standing = [found[key] for key in keys]
    table = Readings(
        repeats.datastream,
        repeats.at,
        np.array([np.nan if result is None else result for result, _ in standing], np.float64),
        np.array([quality for _, quality in standing], np.uint8),
    )
    answer: NDArray[np.uint8] = np.where(
        same_values(repeats, table), np.uint8(Outcome.REPEATED), np.uint8(Outcome.CONFLICTING)
    )
    return answer


def _columns(readings: Readings) -> Iterator[object]:
    yield Integers(readings.datastream)
    yield Instants(readings.at)
    yield Floats(readings.result)
    yield Smallints(readings.quality)
