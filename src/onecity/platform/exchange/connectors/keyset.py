"""Blocks of a database table in the order of a unique key, so that reading can go on behind any block."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.conditions import (
    Dialect,
    Value,
    after,
    column_of,
    comparison,
    joined,
    literal,
)
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.contracts.blocks import Block, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

_ORDERED: Final = frozenset(LogicalType) - {LogicalType.FLOAT, LogicalType.JSON, LogicalType.TIME, LogicalType.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a table. rest: everything behind FROM; columns: what is asked for, in order."""

    columns: tuple[ColumnShape, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class KeysetReader:
    """Reads one table in blocks.

    shape: the table with all columns; key: columns of a unique key without nulls, in whose order is read; empty: rows
    are counted instead, in the order in which the database gives them, which holds as long as nobody writes.
    fetch: asks and returns all rows of the answer.
    """

    shape: TableShape
    dialect: Dialect
    fetch: Callable[[Question], pa.RecordBatch]
    key: tuple[ColumnShape, ...] = ()

    def blocks(self, request: ReadRequest) -> Iterator[Block]:
        """Yield the blocks of a request. Raises: NotUnderstood, and what `fetch` raises."""
        order = self._order(request)
        since = dict(request.since or {})
        number = int(since.pop("n", 0) or 0)
        while True:
            question, full = self._next(request, order, since)
            found = self.fetch(question)
            if not found.num_rows:
                return
            number += 1
            since = self._position(found, order, since)
            rows = found.select(list(request.columns))
            yield Block(number, rows, {**since, "n": number})
            if not full and found.num_rows < request.block_rows:
                return

    def _order(self, request: ReadRequest) -> tuple[ColumnShape, ...]:
        if request.reading is Reading.FULL:
            return self.key
        if request.reading is not Reading.BY_CURSOR or not request.cursor:
            raise NotUnderstood(zh("此来源不支持这种读取方式"))
        cursor = column_of(self.shape, request.cursor)
        if not is_ordered(cursor):
            raise NotUnderstood(zh("字段“{column}”不能作为增量字段"), params={"column": cursor.name})
        return (cursor, *(column for column in self.key if column.name != cursor.name))

    def _next(self, request: ReadRequest, order: tuple[ColumnShape, ...], since: Position) -> tuple[Question, bool]:
        """Return the question for the next block, and whether another may follow however few rows come."""
        columns = self._columns(request, order)
        table = f"FROM {self.dialect.name(self.shape.name)} AS t"
        where = self._where(request, order, since)
        if not order:
            return Question(
                columns, f"{table}{joined(where)} LIMIT {request.block_rows} OFFSET {since.get('row', 0)}"
            ), False
        by = " ORDER BY " + ",".join(
            f"t.{self.dialect.name(column.name)}" for column in order
        )  # not the column as text
        if request.reading is Reading.BY_CURSOR and not self.key:
            bound = self._bound(request, order, f"{table}{joined(where)}{by}")
            if bound:
                return Question(columns, f"{table}{joined([*where, bound])}{by}"), True
            return Question(columns, f"{table}{joined(where)}{by}"), False
        return Question(columns, f"{table}{joined(where)}{by} LIMIT {request.block_rows}"), False

    def _bound(self, request: ReadRequest, order: tuple[ColumnShape, ...], rest: str) -> str:
        """Return the condition that ends a block behind all rows with one value of the cursor: nothing else tells such
        rows apart."""
        last = self.fetch(Question(order, f"{rest} LIMIT 1 OFFSET {request.block_rows - 1}"))
        if not last.num_rows:
            return ""
        return f"{self.dialect.name(order[0].name)} <= {literal(_plain(last, order[0]), order[0])}"

    def _columns(self, request: ReadRequest, order: Sequence[ColumnShape]) -> tuple[ColumnShape, ...]:
        asked = tuple(column_of(self.shape, name) for name in request.columns)
        return asked + tuple(column for column in order if column.name not in request.columns)

    def _where(self, request: ReadRequest, order: tuple[ColumnShape, ...], since: Position) -> list[str]:
        where = [comparison(item, self.shape, self.dialect) for item in request.conditions]
        if request.reading is Reading.BY_CURSOR:
            where.append(f"{self.dialect.name(order[0].name)} IS NOT NULL")
        if request.key and (request.key_from is not None or request.key_to is not None):
            where += self._range(request)
        if order and since:
            try:
                values: list[Value] = [since[str(number)] for number in range(len(order))]
            except KeyError as error:
                raise NotUnderstood(zh("上次的读取位置与表的主键不符，请重新全量读取")) from error
            where.append(after(order, values, self.dialect))
        return where

    def _range(self, request: ReadRequest) -> list[str]:
        column = column_of(self.shape, request.key[0])
        name = self.dialect.name(column.name)
        bounds = ((">=", request.key_from), ("<", request.key_to))
        return [f"{name} {sign} {literal(value, column)}" for sign, value in bounds if value is not None]

    def _position(self, found: pa.RecordBatch, order: tuple[ColumnShape, ...], since: Position) -> dict[str, Value]:
        if not order:
            return {"row": int(since.get("row") or 0) + found.num_rows}
        return {str(number): _plain(found, column) for number, column in enumerate(order)}


def is_ordered(column: ColumnShape) -> bool:
    """Say whether a column's values compare exactly as they sort, written as literals."""
    return column.type in _ORDERED and not column.native.lower().startswith(("enum", "set"))


def usable_key(shape: TableShape) -> tuple[ColumnShape, ...]:
    """Return the columns of a table's key, or nothing where it cannot be used for going on."""
    key = tuple(replace(column_of(shape, name)) for name in shape.key)
    return key if all(is_ordered(column) for column in key) else ()


def _plain(found: pa.RecordBatch, column: ColumnShape) -> Value:
    """Return the last row's value in a form that JSON keeps."""
    value = found.column(column.name)[-1].as_py()
    if value is None:
        raise NotUnderstood(zh("增量字段或主键“{column}”含有空值"), params={"column": column.name})
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value) if isinstance(value, date | time | Decimal) else value
