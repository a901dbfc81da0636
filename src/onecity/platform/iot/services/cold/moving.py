"""Moves days from their partitions into files."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa
from django.db import OperationalError, connection, transaction

from onecity.kernel.actor import system_actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import ClosedDay, StoreMark
from onecity.platform.iot.rules.instants import DAY, day_date, day_number, micros
from onecity.platform.iot.selectors.columns import READING_SQL, blocks, row_type
from onecity.platform.iot.services.cold.files import batch_of, write_day
from onecity.platform.iot.services.rollups.refreshing import UPKEEP_LOCK
from onecity.platform.iot.services.store.barrier import others_ended
from onecity.platform.iot.services.store.partitions import existing_days, partition_of

PATIENCE: Final = "2s"
STORED: Final = row_type(datastream=">i4", at=">i8", result=">f8", quality=">i2", received=">i8")


def freeze(now: datetime, *, after_days: int) -> int:
    """Close days that ended `after_days` ago or earlier to writers; returns how many are new. now: city time.

    after_days: 0 closes none. What comes for a closed day from now on is kept beside it. A day that roll-ups have not
    reached stays open.
    """
    mark = StoreMark.objects.first()
    if after_days <= 0 or mark is None:
        return 0
    border = micros(min(now - timedelta(days=after_days), mark.settled_at)) // DAY
    old = {day_date(day) for day in existing_days() if day < border}
    fresh = sorted(old - set(ClosedDay.objects.filter(day__in=old).values_list("day", flat=True)))
    rows = [ClosedDay(day=day, state=ClosedDay.State.FROZEN, frozen_at=now) for day in fresh]
    ClosedDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(fresh)


def move_due(now: datetime, *, most_s: float) -> int:
    """Move frozen days into files, oldest first, for about `most_s` seconds; returns how many. now: city time."""
    frozen = list(ClosedDay.objects.filter(state=ClosedDay.State.FROZEN).order_by("day"))
    if not frozen or not others_ended():
        return 0
    began, moved = time.monotonic(), 0
    for row in frozen:
        if not _move(row, now=now):
            break
        moved += 1
        if time.monotonic() - began > most_s:
            break
    return moved


def _move(row: ClosedDay, *, now: datetime) -> bool:
    """Move one day; False where readers or writers of its table did not make way in time."""
    day = day_number(row.day)
    table = partition_of(day)
    files = write_day(day, _readings(table), generation=row.generation + 1)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [UPKEEP_LOCK])
                cursor.execute(f"DROP TABLE {table}")
            standing = ClosedDay.objects.select_for_update().get(day=row.day)
            standing.state, standing.moved_at = ClosedDay.State.COLD, now
            standing.generation = row.generation + 1
            standing.files = [asdict(file) for file in files]
            standing.readings = sum(file.rows for file in files)
            standing.save()
            facts = {"day": row.day.isoformat(), "readings": standing.readings, "files": len(files)}
            identity.record(system_actor("iot"), action="iot.move_day", details=facts)
    except OperationalError:
        return False
    return True


def _readings(table: str) -> Iterator[pa.RecordBatch]:
    sql = f"SELECT {READING_SQL}, received_at FROM {table} ORDER BY datastream_id, phenomenon_at"
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT BINARY") as copy:
        for rows in blocks(copy, STORED):
            yield batch_of(rows)
