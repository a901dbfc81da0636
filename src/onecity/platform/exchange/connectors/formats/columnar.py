"""Parquet."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from onecity.platform.exchange.connectors.columns import shape_of_schema
from onecity.platform.exchange.connectors.formats.contract import Manner, Piece, broken
from onecity.platform.exchange.contracts.tables import TableShape


class Parquet:
    """Apache Parquet: typed columns."""

    suffixes: Sequence[str] = (".parquet",)

    def shapes(self, file: BinaryIO, *, name: str, manner: Manner) -> Sequence[TableShape]:
        """Return the one table."""
        with _opened(file, name) as found:
            return [shape_of_schema(name, found.schema_arrow, rows=found.metadata.num_rows)]

    def pieces(self, file: BinaryIO, *, name: str, part: str, manner: Manner, size: int) -> Iterator[Piece]:
        """Yield the rows."""
        with _opened(file, name) as found:
            try:
                for batch in found.iter_batches(batch_size=size):
                    yield Piece(batch)
            except (pa.ArrowInvalid, OSError):
                raise broken(name) from None

    def written(self, rows: pa.RecordBatch, *, manner: Manner) -> bytes:
        """Return rows as a file of their own."""
        sink = io.BytesIO()
        parquet.write_table(pa.Table.from_batches([rows]), sink)
        return sink.getvalue()

    def joined(
        self, parts: Iterable[bytes], *, shape: TableShape, schema: pa.Schema, manner: Manner
    ) -> Iterator[bytes]:
        """Yield one file with a row group for each part."""
        sink = Drain()
        with parquet.ParquetWriter(sink, schema) as writer:
            for part in parts:
                writer.write_table(parquet.read_table(io.BytesIO(part), schema=schema))
                yield sink.take()
        yield sink.take()


class Drain(io.RawIOBase):
    """A file that is only written to, whose content is taken away bit by bit."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()
        self._taken = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # a narrower buffer
        """Keep bytes until they are taken."""
        self._waiting += data
        return len(data)

    def tell(self) -> int:
        """Return how many bytes have been written."""
        return self._taken + len(self._waiting)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        found = bytes(self._waiting)
        self._taken += len(found)
        self._waiting.clear()
        return found


def _opened(file: BinaryIO, name: str) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(file)
    except (pa.ArrowInvalid, OSError):
        raise broken(name) from None
