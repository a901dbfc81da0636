"""The SQL by which readings become roll-ups; the promise is that of `rules.rollups`, which tests compare it with."""

from typing import Final, Literal

from onecity.platform.iot.rules import quality
from onecity.platform.iot.services.store.wire import micros_sql

SPARSE_A_DAY: Final = 96
"""Up to so many readings a day, its hours are read from them: rolled up they would be as many rows."""
SPARSE_AN_HOUR: Final = 60
"""Up to so many readings an hour, its minutes are."""
_COLUMNS: Final = (
    "datastream_id, begins_at, readings, good, total, low, high, first, last, first_at, last_at, weighted, weighted_s"
)
_GOOD: Final = ", ".join(str(quality.code(letter)) for letter in sorted(quality.JUDGED))
_STRETCHES: Final = "unnest(%(ids)s, %(since)s, %(until)s) AS k(id, since_at, until_at)"
_OPEN: Final = f"""
    SELECT o.datastream_id, o.phenomenon_at, o.result, o.quality
    FROM {_STRETCHES}
    JOIN iot_observation o ON o.datastream_id = k.id AND o.phenomenon_at >= k.since_at AND o.phenomenon_at < k.until_at
    WHERE o.phenomenon_at >= %(first)s AND o.phenomenon_at < %(end)s
"""
_OWN: Final = "NOT EXISTS (SELECT FROM iot_lateobservation l WHERE {key})"
_OVERTAKEN_OPEN: Final = _OWN.format(key="l.datastream_id = o.datastream_id AND l.phenomenon_at = o.phenomenon_at")
_OVERTAKEN_COLD: Final = _OWN.format(key="l.datastream_id = c.datastream_id AND l.phenomenon_at = c.phenomenon_at")
_WITH_CLOSED: Final = f"""
    {_OPEN} AND {_OVERTAKEN_OPEN}
    UNION ALL
    SELECT c.datastream_id, c.phenomenon_at, c.result, c.quality FROM {_STRETCHES}
    JOIN iot_thawed c ON c.datastream_id = k.id AND c.phenomenon_at >= k.since_at AND c.phenomenon_at < k.until_at
    WHERE {_OVERTAKEN_COLD}
    UNION ALL
    SELECT l.datastream_id, l.phenomenon_at, l.result, l.quality FROM {_STRETCHES}
    JOIN iot_lateobservation l
        ON l.datastream_id = k.id AND l.phenomenon_at >= k.since_at AND l.phenomenon_at < k.until_at
    WHERE NOT l.erased
"""
THAW: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS iot_thawed (
        datastream_id integer NOT NULL, phenomenon_at timestamptz NOT NULL, result double precision,
        quality smallint NOT NULL, received_at timestamptz NOT NULL
    ) ON COMMIT DELETE ROWS
"""


def forget(table: str) -> str:
    """Return the statement that takes away what a table of roll-ups has of the stretches."""
    return f"""
        DELETE FROM {table} r USING {_STRETCHES}
        WHERE r.datastream_id = k.id AND r.begins_at >= k.since_at AND r.begins_at < k.until_at
    """


def days_of_readings(*, closed: bool) -> str:
    """Return the statement that rolls whole days up from readings; those with many readings say so in `has_hours`.

    Parameters: ids, since, until (stretches), first, end (bounds of all), hours (ids that always get hours).
    """
    more = f", count(*) > {SPARSE_A_DAY} OR datastream_id = ANY(%(hours)s)"
    return f"INSERT INTO iot_dayrollup ({_COLUMNS}, has_hours) {_rolled('day', closed=closed, more=more)}"


def hours(*, closed: bool) -> str:
    """Return the statement that rolls the stretches up by hour. closed: some of them lie in closed days.

    Parameters: as for days, and minutes (ids that always get minutes).
    """
    more = f", count(*) > {SPARSE_AN_HOUR} OR datastream_id = ANY(%(minutes)s)"
    return f"INSERT INTO iot_hourrollup ({_COLUMNS}, has_minutes) {_rolled('hour', closed=closed, more=more)}"


def minutes(*, closed: bool) -> str:
    """Return the statement that rolls up by minute those of the stretches' hours that say so."""
    only = """
        JOIN iot_hourrollup h ON h.datastream_id = r.datastream_id AND h.has_minutes
            AND h.begins_at = date_trunc('hour', r.phenomenon_at, 'UTC')
    """
    return f"INSERT INTO iot_minuterollup ({_COLUMNS}) {_rolled('minute', closed=closed, only=only)}"


DAYS_OF_HOURS: Final = f"""
    INSERT INTO iot_dayrollup ({_COLUMNS}, has_hours)
    SELECT h.datastream_id, date_trunc('day', h.begins_at, 'Asia/Shanghai') AS day,
        sum(h.readings), sum(h.good), sum(h.total), min(h.low), max(h.high),
        (array_agg(h.first ORDER BY h.first_at) FILTER (WHERE h.good > 0))[1],
        (array_agg(h.last ORDER BY h.last_at DESC) FILTER (WHERE h.good > 0))[1],
        min(h.first_at), max(h.last_at), sum(h.weighted), sum(h.weighted_s), true
    FROM {_STRETCHES}
    JOIN iot_hourrollup h ON h.datastream_id = k.id AND h.begins_at >= k.since_at AND h.begins_at < k.until_at
    GROUP BY h.datastream_id, day
"""
"""Adds hours up by day of the city; stretches are whole days."""
DENSE: Final = f"""
    SELECT d.datastream_id, {micros_sql("d.begins_at")} FROM {_STRETCHES}
    JOIN iot_dayrollup d ON d.datastream_id = k.id AND d.begins_at >= k.since_at AND d.begins_at < k.until_at
    WHERE d.has_hours
"""


def _rolled(unit: Literal["minute", "hour", "day"], *, closed: bool, more: str = "", only: str = "") -> str:
    stands = "minute" if unit == "minute" else "hour"  # at most to its end (`rules.rollups`)
    return f"""
        SELECT datastream_id, begins_at, count(*), count(value), COALESCE(sum(value), 0), min(value), max(value),
            (array_agg(value ORDER BY at) FILTER (WHERE value IS NOT NULL))[1],
            (array_agg(value ORDER BY at DESC) FILTER (WHERE value IS NOT NULL))[1],
            min(at) FILTER (WHERE value IS NOT NULL), max(at) FILTER (WHERE value IS NOT NULL),
            COALESCE(sum(value * seconds), 0), COALESCE(sum(seconds), 0) {more}
        FROM (
            SELECT datastream_id, at, begins_at, value, CASE WHEN value IS NOT NULL THEN
                extract(epoch FROM lead(at, 1, stands_from + interval '1 {stands}') OVER w - at)::float8 END AS seconds
            FROM (
                SELECT r.datastream_id, r.phenomenon_at AS at,
                    CASE WHEN r.quality IN ({_GOOD}) THEN r.result END AS value,
                    date_trunc('{unit}', r.phenomenon_at, 'Asia/Shanghai') AS begins_at,
                    date_trunc('{stands}', r.phenomenon_at, 'UTC') AS stands_from
                FROM ({_WITH_CLOSED if closed else _OPEN}) r {only}
            ) told
            WINDOW w AS (PARTITION BY datastream_id, stands_from, value IS NULL ORDER BY at)
        ) weighed
        GROUP BY datastream_id, begins_at
    """
