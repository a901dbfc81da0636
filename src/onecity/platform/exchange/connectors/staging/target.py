"""One run's writing into a database: stage, progress, apply; each step may be repeated with the same effect."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Self

import pyarrow as pa

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.conditions import Dialect
from onecity.platform.exchange.connectors.contract import Landed, NotUnderstood, RowsRefused, WriteRequest
from onecity.platform.exchange.connectors.staging.bisecting import Refusal, refused_rows
from onecity.platform.exchange.connectors.staging.link import Link, keeps_operations
from onecity.platform.exchange.connectors.staging.merging import Merge
from onecity.platform.exchange.connectors.staging.progress import (
    APPLIED,
    LANDING,
    SWAPPING,
    Progress,
    ProgressTable,
    moved,
)
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Block, Loading
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.rules.sums import Sums

_OPERATION: Final = ColumnShape(OPERATION_COLUMN, LogicalType.TEXT, nullable=False, length=1)


class SqlTarget:
    """Stage and target in one database.

    The stage is a table named after the run. A block and its progress land in one transaction. A merge, an append, and
    a swap that renames nothing are one transaction with the progress, too. Where the stage becomes the target by
    renaming (which ends any transaction), the progress says so beforehand, and a stage that is gone says it was done.
    """

    def __init__(self, request: WriteRequest, *, dialect: Dialect, connect: Callable[[], Link]) -> None:
        self._request, self._dialect, self._connect = request, dialect, connect
        self._stage = "onecity_stage_" + hashlib.sha256(request.run.encode()).hexdigest()[:20]

    def __enter__(self) -> Self:
        self._link = self._connect()
        self._table = ProgressTable(self._link, self._dialect, self._request.run)
        self._progress = Progress()
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def prepare(self) -> Landed:
        """Make the stage if there is none; return what has landed. Raises: NotUnderstood, Unreachable."""
        self._table.ensure()
        known = self._table.get()
        if known is not None and known.state == LANDING and self._link.shape(self._stage) is None:
            known = None  # somebody took the stage away: begin again
        self._progress = known or self._begin()
        return Landed(
            block=self._progress.block,
            after=self._progress.after,
            applied=self._progress.state == APPLIED,
            counts=self._progress.counts,
        )

    def land(self, block: Block) -> None:
        """Land a block with its progress in one transaction. Raises: RowsRefused; NotUnderstood, Unreachable."""
        if block.number <= self._progress.block:
            return
        rows = self._staged(block.rows)
        self._link.begin()
        refused = refused_rows(rows.num_rows, attempt=lambda first, end: self._insert(rows.slice(first, end - first)))
        if refused:
            self._link.rollback()
            raise RowsRefused(refused)
        progress = self._table.put(moved(self._progress, block=block.number, after=block.after, rows=rows.num_rows))
        self._link.commit()
        self._progress = progress

    def apply(self) -> Counts:
        """Make the stage the target; when that is done already, return the same counts."""
        if self._progress.state == APPLIED:
            return self._progress.counts
        if self._progress.renamed:
            return self._apply_by_rename()
        if self._link.shape(self._request.shape.name) is None:
            self._link.create(self._request.shape.name, self._request.shape)
        self._link.begin()
        counts = self._merge().carry_out(self._link, self._request.loading)
        progress = self._table.put(replace(self._progress, state=APPLIED, counts=counts))
        self._link.commit()
        self._progress = progress
        return counts

    def sums(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the checksums over the rows that this run put in, read from the target by key; rows that were appended
        without a key are read from the stage, from which one statement copied them."""
        wanted = [column for column in self._request.shape.columns if column.name in columns]
        sums = Sums(counted=[column.name for column in wanted if column.type is LogicalType.JSON])
        for batch in self._link.read(self._merge().own_rows(self._request.loading), wanted):
            sums.add(batch)
        return sums.result()

    def discard(self) -> None:
        """Take the stage away; what was applied stays, and is remembered."""
        self._table.ensure()
        self._link.run(f"DROP TABLE IF EXISTS {self._dialect.name(self._stage)}")
        if self._progress.state != APPLIED:
            self._table.remove()

    def _begin(self) -> Progress:
        request, stage = self._request, self._stage
        if request.loading not in {Loading.SWAP, Loading.APPEND} and not request.shape.key:
            raise NotUnderstood(
                zh("没有主键的表“{table}”不能合并，只能替换或追加"), params={"table": request.shape.name}
            )
        self._link.run(f"DROP TABLE IF EXISTS {self._dialect.name(stage)}")
        existing = self._existing()
        renamed = request.loading is Loading.SWAP and self._link.stage_for_swap(stage, shape=request.shape)
        if not renamed:
            self._make_stage(existing)
        self._link.begin()
        progress = self._table.put(Progress(renamed=renamed))
        self._link.commit()
        return progress

    def _existing(self) -> TableShape | None:
        """Return the target's shape if it is there. Raises: NotUnderstood if it lacks a column."""
        existing = self._link.shape(self._request.shape.name)
        if existing is not None:
            there = {column.name for column in existing.columns}
            for column in self._request.shape.columns:
                if column.name not in there:
                    names = {"table": existing.name, "column": column.name}
                    raise NotUnderstood(zh("目标表“{table}”没有字段“{column}”"), params=names)
        return existing

    def _make_stage(self, existing: TableShape | None) -> None:
        shape, name = self._request.shape, self._dialect.name
        operation = (_OPERATION,) if keeps_operations(self._request.loading) else ()
        if existing is None:
            self._link.create(self._stage, replace(shape, columns=(*shape.columns, *operation)))
            return
        self._link.copy_columns(self._stage, of=existing, names=[column.name for column in shape.columns])
        stage = name(self._stage)
        if operation:
            self._link.run(f"ALTER TABLE {stage} ADD COLUMN {name(OPERATION_COLUMN)} VARCHAR(1) NOT NULL DEFAULT 'U'")
        if shape.key:
            key = self._dialect.names(shape.key)
            self._link.run(f"CREATE UNIQUE INDEX {name(self._stage + '_key')} ON {stage} ({key})")

    def _staged(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows with exactly the stage's columns."""
        names = [column.name for column in self._request.shape.columns]
        missing = [name for name in names if name not in rows.schema.names]
        if missing:
            raise NotUnderstood(zh("数据块缺少字段“{column}”"), params={"column": missing[0]})
        staged = rows.select(names)
        if not keeps_operations(self._request.loading):
            return staged
        if OPERATION_COLUMN in rows.schema.names:
            operations = rows.column(OPERATION_COLUMN)
        else:
            operations = pa.repeat("U", rows.num_rows)
        return staged.append_column(OPERATION_COLUMN, operations)

    def _insert(self, rows: pa.RecordBatch) -> Refusal | None:
        return self._link.insert(self._stage, rows, replace=self._request.last_wins)

    def _merge(self) -> Merge:
        return Merge(self._dialect, stage=self._stage, shape=self._request.shape)

    def _apply_by_rename(self) -> Counts:
        counts = self._progress.counts
        done = replace(counts, inserted=counts.landed)
        if self._progress.state == LANDING:
            if self._request.last_wins:
                [[rows]] = self._link.rows(f"SELECT count(*) FROM {self._dialect.name(self._stage)}")
                done = replace(done, landed=int(rows or 0), inserted=int(rows or 0))
            self._remember(replace(self._progress, state=SWAPPING, counts=done))
        self._link.swap(stage=self._stage, target=self._request.shape.name)
        self._remember(replace(self._progress, state=APPLIED))
        return self._progress.counts

    def _remember(self, progress: Progress) -> None:
        self._link.begin()
        self._progress = self._table.put(progress)
        self._link.commit()
