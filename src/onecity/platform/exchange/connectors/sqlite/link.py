"""The writing connection to an SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.sqlite.session import batches, cells, connect, tables, translated
from onecity.platform.exchange.connectors.sqlite.types import DIALECT, made_as
from onecity.platform.exchange.connectors.staging.bisecting import Refusal
from onecity.platform.exchange.connectors.staging.link import Cell
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape

_REFUSALS: Final[dict[str, Refusal]] = {
    "SQLITE_CONSTRAINT_PRIMARYKEY": ("duplicate", zh("主键或唯一键重复")),
    "SQLITE_CONSTRAINT_ROWID": ("duplicate", zh("主键或唯一键重复")),
    "SQLITE_CONSTRAINT_UNIQUE": ("duplicate", zh("主键或唯一键重复")),
    "SQLITE_CONSTRAINT_NOTNULL": ("null", zh("目标字段不允许为空")),
    "SQLITE_CONSTRAINT_CHECK": ("constraint", zh("内容违反目标表的约束")),
    "SQLITE_CONSTRAINT_DATATYPE": ("format", zh("内容不符合目标字段的类型")),
    "SQLITE_MISMATCH": ("format", zh("内容不符合目标字段的类型")),
}


class SqliteLink:
    """One connection for writing. Every statement, those that make and drop tables too, is part of a transaction."""

    def __init__(self, answers: Answers) -> None:
        self._link = connect(answers, write=True)

    def run(self, statement: str) -> int:
        """Run a statement and return how many rows it changed."""
        with translated():
            return max(self._link.execute(statement).rowcount, 0)

    def rows(self, statement: str) -> Sequence[Sequence[Cell]]:
        """Return what a question gives."""
        with translated():
            return self._link.execute(statement).fetchall()

    def begin(self) -> None:
        """Begin a transaction."""
        self.run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit it."""
        self.run("COMMIT")

    def rollback(self) -> None:
        """Undo it."""
        self.run("ROLLBACK")

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self._link.close()

    def shape(self, table: str) -> TableShape | None:
        """Return a table's shape, None if there is no such table."""
        return next(iter(tables(self._link, only=table)), None)

    def create(self, table: str, shape: TableShape) -> None:
        """Make an empty table with a shape's columns and key."""
        parts = [made_as(column, in_key=column.name in shape.key) for column in shape.columns]
        if shape.key:
            parts.append(f"PRIMARY KEY ({DIALECT.names(shape.key)})")
        self.run(f"CREATE TABLE {DIALECT.name(table)} ({', '.join(parts)})")

    def copy_columns(self, table: str, *, of: TableShape, names: Sequence[str]) -> None:
        """Make an empty table, without any key, with some columns of one that is there, as they were declared."""
        known = {column.name: column for column in of.columns}
        parts = [
            f"{DIALECT.name(name)} {known[name].native}{'' if known[name].nullable else ' NOT NULL'}" for name in names
        ]
        self.run(f"CREATE TABLE {DIALECT.name(table)} ({', '.join(parts)})")

    def insert(self, table: str, rows: pa.RecordBatch, *, replace: bool) -> Refusal | None:
        """Insert rows, all of them or none; say why not."""
        word = "REPLACE" if replace else "INSERT"
        marks = ",".join("?" * rows.num_columns)
        statement = f"{word} INTO {DIALECT.name(table)} ({DIALECT.names(rows.schema.names)}) VALUES ({marks})"
        self.run("SAVEPOINT landing")
        try:
            self._link.executemany(statement, zip(*(cells(column) for column in rows.columns), strict=True))
        except sqlite3.IntegrityError as error:
            refusal = _REFUSALS.get(error.sqlite_errorname)
            if refusal is None:
                with translated():
                    raise
            self.run("ROLLBACK TO landing")
            return refusal
        except sqlite3.Error:
            with translated():
                raise
        self.run("RELEASE landing")
        return None

    def update(self, *, target: str, stage: str, match: str, sets: Sequence[str], differs: str) -> int:
        """Set columns of target `t` from stage `s` where rows match and differ."""
        assignments = ", ".join(f"{name} = s.{name}" for name in sets)
        return self.run(f"UPDATE {target} AS t SET {assignments} FROM {stage} AS s WHERE {match} AND {differs}")

    def read(self, question: str, columns: Sequence[ColumnShape]) -> Iterator[pa.RecordBatch]:
        """Yield an answer in batches."""
        with translated():
            names = ", ".join(f"t.{DIALECT.name(column.name)}" for column in columns)
            yield from batches(self._link.execute(f"SELECT {names} {question}"), columns)

    def stage_for_swap(self, stage: str, *, shape: TableShape) -> bool:
        """Say that nothing is renamed: emptying and filling the target is one transaction, and keeps its indexes."""
        return False

    def swap(self, *, stage: str, target: str) -> None:
        """Never asked for."""
        raise AssertionError(stage, target)
