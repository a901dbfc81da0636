"""The ways on which rows travel: what each of them does with a block between its source and its target."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from onecity.platform.exchange.connectors.contract import Target, WriteRequest
from onecity.platform.exchange.contracts.blocks import Position, ReadRequest
from onecity.platform.exchange.contracts.outcomes import BadRow
from onecity.platform.exchange.rules.checking import Reasons
from onecity.platform.exchange.rules.sums import Sums

Bits = npt.NDArray[np.bool_]
Json = str | int | float | bool | None
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Load(Generic[B]):
    """One block, checked. read: rows that it had; first_row: number of its first row in the run; bad: rows that are
    kept out; failed: check's code → rows; sums: of the rows that go on; body: these rows."""

    read: int
    first_row: int
    bad: Sequence[BadRow]
    failed: Mapping[str, int]
    sums: Mapping[str, str]
    after: Position
    body: B = field(repr=False)

    @property
    def landing(self) -> int:
        """How many rows go on."""
        return self.read - len(self.bad)


class Lane(Protocol[B]):
    """One way. A lane belongs to one part of a run, and to one thread."""

    name: str

    def loads(self, request: ReadRequest, *, first_row: int) -> Generator[Load[B], None, None]:
        """Read and check blocks. Raises: as connectors do."""

    def target(self, writing: WriteRequest) -> Target:
        """Return the writing."""

    def land(self, target: Target, load: Load[B], *, number: int, after: Position) -> None:
        """Land a block's good rows. Raises: RowsRefused; as connectors do."""

    def without(self, load: Load[B], refused: Mapping[int, tuple[str, str]]) -> Load[B]:
        """Return a load without rows that the target refused, by their index among those that go on."""

    def landed(self, load: Load[B]) -> None:
        """The block has landed."""


def merged_failures(failed: Mapping[str, int], refused: Mapping[int, tuple[str, str]]) -> dict[str, int]:
    """Return the failures of checks with those that the target found."""
    found = dict(failed)
    for code, _ in refused.values():
        found[code] = found.get(code, 0) + 1
    return found


def bad_rows(rows: Sequence[Mapping[str, object]], numbers: Sequence[int], reasons: Sequence[Reasons]) -> list[BadRow]:
    """Return refused rows, ready for the journal."""
    return [
        BadRow(number, {name: as_json(value) for name, value in row.items()}, why)
        for row, number, why in zip(rows, numbers, reasons, strict=True)
    ]


def as_json(value: object) -> Json:
    """Return a value as JSON can tell it."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def in_order(bad: Sequence[BadRow]) -> list[BadRow]:
    """Return refused rows by their number."""
    return sorted(bad, key=lambda row: row.row_number)


def fresh_sums(counted: Sequence[str] = ()) -> Sums:
    """Return sums of nothing."""
    return Sums(counted=counted)
