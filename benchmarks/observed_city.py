"""A city with a long history of readings, built fast: for benches that ask what lies in it.

Meters report by the hour, stations by the minute; both for a month. Days are made as tables of their own, filled by
binary COPY in order of arrival (all devices of a minute together), indexed, then attached: as the store would have left
them, at the speed of the disk.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from benchmarks.report import progress
from onecity.platform.identity.models import Organisation
from onecity.platform.iot.models import RollupDue
from onecity.platform.iot.rules.instants import DAY, HOUR, SECOND, instant, micros
from onecity.platform.iot.services import rollups
from onecity.platform.iot.services.store.partitions import TABLE, partition_of
from onecity.platform.iot.services.store.wire import bulk_cursor, copy_rows

DAYS: Final = 31
MINUTE: Final = 60 * SECOND
METERS, STATIONS = 100_000, 600
"""Of a city with about a hundred million readings: 74 million by the hour, 27 million by the minute."""
TYPE: Final = "iot.generic"
WEST, SOUTH, SIDE = 125.0, 43.6, 0.5
WHOLE: Final = DAYS * (METERS * 24 + STATIONS * 1440)

_DEVICES: Final = """
    INSERT INTO iot_device (key, name, type_code, protocol, organisation_id, division_code, location, address, state,
        password_hash, scales, words, created_at{more})
    SELECT prefix || lpad(n::text, 7, '0'), title || ' ' || n, %(type)s, 'mqtt', %(organisation)s, '',
        ST_SetSRID(ST_MakePoint({west} + random() * {side}, {south} + random() * {side}), 4326), '', 'online', '',
        '{{}}', '{{}}',
        %(now)s - n * interval '1 second'{values}
    FROM (SELECT 'METER' AS prefix, 'Meter' AS title, generate_series(1, %(meters)s) AS n
        UNION ALL SELECT 'STATION', 'Station', generate_series(1, %(stations)s)) AS given
"""
_STREAMS: Final = """
    INSERT INTO iot_datastream (device_id, property_code, period, sub_value, unit, wire_name, mapped, created_at)
    SELECT id, 'level', 'real_time', '', '', 'level', true, created_at FROM iot_device WHERE key LIKE %s ORDER BY id
    RETURNING id
"""
_LATEST: Final = f"""
    INSERT INTO iot_latest (datastream_id, phenomenon_at, result, quality)
    SELECT datastream_id, phenomenon_at, result, quality FROM (
        SELECT DISTINCT ON (datastream_id) * FROM {TABLE}
        WHERE phenomenon_at >= %s ORDER BY datastream_id, phenomenon_at DESC
    ) newest
"""


_HOLD_BACK: Final = """
    CREATE TEMPORARY TABLE held AS SELECT * FROM iot_rollupdue WHERE NOT datastream_id = ANY(%s);
    DELETE FROM iot_rollupdue WHERE id IN (SELECT id FROM held)
"""
_GIVE_BACK: Final = "INSERT INTO iot_rollupdue SELECT * FROM held; DROP TABLE held"


@dataclass(frozen=True, slots=True)
class ObservedCity:
    """What was built. meters, stations: datastreams' ids. since ≤ phenomenon times < until. observations: how many."""

    meters: NDArray[np.int32]
    stations: NDArray[np.int32]
    since: datetime
    until: datetime
    observations: int


def build(observations: int = WHOLE, *, roll_up: bool = True) -> ObservedCity:
    """Build a city with about so many readings in the bench's own, empty database.

    roll_up: make the stations' roll-ups, too; meters report so seldom that theirs by day would be all. The share of
    meters and stations is that of the whole city.
    """
    share = observations / WHOLE
    until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    meters, stations = _registered(max(int(METERS * share), 100), max(int(STATIONS * share), 2), now=until)
    total = 0
    for number in range(DAYS):
        day = micros(until) // DAY - DAYS + number
        total += _fill(day, meters, stations)
        progress(f"{total:,} readings")
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [until - timedelta(days=1)])
        cursor.execute(f"ANALYZE {TABLE}, iot_latest, iot_device, iot_datastream")
    if roll_up:
        _roll_up(until, stations)
    return ObservedCity(meters, stations, until - timedelta(days=DAYS), until, total)


def _registered(meters: int, stations: int, *, now: datetime) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    owner, _ = Organisation.objects.get_or_create(
        code="bench", defaults={"name": "性能测试", "short_name": "测试", "kind": "department"}
    )
    facts = {"type": TYPE, "organisation": owner.id, "now": now, "meters": meters, "stations": stations}
    with connection.cursor() as cursor:
        more, values = _further(cursor)
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(_DEVICES.format(west=WEST, south=SOUTH, side=SIDE, more=more, values=values), facts)
        found = []
        for prefix in ("STATION%", "METER%"):  # stations first: their roll-ups are made first
            cursor.execute(_STREAMS, [prefix])
            found.append(np.array([row[0] for row in cursor.fetchall()], np.int32))
    return found[1], found[0]


def _further(cursor: object) -> tuple[str, str]:
    """Return the device's further columns that take no NULL and have no default, with values that say nothing."""
    known = (
        "id", "key", "name", "type_code", "protocol", "organisation_id", "division_code", "location", "address",
        "state", "password_hash", "scales", "words", "created_at",
    )  # fmt: skip
    empty = {"jsonb": "'{}'", "character varying": "''", "boolean": "false", "integer": "0", "ARRAY": "'{}'"}
    cursor.execute(  # type: ignore[attr-defined]  # Django's cursor
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'iot_device'"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
    )
    rows = [row for row in cursor.fetchall() if row[0] not in known]  # type: ignore[attr-defined]  # the same
    names = "".join(f", {name}" for name, _ in rows)
    return names, "".join(f", {empty[kind]}" for _, kind in rows)


def _fill(day: int, meters: NDArray[np.int32], stations: NDArray[np.int32]) -> int:
    """Make one day's partition with its readings, in order of arrival; returns how many."""
    table = partition_of(day)
    first, end = instant(day * DAY), instant((day + 1) * DAY)
    chance = np.random.default_rng(day)
    count = 0
    with transaction.atomic(), bulk_cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        for hour in range(24):
            ids, at = _hour(day * DAY + hour * HOUR, meters, stations)
            values = np.round(50 + 20 * np.sin(at / DAY) + chance.normal(0, 3, len(ids)), 2)
            rows = copy_rows(ids, at, values, np.full(len(ids), ord("N"), np.uint8), received=int(at[-1]))
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary, FREEZE)") as copy:
                copy.write(rows)
            count += len(ids)
        cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (datastream_id, phenomenon_at)")
        cursor.execute(
            f"ALTER TABLE {TABLE} ATTACH PARTITION {table} FOR VALUES FROM ('{first.isoformat()}')"
            f" TO ('{end.isoformat()}')"
        )
    return count


def _hour(
    begin: int, meters: NDArray[np.int32], stations: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return an hour's datastreams and times: stations each minute, meters spread over the hour."""
    minutes = begin + np.arange(60, dtype=np.int64) * MINUTE
    ids = np.concatenate([np.tile(stations, 60), meters])
    at = np.concatenate([np.repeat(minutes, len(stations)), begin + (np.arange(len(meters)) % 60) * MINUTE])
    order = np.argsort(at, kind="stable")
    return ids[order], at[order]


def _roll_up(until: datetime, stations: NDArray[np.int32]) -> None:
    rollups.advance(until + timedelta(hours=1))
    with connection.cursor() as cursor:  # the meters' wait: until then they are read from their readings
        cursor.execute(_HOLD_BACK, [stations.tolist()])
    while RollupDue.objects.filter(datastream_id__in=stations.tolist()).exists():
        rollups.refresh()
        progress(f"{RollupDue.objects.count():,} stretches are not rolled up yet")
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK)
        cursor.execute("ANALYZE iot_hourrollup, iot_dayrollup, iot_rollupdue")
