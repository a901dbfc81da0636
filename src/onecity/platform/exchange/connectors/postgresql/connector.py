"""The connector for PostgreSQL."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgcopy.fields import Kind
from onecity.platform.exchange.connectors.contract import Passage, Passing, Target, WriteRequest
from onecity.platform.exchange.connectors.postgresql.bounds import bounds_of
from onecity.platform.exchange.connectors.postgresql.changes import changes, settle
from onecity.platform.exchange.connectors.postgresql.links import OPTIONS, link, translated
from onecity.platform.exchange.connectors.postgresql.reading import blocks, passing
from onecity.platform.exchange.connectors.postgresql.selecting import selection
from onecity.platform.exchange.connectors.postgresql.shapes import OPAQUE_TYPES, PgColumn, every_table, known_table
from onecity.platform.exchange.connectors.postgresql.target import PostgresTarget
from onecity.platform.exchange.contracts.blocks import Block, Loading, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape

_WORDS: Final = frozenset({"text", "varchar"})


class PostgreSQL:
    """PostgreSQL from version 13 on."""

    kind: str = "postgresql"
    title: str = zh("PostgreSQL 数据库")
    options: Sequence[OptionField] = OPTIONS
    readings: frozenset[Reading] = frozenset(Reading)
    loadings: frozenset[Loading] = frozenset(Loading)

    def check(self, place: Place) -> None:
        """Reach the database and log in."""
        with link(place) as found, translated():
            found.execute("SELECT 1")

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the tables and views that the account may read."""
        with link(place) as found:
            return every_table(found, schema=_schema(place))

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks in the order of the table's key, or of the cursor and then the key."""
        return changes(place, request) if request.reading is Reading.CHANGES else blocks(place, request)

    def settle(self, place: Place, request: ReadRequest, *, position: Position) -> None:
        """Let the source's slot move on."""
        settle(place, request, position=position)

    def bounds(self, place: Place, request: ReadRequest, *, parts: int) -> Sequence[str | int]:
        """Return bounds that cut the table into ranges of about as many rows, none for a table without a key."""
        with link(place) as found:
            table = known_table(found, request.table, schema=_schema(place))
            return bounds_of(found, table, parts=parts)

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the writing of one run."""
        return PostgresTarget(place, request)

    def passage(self, source: Place, request: ReadRequest, *, target: Place, writing: WriteRequest) -> Passage | None:
        """Return the way on which rows pass in binary form, where every column has the same type on both sides."""
        with link(source) as found:
            table = known_table(found, request.table, schema=_schema(source))
            columns = [table.column(name) for name in request.columns]
            if len(selection(found, table, request, as_is=True).columns) != len(columns):
                return None  # the order needs a column that is not to be handed on
        with PostgresTarget(target, replace(writing, part=0), as_is=True) as there:
            if there.prepare().applied:
                return None
            wanted = there.stage().columns
        if len(columns) != len(wanted) or not all(map(_fits, columns, wanted)):
            return None
        named = tuple(replace(one.as_is(), name=other.name) for one, other in zip(columns, wanted, strict=True))

        def read(asked: ReadRequest) -> Iterator[Passing]:
            for _, block in passing(source, asked):
                yield block

        return Passage(
            named, read, lambda given: PostgresTarget(target, given, as_is=True), frozenset(one.name for one in wanted)
        )


def _schema(place: Place) -> str:
    return str(place.options.get("schema") or "public")


def _fits(source: PgColumn, target: PgColumn) -> bool:
    """Say whether each value of one column, in its binary form, is one of the other."""
    if source.type in _WORDS and target.type in _WORDS:
        return target.modifier < 0 or 0 <= source.modifier <= target.modifier
    if source.as_is().kind is Kind.OPAQUE and source.type not in OPAQUE_TYPES:
        return False
    return source.type == target.type and target.modifier in {-1, source.modifier}


POSTGRESQL: Final = PostgreSQL()
