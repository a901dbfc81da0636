"""What a run found and did."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onecity.platform.exchange.contracts.blocks import Position


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was kept out. row_number: in the run, from 1; values: as read, JSON-ready; reasons: (check's code,
    Chinese sentence), every one of them."""

    row_number: int
    values: Mapping[str, str | int | float | bool | None]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a run. read = landed + refused; landed = inserted + updated + unchanged (+ deleted, for changes)."""

    read: int = 0
    landed: int = 0
    refused: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run.

    source_sums, target_sums: column → order-independent checksum; they agree when reconciled is true.
    failed_checks: check's code → rows. position: where the next incremental run goes on.
    """

    counts: Counts
    reconciled: bool
    source_sums: Mapping[str, str] = field(default_factory=dict)
    target_sums: Mapping[str, str] = field(default_factory=dict)
    failed_checks: Mapping[str, int] = field(default_factory=dict)
    position: Position | None = None
    blocks: int = 0
    note: str = ""
