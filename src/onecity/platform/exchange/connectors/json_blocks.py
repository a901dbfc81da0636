"""Blocks of JSON objects, as message brokers give them."""

from collections.abc import Sequence

from onecity.platform.exchange.connectors.columns import batch_of, shape_of_rows
from onecity.platform.exchange.connectors.filtering import kept
from onecity.platform.exchange.contracts.blocks import Block, Position, ReadRequest, TornRow
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType


def block_of(entries: Sequence[object], request: ReadRequest, *, number: int, after: Position) -> Block:
    """Return a block of JSON objects; what an object lacks is null."""
    rows = [entry for entry in entries if isinstance(entry, dict)]
    known = {column.name: column for column in shape_of_rows(request.table, rows).columns}
    wanted = dict.fromkeys([*request.columns, *(item.column for item in request.conditions)])
    batch = batch_of(rows, [known.get(name) or ColumnShape(name, LogicalType.TEXT) for name in wanted])
    torn = tuple(entry for entry in entries if isinstance(entry, TornRow))
    return Block(number, kept(batch, request.conditions).select(list(request.columns)), after, torn)
