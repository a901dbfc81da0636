"""Makes a cold day's files anew: with what came late, without what is not kept any longer."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from numpy.typing import NDArray

from onecity.kernel.actor import system_actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import ColdFile
from onecity.platform.iot.models import ClosedDay
from onecity.platform.iot.rules.instants import DAY, UNIX_EPOCH, day_number, instant
from onecity.platform.iot.selectors.cold import ROW_GROUP, SETTINGS, cold_folder
from onecity.platform.iot.selectors.columns import Rows, blocks, row_type
from onecity.platform.iot.services.cold.files import SCHEMA, write_day
from onecity.platform.iot.services.store.wire import Bigints, Instants, Integers, bulk_cursor

QUIET: Final = timedelta(hours=1)
MANY: Final = 10_000
LATE: Final = row_type(
    datastream=">i4", at=">i8", result=">f8", quality=">i2", received=">i8", erased="|b1", revision=">i8"
)

_WAITING: Final = """
    SELECT c.day FROM iot_closedday c
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows, max(l.received_at) AS newest FROM iot_lateobservation l
        WHERE l.phenomenon_at >= c.day::timestamp AT TIME ZONE 'UTC'
            AND l.phenomenon_at < (c.day + 1)::timestamp AT TIME ZONE 'UTC'
    ) late
    WHERE c.state = 'cold' AND late.rows > 0 AND (late.newest < %s OR late.rows >= %s)
    ORDER BY c.day
"""
_MERGED: Final = """
    SELECT datastream_id, phenomenon_at, result, quality, received_at FROM (
        SELECT c.* FROM ({files}) c
        WHERE NOT EXISTS (
            SELECT 1 FROM late l WHERE l.datastream_id = c.datastream_id AND l.phenomenon_at = c.phenomenon_at
        )
        UNION ALL
        SELECT datastream_id, phenomenon_at, result, quality, received_at FROM late WHERE NOT erased
    ) whole
    WHERE datastream_id NOT IN (SELECT id FROM gone)
    ORDER BY datastream_id, phenomenon_at
"""
_TAKEN_IN: Final = """
    DELETE FROM iot_lateobservation l USING unnest(%s, %s, %s) AS k(id, at, revision)
    WHERE l.datastream_id = k.id AND l.phenomenon_at = k.at AND l.revision = k.revision
"""


def compact_due(now: datetime, *, most_s: float) -> int:
    """Take late readings into the files of cold days where none came for an hour or many wait; returns how many days.

    now: city time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [now - QUIET, MANY])
        days: list[date] = [row[0] for row in cursor.fetchall()]
    began, done = time.monotonic(), 0
    for day in days:
        done += compact(day, now=now)
        if time.monotonic() - began > most_s:
            break
    return done


def compact(day: date, *, now: datetime, without: Sequence[int] = ()) -> bool:
    """Make a cold day's files anew. without: datastreams whose readings go. False if somebody else did meanwhile.

    Readings that come, change or go while the files are made stay beside them.
    """
    row = ClosedDay.objects.get(day=day, state=ClosedDay.State.COLD)
    late = _late(day_number(day))
    old = tuple(ColdFile(**file) for file in row.files)
    files = write_day(day_number(day), _merged(old, late, without), generation=row.generation + 1)
    with transaction.atomic():
        standing = ClosedDay.objects.select_for_update().get(day=day)
        if standing.generation != row.generation:
            return False
        standing.generation += 1
        standing.files = [asdict(file) for file in files]
        standing.readings = sum(file.rows for file in files)
        standing.moved_at = now
        standing.save()
        with bulk_cursor() as cursor:
            keys = [Integers(late["datastream"].astype(np.int32)), Instants(late["at"].astype(np.int64))]
            cursor.execute(_TAKEN_IN, [*keys, Bigints(late["revision"].astype(np.int64))])
        facts = {"day": day.isoformat(), "readings": standing.readings, "late": len(late), "without": len(without)}
        identity.record(system_actor("iot"), action="iot.compact_day", details=facts)
    return True


def _late(day: int) -> Rows:
    columns = "datastream_id, phenomenon_at, COALESCE(result, 'NaN'), quality, received_at, erased, revision"
    first, end = instant(day * DAY).isoformat(), instant((day + 1) * DAY).isoformat()
    sql = (
        f"SELECT {columns} FROM iot_lateobservation WHERE phenomenon_at >= '{first}' AND phenomenon_at < '{end}'"
        " ORDER BY datastream_id, phenomenon_at"
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT BINARY") as copy:
        found = list(blocks(copy, LATE))
    return np.concatenate(found) if found else np.empty(0, LATE)


def _merged(files: Sequence[ColdFile], late: Rows, without: Sequence[int]) -> Iterator[pa.RecordBatch]:
    spill = {"temp_directory": str(cold_folder() / ".spill")}
    with duckdb.connect(":memory:", config={**SETTINGS, **spill}) as duck:
        duck.register("late", _table(late))
        duck.register("gone", pa.table({"id": pa.array(list(without), pa.int32())}))
        duck.register("empty", SCHEMA.empty_table())
        source = "SELECT * FROM read_parquet($files)" if files else "SELECT * FROM empty"
        values = {"files": [str(cold_folder() / file.name) for file in files]} if files else {}
        yield from duck.sql(_MERGED.format(files=source), params=values).to_arrow_reader(ROW_GROUP)


def _table(late: Rows) -> pa.Table:
    def moments(name: str) -> pa.Array:
        values: NDArray[np.int64] = late[name].astype(np.int64) - UNIX_EPOCH
        return pa.array(values, pa.timestamp("us", "UTC"))

    result = late["result"].astype(np.float64)
    return pa.table(
        {
            "datastream_id": pa.array(late["datastream"].astype(np.int32)),
            "phenomenon_at": moments("at"),
            "result": pa.array(result, mask=np.isnan(result)),
            "quality": pa.array(late["quality"].astype(np.int16)),
            "received_at": moments("received"),
            "erased": pa.array(late["erased"].astype(np.bool_)),
        }
    )
