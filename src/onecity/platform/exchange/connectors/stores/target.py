"""One run's writing into a store: a part for each block, then one file in one step."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import PurePosixPath
from typing import Final, Self

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Landed, NotUnderstood, WriteRequest
from onecity.platform.exchange.connectors.formats.contract import Manner
from onecity.platform.exchange.connectors.formats.registry import format_of
from onecity.platform.exchange.connectors.stores.contract import STAGES, Store, safe
from onecity.platform.exchange.contracts.blocks import Block, Loading
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.rules.casting import arrow_type, cast_column
from onecity.platform.exchange.rules.sums import Sums

LOADINGS: Final = frozenset({Loading.SWAP, Loading.APPEND})
_ROWS: Final = 50_000


class FileTarget:
    """Parts and marks under the store's folder for stages.

    A block is a part and then a mark with its position and counts: a part without mark has not landed and is written
    again. Applying writes the whole file, which the store shows in one step; doing it again gives the same file.
    Replacing makes the file of the table's name; appending makes one file more, named after the run: reading by pattern
    finds both.
    """

    def __init__(self, request: WriteRequest, *, connect: Callable[[], Store], manner: Manner, told: str) -> None:
        if request.loading not in LOADINGS:
            raise NotUnderstood(zh("文件只能整份替换或追加新文件，不能合并"))
        self._request, self._connect, self._manner = request, connect, manner
        name = safe(request.shape.name)
        self._format = format_of(name, told)
        mark = hashlib.sha256(request.run.encode()).hexdigest()[:20]
        self._stage, self._done = f"{STAGES}/{mark}", f"{STAGES}/{mark}.done.json"
        path = PurePosixPath(name)
        self._final = name if request.loading is Loading.SWAP else str(path.with_stem(f"{path.stem}-{mark}"))
        self._schema = pa.schema(
            [
                (column.name, arrow_type(column.type, precision=column.precision, scale=column.scale))
                for column in request.shape.columns
            ]
        )
        self._blocks: list[int] = []
        self._counts = Counts()
        self._applied: Counts | None = None

    def __enter__(self) -> Self:
        self._store = self._connect()
        self._store.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._store.__exit__(None, None, None)

    def prepare(self) -> Landed:
        """Return what has landed. Raises: NotUnderstood, Unreachable."""
        self._format.written(pa.RecordBatch.from_pylist([], schema=self._schema), manner=self._manner)
        done = self._read_mark(self._done)
        if done is not None:
            self._applied = done.counts
            return replace(done, applied=True)
        marks = [entry.name for entry in self._store.entries(self._stage) if entry.name.endswith(".json")]
        self._blocks = sorted(int(PurePosixPath(name).stem) for name in marks)
        if not self._blocks:
            return Landed()
        last = self._read_mark(self._mark(self._blocks[-1])) or Landed()
        self._counts = last.counts
        return last

    def land(self, block: Block) -> None:
        """Write the block's part, then its mark. Raises: NotUnderstood, Unreachable."""
        if block.number <= (self._blocks[-1] if self._blocks else 0):
            return
        missing = [name for name in self._schema.names if name not in block.rows.schema.names]
        if missing:
            raise NotUnderstood(zh("数据块缺少字段“{column}”"), params={"column": missing[0]})
        rows = block.rows.select(self._schema.names)
        self._store.put(self._part(block.number), [self._format.written(rows, manner=self._manner)])
        counts = replace(self._counts, landed=self._counts.landed + rows.num_rows)
        self._write_mark(self._mark(block.number), block.number, dict(block.after), counts)
        self._counts = counts
        self._blocks.append(block.number)

    def apply(self) -> Counts:
        """Put the parts together and show the file in one step; when that is done already, return the same counts."""
        if self._applied is not None:
            return self._applied
        whole = self._format.joined(self._parts(), schema=self._schema, manner=self._manner)
        self._store.put(self._final, whole)
        counts = replace(self._counts, inserted=self._counts.landed)
        last = self._blocks[-1] if self._blocks else 0
        self._write_mark(self._done, last, None, counts)
        self._applied = counts
        return counts

    def sums(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the checksums over the file that this run made."""
        wanted = [column for column in self._request.shape.columns if column.name in columns]
        sums = Sums(counted=[column.name for column in wanted if column.type is LogicalType.JSON])
        with self._store.open(self._final) as file:
            for piece in self._format.pieces(file, name=self._final, part="", manner=self._manner, size=_ROWS):
                arrays = []
                for column in wanted:
                    values = piece.rows.column(column.name)
                    if column.type is LogicalType.BINARY and not pa.types.is_binary(values.type):
                        values = pa.array(
                            [None if cell is None else bytes.fromhex(cell) for cell in values.to_pylist()]
                        )
                    cast = cast_column(values, to=column.type, precision=column.precision, scale=column.scale)
                    arrays.append(cast.values)
                sums.add(pa.RecordBatch.from_arrays(arrays, names=[column.name for column in wanted]))
        return sums.result()

    def discard(self) -> None:
        """Take the parts away; a run that was applied is remembered."""
        self._store.remove(self._stage)

    def _parts(self) -> Iterator[bytes]:
        for number in self._blocks:
            with self._store.open(self._part(number)) as file:
                yield file.read()

    def _part(self, number: int) -> str:
        return f"{self._stage}/{number:09d}.part"

    def _mark(self, number: int) -> str:
        return f"{self._stage}/{number:09d}.json"

    def _write_mark(self, name: str, block: int, after: object, counts: Counts) -> None:
        known = {"block": block, "after": after, "counts": asdict(counts)}
        self._store.put(name, [json.dumps(known, ensure_ascii=False).encode()])

    def _read_mark(self, name: str) -> Landed | None:
        if self._store.find(name) is None:
            return None
        with self._store.open(name) as file:
            known = json.loads(file.read())
        return Landed(block=known["block"], after=known["after"], counts=Counts(**known["counts"]))
