"""Data on its way: blocks of rows, each with the position after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa

Position = Mapping[str, str | int | float | None]
"""Where a reader goes on: JSON values that only its connector understands."""

OPERATION_COLUMN = "_operation"
"""Name of the column (text: I, U or D) that a block of changes carries beside the table's own."""


class Reading(StrEnum):
    """What a run takes from its source."""

    FULL = "full"
    BY_CURSOR = "by_cursor"  # rows whose cursor column (growing key or time of change) lies above the last one
    CHANGES = "changes"  # captured inserts, updates and deletes


class Loading(StrEnum):
    """What a run does to its target."""

    SWAP = "swap"  # the staged rows become the table
    MERGE = "merge"  # rows are put in or replaced by key
    MERGE_DELETE = "merge_delete"  # as merge; rows that the source no longer has go (with FULL reading only)
    APPEND = "append"


@dataclass(frozen=True, slots=True)
class TornRow:
    """What could not be cut into columns at all: it counts as read and refused.

    place: where it stood (file and row, partition and offset); text: as it stood, shortened; code, sentence: why.
    """

    place: str
    text: str = field(repr=False)
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows. number: 1, 2, 3 … within a run and a key range, the same rows again when read again from the same
    position; after: where the next block begins.

    torn: what stood between the rows and is none; landed: to be called once the block has landed, where the source
    waits for an acknowledgement.
    """

    number: int
    rows: pa.RecordBatch
    after: Position
    torn: tuple[TornRow, ...] = ()
    landed: Callable[[], None] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition on one column; conditions are joined by *and*. values: one, or many for `in`."""

    column: str
    operator: str  # = <> < <= > >= in prefix is_null not_null
    values: tuple[str | int | float | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What to read. columns: names in order; since: the position after the last block that landed, None to begin.

    cursor: the column for BY_CURSOR; key_from, key_to: half-open range of the first key column, for parallel parts;
    reader: names the flow to a source that keeps something for it (a replication slot), the same in every run.
    """

    table: str
    columns: tuple[str, ...]
    reading: Reading = Reading.FULL
    cursor: str = ""
    since: Position | None = None
    conditions: tuple[Comparison, ...] = ()
    key: tuple[str, ...] = ()
    key_from: str | int | None = None
    key_to: str | int | None = None
    block_rows: int = 50_000
    reader: str = ""
