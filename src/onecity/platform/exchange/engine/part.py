"""Carries one key range of a run: reads ahead while the block before is landing."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from onecity.platform.exchange.connectors.contract import RowsRefused, StaysInThread, Target, WriteRequest
from onecity.platform.exchange.contracts.blocks import ReadRequest
from onecity.platform.exchange.engine.desk import Desk, Hands
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.engine.lanes import Lane, Load
from onecity.platform.exchange.engine.pace import Pace
from onecity.platform.exchange.engine.tally import Mark, Tally

B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Course:
    """What all parts of a run share. tell: hears of a part's tally whenever a block has been sent on."""

    journal: Journal
    desk: Desk
    pace: Pace
    bounds: tuple[str | int, ...]
    tell: Callable[[int, Tally], None]


@dataclass(slots=True)
class Part(Generic[B]):
    """One key range. mark: what landed before."""

    number: int
    course: Course
    lane: Lane[B]
    request: ReadRequest
    writing: WriteRequest
    mark: Mark

    def carry(self) -> Mark:
        """Read what has not landed yet, and land it; return the mark after it. Raises: as connectors do; Stopped."""
        target = self.lane.target(self.writing)
        with Hands(self.course.desk if isinstance(target, StaysInThread) else None) as hands:
            hands.do(target.__enter__)
            try:
                hands.do(target.prepare)
                return self._carry(target, hands)
            finally:
                hands.do(lambda: target.__exit__(None, None, None))

    def _carry(self, target: Target, hands: Hands) -> Mark:
        landing = _Landing(self, target, hands, self.mark)
        request = replace(self.request, since=self.mark.at)
        with closing(self.lane.loads(request, first_row=self.mark.tally.read + 1)) as loads:
            for load in loads:
                self.course.desk.check()
                if load.bad:
                    self.refuse(load, landing.mark.tally.blocks + 1 + landing.under_way)
                landing.settle()
                landing.begin(load)
                self.course.pace.take(load.read)
        landing.settle()
        return landing.mark

    def refuse(self, load: Load[B], block: int) -> None:
        """Tell the journal what of a block is refused. Blocks of several parts are numbered in turn."""
        number = (block - 1) * (len(self.course.bounds) + 1) + self.number + 1
        self.course.desk.ask(lambda: self.course.journal.refused(number, load.bad))


class _Landing(Generic[B]):
    """The block that is on its way to the stage. mark: after the last that is there."""

    def __init__(self, part: Part[B], target: Target, hands: Hands, mark: Mark) -> None:
        self._part, self._target, self._hands, self.mark = part, target, hands, mark
        self._load: Load[B] | None = None
        self._answer: Future[None] | None = None

    @property
    def under_way(self) -> int:
        """How many blocks are on their way."""
        return 0 if self._load is None else 1

    def begin(self, load: Load[B]) -> None:
        """Send a block on."""
        self._load = load
        lane, number, after = self._part.lane, self.mark.tally.blocks + 1, self._after(load).packed()
        self._answer = self._hands.begin(lambda: lane.land(self._target, load, number=number, after=after))

    def settle(self) -> None:
        """Wait until it has landed; rows that the target does not take are refused and the rest is sent again."""
        while self._load is not None and self._answer is not None:
            try:
                self._answer.result()
            except RowsRefused as refusal:
                load = self._part.lane.without(self._load, refusal.rows)
                self._part.refuse(load, self.mark.tally.blocks + 1)
                self.begin(load)
                continue
            self.mark = self._after(self._load)
            self._part.lane.landed(self._load)
            self._load = self._answer = None
            self._part.course.tell(self._part.number, self.mark.tally)

    def _after(self, load: Load[B]) -> Mark:
        tally = Tally(load.read, len(load.bad), 1, load.failed, load.sums)
        return Mark(load.after, self.mark.tally.plus(tally), self._part.lane.name, self._part.course.bounds)
