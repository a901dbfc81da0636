"""Brings a plan's rows to the stage: chooses the way, goes on where the run was broken off, runs the parts."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

import pyarrow as pa

from onecity.platform.exchange.connectors.contract import (
    BeginAgain,
    Connector,
    Landed,
    Passage,
    PassesOn,
    Splits,
    Target,
    WriteRequest,
)
from onecity.platform.exchange.contracts.blocks import Position, Reading, ReadRequest
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.engine.arrow_lane import ArrowLane
from onecity.platform.exchange.engine.desk import Desk, Stopped, answer_with
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.engine.lanes import Lane
from onecity.platform.exchange.engine.pace import Pace
from onecity.platform.exchange.engine.part import Course, Part
from onecity.platform.exchange.engine.passing_lane import PassingLane
from onecity.platform.exchange.engine.tally import Mark, Tally, unpacked
from onecity.platform.exchange.rules.checking import Checker


@dataclass(frozen=True, slots=True)
class Ends:
    """Source and target of a run, and what is asked of them."""

    plan: Plan
    source: Connector
    target: Connector
    request: ReadRequest
    writing: WriteRequest


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows on the stage, or the target's already. position: of the source after the last of them."""

    tally: Tally
    position: Position | None
    open_target: Callable[[], Target]


class Carrying:
    """One attempt at bringing everything to the stage."""

    def __init__(self, ends: Ends, journal: Journal, *, since: Position | None) -> None:
        self._ends, self._journal, self._since = ends, journal, since
        self._desk = Desk()
        self._tallies: dict[int, Tally] = {}
        self._passage = _passage(ends)

    @property
    def blocks(self) -> int:
        """How many blocks have landed, before this attempt and in it."""
        return sum(tally.blocks for tally in self._tallies.values())

    def carry(self) -> Carried:
        """Land what has not landed yet. Raises: as connectors do; what the journal raises to stop the run."""
        found = [self._landed(part) for part in range(self._most_parts())]
        marks = [None if one.after is None else unpacked(one.after) for one in found]
        if not found[0].applied and any(mark is not None and mark.way != self._way for mark in marks):
            raise BeginAgain
        bounds = self._bounds(marks)
        begun = [mark or Mark(self._since, Tally(), self._way) for mark in marks[: len(bounds) + 1]]
        self._tallies = {number: mark.tally for number, mark in enumerate(begun)}
        if not found[0].applied:
            begun = self._carry_parts(begun, bounds)
        return Carried(self.total, begun[-1].at, self.target)

    def target(self) -> Target:
        """Return the writing of part 0, which applies and discards for all."""
        return self._lane(0).target(self._ends.writing)

    @property
    def total(self) -> Tally:
        """What all parts have done so far."""
        found = Tally()
        for tally in self._tallies.values():
            found = found.plus(tally)
        return found

    @property
    def _way(self) -> str:
        return ArrowLane.name if self._passage is None else PassingLane.name

    def _most_parts(self) -> int:
        plan, ends = self._ends.plan, self._ends
        splits = isinstance(ends.source, Splits) and isinstance(ends.target, Splits)
        return max(plan.parts, 1) if splits and plan.reading is Reading.FULL else 1

    def _landed(self, part: int) -> Landed:
        target = self._lane(part).target(replace(self._ends.writing, part=part))
        with target:
            return target.prepare()

    def _bounds(self, marks: list[Mark | None]) -> tuple[str | int, ...]:
        for mark in marks:
            if mark is not None:
                return tuple(mark.bounds)
        parts = self._most_parts()
        if parts == 1 or not isinstance(self._ends.source, Splits):
            return ()
        return tuple(self._ends.source.bounds(self._ends.plan.source, self._ends.request, parts=parts))

    def _lane(self, part: int) -> Lane[Any]:
        ends = self._ends

        def reference(name: str) -> pa.Array:
            return self._desk.ask(lambda: self._journal.reference(name))

        checker = Checker(ends.plan.checks, shape=ends.writing.shape, reference=reference)
        if self._passage is None:
            return ArrowLane(ends.plan, ends.writing, source=ends.source, target=ends.target, checker=checker)
        return PassingLane(self._passage, sources=paired(ends).columns, checker=checker, reference=reference)

    def _carry_parts(self, begun: list[Mark], bounds: tuple[str | int, ...]) -> list[Mark]:
        pace = Pace(self._ends.plan.rows_per_second, check=self._desk.check)
        course = Course(self._journal, self._desk, pace, bounds, self._tell)
        working = [self._begin(self._part(number, mark, course)) for number, mark in enumerate(begun)]
        answers = [answer for answer, _ in working]
        try:
            self._desk.serve(lambda: all(one.done() for one in answers) or _failed(answers), look_round=self._report)
        finally:
            self._desk.close()
            for _, thread in working:
                thread.join()
        for error in [one.exception() for one in answers]:
            if error is not None and not isinstance(error, Stopped):
                raise error
        return [one.result() for one in answers]

    def _part(self, number: int, mark: Mark, course: Course) -> Part[Any]:
        request = self._ends.request if self._passage is None else paired(self._ends)
        if course.bounds:
            ends = (None, *course.bounds, None)
            request = replace(request, key_from=ends[number], key_to=ends[number + 1])
        writing = replace(self._ends.writing, part=number)
        return Part(number, course, self._lane(number), request, writing, mark)

    def _begin(self, part: Part[Any]) -> tuple[Future[Mark], Thread]:
        answer: Future[Mark] = Future()

        def work() -> None:
            answer_with(part.carry, answer)
            self._desk.wake()

        thread = Thread(target=work, name=f"part-{part.number}", daemon=True)
        thread.start()
        return answer, thread

    def _tell(self, part: int, tally: Tally) -> None:
        self._tallies[part] = tally
        self._desk.wake()

    def _report(self) -> None:
        total = self.total
        self._journal.progress(total.counts, total.blocks)


def paired(ends: Ends) -> ReadRequest:
    """Return the request with one source column for each column of the target, in the target's order."""
    sources = {item.target: item.source for item in ends.plan.columns}
    names = tuple(sources.get(column.name, column.name) for column in ends.writing.shape.columns)
    return replace(ends.request, columns=names)


def _passage(ends: Ends) -> Passage | None:
    """Return the way on which rows pass as they are, where the plan changes no value."""
    plan = ends.plan
    same = ends.source is ends.target and isinstance(ends.source, PassesOn)
    plain = all(item.source and not item.expression and not item.codes for item in plan.columns)
    if not same or not plain or plan.limits.masks or plan.reading is Reading.CHANGES:
        return None
    assert isinstance(ends.source, PassesOn)
    return ends.source.passage(plan.source, paired(ends), target=plan.target, writing=ends.writing)


def _failed(answers: list[Future[Mark]]) -> bool:
    return any(one.done() and one.exception() is not None for one in answers)
