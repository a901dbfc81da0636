"""Conditions and keyset positions as SQL text, with every value written as a literal of its column's type."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

Value = str | int | float | None
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_NUMBERS: Final = frozenset({LogicalType.INTEGER, LogicalType.DECIMAL, LogicalType.FLOAT})
_PLAIN: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one make of database writes names and compares with nulls. quote: the character around names.

    same: template with {a} and {b}: equal, and null equals null.
    """

    quote: str
    same: str

    def name(self, word: str) -> str:
        """Return a name in quotes. Raises: NotUnderstood for a name that cannot be one."""
        if not word or "\0" in word:
            raise NotUnderstood(zh("“{name}”不能作为表名或字段名"), params={"name": word})
        return self.quote + word.replace(self.quote, self.quote * 2) + self.quote

    def names(self, words: Sequence[str]) -> str:
        """Return names in quotes with commas between."""
        return ",".join(self.name(word) for word in words)


def literal(value: Value, column: ColumnShape) -> str:
    """Return a value as SQL text. Quotes are doubled, so the session must not know escapes with backslashes.

    Raises: NotUnderstood where the value is none of the column's type.
    """
    if isinstance(value, bool):
        return "1" if value else "0"
    if column.type is LogicalType.BINARY and isinstance(value, str):
        return f"x'{bytes.fromhex(value).hex()}'"
    text = str(value)
    if column.type in _NUMBERS or isinstance(value, int | float):
        if not _NUMBER.fullmatch(text):
            raise NotUnderstood(zh("字段“{column}”的条件不是数"), params={"column": column.name})
        return text
    if "\0" in text:
        raise NotUnderstood(zh("字段“{column}”的条件含有不能使用的字符"), params={"column": column.name})
    return "'" + text.replace("'", "''") + "'"


def column_of(shape: TableShape, name: str) -> ColumnShape:
    """Return a column by name. Raises: NotUnderstood."""
    for column in shape.columns:
        if column.name == name:
            return column
    raise NotUnderstood(zh("“{table}”没有字段“{column}”"), params={"table": shape.name, "column": name})


def comparison(item: Comparison, shape: TableShape, dialect: Dialect) -> str:
    """Return one condition as SQL. Raises: NotUnderstood."""
    column = column_of(shape, item.column)
    name = dialect.name(item.column)
    values = [literal(value, column) for value in item.values if value is not None]
    if item.operator in _PLAIN and values:
        return f"{name} {item.operator} {values[0]}"
    makers: Mapping[str, Callable[[], str]] = {
        "is_null": lambda: f"{name} IS NULL",
        "not_null": lambda: f"{name} IS NOT NULL",
        "in": lambda: f"{name} IN ({','.join(values)})" if values else "1=0",
        "prefix": lambda: f"{name} LIKE {_starting(str(item.values[0]))} ESCAPE '|'",
    }
    if item.operator not in makers or (item.operator == "prefix" and not values):
        raise NotUnderstood(zh("字段“{column}”的条件不完整"), params={"column": item.column})
    return makers[item.operator]()


def _starting(text: str) -> str:
    for special in "|%_":
        text = text.replace(special, "|" + special)
    return literal(text + "%", ColumnShape("", LogicalType.TEXT))


def after(keys: Sequence[ColumnShape], values: Sequence[Value], dialect: Dialect) -> str:
    """Return the condition that a row comes after a position in the order of `keys`.

    Written out instead of as a row comparison, for which neither MariaDB nor older SQLite uses an index.
    """
    first, *rest = [(dialect.name(key.name), literal(value, key)) for key, value in zip(keys, values, strict=True)]
    if not rest:
        return f"{first[0]} > {first[1]}"
    deeper = after(keys[1:], values[1:], dialect)
    return f"{first[0]} >= {first[1]} AND ({first[0]} > {first[1]} OR ({deeper}))"


def joined(conditions: Sequence[str]) -> str:
    """Return a WHERE clause, or nothing."""
    return " WHERE " + " AND ".join(f"({condition})" for condition in conditions) if conditions else ""
