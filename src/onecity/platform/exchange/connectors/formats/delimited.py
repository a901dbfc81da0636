"""CSV: text in columns, every value as text, so that leading zeros and long numbers stay what they are."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.formats.contract import Manner, Piece, broken
from onecity.platform.exchange.connectors.formats.encodings import encoding_of
from onecity.platform.exchange.contracts.blocks import TornRow
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.casting import as_text

_CHUNK: Final = 8 << 20
_SHOWN: Final = 200
_ERRORS: Final = (pa.ArrowInvalid, UnicodeError, LookupError)


class Delimited:
    """Comma-separated values and their relatives. An empty value is null; one in quotes is empty text.

    Source: RFC 4180.
    """

    suffixes: Sequence[str] = (".csv", ".txt", ".tsv")

    def shapes(self, file: BinaryIO, *, name: str, manner: Manner) -> Sequence[TableShape]:
        """Return the one table of the file; all columns are text."""
        reader = _open(file, name, manner, [])
        columns = tuple(ColumnShape(column, LogicalType.TEXT) for column in reader.schema.names)
        return [TableShape(name, columns)]

    def pieces(self, file: BinaryIO, *, name: str, part: str, manner: Manner, size: int) -> Iterator[Piece]:
        """Yield the rows; those with too few or too many values are torn. The text is decoded strictly."""
        torn: list[TornRow] = []
        counted = QuoteCount(file)
        reader = _open(counted, name, manner, torn)
        try:
            for batch in reader:
                yield Piece(batch, tuple(torn))
                torn.clear()
        except _ERRORS:
            raise broken(name) from None
        if counted.odd and not encoding_of(file, manner.encoding).startswith("utf-16"):
            raise NotUnderstood(zh("文件“{name}”的引号没有成对，可能没有传完"), params={"name": name})
        if torn:
            yield Piece(pa.RecordBatch.from_pylist([], schema=reader.schema), tuple(torn))

    def written(self, rows: pa.RecordBatch, *, manner: Manner) -> bytes:
        """Return rows without header."""
        return _text(rows, manner, header=False)

    def joined(
        self, parts: Iterable[bytes], *, shape: TableShape, schema: pa.Schema, manner: Manner
    ) -> Iterator[bytes]:
        """Yield the header, then the parts."""
        if manner.header:
            head = _text(pa.RecordBatch.from_pylist([], schema=schema), manner, header=True)
            yield (b"\xef\xbb\xbf" if manner.encoding == "utf-8-sig" else b"") + head
        yield from parts


class QuoteCount:
    """A file that counts its quotes on the way: the parser takes an open quote at the end for closed.

    In UTF-8 and GB 18030 the byte of a quote is never a part of another character.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._quotes = 0
        self.closed = False

    @property
    def odd(self) -> bool:
        """Say whether a quote was left open."""
        return self._quotes % 2 == 1

    def read(self, size: int = -1) -> bytes:
        """Read, and count."""
        found = self._file.read(size)
        self._quotes += found.count(b'"')
        return found

    def seek(self, place: int, whence: int = 0) -> int:
        """Go somewhere; at the beginning the count begins again."""
        self._quotes = 0
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """Return where the file stands."""
        return self._file.tell()


def _open(file: BinaryIO | QuoteCount, name: str, manner: Manner, torn: list[TornRow]) -> csv.CSVStreamingReader:
    encoding = encoding_of(file, manner.encoding).replace("utf-8-sig", "utf-8")

    def keep(row: csv.InvalidRow) -> str:
        sentence = zh("这一行的字段个数与表头不符")
        torn.append(TornRow(f"{name}:{row.number or ''}", (row.text or "")[:_SHOWN], "torn_row", sentence))
        return "skip"

    parse = csv.ParseOptions(delimiter=manner.separator, newlines_in_values=True, invalid_row_handler=keep)
    try:
        names = _header(file, encoding, manner, name)
        file.seek(0)
        return csv.open_csv(
            pa.PythonFile(file, mode="r"),
            read_options=csv.ReadOptions(
                encoding=encoding, block_size=_CHUNK, use_threads=False, autogenerate_column_names=not manner.header
            ),
            parse_options=parse,
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                include_columns=names,
            ),
        )
    except _ERRORS:
        raise broken(name) from None


def _header(file: BinaryIO | QuoteCount, encoding: str, manner: Manner, name: str) -> list[str]:
    """Return the columns' names, from the first rows alone."""
    file.seek(0)
    first = csv.open_csv(
        pa.PythonFile(file, mode="r"),
        read_options=csv.ReadOptions(
            encoding=encoding, block_size=_CHUNK, use_threads=False, autogenerate_column_names=not manner.header
        ),
        parse_options=csv.ParseOptions(
            delimiter=manner.separator, newlines_in_values=True, invalid_row_handler=lambda _: "skip"
        ),
    ).schema.names
    if len(set(first)) < len(first) or not all(first):
        raise NotUnderstood(zh("文件“{name}”的表头有重复或空白的字段名"), params={"name": name})
    return list(first)


def _text(rows: pa.RecordBatch, manner: Manner, *, header: bool) -> bytes:
    columns = [_written(column) for column in rows.columns]
    table = pa.RecordBatch.from_arrays(columns, names=rows.schema.names)
    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink, csv.WriteOptions(include_header=header, delimiter=manner.separator))
    text: bytes = sink.getvalue().to_pybytes()
    if manner.encoding in {"auto", "utf-8", "utf-8-sig"}:
        return text
    return text.decode().encode(manner.encoding)


def _written(values: pa.Array) -> pa.Array:
    if pa.types.is_binary(values.type):
        return pa.array([None if cell is None else cell.hex() for cell in values.to_pylist()], pa.string())
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "1", "0")
    return as_text(values)
