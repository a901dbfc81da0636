"""Writing a day's readings as Parquet, and proving that the files hold them."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.contracts import ColdFile
from onecity.platform.iot.rules.instants import DAY, UNIX_EPOCH, instant
from onecity.platform.iot.selectors.cold import ROW_GROUP, cold_folder
from onecity.platform.iot.selectors.columns import Rows

ROWS_IN_A_FILE: Final = 16_000_000
SCHEMA: Final = pa.schema(
    [
        pa.field("datastream_id", pa.int32(), nullable=False),
        pa.field("phenomenon_at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("result", pa.float64()),
        pa.field("quality", pa.int16(), nullable=False),
        pa.field("received_at", pa.timestamp("us", "UTC"), nullable=False),
    ]
)
_SORTED: Final = [pq.SortingColumn(0), pq.SortingColumn(1)]


class NotWhole(Unavailable):
    """What a file gives back is not what was written; the day stays where it was."""

    code = "iot.cold_file_not_whole"


class _Fingerprint:
    """A digest of readings in their order, however they are cut into batches."""

    def __init__(self) -> None:
        self._columns = [hashlib.sha256() for _ in SCHEMA]
        self.rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self.rows += len(batch)
        for digest, column in zip(self._columns, batch.columns, strict=True):
            whole = column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
            values = np.ascontiguousarray(whole.to_numpy(zero_copy_only=False))
            digest.update((np.where(np.isnan(values), np.nan, values) if values.dtype.kind == "f" else values).data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Fingerprint) and self.rows == other.rows and self.digests == other.digests

    __hash__ = None  # type: ignore[assignment]  # it changes as it grows

    @property
    def digests(self) -> list[bytes]:
        return [item.digest() for item in self._columns]


def batch_of(rows: Rows) -> pa.RecordBatch:
    """Return rows of (datastream, at, result, quality, received) as a batch for a file."""
    result = rows["result"].astype(np.float64)
    return pa.record_batch(
        [
            pa.array(rows["datastream"].astype(np.int32)),
            pa.array(rows["at"].astype(np.int64) - UNIX_EPOCH, pa.timestamp("us", "UTC")),
            pa.array(result, mask=np.isnan(result)),
            pa.array(rows["quality"].astype(np.int16)),
            pa.array(rows["received"].astype(np.int64) - UNIX_EPOCH, pa.timestamp("us", "UTC")),
        ],
        schema=SCHEMA,
    )


def write_day(day: int, batches: Iterable[pa.RecordBatch], *, generation: int) -> tuple[ColdFile, ...]:
    """Write a day's readings, sorted by datastream and time, into new files; durable and proven when it returns.

    Raises: NotWhole if what the files give back differs.
    """
    written = _Fingerprint()
    files = tuple(_finished(path) for path in _write(day, batches, generation=generation, written=written))
    back = _Fingerprint()
    for file in files:
        with pq.ParquetFile(cold_folder() / file.name) as source:
            for batch in source.iter_batches(batch_size=ROW_GROUP):
                back.add(batch)
    if back != written:
        raise NotWhole
    return files


def _write(day: int, batches: Iterable[pa.RecordBatch], *, generation: int, written: _Fingerprint) -> Iterator[Path]:
    folder = cold_folder() / f"{instant(day * DAY):%Y/%m}"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"observations-{instant(day * DAY):%Y-%m-%d}-{generation}-{secrets.token_hex(4)}"
    given = _cut(batches)
    batch = next(given, None)
    number = 0
    while batch is not None:
        path = folder / f"{name}-{number}.parquet"
        with pq.ParquetWriter(path, SCHEMA, compression="zstd", sorting_columns=_SORTED) as file:
            rows = 0
            while batch is not None and rows < ROWS_IN_A_FILE:
                written.add(batch)
                file.write_batch(batch, row_group_size=ROW_GROUP)
                rows += len(batch)
                batch = next(given, None)
        yield path
        number += 1


def _cut(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of one row group each, so that groups are neither tiny nor huge."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch.cast(SCHEMA))
        rows += len(batch)
        if rows >= ROW_GROUP:
            table = pa.Table.from_batches(waiting).combine_chunks()
            whole = rows // ROW_GROUP * ROW_GROUP
            yield from table.slice(0, whole).to_batches(max_chunksize=ROW_GROUP)
            waiting = table.slice(whole).to_batches()
            rows -= whole
    if rows:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def _finished(path: Path) -> ColdFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, os.SEEK_END)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    with pq.ParquetFile(path) as source:
        facts = source.metadata
        first = facts.row_group(0).column(0).statistics.min
        last = facts.row_group(facts.num_row_groups - 1).column(0).statistics.max
        rows = facts.num_rows
    return ColdFile(str(path.relative_to(cold_folder())), rows, size, digest, first, last)
