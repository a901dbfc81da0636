"""Tables out of files: one file, one sheet, or all files that fit a pattern; reading goes on behind any block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.filtering import kept
from onecity.platform.exchange.connectors.formats.contract import Manner, Piece
from onecity.platform.exchange.connectors.formats.registry import format_of, is_known
from onecity.platform.exchange.connectors.formats.workbooks import SHEET_MARK
from onecity.platform.exchange.connectors.stores.contract import Entry, Store, safe
from onecity.platform.exchange.contracts.blocks import Block, Reading, ReadRequest, TornRow
from onecity.platform.exchange.contracts.tables import TableShape

FILE_CURSOR: Final = "_file"
"""The cursor of an incremental read: files whose names sort behind the last one, and what was added to that one."""


@dataclass(frozen=True, slots=True)
class FileReader:
    """Reads the tables of a store.

    pattern: which files there are; together: they are one table, named as the pattern.
    """

    store: Store
    manner: Manner
    told: str = "auto"
    pattern: str = "*"
    together: bool = False

    def shapes(self) -> Sequence[TableShape]:
        """Return the tables; a file that cannot be read is none."""
        names = [entry.name for entry in self.store.entries() if self._fits(entry.name)]
        if self.together and names:
            [first, *_] = self._shapes_of(names[-1])
            return [TableShape(self.pattern, first.columns)]
        return [shape for name in names for shape in self._shapes_of(name)]

    def blocks(self, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks, no file's rows mixed with another's. Raises: NotUnderstood, Unreachable."""
        if request.reading is Reading.BY_CURSOR and request.cursor != FILE_CURSOR:
            raise NotUnderstood(zh("文件只能按文件名增量读取（增量字段填 _file）"))
        since = dict(request.since or {})
        number = int(since.get("n") or 0)
        entries, sheet = self._entries(request.table)
        for entry in entries:
            if entry.name < str(since.get("file") or ""):
                continue
            going_on = entry.name == since.get("file")
            if going_on and request.reading is Reading.FULL and entry.mark != since.get("mark"):
                raise NotUnderstood(zh("文件“{name}”在读取途中被换掉了"), params={"name": entry.name})
            row, torn = (int(since.get("row") or 0), int(since.get("torn") or 0)) if going_on else (0, 0)
            for rows, bad in self._read(entry.name, sheet, request, row, torn):
                number, row, torn = number + 1, row + rows.num_rows, torn + len(bad)
                after = {"n": number, "file": entry.name, "mark": entry.mark, "row": row, "torn": torn}
                yield Block(number, kept(rows, request.conditions).select(list(request.columns)), after, bad)

    def _entries(self, table: str) -> tuple[Sequence[Entry], str]:
        name, _, sheet = table.partition(SHEET_MARK)
        if any(mark in name for mark in "*?["):
            found = [entry for entry in self.store.entries() if fnmatchcase(entry.name, name)]
        else:
            one = self.store.find(safe(name))
            found = [] if one is None else [one]
        if not found:
            raise NotUnderstood(zh("文件“{name}”不存在"), params={"name": name})
        return found, sheet

    def _read(
        self, name: str, sheet: str, request: ReadRequest, row: int, torn: int
    ) -> Iterator[tuple[pa.RecordBatch, tuple[TornRow, ...]]]:
        """Yield the rest of a file behind some rows and torn rows, in pieces of exactly a block's rows but the last."""
        size = request.block_rows
        with self.store.open(name) as file:
            pieces = format_of(name, self.told).pieces(file, name=name, part=sheet, manner=self.manner, size=size)
            waiting: list[pa.RecordBatch] = []
            bad: list[TornRow] = []
            for piece in skipped(pieces, row, torn):
                self._demand_columns(name, piece.rows.schema, request)
                waiting.append(piece.rows)
                bad += piece.torn
                while sum(batch.num_rows for batch in waiting) > size:
                    block, rest = _cut(waiting, size)
                    yield block, tuple(bad)
                    waiting, bad = [rest], []
            if bad or any(batch.num_rows for batch in waiting):
                yield _cut(waiting, size)[0], tuple(bad)

    def _demand_columns(self, name: str, schema: pa.Schema, request: ReadRequest) -> None:
        for column in request.columns:
            if column not in schema.names:
                raise NotUnderstood(zh("文件“{name}”没有字段“{column}”"), params={"name": name, "column": column})

    def _shapes_of(self, name: str) -> Sequence[TableShape]:
        with self.store.open(name) as file:
            try:
                return format_of(name, self.told).shapes(file, name=name, manner=self.manner)
            except NotUnderstood:
                return []

    def _fits(self, name: str) -> bool:
        return fnmatchcase(name, self.pattern) and is_known(name, self.told)


def skipped(pieces: Iterator[Piece], row: int, torn: int) -> Iterator[Piece]:
    """Yield pieces without their first rows and torn rows, and each piece whole otherwise."""
    for piece in pieces:
        rows, bad = piece.rows.slice(min(row, piece.rows.num_rows)), piece.torn[torn:]
        row, torn = max(row - piece.rows.num_rows, 0), max(torn - len(piece.torn), 0)
        if rows.num_rows or bad:
            yield Piece(rows, bad)


def _cut(batches: Sequence[pa.RecordBatch], size: int) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return the first rows of some batches, and the others; a column whose type differs among them becomes text."""
    whole = pa.concat_batches(_alike(batches))
    return whole.slice(0, size), whole.slice(size)


def _alike(batches: Sequence[pa.RecordBatch]) -> Sequence[pa.RecordBatch]:
    first = batches[0].schema
    if all(batch.schema.equals(first) for batch in batches):
        return batches
    types = [
        field.type if all(batch.schema.types[place] == field.type for batch in batches) else pa.string()
        for place, field in enumerate(first)
    ]
    schema = pa.schema(list(zip(first.names, types, strict=True)))
    return [batch.cast(schema) for batch in batches]
