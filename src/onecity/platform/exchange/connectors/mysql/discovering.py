"""What a MySQL or MariaDB database says about its tables."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pymysql
from pymysql.cursors import Cursor

from onecity.platform.exchange.connectors.mysql.session import translated
from onecity.platform.exchange.connectors.mysql.types import NativeColumn, column_shape
from onecity.platform.exchange.contracts.tables import TableShape

_TABLES: Final = """
SELECT TABLE_NAME, TABLE_ROWS, TABLE_COMMENT, TABLE_TYPE FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE()
  AND (TABLE_NAME = %s OR (%s = '' AND TABLE_NAME NOT LIKE 'onecity|_%%' ESCAPE '|'))
ORDER BY TABLE_NAME"""
_COLUMNS: Final = """
SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION,
       NUMERIC_SCALE, COLUMN_COMMENT
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND (%s = '' OR TABLE_NAME = %s)
ORDER BY TABLE_NAME, ORDINAL_POSITION"""
_KEYS: Final = """
SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, NULLABLE, SUB_PART FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 AND (%s = '' OR TABLE_NAME = %s)
ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX"""
_CHECKS: Final = """
SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE LIKE 'json_valid(%%'"""
_JSON_COLUMN: Final = re.compile(r"json_valid\(`(.+)`\)")
_NO_SUCH_COLUMN: Final = 1054


def tables(link: "pymysql.Connection[Cursor]", *, tinyint_is_boolean: bool, only: str = "") -> Sequence[TableShape]:
    """Return the tables and views with columns, comments and keys; the engine's own are left out unless named."""
    with translated(), link.cursor() as cursor:
        cursor.execute(_TABLES, (only, only))
        found = cursor.fetchall()
        columns, keys = _columns(cursor, only), _keys(cursor, only)
    return [
        TableShape(
            name,
            tuple(column_shape(column, tinyint_is_boolean=tinyint_is_boolean) for column in columns[name]),
            key=keys.get(name, ()),
            rows=None if rows is None else int(rows),
            title="" if kind == "VIEW" else str(comment),
        )
        for name, rows, comment, kind in found
    ]


def _columns(cursor: Cursor, only: str) -> dict[str, list[NativeColumn]]:
    json_columns = _json_columns(cursor)
    cursor.execute(_COLUMNS, (only, only))
    columns: dict[str, list[NativeColumn]] = defaultdict(list)
    for table, name, kind, full, nullable, *sizes, comment in cursor.fetchall():
        native = NativeColumn(name, str(kind).lower(), str(full).lower(), nullable == "YES", *sizes, str(comment))
        columns[table].append(replace(native, holds_json=(table, name) in json_columns))
    return columns


def _json_columns(cursor: Cursor) -> set[tuple[str, str]]:
    """Return the columns that MariaDB guards as JSON; MySQL has a type for it (and no TABLE_NAME in this view)."""
    try:
        cursor.execute(_CHECKS)
    except pymysql.MySQLError as error:
        if error.args and error.args[0] == _NO_SUCH_COLUMN:
            return set()
        raise
    matches = [(table, _JSON_COLUMN.search(clause)) for table, clause in cursor.fetchall()]
    return {(table, match.group(1)) for table, match in matches if match}


def _keys(cursor: Cursor, only: str) -> dict[str, tuple[str, ...]]:
    """Return each table's primary key, or else its first unique index without nulls and without shortened columns."""
    cursor.execute(_KEYS, (only, only))
    indexes: dict[tuple[str, str], list[tuple[str, bool]]] = defaultdict(list)
    for table, index, column, nullable, shortened in cursor.fetchall():
        indexes[table, index].append((column, nullable != "YES" and shortened is None))
    keys: dict[str, tuple[str, ...]] = {}
    for (table, _), columns in indexes.items():
        if all(sound for _, sound in columns):
            keys.setdefault(table, tuple(name for name, _ in columns))
    return keys
