"""Column types of MySQL and MariaDB: what they are to the engine, how they are read exactly, how they are made."""

import re
from dataclasses import dataclass
from typing import Final

from onecity.platform.exchange.connectors.mysql.session import DIALECT
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType

_INTEGERS: Final = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "year"})
_TEXTS: Final = frozenset(
    {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "inet4", "inet6"}
)
_OTHERS: Final = {
    "decimal": LogicalType.DECIMAL,
    "float": LogicalType.FLOAT,
    "double": LogicalType.FLOAT,
    "date": LogicalType.DATE,
    "time": LogicalType.TIME,
    "datetime": LogicalType.TIMESTAMP,
    "timestamp": LogicalType.TIMESTAMP,
    "json": LogicalType.JSON,
    "uuid": LogicalType.UUID,
}
_GEOMETRIES: Final = re.compile(r"geometry|point|linestring|polygon|multi\w+|geometrycollection|geomcollection")
_AS_CHAR: Final = frozenset(
    {LogicalType.DATE, LogicalType.TIME, LogicalType.TIMESTAMP, LogicalType.DECIMAL, LogicalType.UUID}
)
_LONGEST_VARCHAR: Final = 16_000
_KEY_CHARACTERS: Final = 191


@dataclass(frozen=True, slots=True)
class NativeColumn:
    """One row of information_schema.COLUMNS. type: `COLUMN_TYPE`; holds_json: a check demands JSON."""

    name: str
    data_type: str
    type: str
    nullable: bool
    length: int | None
    precision: int | None
    scale: int | None
    comment: str
    holds_json: bool = False


def column_shape(native: NativeColumn, *, tinyint_is_boolean: bool) -> ColumnShape:
    """Return the engine's view of a column. Unsigned bigint and long bit fields become decimals: they exceed int64."""
    kind = _logical(native, tinyint_is_boolean=tinyint_is_boolean)
    precision, scale = (native.precision, native.scale) if native.data_type == "decimal" else (None, None)
    if kind is LogicalType.DECIMAL and native.data_type != "decimal":
        precision, scale = 20, 0
    return ColumnShape(
        native.name, kind, nullable=native.nullable, length=native.length if kind is LogicalType.TEXT else None,
        precision=precision, scale=scale, native=native.type, title=native.comment,
    )  # fmt: skip


def _logical(native: NativeColumn, *, tinyint_is_boolean: bool) -> LogicalType:
    kind = native.data_type
    if native.type in {"tinyint(1)", "bit(1)"}:
        return LogicalType.BOOLEAN if tinyint_is_boolean or kind == "bit" else LogicalType.INTEGER
    if kind == "bit" or (kind == "bigint" and "unsigned" in native.type):
        return LogicalType.DECIMAL
    if native.holds_json:
        return LogicalType.JSON
    if kind in _INTEGERS:
        return LogicalType.INTEGER
    return LogicalType.TEXT if kind in _TEXTS else _OTHERS.get(kind, LogicalType.BINARY)


def selected(column: ColumnShape, *, alias: str = "t") -> str:
    """Return the expression that reads a column without loss: as text where the driver would round or refuse."""
    name = DIALECT.name(column.name)
    source = f"{alias}.{name}"
    native = column.native.lower()
    if native.startswith("bit"):
        source = f"CAST(CAST({source} AS UNSIGNED) AS CHAR)"
    elif _GEOMETRIES.match(native):
        source = f"ST_AsBinary({source})"
    elif column.type in _AS_CHAR or native.startswith(("float", "enum", "set", "year", "json", "inet")):
        source = f"CAST({source} AS CHAR)"
    return f"{source} AS {name}"


def made_as(column: ColumnShape, *, in_key: bool) -> str:
    """Return the column definition for a new table."""
    demand = "" if column.nullable and not in_key else " NOT NULL"
    return f"{DIALECT.name(column.name)} {_type(column, in_key=in_key)}{demand}"


def _type(column: ColumnShape, *, in_key: bool) -> str:
    match column.type:
        case LogicalType.TEXT:
            if in_key and column.length is None:
                return f"VARCHAR({_KEY_CHARACTERS})"
            short = column.length is not None and column.length <= _LONGEST_VARCHAR
            return f"VARCHAR({column.length})" if short else "LONGTEXT"
        case LogicalType.DECIMAL:
            scale = 10 if column.scale is None else column.scale
            return f"DECIMAL({column.precision or 38},{scale})"
        case LogicalType.BINARY:
            return f"VARBINARY({column.length or 255})" if in_key else "LONGBLOB"
    return _PLAIN[column.type]


_PLAIN: Final = {
    LogicalType.INTEGER: "BIGINT",
    LogicalType.FLOAT: "DOUBLE",
    LogicalType.BOOLEAN: "TINYINT(1)",
    LogicalType.DATE: "DATE",
    LogicalType.TIME: "TIME(6)",
    LogicalType.TIMESTAMP: "DATETIME(6)",
    LogicalType.JSON: "JSON",
    LogicalType.UUID: "CHAR(36)",
}
