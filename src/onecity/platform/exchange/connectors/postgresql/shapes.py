"""What lies in a PostgreSQL database: tables, columns, types, keys and comments."""

import re
from dataclasses import dataclass, replace
from typing import Final

import psycopg
from psycopg import sql

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgcopy.decoding import Column
from onecity.platform.exchange.codecs.pgcopy.fields import Kind
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.postgresql.links import translated
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

Link = psycopg.Connection[tuple[object, ...]]
_TYPES: Final[dict[str, tuple[LogicalType, Kind]]] = {
    "int2": (LogicalType.INTEGER, Kind.INT2),
    "int4": (LogicalType.INTEGER, Kind.INT4),
    "int8": (LogicalType.INTEGER, Kind.INT8),
    "float4": (LogicalType.FLOAT, Kind.FLOAT4),
    "float8": (LogicalType.FLOAT, Kind.FLOAT8),
    "numeric": (LogicalType.DECIMAL, Kind.NUMERIC),
    "bool": (LogicalType.BOOLEAN, Kind.BOOL),
    "date": (LogicalType.DATE, Kind.DATE),
    "time": (LogicalType.TIME, Kind.TIME),
    "timestamp": (LogicalType.TIMESTAMP, Kind.STAMP),
    "timestamptz": (LogicalType.TIMESTAMP, Kind.STAMP),
    "bytea": (LogicalType.BINARY, Kind.BYTES),
    "json": (LogicalType.JSON, Kind.TEXT),
    "jsonb": (LogicalType.JSON, Kind.JSONB),
    "uuid": (LogicalType.UUID, Kind.UUID),
    "text": (LogicalType.TEXT, Kind.TEXT),
    "varchar": (LogicalType.TEXT, Kind.TEXT),
    "bpchar": (LogicalType.TEXT, Kind.TEXT),
}
_FULL_NAMES: Final = {
    "smallint": "int2", "integer": "int4", "bigint": "int8", "real": "float4", "double precision": "float8",
    "numeric": "numeric", "boolean": "bool", "date": "date", "time without time zone": "time", "bytea": "bytea",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz", "json": "json",
    "jsonb": "jsonb", "uuid": "uuid", "text": "text", "character varying": "varchar", "character": "bpchar",
}  # fmt: skip
_MODIFIER: Final = re.compile(r"\(\d+(?:,-?\d+)?\)")
_MODIFIED: Final = frozenset({"numeric", "varchar", "bpchar", "time", "timestamp", "timestamptz"})
OPAQUE_TYPES: Final = frozenset({"geometry", "geography"})
_NATIVE: Final[dict[LogicalType, str]] = {
    LogicalType.TEXT: "text", LogicalType.INTEGER: "bigint", LogicalType.DECIMAL: "numeric",
    LogicalType.FLOAT: "double precision", LogicalType.BOOLEAN: "boolean", LogicalType.DATE: "date",
    LogicalType.TIME: "time", LogicalType.TIMESTAMP: "timestamp", LogicalType.BINARY: "bytea",
    LogicalType.JSON: "jsonb", LogicalType.UUID: "uuid",
}  # fmt: skip
_HEAD: Final = 4
"""Bytes that PostgreSQL adds to the length in a type's modifier."""

_COLUMNS: Final = """
WITH RECURSIVE base AS (
  SELECT oid AS own, oid, typbasetype, typtypmod, typname, typnamespace FROM pg_type
  UNION ALL SELECT b.own, t.oid, t.typbasetype, b.typtypmod, t.typname, t.typnamespace
  FROM base b JOIN pg_type t ON t.oid = b.typbasetype)
SELECT a.attname, b.typname, CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.typtypmod END,
       format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attgenerated <> '',
       col_description(a.attrelid, a.attnum)
FROM pg_attribute a JOIN base b ON b.own = a.atttypid AND b.typbasetype = 0
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_KEY: Final = """
SELECT a.attname FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY k(number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indexrelid = (SELECT indexrelid FROM pg_index WHERE indrelid = %s AND indisunique AND indisvalid
  AND indimmediate AND indpred IS NULL AND indexprs IS NULL AND (indisprimary OR NOT EXISTS (SELECT FROM pg_attribute n
  WHERE n.attrelid = indrelid AND n.attnum = ANY (indkey) AND NOT n.attnotnull))
  ORDER BY indisprimary DESC, indnkeyatts, indexrelid LIMIT 1) AND k.place <= i.indnkeyatts ORDER BY k.place"""
_TABLES: Final = """
SELECT c.oid, n.nspname, c.relname, CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END, obj_description(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%%'
  AND n.nspname NOT IN ('information_schema', 'onecity_exchange') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname <> %s, n.nspname, c.relname"""


@dataclass(frozen=True, slots=True)
class PgColumn:
    """One column. type: name of the base type under any domain; modifier: as stored, -1 for none; declared: as SQL
    writes it; generated: computed by the table itself."""

    name: str
    type: str
    modifier: int
    declared: str
    nullable: bool
    generated: bool
    title: str

    def shape(self) -> ColumnShape:
        """Return it as the engine sees it."""
        logical, _ = _TYPES.get(self.type, (LogicalType.TEXT, Kind.TEXT))
        found = ColumnShape(self.name, logical, nullable=self.nullable, native=self.declared, title=self.title)
        if self.modifier < _HEAD:
            return found
        if logical is LogicalType.TEXT and self.type in {"varchar", "bpchar"}:
            return replace(found, length=self.modifier - _HEAD)
        if logical is LogicalType.DECIMAL:
            scale = (self.modifier - _HEAD) & 0x7FF  # eleven bits, signed since PostgreSQL 15
            scale = scale - 0x800 if scale & 0x400 else scale
            return replace(found, precision=(self.modifier - _HEAD) >> 16, scale=max(scale, 0))
        return found

    def as_is(self) -> Column:
        """Return how its own binary form is read."""
        shape = self.shape()
        kind = _TYPES[self.type][1] if self.type in _TYPES else Kind.OPAQUE
        return Column(self.name, kind, precision=shape.precision, scale=shape.scale)


@dataclass(frozen=True, slots=True)
class PgTable:
    """One table, view or foreign table. key: of its primary key, or of a unique index without nulls."""

    oid: int
    schema: str
    name: str
    columns: tuple[PgColumn, ...]
    key: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        """Its name in SQL."""
        return sql.Identifier(self.schema, self.name)

    def column(self, name: str) -> PgColumn:
        """Return a column. Raises: NotUnderstood if it has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise NotUnderstood(params={"reason": zh("表{table}中没有字段{column}").format(table=self.name, column=name)})


def split_name(name: str, *, schema: str) -> tuple[str, str]:
    """Return schema and table of `table` or `schema.table`."""
    before, dot, after = name.partition(".")
    return (before, after) if dot else (schema or "public", name)


def look_up(link: Link, name: str, *, schema: str) -> PgTable | None:
    """Return a table, or None where there is none. name: `table`, or `schema.table`. Raises: Unreachable."""
    space, table = split_name(name, schema=schema)
    with translated():
        found = link.execute(
            "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND"
            " c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
            [space, table],
        ).fetchone()
        if found is None:
            return None
        return _described(link, int(str(found[0])), space, table)


def known_table(link: Link, name: str, *, schema: str) -> PgTable:
    """Return a table. Raises: NotUnderstood where there is none; Unreachable."""
    found = look_up(link, name, schema=schema)
    if found is None:
        raise NotUnderstood(params={"reason": zh("没有表{table}").format(table=name)})
    return found


def every_table(link: Link, *, schema: str) -> list[TableShape]:
    """Return what the account may read; tables of the place's own schema come first and without their schema's name."""
    with translated():
        rows = link.execute(_TABLES, [schema]).fetchall()
        return [
            replace(
                shape_of(_described(link, int(str(oid)), str(space), str(name))),
                name=str(name) if space == schema else f"{space}.{name}",
                rows=None if count is None else int(str(count)),
                title=str(title or ""),
            )
            for oid, space, name, count, title in rows
        ]


def shape_of(table: PgTable) -> TableShape:
    """Return a table as the engine sees it."""
    return TableShape(table.name, tuple(column.shape() for column in table.columns), key=table.key)


def declared_type(column: ColumnShape) -> str:
    """Return the SQL type of a column that is to be made; `native` wins where PostgreSQL itself writes it so."""
    own = _FULL_NAMES.get(_MODIFIER.sub("", column.native, count=1), "")
    if own and _TYPES[own][0] is column.type and (own in _MODIFIED or column.native in _FULL_NAMES):
        return column.native
    if column.type is LogicalType.TEXT and column.length:
        return f"varchar({column.length})"
    if column.type is LogicalType.DECIMAL and column.precision:
        return f"numeric({column.precision},{column.scale or 0})"
    return _NATIVE[column.type]


def _described(link: Link, oid: int, schema: str, name: str) -> PgTable:
    columns = tuple(
        PgColumn(
            name=str(row[0]), type=str(row[1]), modifier=int(str(row[2])), declared=str(row[3]), nullable=bool(row[4]),
            generated=bool(row[5]), title=str(row[6] or ""),
        )
        for row in link.execute(_COLUMNS, [oid]).fetchall()
    )  # fmt: skip
    key = tuple(str(column) for (column,) in link.execute(_KEY, [oid]).fetchall())
    return PgTable(oid, schema, name, columns, key)
