"""The connector for MySQL and MariaDB."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, WriteRequest
from onecity.platform.exchange.connectors.keyset import KeysetReader, usable_key
from onecity.platform.exchange.connectors.mysql.discovering import tables
from onecity.platform.exchange.connectors.mysql.link import MySqlLink
from onecity.platform.exchange.connectors.mysql.reading import BlockFetcher
from onecity.platform.exchange.connectors.mysql.session import DIALECT, OPTIONS, connect
from onecity.platform.exchange.connectors.staging.target import SqlTarget
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape


class MySqlConnector:
    """Reads in blocks by key; writes to InnoDB tables exactly once."""

    kind: str = "mysql"
    title: str = zh("MySQL / MariaDB 数据库")
    options: Sequence[OptionField] = OPTIONS
    readings: frozenset[Reading] = frozenset({Reading.FULL, Reading.BY_CURSOR})
    loadings: frozenset[Loading] = frozenset(Loading)

    def check(self, place: Place) -> None:
        """Sign in. Raises: Unreachable, NotUnderstood."""
        connect(Answers(place, self.options)).close()

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the database's tables and views. Raises: Unreachable."""
        answers = Answers(place, self.options)
        with closing(connect(answers)) as link:
            return tables(link, tinyint_is_boolean=answers.flag("tinyint_is_boolean"))

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks by key, or by row number where there is no key. Raises: Unreachable, NotUnderstood."""
        answers = Answers(place, self.options)
        with closing(connect(answers)) as link:
            found = tables(link, tinyint_is_boolean=answers.flag("tinyint_is_boolean"), only=request.table)
        if not found:
            raise NotUnderstood(zh("对方没有表“{table}”"), params={"table": request.table})
        with closing(BlockFetcher(answers)) as fetch:
            reader = KeysetReader(found[0], DIALECT, fetch, usable_key(found[0]))
            yield from reader.blocks(request)

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the writing of one run."""
        answers = Answers(place, self.options)
        return SqlTarget(request, dialect=DIALECT, connect=lambda: MySqlLink(answers))
