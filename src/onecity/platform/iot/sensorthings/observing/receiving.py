"""Takes observations of a web process to the store's one writer, and tells what became of each."""

import asyncio
from collections.abc import Sequence
from typing import Final

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.contracts import Outcome, Receipt
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.reporting import Reported, Reporter
from onecity.platform.iot.sensorthings.observing.drafts import Draft
from onecity.platform.iot.sensorthings.observing.keeping import batch_of, choose_keys, keep_companions
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter, Submission

PATIENCE_S: Final = 30.0
ROOM_S: Final = 10.0
MOST_WAITING: Final = 200_000
GROUP_S: Final = 0.005
"""Clients wait for each answer before they send again, so groups are closed sooner than those of gateways."""
SILENT_AFTER_S: Final = 7200
ATTEMPTS: Final = 4
Outcomes = dict[int, Outcome]


class Observer:
    """Stores drafts in groups with what others send; when `store` returns, they are durable."""

    def __init__(self) -> None:
        self._counters, self._presence = Counters(), Presence()
        self._writer = GroupWriter("sensorthings-writer", group_s=GROUP_S, most_waiting=MOST_WAITING)
        reported = Reported("sta", "SensorThings", self._counters)
        self._reporter = Reporter([reported], presence=self._presence, errands=[self._count])
        self._writer.start()
        self._reporter.start()

    async def store(self, drafts: Sequence[Draft], *, things: Sequence[int]) -> list[Outcome]:
        """Store drafts, keys and ids chosen; return what became of each, in order.

        A client's second observation of an instant is one of its own; of a city device the same value is a repetition
        and another one is refused. things: whose observations they are.
        Raises: Unavailable if the database is behind or away.
        """
        await self._room()
        found: list[Outcome | None] = [None] * len(drafts)
        waiting = list(range(len(drafts)))
        for attempt in range(ATTEMPTS):
            outcomes = await self._submitted([drafts[place] for place in waiting], careful=attempt > 0)
            for place, outcome in zip(waiting, outcomes, strict=True):
                found[place] = outcome
            waiting = [place for place in waiting if found[place] != Outcome.STORED and drafts[place].open_clock]
            if not waiting:
                break
        for number in things:
            self._presence.note(number, SILENT_AFTER_S)
        return [Outcome.CONFLICTING if outcome is None else outcome for outcome in found]

    def stop(self) -> None:
        """Commit what waits, and end."""
        self._writer.stop()
        self._reporter.stop()

    async def _room(self) -> None:
        """Wait while too much waits to be written: who sends too fast is slowed down before he is refused."""
        if not self._writer.full:
            return
        self._counters.held_back += 1
        try:
            async with asyncio.timeout(ROOM_S):
                while self._writer.full:
                    await asyncio.sleep(GROUP_S)
        except TimeoutError:
            raise Unavailable from None

    async def _submitted(self, drafts: Sequence[Draft], *, careful: bool) -> list[Outcome]:
        """Store drafts once. careful: their keys are looked for in the database first.

        Drafts with companions always go carefully: a companion must not come to stand beside another's number.
        """
        plain = [draft for draft in drafts if draft.plain and not careful]
        others = [draft for draft in drafts if not draft.plain or careful]
        for draft in plain:
            draft.at = draft.begins
        submission = Submission()
        groups = [*_groups(plain)]
        submission.batches += [batch_of(group, open_clock=group[0].open_clock) for group in groups]
        if others:
            later = _groups(others)
            groups += later
            submission.prepare = lambda mine: _prepare(mine, later)
        self._counters.messages += 1
        receipts = await self._committed(submission)
        self._counters.count(receipts, refusals=0)
        self._counters.answered += 1
        by_draft: Outcomes = {}
        for group, receipt in zip(groups, receipts, strict=True):
            told = zip(group, receipt.outcome.tolist(), strict=True)
            by_draft.update((id(draft), Outcome(value)) for draft, value in told)
        return [by_draft[id(draft)] for draft in drafts]

    async def _committed(self, submission: Submission) -> list[Receipt]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.wrap_future(self._writer.submit(submission))
        except TimeoutError:
            raise Unavailable from None

    def _count(self) -> None:
        self._counters.waiting, self._counters.commits = self._writer.waiting, self._writer.commits


def _groups(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """Part those whose times are open from the others."""
    parts = [[draft for draft in drafts if draft.open_clock is is_open] for is_open in (True, False)]
    return [part for part in parts if part]


def _prepare(mine: Submission, groups: Sequence[Sequence[Draft]]) -> None:
    """Choose keys in the writer's thread, just before it writes."""
    every = [draft for group in groups for draft in group]
    choose_keys([draft for draft in every if draft.open_clock])
    for draft in every:
        if not draft.open_clock:
            draft.at = draft.begins
    mine.batches += [batch_of(group, open_clock=group[0].open_clock) for group in groups]
    mine.also.append(lambda: keep_companions(every))
