"""Connections to an SQLite file, and its errors in words that hold no data."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.columns import from_cells
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.folders import allowed
from onecity.platform.exchange.connectors.sqlite.types import DIALECT, column_shape
from onecity.platform.exchange.contracts.places import OptionField
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape

OPTIONS: Final = (OptionField("path", zh("数据库文件"), required=True, help=zh("运行引擎的机器上的路径")),)
_BUSY_S: Final = 30
_BATCH: Final = 20_000
Value = str | int | float | bytes | None


def connect(answers: Answers, *, write: bool = False) -> sqlite3.Connection:
    """Open the file; a file is made only for writing. Raises: Unreachable, NotUnderstood."""
    path = allowed(answers.text("path"))
    with translated():
        mode = "rwc" if write else "ro"
        link = sqlite3.connect(
            f"{path.as_uri()}?mode={mode}", uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        link.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return link


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's errors into the contract's."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        if name in {"SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_READONLY", "SQLITE_FULL"}:
            raise Unreachable(params={"reason": name}) from None
        raise NotUnderstood(params={"reason": name}) from None


def tables(link: sqlite3.Connection, *, only: str = "") -> Sequence[TableShape]:
    """Return tables and views; the engine's own are left out unless named."""
    with translated():
        names = link.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite|_%' ESCAPE '|'"
            " AND (name = ? OR (? = '' AND name NOT LIKE 'onecity|_%' ESCAPE '|')) ORDER BY name",
            (only, only),
        ).fetchall()
        return [_shape(link, name) for (name,) in names]


def row_number(link: sqlite3.Connection, shape: TableShape) -> str:
    """Return the name by which a table's hidden row number goes, empty where it has none; a view never has."""
    if link.execute("SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = ?", (shape.name,)).fetchone():
        return ""
    taken = {column.name.lower() for column in shape.columns}
    for name in ("rowid", "_rowid_", "oid"):
        if name not in taken:
            try:
                link.execute(f"SELECT {name} FROM {DIALECT.name(shape.name)} LIMIT 0")
            except sqlite3.Error:
                return ""
            return name
    return ""


def batches(cursor: sqlite3.Cursor, columns: Sequence[ColumnShape]) -> Iterator[pa.RecordBatch]:
    """Yield an answer in batches."""
    while rows := cursor.fetchmany(_BATCH):
        yield batch(rows, columns)


def batch(rows: Sequence[Sequence[Value]], columns: Sequence[ColumnShape]) -> pa.RecordBatch:
    """Return rows as a batch of the columns' types."""
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [from_cells(values, column) for values, column in zip(cells, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def cells(values: pa.Array) -> list[Value]:
    """Return a column as SQLite stores it: decimals, dates and instants as text."""
    return [_cell(value) for value in values.to_pylist()]


def _cell(value: object) -> Value:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _shape(link: sqlite3.Connection, name: str) -> TableShape:
    columns, key = [], {}
    for _, column, declared, not_null, _, key_place in link.execute("SELECT * FROM pragma_table_info(?)", (name,)):
        columns.append(column_shape(column, declared or "", nullable=not not_null and not key_place))
        if key_place:
            key[key_place] = column
    return TableShape(name, tuple(columns), key=tuple(key[place] for place in sorted(key)))
