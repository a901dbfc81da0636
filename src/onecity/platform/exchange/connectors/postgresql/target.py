"""One run's writing into PostgreSQL."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from psycopg import sql

from onecity.platform.exchange.connectors.contract import Landed, WriteRequest
from onecity.platform.exchange.connectors.postgresql.applying import apply_stage
from onecity.platform.exchange.connectors.postgresql.arriving import Load, Piece, arrow_load, binary_load, put
from onecity.platform.exchange.connectors.postgresql.links import link, translated
from onecity.platform.exchange.connectors.postgresql.progress import SCHEMA, Applied, Progress, Step
from onecity.platform.exchange.connectors.postgresql.shapes import Link
from onecity.platform.exchange.connectors.postgresql.stage import Stage, is_logged, made_stage, stage_name
from onecity.platform.exchange.connectors.postgresql.summing import Summed, logical_sums, passing_sums
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Block, Position
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.rules.sums import Sums

_LOCK: Final = "SELECT pg_advisory_lock(hashtextextended(%s, %s))"
T = TypeVar("T")


class PostgresTarget:
    """The stage, its progress, and what becomes of it. as_is: rows come in their source's own binary form.

    changes: rows say whether they were inserted, updated or deleted.
    Landing does not wait for the disk: progress lies in the same transaction, so that a crash takes both or neither,
    and applying waits for everything before it.
    """

    def __init__(self, place: Place, request: WriteRequest, *, as_is: bool = False) -> None:
        self._place, self._request, self._as_is = place, request, as_is
        self._schema = str(place.options.get("schema") or "public")
        self._link: Link | None = None
        self._step = Step()
        self._known: Stage | None = None

    def __enter__(self) -> "PostgresTarget":
        self._link = link(self._place, zone="UTC" if self._as_is else "Asia/Shanghai")
        return self

    def __exit__(self, *_: object) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def prepare(self) -> Landed:
        """Make the stage if there is none; return what has landed before."""
        return self._do(self._prepare)

    def land(self, block: Block) -> None:
        """Put a block on the stage."""
        self._land(block.number, block.after, lambda: arrow_load(block.rows), operations=_has_operations(block))

    def land_as_is(self, pieces: Sequence[Piece], *, number: int, after: Position) -> None:
        """Put rows on the stage that are in binary COPY's form already, cut at the ends of rows."""
        self._land(number, after, lambda: binary_load(pieces), operations=False)

    def apply(self) -> Counts:
        """Make the stage the target's."""
        return self._do(self._apply).counts

    def sums(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the checksums that were taken when the stage was applied."""
        found = self._do(self._applied)
        return {} if found is None else {name: found.sums[name] for name in columns if name in found.sums}

    def discard(self) -> None:
        """Take the stage away."""
        self._do(self._discard)

    def stage(self) -> Stage:
        """Return the stage, made if there is none. Raises: NotUnderstood, Unreachable."""
        return self._do(lambda: self._stage(operations=False))

    @property
    def _open(self) -> Link:
        assert self._link is not None
        return self._link

    @property
    def _progress(self) -> Progress:
        logged = is_logged(self._request.loading)
        return Progress(self._open, run=self._request.run, part=self._request.part, logged=logged)

    def _do(self, work: Callable[[], T]) -> T:
        with translated(), self._open.transaction():
            return work()

    def _summed(self, stage: Stage) -> tuple[Summed, ...]:
        return passing_sums(stage.columns) if self._as_is else logical_sums(self._request.shape.columns)

    def _stage(self, *, operations: bool) -> Stage:
        self._open.execute(_LOCK.replace("advisory_lock", "advisory_xact_lock"), [self._request.run, -1])
        return made_stage(self._open, self._request, schema=self._schema, operations=operations)

    def _prepare(self) -> Landed:
        self._open.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [SCHEMA])
        self._progress.make_tables()
        self._open.execute(_LOCK, [self._request.run, self._request.part])
        applied = self._progress.applied()
        self._step = self._progress.step()
        if applied is None:
            return Landed(self._step.block, self._step.after)
        return Landed(self._step.block, applied.after.get(str(self._request.part)), applied=True, counts=applied.counts)

    def _land(self, number: int, after: Position, load: Callable[[], Load], *, operations: bool) -> None:
        if number <= self._step.block:
            return
        made = load()

        def work() -> tuple[Step, Stage]:
            self._open.execute("SET LOCAL synchronous_commit = off")
            stage = self._known or self._stage(operations=operations)
            step = put(
                self._open,
                stage,
                made,
                last_wins=self._summed(stage) if self._request.last_wins else None,
                step=self._step,
            )
            noted = replace(step, block=number, after=after)
            self._progress.note(noted)
            return noted, stage

        self._step, self._known = self._do(work)

    def _apply(self) -> Applied:
        before = self._progress.applied()
        if before is not None:
            return before
        stage = self._stage(operations=False)
        sums = Sums()
        summed = self._summed(stage)
        counts = apply_stage(self._open, stage, self._request, schema=self._schema, summed=summed, sums=sums)
        replaced = 0
        for step in self._progress.superseded():
            sums.add_results(step.superseded)
            replaced += step.rows
        counts = replace(counts, updated=counts.updated + replaced)
        counts = replace(counts, landed=counts.inserted + counts.updated + counts.unchanged)
        applied = Applied(counts, sums.result(), self._progress.every_after())
        self._progress.note_applied(applied)
        return applied

    def _applied(self) -> Applied | None:
        return self._progress.applied()

    def _discard(self) -> None:
        name = sql.Identifier(SCHEMA, stage_name(self._request.run))
        self._open.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        self._progress.forget()
        self._step, self._known = Step(), None


def _has_operations(block: Block) -> bool:
    return OPERATION_COLUMN in block.rows.schema.names
