"""What the common writing needs of one database connection."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa

from onecity.platform.exchange.connectors.staging.bisecting import Refusal
from onecity.platform.exchange.contracts.blocks import Loading
from onecity.platform.exchange.contracts.tables import ColumnShape, TableShape

Cell = str | int | float | bytes | None


class Link(Protocol):
    """One connection to a database, for writing. Raises from every call: Unreachable, NotUnderstood."""

    def run(self, statement: str) -> int:
        """Run a statement and return how many rows it changed."""

    def rows(self, statement: str) -> Sequence[Sequence[Cell]]:
        """Return what a question gives."""

    def begin(self) -> None:
        """Begin a transaction."""

    def commit(self) -> None:
        """Commit it."""

    def rollback(self) -> None:
        """Undo it."""

    def close(self) -> None:
        """Hang up; what was not committed is undone."""

    def shape(self, table: str) -> TableShape | None:
        """Return a table's shape, None if there is no such table."""

    def create(self, table: str, shape: TableShape) -> None:
        """Make an empty table with a shape's columns and key."""

    def copy_columns(self, table: str, *, of: TableShape, names: Sequence[str]) -> None:
        """Make an empty table, without any key, with some columns of one that is there."""

    def insert(self, table: str, rows: pa.RecordBatch, *, replace: bool) -> Refusal | None:
        """Insert rows, all of them or none; say why not. replace: a row with the same key goes first."""

    def update(self, *, target: str, stage: str, match: str, sets: Sequence[str], differs: str) -> int:
        """Set columns (their names in quotes) of target `t` from stage `s` where rows match and differ."""

    def read(self, question: str, columns: Sequence[ColumnShape]) -> Iterator[pa.RecordBatch]:
        """Yield what a question (FROM … WHERE … part only) gives, in batches of the columns' types."""

    def stage_for_swap(self, stage: str, *, shape: TableShape) -> bool:
        """Make a stage that is to become the target itself, if this database can do that; say whether."""

    def swap(self, *, stage: str, target: str) -> None:
        """Make the stage the target in one step; do nothing if that was done before."""


def keeps_operations(loading: Loading) -> bool:
    """Say whether the stage has a column for the kind of change."""
    return loading in {Loading.MERGE, Loading.MERGE_DELETE}
