"""Small tables, plans between them, and a journal that remembers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from tests.servers.postgresql import rows_of

from onecity.platform.exchange.connectors.postgresql.connector import POSTGRESQL
from onecity.platform.exchange.contracts.blocks import Loading, Reading
from onecity.platform.exchange.contracts.outcomes import BadRow, Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import ColumnMap, Plan
from onecity.platform.exchange.contracts.tables import TableShape

PEOPLE = """
CREATE TABLE people (
  id bigint PRIMARY KEY, citizen_id varchar(18), name varchar(60) NOT NULL, sex smallint, born date,
  income numeric(12,2),  alive boolean, seen timestamptz, extra jsonb)"""
FILL = """
INSERT INTO people SELECT i, '11010519491231002X', '张' || i, i % 3, date '1950-01-01' + i, i / 7.0, i % 2 = 0,
  timestamptz '2024-01-01 00:00+08' + i * interval '1 minute', jsonb_build_object('n', i)
FROM generate_series({first}, {last}) i"""


class Notes:
    """A journal that keeps what it hears. stop_after: blocks after which it wants the run to end."""

    def __init__(self, *, stop_after: int | None = None, references: Mapping[str, Sequence[str]] | None = None) -> None:
        self.bad: dict[int, list[BadRow]] = {}
        self.failed: dict[str, int] = {}
        self.heard: list[tuple[Counts, int]] = []
        self.stop_after = stop_after
        self.references = references or {}

    def refused(self, block: int, rows: Sequence[BadRow]) -> None:
        self.bad[block] = list(rows)

    def progress(self, counts: Counts, blocks: int) -> None:
        self.heard.append((counts, blocks))
        if self.stop_after is not None and blocks >= self.stop_after:
            raise Cancelled

    def reference(self, name: str) -> pa.Array:
        return pa.array(self.references[name])

    def measured(self, failed_checks: Mapping[str, int]) -> None:
        self.failed = dict(failed_checks)

    @property
    def every_bad(self) -> list[BadRow]:
        return [row for block in sorted(self.bad) for row in self.bad[block]]


class Cancelled(Exception):
    """Somebody wants the run to end."""


def make_people(place: Place, rows: int) -> None:
    rows_of(place, PEOPLE)
    add_people(place, 1, rows)


def add_people(place: Place, first: int, last: int) -> None:
    rows_of(place, FILL.format(first=first, last=last))


def shape_at(place: Place, name: str = "people") -> TableShape:
    return next(table for table in POSTGRESQL.discover(place) if table.name == name)


def plan_between(
    source: Place, target: Place, *, table: str = "people", maps: Sequence[ColumnMap] | None = None, **changes: Any
) -> Plan:
    """Return a plan that copies every column of a table; the Arrow way is taken when `maps` ask for it."""
    shape = shape_at(source, table)
    columns = [
        ColumnMap(column.name, column.type, column.name, precision=column.precision, scale=column.scale)
        for column in shape.columns
    ]
    given: dict[str, Any] = {
        "source": source, "source_table": table, "target": target, "target_shape": shape, "reading": Reading.FULL,
        "loading": Loading.SWAP, "columns": tuple(maps if maps is not None else columns), "block_rows": 100,
    }  # fmt: skip
    return Plan(**(given | changes))


def everything(place: Place, table: str = "people") -> list[tuple[Any, ...]]:
    return rows_of(place, f"SELECT * FROM {table} ORDER BY 1")
