"""JSON: one array of objects (somewhere in a document), or one object a line."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.columns import Cell, batch_of, shape_of_rows
from onecity.platform.exchange.connectors.formats.contract import Manner, Piece, broken, read_only
from onecity.platform.exchange.connectors.formats.encodings import encoding_of
from onecity.platform.exchange.contracts.blocks import TornRow
from onecity.platform.exchange.contracts.tables import TableShape

Row = dict[str, Cell]
_LOOKED_AT: Final = 1000
_CHUNK: Final = 1 << 20
_SHOWN: Final = 200
_BETWEEN: Final = re.compile(r"[ \t\r\n,]*")
_ERRORS: Final = (ValueError, UnicodeError, LookupError)


def rows_at(document: object, path: Sequence[str]) -> list[object] | None:
    """Return the list that lies at a path of keys in a document, None if there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, list) else None


def pieces_of(entries: Iterable[Row | TornRow], *, name: str, size: int) -> Iterator[Piece]:
    """Yield rows as pieces of one shape, which the first thousand tell; later surprises come as text."""
    source = iter(entries)
    ahead = list(islice(source, max(_LOOKED_AT, size)))
    shape = shape_of_rows(name, [entry for entry in ahead if isinstance(entry, dict)])
    while ahead:
        rows = [entry for entry in ahead if isinstance(entry, dict)]
        torn = tuple(entry for entry in ahead if isinstance(entry, TornRow))
        yield Piece(batch_of(rows, shape.columns), torn)
        ahead = list(islice(source, size))


class JsonLines:
    """One object a line; a line that is none is torn."""

    suffixes: Sequence[str] = (".jsonl", ".ndjson")

    def shapes(self, file: BinaryIO, *, name: str, manner: Manner) -> Sequence[TableShape]:
        """Return the one table, as its first thousand lines suggest."""
        first = islice(self._entries(file, name, manner), _LOOKED_AT)
        return [shape_of_rows(name, [entry for entry in first if isinstance(entry, dict)])]

    def pieces(self, file: BinaryIO, *, name: str, part: str, manner: Manner, size: int) -> Iterator[Piece]:
        """Yield the rows."""
        yield from pieces_of(self._entries(file, name, manner), name=name, size=size)

    def written(self, rows: pa.RecordBatch, *, manner: Manner) -> bytes:
        """Return rows as lines; decimals, dates and instants as text, bytes as hexadecimal text."""
        lines = [json.dumps(row, ensure_ascii=False, default=_plain) + "\n" for row in rows.to_pylist()]
        return "".join(lines).encode("utf-8" if manner.encoding == "auto" else manner.encoding)

    def joined(
        self, parts: Iterable[bytes], *, shape: TableShape, schema: pa.Schema, manner: Manner
    ) -> Iterator[bytes]:
        """Yield the parts."""
        yield from parts

    def _entries(self, file: BinaryIO, name: str, manner: Manner) -> Iterator[Row | TornRow]:
        reader = codecs.getreader(encoding_of(file, manner.encoding))
        file.seek(0)
        try:
            for number, line in enumerate(reader(file), start=1):
                if line.strip():
                    yield _line(line, f"{name}:{number}")
        except _ERRORS:
            raise broken(name) from None


class JsonDocument:
    """An array of objects; read bit by bit when it is the whole document, else with the document."""

    suffixes: Sequence[str] = (".json",)

    def shapes(self, file: BinaryIO, *, name: str, manner: Manner) -> Sequence[TableShape]:
        """Return the one table, as its first thousand objects suggest."""
        first = islice(self._entries(file, name, manner), _LOOKED_AT)
        return [shape_of_rows(name, [entry for entry in first if isinstance(entry, dict)])]

    def pieces(self, file: BinaryIO, *, name: str, part: str, manner: Manner, size: int) -> Iterator[Piece]:
        """Yield the rows."""
        yield from pieces_of(self._entries(file, name, manner), name=name, size=size)

    def written(self, rows: pa.RecordBatch, *, manner: Manner) -> bytes:
        """Refuse: lines of JSON can be written instead."""
        raise read_only(".json")

    def joined(
        self, parts: Iterable[bytes], *, shape: TableShape, schema: pa.Schema, manner: Manner
    ) -> Iterator[bytes]:
        """Refuse: lines of JSON can be written instead."""
        raise read_only(".json")

    def _entries(self, file: BinaryIO, name: str, manner: Manner) -> Iterator[Row | TornRow]:
        reader = codecs.getreader(encoding_of(file, manner.encoding))
        file.seek(0)
        try:
            values = self._values(reader(file), manner.rows_path)
            for number, value in enumerate(values, start=1):
                yield value if isinstance(value, dict) else _torn(json.dumps(value), f"{name}[{number}]")
        except _ERRORS:
            raise broken(name) from None

    def _values(self, text: codecs.StreamReader, path: Sequence[str]) -> Iterator[object]:
        if path:
            found = rows_at(json.load(text), path)
            if found is None:
                raise ValueError(path)
            yield from found
            return
        yield from array_values(text)


def array_values(text: codecs.StreamReader) -> Iterator[object]:
    """Yield the values of one JSON array without holding it. Raises: ValueError where it is none, or torn."""
    decode = json.JSONDecoder().raw_decode
    buffer, place = text.read(_CHUNK).lstrip(), 1
    if not buffer.startswith("["):
        raise ValueError("no array")
    while True:
        place = _BETWEEN.match(buffer, place).end()  # type: ignore[union-attr]  # the pattern matches nothing, too
        if buffer.startswith("]", place):
            if (buffer[place + 1 :] + text.read()).strip():
                raise ValueError("more behind the array")
            return
        try:
            value, end = decode(buffer, place)
            if end == len(buffer):
                raise ValueError("a number may go on")
        except ValueError:
            more = text.read(max(_CHUNK, len(buffer)))
            if not more:
                raise
            buffer, place = buffer[place:] + more, 0
            continue
        yield value
        place = end


def _line(line: str, place: str) -> Row | TornRow:
    try:
        value = json.loads(line)
    except ValueError:
        return _torn(line, place)
    return value if isinstance(value, dict) else _torn(line, place)


def _torn(text: str, place: str) -> TornRow:
    return TornRow(place, text.strip()[:_SHOWN], "torn_row", zh("这一条不是 JSON 对象"))


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
