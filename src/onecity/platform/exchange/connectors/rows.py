"""Rows that this process holds in memory: mended rows on their way through the engine once more."""

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, Unreachable, WriteRequest
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape

KIND: Final = "rows"
_held: dict[str, pa.Table] = {}


def offer(name: str, rows: pa.Table) -> None:
    """Hold rows under a name until `withdraw`; whoever reads the place {"name": name} in this process gets them."""
    _held[name] = rows


def withdraw(name: str) -> None:
    """Let rows go; those that are gone already do no harm."""
    _held.pop(name, None)


class RowsConnector:
    """Reads what `offer` holds, in its order. It is no choice for people and cannot be written to."""

    kind: str = KIND
    title: str = zh("内存数据")
    options: Sequence[OptionField] = ()
    readings: frozenset[Reading] = frozenset({Reading.FULL})
    loadings: frozenset[Loading] = frozenset()

    def check(self, place: Place) -> None:
        """Raises: Unreachable if nothing is held under the name."""
        self._rows(place)

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return nothing: rows in memory are not looked for."""
        return ()

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield the rows from `since` on. Conditions were held when the rows were chosen.

        Raises: Unreachable; NotUnderstood for a column that is not there.
        """
        rows = self._rows(place)
        missing = [name for name in request.columns if name not in rows.column_names]
        if missing:
            raise NotUnderstood(params={"reason": f"没有字段“{missing[0]}”"})
        start = int((request.since or {}).get("row") or 0)
        number = start // request.block_rows
        for first in range(start, rows.num_rows, request.block_rows):
            number += 1
            part = rows.select(list(request.columns)).slice(first, request.block_rows).combine_chunks()
            yield Block(number, part.to_batches()[0], {"row": first + part.num_rows})

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Raises: NotUnderstood, always."""
        raise NotUnderstood(params={"reason": "内存数据不能写入"})

    def _rows(self, place: Place) -> pa.Table:
        found = _held.get(str(place.options.get("name", "")))
        if found is None:
            raise Unreachable(params={"reason": "待重放的数据不在本进程内"})
        return found
