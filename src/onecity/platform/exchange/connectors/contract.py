"""The contract of a connector: discover, read in Arrow batches, write in blocks that land once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from onecity.kernel.errors import Invalid, Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgcopy.decoding import Column
from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.contracts.blocks import Block, Loading, Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.places import OptionField, Place
from onecity.platform.exchange.contracts.tables import TableShape


class Unreachable(Unavailable):
    """The other side does not answer, or does not let us in; trying again later may help."""

    code = "exchange.unreachable"
    message = zh("连接不上对方：{reason}")


class NotUnderstood(Invalid):
    """What lies there is not what the plan says: no such table, a column gone, a file that cannot be read."""

    code = "exchange.not_understood"
    message = zh("对方的数据与约定不符：{reason}")


class BeginAgain(Exception):
    """A source cannot go on from a position (its rows have no order): the run's stage goes, reading starts anew."""


class RowsRefused(Exception):
    """The target will not take some rows of a block; nothing of the block has landed.

    rows: index in the block from 0 → (code, Chinese sentence). The engine refuses them and lands the rest again.
    """

    def __init__(self, rows: Mapping[int, tuple[str, str]]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = dict(rows)


@dataclass(frozen=True, slots=True)
class Landed:
    """What a target already holds of a run.

    block: number of the last block that landed, 0 for none; after: its position; applied: the run's rows already are
    the target's; counts: of the landed rows.
    """

    block: int = 0
    after: Position | None = None
    applied: bool = False
    counts: Counts = field(default_factory=Counts)


class Target(Protocol):
    """One run's writing (context manager: closes its connection). All three steps may be repeated with the same effect.

    Progress is kept beside the data, in the target's own transaction, so that no crash can part them.
    """

    def __enter__(self) -> "Target": ...

    def __exit__(self, *_: object) -> None: ...

    def prepare(self) -> Landed:
        """Make the stage if there is none; return what has landed before. Raises: NotUnderstood, Unreachable."""

    def land(self, block: Block) -> None:
        """Put a block on the stage and its number, position and counts beside it, in one transaction; a number that has
        landed already does nothing. Raises: RowsRefused; NotUnderstood, Unreachable."""

    def apply(self) -> Counts:
        """Make the stage the target in one transaction; when that is done already, return the same counts."""

    def sums(self, columns: Sequence[str]) -> dict[str, str]:
        """Return each column's checksum over the rows that this run put in (see `rules.sums`)."""

    def discard(self) -> None:
        """Take the stage away; the target stays as it was."""


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What to write. run: names the stage, forever the same for one run; shape: columns and key of the target.

    part: number of the key range from 0, whose blocks and progress are its own; all parts share the stage, and part 0
    applies, sums and discards for all of them. last_wins: a key that comes twice in a run replaces the earlier row;
    otherwise the later row is refused (`RowsRefused`).
    """

    run: str
    shape: TableShape
    loading: Loading
    part: int = 0
    last_wins: bool = False


class Connector(Protocol):
    """One kind of source or target. Calls that go out have timeouts; secrets are in no message and no log."""

    kind: str
    title: str
    options: Sequence[OptionField]
    readings: frozenset[Reading]
    loadings: frozenset[Loading]

    def check(self, place: Place) -> None:
        """Reach the place and prove who we are. Raises: Unreachable."""

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return what can be read there. Raises: Unreachable."""

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks in a stable order from `request.since` on. Raises: Unreachable, NotUnderstood."""

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Return the writing of one run. Raises: NotUnderstood where this kind cannot be written to."""


@runtime_checkable
class Splits(Protocol):
    """A connector whose tables can be read in several key ranges at the same time, and written by several parts."""

    def bounds(self, place: Place, request: ReadRequest, *, parts: int) -> Sequence[str | int]:
        """Return at most parts - 1 growing bounds of the first key column. Raises: Unreachable, NotUnderstood."""


@runtime_checkable
class Settles(Protocol):
    """A connector that keeps changes at the source until it hears that they have arrived."""

    def settle(self, place: Place, request: ReadRequest, *, position: Position) -> None:
        """The target has committed everything up to a position. Raises: Unreachable."""


@runtime_checkable
class StaysInThread(Protocol):
    """A target whose calls must all come from the thread that called the engine (it uses that thread's database)."""

    stays_in_thread: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """A block whose rows go to the target in their source's own binary form. after: where the next block begins."""

    pieces: Sequence[Rows]
    after: Position

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(map(len, self.pieces))


class TakesPassing(Target, Protocol):
    """A target that also takes rows in binary form."""

    def land_as_is(self, pieces: Sequence[bytes | memoryview], *, number: int, after: Position) -> None:
        """As `land`, for rows in binary COPY's form, cut at the ends of rows."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A way on which rows need no other form.

    columns: as in the stream, with the target's names; guaranteed: those whose source column already holds what the
    target's column demands (length, digits, width).
    """

    columns: tuple[Column, ...]
    blocks: Callable[[ReadRequest], Iterator[Passing]]
    target: Callable[[WriteRequest], TakesPassing]
    guaranteed: frozenset[str]


@runtime_checkable
class PassesOn(Protocol):
    """A connector that can hand rows to a target of its own kind without changing their form."""

    def passage(self, source: Place, request: ReadRequest, *, target: Place, writing: WriteRequest) -> Passage | None:
        """Return the way from request's columns to writing's columns (paired by place), or None where some column
        needs another type. Raises: Unreachable, NotUnderstood."""
