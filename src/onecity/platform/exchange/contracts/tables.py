"""Tables as the engine sees them, whatever keeps them."""

from dataclasses import dataclass
from enum import StrEnum


class LogicalType(StrEnum):
    """A column's type, independent of the product that stores it."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    BINARY = "binary"
    JSON = "json"
    UUID = "uuid"


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """One column. length: characters, for text; precision, scale: digits, for decimals; native: the product's own type.

    title: the comment kept in the source, else empty.
    """

    name: str
    type: LogicalType
    nullable: bool = True
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    native: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table, file, topic or resource. key: names of the primary key's columns; rows: an estimate, or None."""

    name: str
    columns: tuple[ColumnShape, ...]
    key: tuple[str, ...] = ()
    rows: int | None = None
    title: str = ""
