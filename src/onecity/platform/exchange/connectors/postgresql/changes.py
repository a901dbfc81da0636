"""Captured changes of a table: first the whole table, then every insert, update and delete, in the order of commits.

The slot is only ever looked into (peeked); it moves when the engine says that the target has committed. What has landed
but is not applied yet can therefore always be read again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgoutput import (
    Begin,
    Change,
    Commit,
    Message,
    Relation,
    Truncate,
    lsn,
    lsn_text,
    message,
)
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.postgresql.changed_rows import ChangedRow, batch_of, row_changes
from onecity.platform.exchange.connectors.postgresql.links import link, translated
from onecity.platform.exchange.connectors.postgresql.reading import blocks
from onecity.platform.exchange.connectors.postgresql.selecting import CITY_ZONE
from onecity.platform.exchange.connectors.postgresql.shapes import Link, PgTable, known_table
from onecity.platform.exchange.connectors.postgresql.slots import (
    Slot,
    SlotLost,
    advance,
    check_slot,
    make_slot,
    slot_of,
    written_up_to,
)
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Block, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import Place

LSN: Final = "lsn"
SKIP: Final = "skip"
BEGUN: Final = "begun"
_AT_ONCE: Final = 5_000
_PEEK: Final = """
SELECT data FROM pg_logical_slot_peek_binary_changes(%s, %s, NULL, 'proto_version', '1', 'publication_names', %s)"""


def changes(place: Place, request: ReadRequest) -> Iterator[Block]:
    """Yield blocks of changes with their operation.

    Raises: NotUnderstood where the table has no key that its changes tell, or was emptied; SlotLost; Unreachable.
    """
    with link(place, zone=CITY_ZONE) as found:
        table = known_table(found, request.table, schema=_schema(place))
        _check(found, table)
        slot = slot_of(table, reader=request.reader)
        since = request.since
        if since is None:
            since = {BEGUN: lsn_text(make_slot(found, slot, table))}
        if BEGUN in since:
            yield from _whole_table(place, request, since)
            since = {LSN: since[BEGUN], SKIP: 0}
        yield from _captured(found, table, slot, request, since)


def settle(place: Place, request: ReadRequest, *, position: Position) -> None:
    """Let the source forget what the target has committed. Raises: Unreachable, NotUnderstood."""
    if request.reading is not Reading.CHANGES or LSN not in position:
        return
    with link(place) as found:
        table = known_table(found, request.table, schema=_schema(place))
        advance(found, slot_of(table, reader=request.reader), to=lsn(str(position[LSN])))


def _whole_table(place: Place, request: ReadRequest, since: Position) -> Iterator[Block]:
    """Yield the table as it stands, as inserts. What changes meanwhile is among the changes, and comes again."""
    at = {name: value for name, value in since.items() if name != BEGUN} or None
    for block in blocks(place, replace(request, reading=Reading.FULL, since=at)):
        operations = pa.array(["I"] * block.rows.num_rows, pa.string())
        rows = block.rows.append_column(OPERATION_COLUMN, operations)
        yield replace(block, rows=rows, after={**block.after, BEGUN: since[BEGUN]})


@dataclass(slots=True)
class _Reader:
    """Follows the messages. done: LSN after the last complete transaction; taken: changes of the one under way."""

    table: PgTable
    done: int
    skip: int
    relation: Relation | None = None
    other: set[int] = field(default_factory=set)
    passed: bool = False
    taken: int = 0

    def hear(self, one: Message) -> list[ChangedRow]:
        """Take a message; return the rows that it changes. Raises: NotUnderstood."""
        match one:
            case Begin():
                self.passed, self.taken = one.commit_lsn < self.done, 0
            case Commit():
                self.done, self.skip = max(self.done, one.end_lsn), 0 if not self.passed else self.skip
                self.taken = 0
            case Relation():
                self._meet(one)
            case Truncate():
                if not self.passed and self.relation is not None and self.relation.id in one.relations:
                    raise NotUnderstood(params={"reason": zh("来源表已被整表清空，请重新做一次全量")})
            case Change():
                return self._change(one)
        return []

    @property
    def after(self) -> Position:
        """Where to go on."""
        return {LSN: lsn_text(self.done), SKIP: self.taken}

    def _meet(self, relation: Relation) -> None:
        if (relation.schema, relation.name) == (self.table.schema, self.table.name):
            self.relation = relation

    def _change(self, one: Change) -> list[ChangedRow]:
        if self.passed or self.relation is None or one.relation != self.relation.id:
            return []
        self.taken += 1
        return row_changes(self.relation, one, key=self.table.key) if self.taken > self.skip else []


def _captured(found: Link, table: PgTable, slot: Slot, request: ReadRequest, since: Position) -> Iterator[Block]:
    done = lsn(str(since[LSN]))
    check_slot(found, slot, since=done)
    upto = written_up_to(found)
    reader = _Reader(table, done, int(since.get(SKIP) or 0))
    held: list[ChangedRow] = []
    number = 0
    with translated(), found.transaction(), found.cursor(name="changes", binary=True) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(_PEEK, [slot.name, lsn_text(upto), slot.publication])
        for (data,) in cursor:
            assert isinstance(data, bytes)
            one = message(data)
            held += reader.hear(one) if one is not None else []
            if len(held) >= request.block_rows:
                number += 1
                yield Block(number, batch_of(found, table, request, held), reader.after)
                held = []
    reader.done = max(reader.done, upto)
    yield Block(number + 1, batch_of(found, table, request, held), reader.after)


def _check(found: Link, table: PgTable) -> None:
    with translated():
        row = found.execute("SELECT relreplident FROM pg_class WHERE oid = %s", [table.oid]).fetchone()
    identity = str(row[0]) if row else "n"
    if not table.key or identity in {"n"}:
        raise NotUnderstood(params={"reason": zh("表{table}没有主键，不能捕获变更").format(table=table.name)})


def _schema(place: Place) -> str:
    return str(place.options.get("schema") or "public")


__all__ = ["SlotLost", "changes", "settle"]
