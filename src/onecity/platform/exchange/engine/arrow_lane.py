"""The general way: every block becomes an Arrow batch; types, codes and expressions may change on it."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.connectors.contract import Connector, Target, WriteRequest
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Block, Position, ReadRequest, TornRow
from onecity.platform.exchange.contracts.outcomes import BadRow
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.engine.lanes import Bits, Load, bad_rows, in_order, merged_failures
from onecity.platform.exchange.engine.limiting import limited, with_limit_columns
from onecity.platform.exchange.rules.checking import Checker, Verdict
from onecity.platform.exchange.rules.mapping import Fault, apply_maps
from onecity.platform.exchange.rules.sums import Sums

DELETED = "D"


class Going:
    """What goes on of a block. rows: as mapped; origin: as read; places: their index in the block as read."""

    def __init__(self, rows: pa.RecordBatch, origin: pa.RecordBatch, places: Sequence[int], block: Block) -> None:
        self.rows, self.origin, self.places, self.block = rows, origin, places, block


class ArrowLane:
    """Reads, limits, maps and checks batches."""

    name = "arrow"

    def __init__(
        self, plan: Plan, writing: WriteRequest, *, source: Connector, target: Connector, checker: Checker
    ) -> None:
        self._plan, self._source, self._target, self._checker = plan, source, target, checker
        shape = writing.shape
        self._names = [column.name for column in shape.columns]
        self._key = set(shape.key)
        self._counted = [column.name for column in shape.columns if column.type is LogicalType.JSON]

    def loads(self, request: ReadRequest, *, first_row: int) -> Generator[Load[Going], None, None]:
        """Read and check blocks."""
        conditions = self._plan.limits.conditions
        for block in self._source.read(self._plan.source, with_limit_columns(request, self._plan.limits)):
            batch = limited(block.rows, self._plan.limits, conditions)
            load = self._load(replace(block, rows=batch), first_row)
            first_row += load.read
            yield load

    def target(self, writing: WriteRequest) -> Target:
        """Return the writing."""
        return self._target.target(self._plan.target, writing)

    def land(self, target: Target, load: Load[Going], *, number: int, after: Position) -> None:
        """Land a block's good rows."""
        target.land(Block(number, load.body.rows, after))

    def landed(self, load: Load[Going]) -> None:
        """Tell a source that waits for it."""
        if load.body.block.landed is not None:
            load.body.block.landed()

    def without(self, load: Load[Going], refused: Mapping[int, tuple[str, str]]) -> Load[Going]:
        """Return a load without rows that the target refused."""
        going = load.body
        keep = np.ones(going.rows.num_rows, bool)
        keep[list(refused)] = False
        places = [going.places[index] for index in sorted(refused)]
        bad = bad_rows(
            going.origin.take(pa.array(places)).to_pylist(),
            [load.first_row + place for place in places],
            [(refused[index],) for index in sorted(refused)],
        )
        kept = going.rows.filter(pa.array(keep))
        left = [place for place, stays in zip(going.places, keep, strict=True) if stays]
        return replace(
            load,
            bad=in_order([*load.bad, *bad]),
            failed=merged_failures(load.failed, refused),
            sums=self._sums(kept),
            body=Going(kept, going.origin, left, going.block),
        )

    def _load(self, block: Block, first_row: int) -> Load[Going]:
        batch = block.rows
        mapped = apply_maps(batch, self._plan.columns)
        deleted = _deleted(batch)
        verdict = self._verdict(mapped.batch, mapped.faults, deleted)
        keep = ~verdict.bad
        places = np.flatnonzero(verdict.bad).tolist()
        bad = bad_rows(
            batch.take(pa.array(places, pa.int64())).to_pylist(),
            [first_row + place for place in places],
            [verdict.reasons[place] for place in places],
        )
        bad += _torn(block.torn, first_row + batch.num_rows)
        kept = self._in_order(mapped.batch)
        kept = kept if keep.all() else kept.filter(pa.array(keep))
        failed = dict(verdict.failed)
        for row in block.torn:
            failed[row.code] = failed.get(row.code, 0) + 1
        going = Going(kept, batch, np.flatnonzero(keep).tolist(), block)
        return Load(batch.num_rows + len(block.torn), first_row, bad, failed, self._sums(kept), block.after, going)

    def _verdict(self, batch: pa.RecordBatch, faults: Sequence[Fault], deleted: Bits | None) -> Verdict:
        """Check rows; of deleted ones only the key is known, and only its faults count."""
        if deleted is None or not deleted.any():
            return self._checker.check(batch, faults=faults)
        present = np.flatnonzero(~deleted)
        place = {int(row): number for number, row in enumerate(present)}
        moved = [(place[row], code, text) for row, code, text in faults if row in place]
        found = self._checker.check(batch.take(pa.array(present)), faults=moved)
        bad = np.zeros(batch.num_rows, bool)
        bad[present] = found.bad
        reasons = {int(present[row]): why for row, why in found.reasons.items()}
        failed = dict(found.failed)
        for row, code, text in faults:
            if deleted[row] and code.rpartition(".")[2] in self._key:
                bad[row] = True
                reasons[row] = (*reasons.get(row, ()), (code, text))
                failed[code] = failed.get(code, 0) + 1
        return Verdict(bad, reasons, failed)

    def _in_order(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        names = self._names + [name for name in (OPERATION_COLUMN,) if name in batch.schema.names]
        return batch.select(names)

    def _sums(self, batch: pa.RecordBatch) -> dict[str, str]:
        sums = Sums(counted=self._counted)
        deleted = _deleted(batch)
        rows = batch if deleted is None else batch.filter(pa.array(~deleted))
        sums.add(rows.select(self._names))
        return sums.result()


def _deleted(batch: pa.RecordBatch) -> Bits | None:
    if OPERATION_COLUMN not in batch.schema.names:
        return None
    return np.asarray(pc.equal(batch.column(OPERATION_COLUMN), DELETED).to_numpy(zero_copy_only=False), bool)


def _torn(rows: Sequence[TornRow], first: int) -> list[BadRow]:
    return [
        BadRow(number, {"原文": row.text, "位置": row.place}, ((row.code, row.sentence),))
        for number, row in enumerate(rows, start=first)
    ]


Reference = Callable[[str], pa.Array]
