"""Declared types of SQLite columns, and how new columns are declared so that nothing is rounded."""

import re
from typing import Final

from onecity.platform.exchange.connectors.conditions import Dialect
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType

DIALECT: Final = Dialect(quote='"', same="{a} IS {b}")
_DECLARED: Final = re.compile(r"\s*([^()]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*")
_WORDS: Final = (
    (re.compile(r"BOOL"), LogicalType.BOOLEAN),
    (re.compile(r"INT"), LogicalType.INTEGER),
    (re.compile(r"JSON"), LogicalType.JSON),
    (re.compile(r"UUID|GUID"), LogicalType.UUID),
    (re.compile(r"DATETIME|TIMESTAMP"), LogicalType.TIMESTAMP),
    (re.compile(r"DATE"), LogicalType.DATE),
    (re.compile(r"TIME"), LogicalType.TIME),
    (re.compile(r"DEC|NUMERIC|NUMBER|MONEY"), LogicalType.DECIMAL),
    (re.compile(r"REAL|FLOA|DOUB"), LogicalType.FLOAT),
    (re.compile(r"BLOB|BINARY"), LogicalType.BINARY),
)
_MADE: Final = {
    LogicalType.TEXT: "TEXT",
    LogicalType.INTEGER: "BIGINT",
    LogicalType.FLOAT: "DOUBLE",
    LogicalType.BOOLEAN: "BOOLEAN",
    LogicalType.DATE: "DATE_TEXT",
    LogicalType.TIME: "TIME_TEXT",
    LogicalType.TIMESTAMP: "TIMESTAMP_TEXT",
    LogicalType.BINARY: "BLOB",
    LogicalType.JSON: "JSON_TEXT",
    LogicalType.UUID: "UUID_TEXT",
}


def column_shape(name: str, declared: str, *, nullable: bool) -> ColumnShape:
    """Return the engine's view of a column, from its declaration alone: SQLite takes any value anywhere."""
    match = _DECLARED.fullmatch(declared.upper())
    word, first, second = match.groups() if match else (declared.upper(), None, None)
    kind = next((kind for pattern, kind in _WORDS if pattern.search(word)), LogicalType.TEXT)
    decimal = kind is LogicalType.DECIMAL and first is not None
    return ColumnShape(
        name, kind, nullable=nullable, native=declared.lower(),
        length=int(first) if first and kind is LogicalType.TEXT else None,
        precision=int(first or 0) if decimal else None, scale=int(second or 0) if decimal else None,
    )  # fmt: skip


def made_as(column: ColumnShape, *, in_key: bool) -> str:
    """Return the column definition for a new table. A name with TEXT keeps decimals digit by digit."""
    kind = _MADE.get(column.type, "")
    if column.type is LogicalType.DECIMAL:
        kind = "DECIMAL_TEXT"
        if column.precision is not None:
            kind += f"({column.precision},{column.scale or 0})"
    elif column.type is LogicalType.TEXT and column.length is not None:
        kind = f"VARCHAR({column.length})"
    return f"{DIALECT.name(column.name)} {kind}{'' if column.nullable and not in_key else ' NOT NULL'}"
