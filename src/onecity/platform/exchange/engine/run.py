"""Carries out a plan: reads, holds the limits, maps, checks, lands, applies and reconciles, exactly once."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.connectors import registry
from onecity.platform.exchange.connectors.contract import BeginAgain, Connector, NotUnderstood, Settles, Unreachable
from onecity.platform.exchange.contracts.blocks import Position, Reading
from onecity.platform.exchange.contracts.outcomes import Counts, Outcome
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.engine.carrying import Carried, Carrying, Ends
from onecity.platform.exchange.engine.errors import ThresholdExceeded
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.engine.limiting import read_request, write_request
from onecity.platform.exchange.engine.listening import Listening
from onecity.platform.exchange.engine.tally import Tally

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0, 60.0, 60.0)
"""How long a run waits for the other side before it tries again; after the last it gives up."""
_NAP_S: Final = 1.0


def run(
    plan: Plan,
    *,
    run: str,
    journal: Journal,
    since: Position | None = None,
    connectors: Callable[[str], Connector] = registry.connector,
    pauses_s: Sequence[float] = PAUSES_S,
) -> Outcome:
    """Carry out a plan, or go on with it where a run of this name was broken off.

    run: names the run for ever; the same name goes on, and once applied it gives the same outcome again.
    since: where an incremental run begins, None for everything.
    Raises: ThresholdExceeded, with the target as it was; BeyondGrant; NotUnderstood; Unreachable after the last pause;
    whatever the journal raises to stop the run. The stage goes, unless going on with the run may still help.
    """
    task = _Task(plan, run, Listening(journal), since, connectors)
    left, blocks = list(pauses_s), 0
    while True:
        try:
            return task.attempt()
        except BeginAgain:
            task.begin_again()
        except Unreachable:
            if task.blocks > blocks:
                left, blocks = list(pauses_s), task.blocks
            if not left:
                raise
            task.wait(left.pop(0))


def release(plan: Plan, *, connectors: Callable[[str], Connector] = registry.connector) -> None:
    """Let the source of a flow that is over keep nothing for it any more (its replication slot).

    Raises: Unreachable; NotUnderstood.
    """
    source = connectors(plan.source.kind)
    if isinstance(source, Settles):
        source.release(plan.source, read_request(plan, reader=_reader(plan)))


@dataclass(slots=True)
class _Task:
    """One run and what it has reached."""

    plan: Plan
    name: str
    journal: Listening
    since: Position | None
    connectors: Callable[[str], Connector]
    carrying: Carrying | None = None

    @property
    def blocks(self) -> int:
        """How many blocks have landed."""
        return 0 if self.carrying is None else self.carrying.blocks

    def attempt(self) -> Outcome:
        """Go on to the end. Raises: as `run`; Unreachable and BeginAgain at once."""
        self.carrying = Carrying(self._ends(), self.journal, since=self.since)
        try:
            carried = self.carrying.carry()
            self._hold_threshold(carried.tally)
            return self._finish(carried)
        except (Unreachable, BeginAgain):
            raise
        except OneCityError:
            self.discard()
            raise
        finally:
            if self.journal.stopped:
                self.discard()

    def begin_again(self) -> None:
        """Let the stage go. Raises: NotUnderstood if that has not helped before."""
        if not self.blocks:
            raise NotUnderstood(params={"reason": "来源不能从上次的位置继续读取"})
        self.discard()

    def discard(self) -> None:
        """Let the stage go, if the target can be reached."""
        if self.carrying is None:
            return
        with suppress(Unreachable), self.carrying.target() as target:
            target.prepare()
            target.discard()

    def wait(self, seconds: float) -> None:
        """Wait, unless somebody stops the run. Raises: what the journal raises."""
        end = time.monotonic() + seconds
        total = Tally() if self.carrying is None else self.carrying.total
        try:
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(left, _NAP_S))
                self.journal.progress(total.counts, total.blocks)
        finally:
            if self.journal.stopped:
                self.discard()

    def _ends(self) -> Ends:
        plan = self.plan
        source, target = self.connectors(plan.source.kind), self.connectors(plan.target.kind)
        request = read_request(plan, reader=_reader(plan))
        writing = write_request(plan, run=self.name, last_wins=plan.reading is not Reading.FULL)
        return Ends(plan, source, target, request, writing)

    def _hold_threshold(self, tally: Tally) -> None:
        self.journal.measured(dict(tally.failed))
        limit = self.plan.threshold
        over_rows = limit.rows is not None and tally.refused > limit.rows
        over_share = limit.share is not None and tally.refused > limit.share * tally.read
        if over_rows or over_share:
            raise ThresholdExceeded(params={"read": tally.read, "refused": tally.refused})

    def _finish(self, carried: Carried) -> Outcome:
        """Apply, reconcile, let the source know, tidy up. Every step may be repeated."""
        with carried.open_target() as target:
            target.prepare()
            counts = target.apply()
            sums = target.sums(list(carried.tally.sums))
            ends = self._ends()
            if isinstance(ends.source, Settles) and carried.position is not None:
                ends.source.settle(self.plan.source, ends.request, position=carried.position)
            target.discard()
        return self._outcome(carried, counts, sums)

    def _outcome(self, carried: Carried, applied: Counts, sums: dict[str, str]) -> Outcome:
        tally = carried.tally
        put = applied.inserted + applied.updated + applied.unchanged
        put += applied.deleted if self.plan.reading is Reading.CHANGES else 0
        landed = tally.read - tally.refused
        alike = put == landed and (not landed or all(sums.get(name) == text for name, text in tally.sums.items()))
        return Outcome(
            counts=replace(applied, read=tally.read, landed=landed, refused=tally.refused),
            reconciled=alike,
            source_sums=tally.sums,
            target_sums=sums,
            failed_checks=tally.failed,
            position=None if self.plan.reading is Reading.FULL else carried.position,
            blocks=tally.blocks,
        )


def _reader(plan: Plan) -> str:
    """Return a name for the flow to its source, the same in every run of it."""
    parts = [plan.source_table, plan.target.kind, dict(plan.target.options), plan.target_shape.name]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
