"""What is read, as SQL: columns, conditions, order, and where to go on. Identifiers are quoted, values are literals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgcopy.decoding import Column, decode
from onecity.platform.exchange.codecs.pgcopy.fields import Kind
from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.connectors.contract import BeginAgain, NotUnderstood
from onecity.platform.exchange.connectors.postgresql.shapes import Link, PgColumn, PgTable
from onecity.platform.exchange.contracts.blocks import Comparison, Position, Reading, ReadRequest

CITY_ZONE: Final = "Asia/Shanghai"
"""Whose wall clock instants show once they are Arrow: the engine's convention for all products."""
UNORDERED: Final = "unordered"
_PLAIN: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_UTC_TYPES: Final = frozenset({"timestamptz"})


@dataclass(frozen=True, slots=True)
class Selection:
    """A query and how its stream is read.

    columns: as streamed; the first `wanted` were asked for, the others are there for the order. order: numbers of the
    columns that the rows are sorted by, none where nothing sorts them.
    """

    query: str
    columns: tuple[Column, ...]
    wanted: int
    order: tuple[int, ...]
    zoned: frozenset[int]

    def position(self, rows: Rows) -> Position:
        """Return where to go on after the last of some rows."""
        if not self.order:
            return {UNORDERED: 1}
        last = rows.slice(len(rows) - 1, len(rows))
        return {str(place): self._text(last, number) for place, number in enumerate(self.order)}

    def _text(self, last: Rows, number: int) -> str | None:
        value = decode(last, number, self.columns[number])[0].as_py()
        if value is None:
            return None
        return f"{value}+00" if number in self.zoned else str(value)


def selection(link: Link, table: PgTable, request: ReadRequest, *, as_is: bool) -> Selection:
    """Return the query for a request. as_is: binary forms pass untouched; else types become those of the engine.

    Raises: NotUnderstood for a column that is not there; BeginAgain if rows have no order to go on in.
    """
    asked = [table.column(name) for name in request.columns]
    order = _order(table, request)
    if request.since is not None and not order:
        raise BeginAgain
    extra = [column for column in order if as_is or column not in asked or not _passes(column)]
    extra = [column for column in extra if not (as_is and column in asked)]
    columns = [column.as_is() if as_is or _passes(column) else _engine_column(column) for column in asked]
    terms = [_term(column, as_is=as_is) for column in asked] + [sql.Identifier(column.name) for column in extra]
    streamed = [*asked, *extra]
    numbers = [len(asked) + extra.index(column) if column in extra else asked.index(column) for column in order]
    conditions = [*(_condition(table, item) for item in request.conditions), *_range(request, order)]
    conditions += _after(request.since, order)
    query = sql.SQL("SELECT {} FROM {}{}{}").format(
        sql.SQL(", ").join(terms),
        table.identifier,
        sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL(""),
        sql.SQL(" ORDER BY ") + sql.SQL(", ").join(sql.Identifier(column.name) for column in order)
        if order
        else sql.SQL(""),
    )
    zoned = frozenset(number for number in numbers if streamed[number].type in _UTC_TYPES)
    every = (*columns, *(column.as_is() for column in extra))
    return Selection(query.as_string(link), every, len(asked), tuple(numbers), zoned)


def literal(value: str | float) -> sql.Literal:
    """Return a value as a literal that takes the type of what it is compared with."""
    if isinstance(value, bool):
        return sql.Literal("true" if value else "false")
    return sql.Literal(str(value))


def _order(table: PgTable, request: ReadRequest) -> list[PgColumn]:
    """Return the columns that give rows a place for ever: the key; for a cursor, the cursor before it."""
    key = [table.column(name) for name in table.key]
    if request.reading is Reading.BY_CURSOR:
        cursor = table.column(request.cursor)
        return [cursor, *(column for column in key if column != cursor)]
    return key if all(column.as_is().kind is not Kind.OPAQUE for column in key) else []


def _passes(column: PgColumn) -> bool:
    """Say whether a column's own binary form has the engine's meaning."""
    return column.type not in _UTC_TYPES | {"bpchar"} and column.as_is().kind is not Kind.OPAQUE


def _engine_column(column: PgColumn) -> Column:
    return Column(column.name, Kind.STAMP if column.type in _UTC_TYPES else Kind.TEXT)


def _term(column: PgColumn, *, as_is: bool) -> sql.Composable:
    name = sql.Identifier(column.name)
    if as_is or _passes(column):
        return name
    if column.type in _UTC_TYPES:
        return sql.SQL("timezone({}, {})").format(sql.Literal(CITY_ZONE), name)
    return sql.SQL("{}::text").format(name)


def _condition(table: PgTable, item: Comparison) -> sql.Composable:
    name = sql.Identifier(table.column(item.column).name)
    if item.operator == "is_null":
        return sql.SQL("{} IS NULL").format(name)
    if item.operator == "not_null":
        return sql.SQL("{} IS NOT NULL").format(name)
    if item.operator == "prefix":
        return sql.SQL("starts_with({}::text, {})").format(name, literal(item.values[0]))
    if item.operator == "in":
        return sql.SQL("{} IN ({})").format(name, sql.SQL(", ").join(map(literal, item.values)))
    if item.operator in _PLAIN:
        return sql.SQL("{} " + item.operator + " {}").format(name, literal(item.values[0]))
    raise NotUnderstood(params={"reason": zh("没有这种比较：{operator}").format(operator=item.operator)})


def _range(request: ReadRequest, order: Sequence[PgColumn]) -> list[sql.Composable]:
    found: list[sql.Composable] = []
    if not order:
        return found
    name = sql.Identifier(order[0].name)
    if request.key_from is not None:
        found.append(sql.SQL("{} >= {}").format(name, literal(request.key_from)))
    if request.key_to is not None:
        found.append(sql.SQL("{} < {}").format(name, literal(request.key_to)))
    return found


def _after(since: Position | None, order: Sequence[PgColumn]) -> list[sql.Composable]:
    if since is None:
        return []
    values = [_known(since, str(place)) for place in range(len(order))]
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in order)
    return [sql.SQL("ROW({}) > ROW({})").format(names, sql.SQL(", ").join(map(literal, values)))]


def _known(since: Mapping[str, str | int | float | None], place: str) -> str | int | float:
    value = since.get(place)
    if value is None:
        raise BeginAgain
    return value
