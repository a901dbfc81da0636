"""The fast way: rows keep the binary form in which they leave PostgreSQL until they arrive there; only those that
cannot be proved good are decoded, and only bad ones are cut out."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np
import pyarrow as pa

from onecity.platform.exchange.codecs.pgcopy.decoding import decoded
from onecity.platform.exchange.codecs.pgcopy.summing import add_rows
from onecity.platform.exchange.codecs.pgcopy.walking import Rows
from onecity.platform.exchange.connectors.contract import Passage, Passing, TakesPassing, Target, WriteRequest
from onecity.platform.exchange.contracts.blocks import Position, ReadRequest
from onecity.platform.exchange.contracts.outcomes import BadRow
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.engine.arrow_lane import Reference
from onecity.platform.exchange.engine.lanes import Bits, Load, bad_rows, in_order, merged_failures
from onecity.platform.exchange.engine.screening import Screen, screen
from onecity.platform.exchange.rules.checking import Checker, Reasons
from onecity.platform.exchange.rules.sums import Sums

_GUARANTEED = ("shape.length.", "shape.range.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece of a block. keep: rows that go on, None for all; first: index of its first row in the block."""

    rows: Rows
    keep: Bits | None
    first: int

    def segments(self) -> Iterator[memoryview]:
        """Yield the bytes of the rows that go on, as few stretches as possible."""
        view = self.rows.octets.data
        if self.keep is None:
            yield view[int(self.rows.starts[0]) : int(self.rows.ends[-1])]
            return
        edges = np.flatnonzero(np.diff(np.concatenate(([False], self.keep, [False])).astype(np.int8)))
        for begin, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
            yield view[int(self.rows.starts[begin]) : int(self.rows.ends[end - 1])]

    def going(self) -> Rows:
        """Return the rows that go on."""
        return self.rows if self.keep is None else self.rows.pick(np.flatnonzero(self.keep))


class PassingLane:
    """Screens rows and lets them pass."""

    name = "passing"

    def __init__(self, passage: Passage, *, sources: Sequence[str], checker: Checker, reference: Reference) -> None:
        self._passage, self._sources, self._checker = passage, sources, checker
        self._columns = dict(enumerate(passage.columns))
        self._names = [column.name for column in passage.columns]
        numbers = {name: number for number, name in enumerate(self._names)}
        asked = [check for check in checker.checks if not _is_guaranteed(check, passage.guaranteed)]
        screens = [(check, screen(check, numbers=numbers, columns=passage.columns)) for check in asked]
        self._screens: list[Screen] = [found for _, found in screens if found is not None]
        rest = [replace(check, blocking=True) for check, found in screens if found is None]
        self._rest = Checker(rest, shape=TableShape("", ()), reference=reference) if rest else None
        every = any(check.kind is CheckKind.EXPRESSION for check in rest)
        wanted = set(self._names) if every else {name for check in rest for name in check.columns}
        self._decoded = {number: column for number, column in self._columns.items() if column.name in wanted}

    def loads(self, request: ReadRequest, *, first_row: int) -> Generator[Load[list[Kept]], None, None]:
        """Read and screen blocks."""
        for block in self._passage.blocks(request):
            load = self._load(block, first_row)
            first_row += load.read
            yield load

    def target(self, writing: WriteRequest) -> Target:
        """Return the writing."""
        return self._passage.target(writing)

    def land(self, target: Target, load: Load[list[Kept]], *, number: int, after: Position) -> None:
        """Land a block's good rows."""
        assert _takes_passing(target)
        pieces = [segment for piece in load.body for segment in piece.segments()]
        target.land_as_is(pieces, number=number, after=after)

    def landed(self, load: Load[list[Kept]]) -> None:
        """Nobody waits for it."""

    def without(self, load: Load[list[Kept]], refused: Mapping[int, tuple[str, str]]) -> Load[list[Kept]]:
        """Return a load without rows that the target refused."""
        bad: list[BadRow] = []
        body: list[Kept] = []
        sums = Sums()
        passed = 0
        for piece in load.body:
            going = np.arange(len(piece.rows)) if piece.keep is None else np.flatnonzero(piece.keep)
            here = {
                int(going[index - passed]): why for index, why in refused.items() if 0 <= index - passed < len(going)
            }
            passed += len(going)
            keep = np.ones(len(piece.rows), bool) if piece.keep is None else piece.keep.copy()
            keep[list(here)] = False
            bad += self._bad(piece.rows, load.first_row + piece.first, {row: (why,) for row, why in here.items()})
            body.append(Kept(piece.rows, keep, piece.first))
            add_rows(sums, body[-1].going(), self._passage.columns)
        return replace(
            load,
            bad=in_order([*load.bad, *bad]),
            failed=merged_failures(load.failed, refused),
            sums=sums.result(),
            body=body,
        )

    def _load(self, block: Passing, first_row: int) -> Load[list[Kept]]:
        bad: list[BadRow] = []
        failed: dict[str, int] = {}
        body: list[Kept] = []
        sums = Sums()
        first = 0
        for rows in block.pieces:
            reasons = self._judged(rows, failed)
            keep = None
            if reasons:
                bad += self._bad(rows, first_row + first, reasons)
                keep = np.ones(len(rows), bool)
                keep[list(reasons)] = False
            body.append(Kept(rows, keep, first))
            add_rows(sums, body[-1].going(), self._passage.columns)
            first += len(rows)
        return Load(first, first_row, bad, failed, sums.result(), block.after, body)

    def _judged(self, rows: Rows, failed: dict[str, int]) -> Mapping[int, Reasons]:
        """Return the bad rows of a piece with their reasons, and count what failed."""
        suspects = np.flatnonzero(self._suspects(rows))
        if not len(suspects):
            return {}
        verdict = self._checker.check(decoded(rows.pick(suspects), self._columns))
        for code, count in verdict.failed.items():
            failed[code] = failed.get(code, 0) + count
        return {int(suspects[row]): why for row, why in verdict.reasons.items()}

    def _suspects(self, rows: Rows) -> Bits:
        found = np.zeros(len(rows), bool)
        for one in self._screens:
            found |= one(rows)
        if self._rest is not None:
            verdict = self._rest.check(decoded(rows, self._decoded))
            found |= verdict.bad
            if any(check.code in verdict.failed for check in self._rest.unique):
                found[:] = True  # which of equal rows stays can only be told among all of them
        return found

    def _bad(self, rows: Rows, first_row: int, reasons: Mapping[int, Reasons]) -> list[BadRow]:
        places = sorted(reasons)
        batch: pa.RecordBatch = decoded(rows.pick(np.array(places, np.int64)), self._columns)
        shown = batch.rename_columns(list(self._sources)).to_pylist()
        return bad_rows(shown, [first_row + place for place in places], [reasons[place] for place in places])


def _takes_passing(target: Target) -> TypeGuard[TakesPassing]:
    return hasattr(target, "land_as_is")


def _is_guaranteed(check: Check, columns: frozenset[str]) -> bool:
    return check.code.startswith(_GUARANTEED) and check.columns[0] in columns
