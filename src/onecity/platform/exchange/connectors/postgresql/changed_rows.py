"""Changed rows, from replication's texts to Arrow batches in the engine's types."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgoutput import Change, Gap, Relation, Row, Value
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.postgresql.selecting import literal
from onecity.platform.exchange.connectors.postgresql.shapes import Link, PgColumn, PgTable
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, ReadRequest
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.rules.conditions import matching

_ZONE: Final = re.compile(r"[+-]\d\d(?::\d\d){0,2}$")
_INFINITE: Final = frozenset({"infinity", "-infinity"})
_ARROW: Final = {
    LogicalType.INTEGER: pa.int64(),
    LogicalType.FLOAT: pa.float64(),
    LogicalType.DATE: pa.date32(),
    LogicalType.TIME: pa.time64("us"),
    LogicalType.TIMESTAMP: pa.timestamp("us"),
}


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row's change. operation: I, U or D; values: by column, only the key of a deleted row."""

    operation: str
    values: dict[str, Value]


def row_changes(relation: Relation, change: Change, *, key: Sequence[str]) -> list[ChangedRow]:
    """Return what a message does to rows: a change of the key is a deletion and an insertion.

    Raises: NotUnderstood if the message does not tell the key.
    """
    missing = [name for name in key if name not in relation.columns or name not in relation.key]
    if missing and change.new is None:
        raise NotUnderstood(params={"reason": zh("来源没有给出被删除行的主键")})
    old = _named(relation, change.old)
    new = _named(relation, change.new)
    if new is None:
        assert old is not None
        return [ChangedRow("D", {name: old[name] for name in key})]
    if old is None:
        return [ChangedRow("I" if change.inserted else "U", new)]
    filled = {
        name: old[name] if value is Gap.UNCHANGED and old.get(name) is not None else value
        for name, value in new.items()
    }
    if all(old[name] == new[name] for name in key):
        return [ChangedRow("U", filled)]
    return [ChangedRow("D", {name: old[name] for name in key}), ChangedRow("I", filled)]


def batch_of(link: Link, table: PgTable, request: ReadRequest, rows: Sequence[ChangedRow]) -> pa.RecordBatch:
    """Return changed rows as a batch: the asked columns and the operation.

    A large value that the message left out is read from the table as it stands now; a row that is gone by now is left
    out, because its deletion follows. A row that the conditions do not cover is a deleted one.
    """
    names = list(dict.fromkeys([*request.columns, *table.key, *(item.column for item in request.conditions)]))
    whole = _without_gaps(link, table, names, rows)
    arrays = [_array(table.column(name), [row.values.get(name) for row in whole]) for name in names]
    batch = pa.RecordBatch.from_arrays(arrays, names=names)
    deleted = np.array([row.operation == "D" for row in whole], bool)
    covered = matching(batch, request.conditions) | deleted
    operations = ["D" if not here else row.operation for row, here in zip(whole, covered.tolist(), strict=True)]
    if not covered.all():
        batch = _hidden(batch, keep=table.key, rows=~covered)
    return batch.select(list(request.columns)).append_column(OPERATION_COLUMN, pa.array(operations, pa.string()))


def _named(relation: Relation, row: Row | None) -> dict[str, Value] | None:
    return None if row is None else dict(zip(relation.columns, row, strict=True))


def _without_gaps(link: Link, table: PgTable, names: Sequence[str], rows: Sequence[ChangedRow]) -> list[ChangedRow]:
    broken = [row for row in rows if any(row.values.get(name) is Gap.UNCHANGED for name in names)]
    if not broken:
        return list(rows)
    present = _present(link, table, names, broken)
    found: list[ChangedRow] = []
    for row in rows:
        if not any(row.values.get(name) is Gap.UNCHANGED for name in names):
            found.append(row)
            continue
        now = present.get(tuple(row.values[name] for name in table.key))
        if now is not None:
            whole = {name: now.get(name) if value is Gap.UNCHANGED else value for name, value in row.values.items()}
            found.append(ChangedRow(row.operation, whole))
    return found


def _present(
    link: Link, table: PgTable, names: Sequence[str], rows: Sequence[ChangedRow]
) -> dict[tuple[Value, ...], dict[str, Value]]:
    """Read rows by their key, as texts."""
    wanted = list(dict.fromkeys([*table.key, *names]))
    keys = {tuple(row.values[name] for name in table.key) for row in rows}
    query = sql.SQL("SELECT {} FROM {} WHERE ({}) IN ({})").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in wanted),
        table.identifier,
        sql.SQL(", ").join(map(sql.Identifier, table.key)),
        sql.SQL(", ").join(
            sql.SQL("({})").format(sql.SQL(", ").join(literal(str(value)) for value in key)) for key in keys
        ),
    )
    found: dict[tuple[Value, ...], dict[str, Value]] = {}
    for values in link.execute(query).fetchall():
        row: dict[str, Value] = {
            name: None if value is None else str(value) for name, value in zip(wanted, values, strict=True)
        }
        found[tuple(row[name] for name in table.key)] = row
    return found


def _array(column: PgColumn, values: Sequence[Value]) -> pa.Array:
    """Read texts as the engine's type."""
    texts = [value if isinstance(value, str) else None for value in values]
    shape = column.shape()
    match shape.type:
        case LogicalType.BOOLEAN:
            return pa.array([None if text is None else text == "t" for text in texts], pa.bool_())
        case LogicalType.BINARY:
            return pa.array([None if text is None else bytes.fromhex(text[2:]) for text in texts], pa.binary())
        case LogicalType.DECIMAL if shape.precision is not None and shape.scale is not None and "NaN" not in texts:
            return pa.array(texts, pa.string()).cast(pa.decimal128(shape.precision, shape.scale))
        case LogicalType.DATE | LogicalType.TIMESTAMP | LogicalType.TIME if not _INFINITE.isdisjoint(
            [text for text in texts if text]
        ):
            return pa.array(texts, pa.string())
        case LogicalType.TIMESTAMP if column.type == "timestamptz":
            texts = [None if text is None else _ZONE.sub("", text) for text in texts]
    found = pa.array([text.rstrip(" ") if text and column.type == "bpchar" else text for text in texts], pa.string())
    return found.cast(_ARROW[shape.type]) if shape.type in _ARROW else found


def _hidden(
    batch: pa.RecordBatch, *, keep: Sequence[str], rows: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> pa.RecordBatch:
    """Return a batch in which some rows have nothing but their key."""
    chosen = pa.array(rows)
    for number, name in enumerate(batch.schema.names):
        if name not in keep:
            column = batch.column(number)
            empty = pa.nulls(len(column), column.type)
            batch = batch.set_column(number, name, pc.if_else(chosen, empty, column))
    return batch
