"""Day partitions of observations and minutes: made ahead of time, and on demand, without standing in a writer's way.

A partition is made as a table of its own and then attached: attaching takes a lock that writers and readers of the
parent do not meet, where `CREATE TABLE … PARTITION OF` would wait for all of them and block all of them. Whoever makes
one takes an advisory lock first and holds no row's lock, so makers cannot wait for each other in a ring. A closed day
gets no partition any more.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction

from onecity.platform.iot.rules.instants import DAY, instant, micros

TABLE: Final = "iot_observation"
MINUTES: Final = "iot_minuterollup"
DAYS_AHEAD: Final = 3
_LOCK: Final = 0x0107_0B5E
_KEYS: Final = {TABLE: "phenomenon_at", MINUTES: "begins_at"}


def partition_of(day: int, *, table: str = TABLE) -> str:
    """Return the name of the partition for a day (days since 2000-01-01, UTC)."""
    return f"{table}_{instant(day * DAY):%Y%m%d}"


def existing_days(*, table: str = TABLE) -> set[int]:
    """Return the days that have a partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [table],
        )
        names = [row[0] for row in cursor.fetchall()]
    return {_day_of(name, table) for name in names}


def closed_days() -> set[int]:
    """Return the days whose readings lie elsewhere, or are about to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day - date '2000-01-01' FROM iot_closedday")
        return {row[0] for row in cursor.fetchall()}


def ensure_days(days: Iterable[int], *, table: str = TABLE) -> None:
    """Make the partitions of `days` (days since 2000-01-01, UTC) that are missing. Call it before taking row locks."""
    wanted = sorted(days)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        there = existing_days(table=table) | (closed_days() if table == TABLE else set())
        for day in wanted:
            if day not in there:
                _make(day, table)


def make_ahead(now: datetime) -> None:
    """Make today's partition and those of the next days."""
    today = micros(now) // DAY
    missing = set(range(today, today + DAYS_AHEAD + 1)) - existing_days()
    if missing:
        ensure_days(missing)


def _make(day: int, table: str) -> None:
    name = partition_of(day, table=table)
    first, next_day = instant(day * DAY), instant((day + 1) * DAY)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (datastream_id, {_KEYS[table]})")
        cursor.execute(
            f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{first.isoformat()}')"
            f" TO ('{next_day.isoformat()}')"
        )


def _day_of(name: str, table: str) -> int:
    date = datetime.strptime(name.removeprefix(f"{table}_"), "%Y%m%d").replace(tzinfo=UTC)
    return micros(date) // DAY
