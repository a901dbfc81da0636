"""Reads tables: rows in binary form, or as Arrow batches in the engine's types."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from onecity.platform.exchange.codecs.pgcopy.decoding import decoded
from onecity.platform.exchange.codecs.pgcopy.fields import width_of
from onecity.platform.exchange.codecs.pgcopy.walking import Rows, Torn
from onecity.platform.exchange.connectors.contract import NotUnderstood, Passing
from onecity.platform.exchange.connectors.postgresql.copying import CopyOut, pieces_of
from onecity.platform.exchange.connectors.postgresql.links import link
from onecity.platform.exchange.connectors.postgresql.selecting import Selection, selection
from onecity.platform.exchange.connectors.postgresql.shapes import known_table
from onecity.platform.exchange.contracts.blocks import Block, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import Place


@dataclass(slots=True)
class _Held:
    """Rows that wait until a block is full."""

    pieces: list[Rows]
    rows: int = 0


def passing(place: Place, request: ReadRequest, *, as_is: bool = True) -> Iterator[tuple[Selection, Passing]]:
    """Yield blocks of exactly `block_rows` rows, the last one shorter, each with the selection that it came by.

    Raises: Unreachable, NotUnderstood; BeginAgain.
    """
    with link(place) as found:
        table = known_table(found, request.table, schema=str(place.options.get("schema") or "public"))
        chosen = selection(found, table, request, as_is=as_is)
    # A table is read in its key's order through the key's index: sorting it first would hold everything back.
    ordered = request.reading is Reading.FULL and bool(chosen.order)
    settings = {"timezone": "UTC", "datestyle": "ISO"} | ({"enable_sort": "off"} if ordered else {})
    held = _Held([])
    with CopyOut(place, chosen.query, settings=settings) as stream:
        for rows in _understood(pieces_of(stream, widths=[width_of(column.kind) for column in chosen.columns])):
            held.pieces.append(rows)
            held.rows += len(rows)
            while held.rows >= request.block_rows:
                yield chosen, _cut(held, request.block_rows, chosen)
    if held.rows:
        yield chosen, _cut(held, held.rows, chosen)


def blocks(place: Place, request: ReadRequest) -> Iterator[Block]:
    """Yield Arrow batches. Raises: as `passing`."""
    for number, (chosen, block) in enumerate(passing(place, request, as_is=False), start=1):
        wanted = {place: chosen.columns[place] for place in range(chosen.wanted)}
        batches = [decoded(rows, wanted) for rows in block.pieces]
        yield Block(number, _joined(batches), block.after)


def _understood(pieces: Iterator[Rows]) -> Iterator[Rows]:
    try:
        yield from pieces
    except Torn as error:
        raise NotUnderstood(params={"reason": str(error)}) from error


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Join batches; a column that came as text in one of them (decimals that fit no type) is text in all."""
    schema = batches[0].schema
    for number, field in enumerate(schema):
        if any(batch.schema.field(number).type != field.type for batch in batches):
            schema = schema.set(number, pa.field(field.name, pa.string()))
    return pa.concat_batches([batch.cast(schema) for batch in batches])


def _cut(held: _Held, count: int, chosen: Selection) -> Passing:
    """Take so many rows from what is held."""
    taken: list[Rows] = []
    left = count
    while left:
        first = held.pieces[0]
        if len(first) <= left:
            taken.append(held.pieces.pop(0))
        else:
            taken.append(first.slice(0, left))
            held.pieces[0] = first.slice(left, len(first))
        left -= len(taken[-1])
    held.rows -= count
    return Passing(taken, chosen.position(taken[-1]))
