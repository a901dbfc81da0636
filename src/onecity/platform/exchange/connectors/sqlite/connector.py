"""The connector for SQLite files."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, WriteRequest
from onecity.platform.exchange.connectors.keyset import KeysetReader, Question, usable_key
from onecity.platform.exchange.connectors.sqlite.link import SqliteLink
from onecity.platform.exchange.connectors.sqlite.session import OPTIONS, batch, connect, row_number, tables, translated
from onecity.platform.exchange.connectors.sqlite.types import DIALECT
from onecity.platform.exchange.connectors.staging.target import SqlTarget
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape


class SqliteConnector:
    """Reads by row number; writes exactly once."""

    kind: str = "sqlite"
    title: str = zh("SQLite 数据库文件")
    options: Sequence[OptionField] = OPTIONS
    readings: frozenset[Reading] = frozenset({Reading.FULL, Reading.BY_CURSOR})
    loadings: frozenset[Loading] = frozenset(Loading)

    def check(self, place: Place) -> None:
        """Open the file. Raises: Unreachable, NotUnderstood."""
        connect(Answers(place, self.options)).close()

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return tables and views. Raises: Unreachable."""
        with closing(connect(Answers(place, self.options))) as link:
            return tables(link)

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks in the order of the row number. Raises: Unreachable, NotUnderstood."""
        with closing(connect(Answers(place, self.options))) as link:
            found = tables(link, only=request.table)
            if not found:
                raise NotUnderstood(zh("对方没有表“{table}”"), params={"table": request.table})

            def fetch(question: Question) -> pa.RecordBatch:
                names = ", ".join(f"t.{DIALECT.name(column.name)}" for column in question.columns)
                with translated():
                    return batch(link.execute(f"SELECT {names} {question.rest}").fetchall(), question.columns)

            number = row_number(link, found[0])
            key = (ColumnShape(number, LogicalType.INTEGER),) if number else usable_key(found[0])
            yield from KeysetReader(found[0], DIALECT, fetch, key).blocks(request)

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the writing of one run."""
        answers = Answers(place, self.options)
        return SqlTarget(request, dialect=DIALECT, connect=lambda: SqliteLink(answers))
