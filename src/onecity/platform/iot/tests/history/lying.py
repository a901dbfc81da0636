"""Readings to lay down, and what plain SQL says they come to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection
from django.test import override_settings

from onecity.platform.iot.contracts import Batch, Readings
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services import rollups
from onecity.platform.iot.services.store import Store

ORACLE = """
    SELECT datastream_id, begins, count(*), count(v), sum(v), min(v), max(v),
        (array_agg(v ORDER BY at) FILTER (WHERE v IS NOT NULL))[1],
        (array_agg(v ORDER BY at DESC) FILTER (WHERE v IS NOT NULL))[1], sum(v * s), sum(s)
    FROM (
        SELECT *, CASE WHEN v IS NOT NULL THEN extract(epoch FROM least(hour + interval '1 hour', (
            SELECT min(n.phenomenon_at) FROM iot_observation n WHERE n.datastream_id = told.datastream_id
                AND n.phenomenon_at > told.at AND n.quality IN (78, 84, 76) AND n.result IS NOT NULL)
            ) - at)::float8 END AS s
        FROM (
            SELECT o.datastream_id, o.phenomenon_at AS at, date_trunc('hour', o.phenomenon_at, 'UTC') AS hour,
                date_trunc(%s, o.phenomenon_at, 'Asia/Shanghai') AS begins,
                CASE WHEN o.quality IN (78, 84, 76) THEN o.result END AS v
            FROM iot_observation o
        ) told
    ) weighed GROUP BY datastream_id, begins ORDER BY datastream_id, begins
"""
ROLLED = """
    SELECT datastream_id, begins_at, readings, good, total, low, high, first, last, weighted, weighted_s
    FROM iot_{}rollup ORDER BY datastream_id, begins_at
"""
Row = tuple[int, datetime, float | None, str]


def batch(rows: list[Row]) -> Batch:
    """Return readings of (datastream, time, value, quality letter)."""
    return Batch(
        np.array([row[0] for row in rows], np.int32),
        np.array([micros(row[1]) for row in rows], np.int64),
        np.array([np.nan if row[2] is None else row[2] for row in rows], np.float64),
        np.array([ord(row[3]) for row in rows], np.uint8),
        np.zeros(len(rows), np.int32),
    )


def lay(rows: list[Row], *, now: datetime, store: Store | None = None) -> list[int]:
    """Store readings; return what became of each."""
    outcome: list[int] = (store or Store()).record([batch(rows)], now=now)[0].outcome.tolist()
    return outcome


def keys(*pairs: tuple[int, datetime], value: float = float("nan"), letter: str = "N") -> Readings:
    """Return readings of (datastream, time), sorted, all with one value."""
    rows = sorted(pairs)
    return Readings(
        np.array([row[0] for row in rows], np.int32),
        np.array([micros(row[1]) for row in rows], np.int64),
        np.full(len(rows), value, np.float64),
        np.full(len(rows), ord(letter), np.uint8),
    )


def roll_up(now: datetime) -> None:
    """Let roll-ups reach to `now` and make all that are due."""
    assert rollups.advance(now)
    while rollups.refresh():
        pass


def rolled(tier: str) -> list[tuple[object, ...]]:
    """Return what a table of roll-ups holds."""
    with connection.cursor() as cursor:
        cursor.execute(ROLLED.format(tier))
        return [_close(row) for row in cursor.fetchall()]


def oracle(tier: str, *, until: datetime | None = None) -> list[tuple[object, ...]]:
    """Return what plain SQL over all readings comes to, up to an instant."""
    with connection.cursor() as cursor:
        cursor.execute(ORACLE, [tier])
        return [_close(row) for row in cursor.fetchall() if until is None or row[1] < until]


def _close(row: tuple[object, ...]) -> tuple[object, ...]:
    """Return a row with sums that do not hang on the order of adding."""
    return tuple(float(f"{value:.9g}") + 0.0 if isinstance(value, float) else value or 0 for value in row)


def micro_list(*at: datetime) -> list[int]:
    """Return instants as numbers."""
    return [micros(item) for item in at]


@contextmanager
def cold_folder(place: Path) -> Iterator[Path]:
    """Let cold days lie in a folder of the test's own."""
    with override_settings(ENV=replace(settings.ENV, cold_folder=place)):
        yield place


A_MINUTE = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
