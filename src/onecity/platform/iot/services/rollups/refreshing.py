"""Makes the roll-ups that are due, a bounded number of hours in one transaction."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from onecity.platform.iot.rules.instants import DAY, NEVER, instant
from onecity.platform.iot.rules.rollups import begins, ends
from onecity.platform.iot.rules.stretches import Stretches, joined, left_of, shared_by, united
from onecity.platform.iot.selectors.cold import closed_between, thawed
from onecity.platform.iot.services.rollups import statements
from onecity.platform.iot.services.store.partitions import MINUTES, ensure_days
from onecity.platform.iot.services.store.wire import Instants, Integers, bulk_cursor, copy_rows, micros_sql

UPKEEP_LOCK: Final = 0x0107_2011
"""Held by whoever rolls up or moves days: neither sees the other half done."""
MOST_ROWS: Final = 5_000
MOST_HOURS: Final = 20_000

_DUE: Final = f"""
    WITH queued AS (
        SELECT id, datastream_id, since_at, LEAST(until_at, since_at + interval '7 days') AS cut_at, until_at
        FROM iot_rollupdue ORDER BY id LIMIT {MOST_ROWS}
    ), counted AS (
        SELECT *, sum(extract(epoch FROM cut_at - since_at)) OVER (ORDER BY id) / 3600 AS hours FROM queued
    )
    SELECT id, datastream_id, {micros_sql("since_at")}, {micros_sql("cut_at")}, {micros_sql("until_at")}
    FROM counted WHERE hours <= {MOST_HOURS} OR id = (SELECT min(id) FROM queued)
"""
_REST: Final = "INSERT INTO iot_rollupdue (datastream_id, since_at, until_at) SELECT * FROM unnest(%s, %s, %s)"
_KEPT: Final = f"""
    SELECT s.id, {micros_sql("p.raw_until")}, p.raw_days > 0,
        p.raw_days > 0 AND (p.minute_days = 0 OR p.minute_days > p.raw_days)
    FROM iot_datastream s
    JOIN iot_device d ON d.id = s.device_id
    JOIN LATERAL (
        SELECT * FROM iot_retention r WHERE r.type_code IN (d.type_code, '') ORDER BY r.type_code DESC LIMIT 1
    ) p ON true
    WHERE s.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class _Due:
    """What is taken to be rolled up. hours, minutes: datastreams of which these outlive the readings."""

    stretches: Stretches
    hours: NDArray[np.int32]
    minutes: NDArray[np.int32]


def refresh() -> int:
    """Roll up some of what is due; returns how many stretches of datastreams that were. 0: nothing is due.

    Another process that rolls up or moves days at this moment has the turn: then nothing is done.
    """
    with transaction.atomic():
        if not _took_turn():
            return 0
        taken = _take()
        if taken is None:
            return 0
        due = _within_kept(taken)
        if len(due.stretches):
            _roll_up(due)
        return len(taken)


def _took_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [UPKEEP_LOCK])
        return bool(cursor.fetchone()[0])


def _take() -> Stretches | None:
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        rows = np.array(cursor.fetchall(), np.int64)
        if not len(rows):
            return None
        number, stream, since, cut, until = rows.T
        cursor.execute("DELETE FROM iot_rollupdue WHERE id = ANY(%s)", [number.tolist()])
    rest = until > cut
    if rest.any():
        with bulk_cursor() as bulk:
            bulk.execute(_REST, [Integers(stream[rest]), Instants(cut[rest]), Instants(until[rest])])
    return united(Stretches(stream.astype(np.int32), since, cut))


def _within_kept(taken: Stretches) -> _Due:
    """Leave out hours whose readings were taken away by retention: what they came to stands for good."""
    with bulk_cursor() as cursor:
        rows = cursor.execute(_KEPT, [Integers(np.unique(taken.datastream))]).fetchall()
    kept_from = {number: until for number, until, *_ in rows if until is not None}
    hours = np.array([row[0] for row in rows if row[2]], np.int32)
    minutes = np.array([row[0] for row in rows if row[3]], np.int32)
    if not kept_from:
        return _Due(taken, hours, minutes)
    border = np.array([kept_from.get(number, NEVER) for number in taken.datastream.tolist()], np.int64)
    since = np.maximum(taken.since, border)
    return _Due(Stretches(taken.datastream, since, taken.until).where(since < taken.until), hours, minutes)


def _roll_up(due: _Due) -> None:
    """Roll days with few readings up from these, those with many from their hours.

    A day that turns out to hold many gets all its hours now.
    """
    days = _whole_days(due.stretches)
    dense = _dense(days)
    sparse = left_of(days, dense)
    closed = _thaw(united(joined(due.stretches, sparse)))
    named = {"hours": Integers(due.hours), "minutes": Integers(due.minutes)}
    with bulk_cursor() as cursor:
        if len(sparse):
            cursor.execute(statements.forget("iot_dayrollup"), _bound(sparse))
            cursor.execute(statements.days_of_readings(closed=closed), {**_bound(sparse), **named})
        grown = _dense(sparse)
        stretches = united(joined(shared_by(due.stretches, dense), grown))
        if not len(stretches):
            return
        values = {**_bound(stretches), **named}
        cursor.execute(statements.forget("iot_hourrollup"), values)
        cursor.execute(statements.hours(closed=closed), values)
        cursor.execute(statements.forget("iot_minuterollup"), values)
        _make_minute_days(stretches)
        cursor.execute(statements.minutes(closed=closed), values)
        cursor.execute(statements.forget("iot_dayrollup"), _bound(_whole_days(stretches)))
        cursor.execute(statements.DAYS_OF_HOURS, _bound(_whole_days(stretches)))


def _whole_days(stretches: Stretches) -> Stretches:
    return united(Stretches(stretches.datastream, begins(stretches.since, DAY), ends(stretches.until, DAY)))


def _dense(days: Stretches) -> Stretches:
    """Return those of the days whose hours are rolled up."""
    if not len(days):
        return days
    with bulk_cursor() as cursor:
        rows = np.array(cursor.execute(statements.DENSE, _bound(days)).fetchall() or np.empty((0, 2)), np.int64)
    return united(Stretches(rows[:, 0].astype(np.int32), rows[:, 1], rows[:, 1] + DAY))


def _make_minute_days(stretches: Stretches) -> None:
    with bulk_cursor() as cursor:
        rows = cursor.execute(
            """
            SELECT DISTINCT (h.begins_at AT TIME ZONE 'UTC')::date - date '2000-01-01'
            FROM unnest(%(ids)s, %(since)s, %(until)s) AS k(id, since_at, until_at)
            JOIN iot_hourrollup h ON h.datastream_id = k.id AND h.begins_at >= k.since_at AND h.begins_at < k.until_at
            WHERE h.has_minutes
            """,
            _bound(stretches),
        ).fetchall()
    days = {day for (day,) in rows if isinstance(day, int)}
    if days:
        ensure_days(days, table=MINUTES)


def _thaw(stretches: Stretches) -> bool:
    """Lay the readings of cold days where the statements find them, until the transaction ends.

    Returns whether any of the stretches lies in a closed day.
    """
    closed = closed_between(int(stretches.since.min()) // DAY, -(-int(stretches.until.max()) // DAY))
    if not closed:
        return False
    with bulk_cursor() as cursor:
        cursor.execute(statements.THAW)
        for day in closed:
            concerned = stretches.where((stretches.since < (day.day + 1) * DAY) & (stretches.until > day.day * DAY))
            if not day.files or not len(concerned):
                continue
            found = thawed(day.files, concerned.datastream, since=day.day * DAY, until=(day.day + 1) * DAY)
            rows = copy_rows(found.datastream, found.at, found.result, found.quality, received=day.day * DAY)
            with cursor.copy("COPY iot_thawed FROM STDIN BINARY") as copy:
                copy.write(rows)
    return True


def _bound(stretches: Stretches) -> dict[str, object]:
    return {
        "ids": Integers(stretches.datastream),
        "since": Instants(stretches.since),
        "until": Instants(stretches.until),
        "first": instant(int(stretches.since.min())),
        "end": instant(int(stretches.until.max())),
    }
