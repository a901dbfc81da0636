"""The writing session with a MySQL or MariaDB server."""

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
import pymysql

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.mysql.discovering import tables
from onecity.platform.exchange.connectors.mysql.literals import rows_as_values
from onecity.platform.exchange.connectors.mysql.reading import stream
from onecity.platform.exchange.connectors.mysql.session import DIALECT, connect, error_number, translated
from onecity.platform.exchange.connectors.mysql.types import made_as
from onecity.platform.exchange.connectors.staging.bisecting import Refusal
from onecity.platform.exchange.connectors.staging.link import Cell
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape

_REFUSALS: Final[dict[int, Refusal]] = {
    1062: ("duplicate", zh("主键或唯一键重复")),
    1586: ("duplicate", zh("主键或唯一键重复")),
    1406: ("too_long", zh("内容超过目标字段的长度")),
    1264: ("out_of_range", zh("数值超出目标字段的范围")),
    1048: ("null", zh("目标字段不允许为空")),
    1364: ("null", zh("目标字段不允许为空")),
    1292: ("format", zh("内容不符合目标字段的类型")),
    1366: ("format", zh("内容不符合目标字段的类型或字符集")),
    1265: ("format", zh("内容不在目标字段允许的取值内")),
    1054: ("format", zh("内容不是数值")),
    4025: ("constraint", zh("内容违反目标表的约束")),
    3819: ("constraint", zh("内容违反目标表的约束")),
    1452: ("reference", zh("引用的记录在目标库中不存在")),
}
_FILL: Final = 0.7


class MySqlLink:
    """One connection for writing; its statements are transactional only on InnoDB tables."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._link = connect(answers, write=True)
        [[packet]] = self.rows("SELECT @@max_allowed_packet")
        self._room = int(min(int(packet or 0), 16 << 20) * _FILL)

    def run(self, statement: str) -> int:
        """Run a statement and return how many rows it changed."""
        with translated(), self._link.cursor() as cursor:
            return int(cursor.execute(statement))

    def rows(self, statement: str) -> Sequence[Sequence[Cell]]:
        """Return what a question gives."""
        with translated(), self._link.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def begin(self) -> None:
        """Begin a transaction."""
        with translated():
            self._link.begin()

    def commit(self) -> None:
        """Commit it."""
        with translated():
            self._link.commit()

    def rollback(self) -> None:
        """Undo it."""
        with translated():
            self._link.rollback()

    def close(self) -> None:
        """Hang up; the server undoes what was not committed."""
        if self._link.open:
            self._link.close()

    def shape(self, table: str) -> TableShape | None:
        """Return a table's shape, None if there is no such table."""
        return next(iter(tables(self._link, tinyint_is_boolean=True, only=table)), None)

    def create(self, table: str, shape: TableShape) -> None:
        """Make an empty InnoDB table with a shape's columns and key."""
        parts = [made_as(column, in_key=column.name in shape.key) for column in shape.columns]
        if shape.key:
            parts.append(f"PRIMARY KEY ({DIALECT.names(shape.key)})")
        self.run(f"CREATE TABLE {DIALECT.name(table)} ({', '.join(parts)}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4")

    def copy_columns(self, table: str, *, of: TableShape, names: Sequence[str]) -> None:
        """Make an empty InnoDB table, without any key, with some columns of one that is there."""
        self._demand_transactions(of.name)
        columns, source = DIALECT.names(names), DIALECT.name(of.name)
        self.run(f"CREATE TABLE {DIALECT.name(table)} ENGINE=InnoDB AS SELECT {columns} FROM {source} WHERE 1=0")

    def insert(self, table: str, rows: pa.RecordBatch, *, replace: bool) -> Refusal | None:
        """Insert rows, all of them or none; say why not."""
        word = "REPLACE" if replace else "INSERT"
        start = f"{word} INTO {DIALECT.name(table)} ({DIALECT.names(rows.schema.names)}) VALUES "
        self.run("SAVEPOINT landing")
        for statement in self._statements(start, rows):
            try:
                with self._link.cursor() as cursor:
                    cursor.execute(statement)
            except pymysql.MySQLError as error:
                refusal = _REFUSALS.get(error_number(error))
                if refusal is None:
                    with translated():
                        raise
                self.run("ROLLBACK TO SAVEPOINT landing")
                return refusal
        return None

    def update(self, *, target: str, stage: str, match: str, sets: Sequence[str], differs: str) -> int:
        """Set columns of target `t` from stage `s` where rows match and differ."""
        assignments = ", ".join(f"t.{name} = s.{name}" for name in sets)
        return self.run(f"UPDATE {target} AS t JOIN {stage} AS s ON {match} SET {assignments} WHERE {differs}")

    def read(self, question: str, columns: Sequence[ColumnShape]) -> Iterator[pa.RecordBatch]:
        """Yield an answer in batches, over a connection of its own."""
        return stream(self._answers, columns, question)

    def stage_for_swap(self, stage: str, *, shape: TableShape) -> bool:
        """Make a stage that can take the target's name. Triggers and foreign keys would not come along: then none."""
        name = DIALECT.name(stage)
        if self.shape(shape.name) is None:
            self.create(stage, shape)
            return True
        if self._has_ties(shape.name):
            return False
        self.run(f"CREATE TABLE {name} LIKE {DIALECT.name(shape.name)}")
        if self._engine(stage) != "innodb":
            self.run(f"ALTER TABLE {name} ENGINE=InnoDB")
        return True

    def swap(self, *, stage: str, target: str) -> None:
        """Rename: the old table goes aside and the stage takes its name, in one step that no crash can part."""
        old = DIALECT.name(stage + "_old")
        if self.shape(stage) is not None:
            aside = f"{DIALECT.name(target)} TO {old}, " if self.shape(target) is not None else ""
            self.run(f"RENAME TABLE {aside}{DIALECT.name(stage)} TO {DIALECT.name(target)}")
        self.run(f"DROP TABLE IF EXISTS {old}")

    def _statements(self, start: str, rows: pa.RecordBatch) -> Iterator[str]:
        """Yield statements of at most the size that the server takes."""
        waiting: list[str] = []
        size = 0
        for row in rows_as_values(rows):
            length = len(row.encode()) + 1
            if waiting and size + length > self._room:
                yield start + ",".join(waiting)
                waiting, size = [], 0
            waiting.append(row)
            size += length
        if waiting:
            yield start + ",".join(waiting)

    def _engine(self, table: str) -> str:
        found = self.rows(
            "SELECT LOWER(ENGINE) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
            f" AND TABLE_NAME = {_quoted(table)}"
        )
        return str(found[0][0]) if found else ""

    def _demand_transactions(self, table: str) -> None:
        if self._engine(table) != "innodb":
            raise NotUnderstood(zh("目标表“{table}”不是 InnoDB 表，不支持事务，不能写入"), params={"table": table})

    def _has_ties(self, table: str) -> bool:
        name = _quoted(table)
        [[ties]] = self.rows(
            "SELECT (SELECT count(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE()"
            f" AND EVENT_OBJECT_TABLE = {name}) + (SELECT count(*) FROM information_schema.REFERENTIAL_CONSTRAINTS"
            f" WHERE CONSTRAINT_SCHEMA = DATABASE() AND {name} IN (TABLE_NAME, REFERENCED_TABLE_NAME))"
        )
        return bool(ties)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
