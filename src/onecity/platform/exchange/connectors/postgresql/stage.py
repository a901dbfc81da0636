"""The stage: a table in the target's database that takes a run's rows until they become the target's."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from psycopg import sql

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood, WriteRequest
from onecity.platform.exchange.connectors.postgresql.progress import SCHEMA
from onecity.platform.exchange.connectors.postgresql.shapes import (
    Link,
    PgColumn,
    PgTable,
    declared_type,
    known_table,
    look_up,
    split_name,
)
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Loading
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape

NAMES_UNIQUE: Final = """
SELECT ARRAY(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY k(number, place) JOIN pg_attribute a
  ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts ORDER BY k.place)
FROM pg_index i WHERE i.indrelid = %s AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL"""


@dataclass(frozen=True, slots=True)
class Stage:
    """One run's stage. columns: those that the run fills; target: the table that stands there, None if there is none;
    logged: it outlives a crash of the server."""

    table: PgTable
    columns: tuple[PgColumn, ...]
    target: PgTable | None
    key: tuple[str, ...]
    logged: bool

    @property
    def names(self) -> sql.Composed:
        """The filled columns, as a list in SQL."""
        return sql.SQL(", ").join(sql.Identifier(column.name) for column in self.columns)

    @property
    def has_operations(self) -> bool:
        """Whether each row says if it was inserted, updated or deleted."""
        return any(column.name == OPERATION_COLUMN for column in self.table.columns)


def stage_name(run: str) -> str:
    """Return the name of a run's stage."""
    return f"stage_{hashlib.sha256(run.encode()).hexdigest()[:24]}"


def is_logged(loading: Loading) -> bool:
    """Say whether a stage is written to the log: what becomes the target itself is."""
    return loading is Loading.SWAP


def made_stage(link: Link, request: WriteRequest, *, schema: str, operations: bool) -> Stage:
    """Make the stage if there is none, and return it. operations: rows are changes.

    Raises: NotUnderstood if the target lacks a column or has no unique key where one is needed; Unreachable.
    """
    target = look_up(link, request.shape.name, schema=schema)
    if target is not None:
        _check(target, request)
    name = stage_name(request.run)
    logged = is_logged(request.loading)
    if look_up(link, name, schema=SCHEMA) is None:
        for statement in _statements(link, request, target, name, operations=operations):
            link.execute(statement)
    table = known_table(link, name, schema=SCHEMA)
    columns = tuple(table.column(column.name) for column in request.shape.columns)
    return Stage(table, columns, target, _key(request, target), logged)


def unique_sets(link: Link, stage: Stage) -> list[tuple[str, ...]]:
    """Return the sets of columns that must differ between rows of the stage, all of which the run fills."""
    filled = {column.name for column in stage.columns}
    rows = link.execute(NAMES_UNIQUE, [stage.table.oid]).fetchall()
    sets = [tuple(str(name) for name in names) for (names,) in rows if isinstance(names, list)]
    return [names for names in sets if filled.issuperset(names)]


def created(
    shape: TableShape, name: sql.Identifier, *, unlogged: bool = False, extra: Sequence[str] = ()
) -> sql.Composed:
    """Return the statement that makes a table of this shape."""
    columns: list[sql.Composable] = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(declared_type(column)),
            sql.SQL("" if column.nullable else " NOT NULL"),
        )
        for column in shape.columns
    ]
    columns += [sql.SQL(text) for text in extra]
    if shape.key:
        columns.append(sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, shape.key))))
    return sql.SQL("CREATE {}TABLE {} ({})").format(
        sql.SQL("UNLOGGED " if unlogged else ""), name, sql.SQL(", ").join(columns)
    )


def target_name(request: WriteRequest, *, schema: str) -> tuple[str, str]:
    """Return the target's schema and name."""
    return split_name(request.shape.name, schema=schema)


def _key(request: WriteRequest, target: PgTable | None) -> tuple[str, ...]:
    if request.shape.key or target is None:
        return request.shape.key
    filled = {column.name for column in request.shape.columns}
    return target.key if filled.issuperset(target.key) else ()


def _check(target: PgTable, request: WriteRequest) -> None:
    for column in request.shape.columns:
        if target.column(column.name).generated:
            reason = zh("目标字段{column}由表自行计算，不能写入").format(column=column.name)
            raise NotUnderstood(params={"reason": reason})
    if request.loading in {Loading.MERGE, Loading.MERGE_DELETE} and not _key(request, target):
        raise NotUnderstood(params={"reason": zh("合并需要目标表有主键")})


def _statements(
    link: Link, request: WriteRequest, target: PgTable | None, name: str, *, operations: bool
) -> list[sql.Composed]:
    place = sql.Identifier(SCHEMA, name)
    if target is None:
        shape = replace(request.shape, columns=_nullable(request.shape, operations=operations))
        extra = [f"{OPERATION_COLUMN} text"] if operations else []
        return [created(shape, place, unlogged=not is_logged(request.loading), extra=extra)]
    if request.loading is Loading.SWAP:
        return [sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(place, target.identifier)]
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(target.column(column.name).declared))
        for column in request.shape.columns
    ]
    if operations:
        columns.append(sql.SQL("{} text").format(sql.Identifier(OPERATION_COLUMN)))
    key = _key(request, target)
    if key:
        columns.append(sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, key))))
    return [sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(place, sql.SQL(", ").join(columns))]


def _nullable(shape: TableShape, *, operations: bool) -> tuple[ColumnShape, ...]:
    """Return the columns of a stage: a deleted row has its key alone."""
    if not operations:
        return shape.columns
    return tuple(replace(column, nullable=column.name not in shape.key) for column in shape.columns)
