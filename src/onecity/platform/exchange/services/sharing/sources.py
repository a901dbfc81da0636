"""Reading a dataset's rows for sharing: the platform's own tables by SQL, departments' through their connector."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from psycopg import sql

from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import Comparison, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.sharing import Value
from onecity.platform.exchange.models import Connection, DatasetSupply
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.rules.sharing.chain import json_value
from onecity.platform.exchange.selectors.sharing.datasets import Supply
from onecity.platform.exchange.selectors.sharing.limits import NotSupplied
from onecity.platform.exchange.services.flows.connections import place_of
from onecity.platform.exchange.services.sharing.own_tables import own_rows

COPIES: Final = "onecity_copies"
"""The schema of the platform's database into which flows bring copies; no other table may be read as a copy."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a source, in its own names. after: where the next part begins; None when this was the last."""

    rows: list[dict[str, Value]]
    after: Position | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read. columns: in the source's names; since: where to go on; most: rows at once."""

    columns: tuple[str, ...]
    conditions: tuple[Comparison, ...]
    key: tuple[str, ...] = ()
    cursor: str = ""
    since: Position | None = None
    most: int = 5_000


class Source(Protocol):
    """Rows of one dataset."""

    def all_of(self, wanted: Wanted) -> Iterator[dict[str, Value]]:
        """Yield every row that fits. Raises: Unreachable, NotUnderstood."""

    def part(self, wanted: Wanted) -> Part:
        """Return the next rows in the order of the key, or of the cursor. Raises: as `all_of`."""


class NoConnection(Unavailable):
    """The connection that the supply names has gone or is switched off."""

    code = "exchange.no_connection"
    message = zh("供数连接“{code}”已停用，请联系提供方")


def source_of(supply: Supply, *, dataset_code: str, name: str) -> Source:
    """Return where a dataset's rows are read.

    Raises: NotSupplied; NoConnection.
    """
    if supply.kind == DatasetSupply.Kind.CONNECTION:
        connection = Connection.objects.filter(code=supply.connection_code, is_active=True).first()
        if connection is None:
            raise NoConnection(params={"code": supply.connection_code})
        return _Connected(place_of(connection), supply.table)
    if supply.kind == DatasetSupply.Kind.COPY:
        return _Own(sql.Identifier(COPIES, supply.table))
    declared = declared_datasets().get(dataset_code)
    if declared is None or not declared.rows:
        raise NotSupplied(params={"name": name})
    return _Own(sql.SQL("({}) AS declared").format(sql.SQL(declared.rows)))


class _Connected:
    """A department's own database, file or service, read live through its connector."""

    def __init__(self, place: Place, table: str) -> None:
        self._place, self._table = place, table

    def all_of(self, wanted: Wanted) -> Iterator[dict[str, Value]]:
        for block in connector(self._place.kind).read(self._place, self._request(wanted, Reading.FULL)):
            yield from _plain(block.rows.select(list(wanted.columns)).to_pylist())

    def part(self, wanted: Wanted) -> Part:
        reading = Reading.BY_CURSOR if wanted.cursor else Reading.FULL
        blocks = iter(connector(self._place.kind).read(self._place, self._request(wanted, reading)))
        first = next(blocks, None)
        if first is None:
            return Part([], wanted.since if wanted.cursor else None)
        return Part(list(_plain(first.rows.select(list(wanted.columns)).to_pylist())), first.after)

    def _request(self, wanted: Wanted, reading: Reading) -> ReadRequest:
        return ReadRequest(
            table=self._table,
            columns=wanted.columns,
            reading=reading,
            cursor=wanted.cursor,
            since=wanted.since,
            conditions=wanted.conditions,
            key=wanted.key,
            block_rows=wanted.most,
        )


class _Own:
    """A table of the platform's own database, or what a module declared."""

    def __init__(self, table: sql.Composable) -> None:
        self._table = table

    def all_of(self, wanted: Wanted) -> Iterator[dict[str, Value]]:
        yield from _plain(own_rows(self._table, columns=wanted.columns, conditions=wanted.conditions))

    def part(self, wanted: Wanted) -> Part:
        order = (wanted.cursor, *wanted.key) if wanted.cursor else wanted.key
        since = wanted.since or {}
        found = own_rows(
            self._table,
            columns=tuple(dict.fromkeys((*wanted.columns, *order))),
            conditions=wanted.conditions,
            order=order,
            after=[since[f"after_{place}"] for place in range(len(order))] if since else None,
            most=wanted.most,
        )
        rows = [{name: row[name] for name in wanted.columns} for row in _plain(found)]
        if not found:
            return Part([], wanted.since if wanted.cursor else None)
        last = found[-1]
        return Part(rows, {f"after_{place}": json_value(last[name]) for place, name in enumerate(order)})


def _plain(rows: Sequence[dict[str, object]]) -> Iterator[dict[str, Value]]:
    for row in rows:
        yield {name: json_value(value) for name, value in row.items()}
