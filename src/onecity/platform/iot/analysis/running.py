"""Running an analysis on this machine: cold days straight from their files, the rest of the database as Arrow."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from onecity.platform.iot.contracts import Readings
from onecity.platform.iot.rules.instants import DAY, UNIX_EPOCH, micros
from onecity.platform.iot.selectors.cold import SETTINGS
from onecity.platform.iot.selectors.explorer import Stream
from onecity.platform.iot.selectors.history import asked, raw_readings

OBSERVATIONS: Final = pa.schema(
    [
        ("datastream_id", pa.int32()),
        ("phenomenon_at", pa.timestamp("us")),
        ("result", pa.float64()),
        ("quality", pa.int16()),
    ]
)
WINDOW: Final = 32 * DAY
Value = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: names of columns, and rows of plain values."""

    columns: tuple[str, ...]
    rows: list[tuple[Value, ...]]


@contextmanager
def on_duckdb(streams: Sequence[Stream], *, since: datetime, until: datetime) -> Iterator[tuple[Table, Table]]:
    """Give `observations` and `streams` as Ibis tables of a DuckDB that ends with the context.

    since ≤ phenomenon time < until. Late readings and corrections of cold days are in; the actor was found to see the
    streams.
    """
    duck = ibis.duckdb.connect(**SETTINGS)
    try:
        parts = _parts(streams, micros(since), micros(until))
        readings = pa.Table.from_batches(parts, OBSERVATIONS)
        duck.con.register("observations", readings)
        duck.con.register("streams", stream_table(streams))
        yield duck.table("observations"), duck.table("streams")
    finally:
        duck.disconnect()


def analysed(
    ask: Callable[[Table, Table], Table], streams: Sequence[Stream], *, since: datetime, until: datetime
) -> Found:
    """Return what an expression comes to on DuckDB."""
    with on_duckdb(streams, since=since, until=until) as (observations, known):
        table = arrow_of(ask(observations, known))
    return Found(tuple(table.column_names), [tuple(row.values()) for row in table.to_pylist()])


def arrow_of(answer: Table) -> pa.Table:
    """Return what an expression over tables of DuckDB comes to."""
    duck = answer.get_backend()
    return duck.con.sql(duck.compile(answer)).to_arrow_table()


def stream_table(streams: Sequence[Stream]) -> pa.Table:
    """Return datastreams as the expressions know them."""
    return pa.table(
        {
            "datastream_id": pa.array([stream.info.id for stream in streams], pa.int32()),
            "device_key": [stream.device_key for stream in streams],
            "property_code": [stream.info.property_code for stream in streams],
        }
    )


def reading_batch(found: Readings) -> pa.RecordBatch:
    """Return readings as the expressions know them."""
    columns = [
        pa.array(found.datastream, pa.int32()),
        pa.array(found.at - UNIX_EPOCH, pa.timestamp("us")),
        pa.array(found.result, mask=np.isnan(found.result)),
        pa.array(found.quality.astype(np.int16)),
    ]
    return pa.record_batch(columns, schema=OBSERVATIONS)


def _parts(streams: Sequence[Stream], since: int, until: int) -> Iterator[pa.RecordBatch]:
    ids = np.unique(np.array([stream.info.id for stream in streams], np.int32))
    for begin in range(since, until, WINDOW):
        bounds = {"since": begin, "until": min(begin + WINDOW, until)}
        yield reading_batch(asked(raw_readings(ids, **bounds, sources=Counter())))
