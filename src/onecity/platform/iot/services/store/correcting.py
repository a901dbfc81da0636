"""Putting other values in the place of stored ones, and taking readings away; latest values and roll-ups follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from django.db import transaction

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.rules.instants import instant, micros
from onecity.platform.iot.services.store.closed import keep_late, standing_of
from onecity.platform.iot.services.store.noting import Turn, note_due, read_turn
from onecity.platform.iot.services.store.wire import Floats, Instants, Integers, Smallints, bulk_cursor, micros_sql
from onecity.platform.iot.services.store.writing import take_turns

_DEVICES: Final = "SELECT DISTINCT device_id FROM iot_datastream WHERE id = ANY(%s) ORDER BY device_id"
_CORRECT: Final = """
    UPDATE iot_observation o SET result = NULLIF(k.result, 'NaN'), quality = k.quality, received_at = %s
    FROM unnest(%s, %s, %s, %s) AS k(datastream_id, at, result, quality)
    WHERE o.datastream_id = k.datastream_id AND o.phenomenon_at = k.at AND o.phenomenon_at BETWEEN %s AND %s
"""
_CORRECT_LATEST: Final = """
    UPDATE iot_latest l SET result = NULLIF(k.result, 'NaN'), quality = k.quality
    FROM unnest(%s, %s, %s, %s) AS k(datastream_id, at, result, quality)
    WHERE l.datastream_id = k.datastream_id AND l.phenomenon_at = k.at
"""
_ERASE: Final = f"""
    DELETE FROM iot_observation o USING unnest(%s, %s) AS k(datastream_id, at)
    WHERE o.datastream_id = k.datastream_id AND o.phenomenon_at = k.at AND o.phenomenon_at BETWEEN %s AND %s
    RETURNING o.datastream_id, {micros_sql("o.phenomenon_at")}
"""
_UNCOUNT: Final = """
    INSERT INTO iot_storedcount (day, organisation_id, division_code, readings)
    SELECT (k.at AT TIME ZONE 'Asia/Shanghai')::date AS day, d.organisation_id, d.division_code, -count(*)
    FROM unnest(%s, %s) AS k(datastream_id, at)
    JOIN iot_datastream s ON s.id = k.datastream_id JOIN iot_device d ON d.id = s.device_id
    GROUP BY day, d.organisation_id, d.division_code
"""
_FORGET_LATEST: Final = """
    DELETE FROM iot_latest l USING unnest(%s, %s) AS k(datastream_id, at)
    WHERE l.datastream_id = k.datastream_id AND l.phenomenon_at = k.at RETURNING l.datastream_id
"""
_FIND_LATEST: Final = """
    INSERT INTO iot_latest (datastream_id, phenomenon_at, result, quality)
    SELECT o.* FROM unnest(%s) AS k(id) CROSS JOIN LATERAL (
        SELECT datastream_id, phenomenon_at, result, quality FROM iot_observation
        WHERE datastream_id = k.id ORDER BY phenomenon_at DESC LIMIT 1
    ) o
"""


def correct(readings: Readings, *, now: datetime) -> None:
    """Give stored readings other values and qualities. now: city time.

    readings: sorted by datastream and time, each key once; keys that are not stored are left out. Values are not judged
    again. It locks the devices, so call it once in a transaction and with everything.
    """
    if not len(readings):
        return
    with transaction.atomic():
        turn = _lock(readings)
        standing = turn.closes(readings.at)
        within = readings.where(~standing)
        columns = [Integers(readings.datastream), Instants(readings.at), Floats(readings.result)]
        with bulk_cursor() as cursor:
            if len(within):
                cursor.execute(_CORRECT, [now, *_columns(within), *_bounds(within)])
            cursor.execute(_CORRECT_LATEST, [*columns, Smallints(readings.quality)])
        if standing.any():
            keep_late(_there(readings.where(standing)), received=micros(now))
        note_due(readings, marked=turn.marked)


def erase(readings: Readings, *, now: datetime) -> int:
    """Take stored readings away; returns how many there were. now: city time.

    readings: their keys, sorted by datastream and time, each once; values say nothing. A datastream whose newest
    reading goes has the one before it as latest value, if that lies in the database.
    """
    if not len(readings):
        return 0
    with transaction.atomic():
        turn = _lock(readings)
        is_closed = turn.closes(readings.at)
        within, closed = readings.where(~is_closed), readings.where(is_closed)
        gone: list[tuple[int, int]] = []
        with bulk_cursor() as cursor:
            if len(within):
                keys = [Integers(within.datastream), Instants(within.at)]
                gone += _counted(cursor.execute(_ERASE, [*keys, *_bounds(within)]).fetchall())
            if len(closed):
                there = _there(closed)
                keep_late(there, received=micros(now), erased=True)
                gone += list(zip(there.datastream.tolist(), there.at.tolist(), strict=True))
            cursor.execute(_UNCOUNT, _keys(gone))
            keys = [Integers(readings.datastream), Instants(readings.at)]
            late = cursor.execute(_FORGET_LATEST, keys).fetchall()
            cursor.execute(_FIND_LATEST, [Integers(np.array([row[0] for row in late], np.int32))])
        note_due(readings, marked=turn.marked)
    return len(gone)


def _lock(readings: Readings) -> Turn:
    with bulk_cursor() as cursor:
        rows = cursor.execute(_DEVICES, [Integers(np.unique(readings.datastream))]).fetchall()
    take_turns(np.array([row[0] for row in rows], np.int64))
    return read_turn(readings.at)


def _there(closed: Readings) -> Readings:
    standing = standing_of(closed)
    pairs = zip(closed.datastream.tolist(), closed.at.tolist(), strict=True)
    return closed.where(np.array([pair in standing for pair in pairs], np.bool_))


def _counted(rows: Sequence[tuple[object, ...]]) -> list[tuple[int, int]]:
    return [(number, at) for number, at in rows if isinstance(number, int) and isinstance(at, int)]


def _keys(gone: Sequence[tuple[int, int]]) -> list[object]:
    return [
        Integers(np.array([number for number, _ in gone], np.int32)),
        Instants(np.array([at for _, at in gone], np.int64)),
    ]


def _columns(readings: Readings) -> list[object]:
    keys = [Integers(readings.datastream), Instants(readings.at)]
    return [*keys, Floats(readings.result), Smallints(readings.quality)]


def _bounds(readings: Readings) -> list[datetime]:
    return [instant(int(readings.at.min())), instant(int(readings.at.max()))]
