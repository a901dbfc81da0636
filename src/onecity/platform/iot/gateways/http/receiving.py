"""What a web process needs to store readings: a writer, what is known of devices, and a reporter."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.contracts import Message, Outcome, Receipt
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.reporting import Reported, Reporter
from onecity.platform.iot.rules import quality
from onecity.platform.iot.services.changes import ChangeListener
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.presence import Presence
from onecity.platform.iot.services.store import GroupWriter, Submission

PATIENCE_S: Final = 20.0
MOST_WAITING: Final = 100_000
_FAULTY: Final = frozenset(quality.code(letter) for letter in quality.FAULTY)
Take = Callable[[Directory, Collected], None]
"""Puts a request's readings and refusals into what is collected; in the writer's thread, with the database at hand."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request's readings. reason: why the request was refused and quarantined; "" if it was not."""

    stored: int
    repeated: int
    quarantined: int
    reason: str = ""


class Receiver:
    """Commits what requests bring, in groups."""

    def __init__(self) -> None:
        self._counters, self._presence, self._directory = Counters(), Presence(), Directory()
        self._writer = GroupWriter("http-writer", most_waiting=MOST_WAITING)
        self._listener = ChangeListener(self._directory.forget)
        self._reporter = Reporter(
            [Reported("http", "", self._counters)], presence=self._presence, errands=[self._count_waiting]
        )
        for thread in (self._writer, self._listener, self._reporter):
            thread.start()

    async def receive(self, take: Take, *, messages: Sequence[Message]) -> Taken:
        """Store a request's readings; when this returns they are durable. messages: one for each device,
        to which the readings' origins point.

        Raises: Unavailable if the database is behind or away; what was sent may be sent again.
        """
        if self._writer.full:
            self._counters.held_back += 1
            raise Unavailable
        collected = Collected()

        def prepare(mine: Submission) -> None:
            collected.cut(0)
            collected.refusals.clear()
            take(self._directory, collected)
            mine.batches.append(collected.batch(lambda origin: messages[origin]))
            mine.refusals += collected.refusals

        self._counters.messages += 1
        submission = Submission(prepare=prepare)
        future = asyncio.wrap_future(self._writer.submit(submission))
        try:
            async with asyncio.timeout(PATIENCE_S):
                receipts = await future
        except TimeoutError:
            raise Unavailable from None
        self._note(collected, [message.device_key for message in messages])
        self._counters.count(receipts, refusals=len(submission.refusals))
        self._counters.answered += 1
        return _taken(receipts, collected)

    def stop(self) -> None:
        """Commit what waits, and end."""
        self._writer.stop()
        self._listener.stop()
        self._reporter.stop()

    def _note(self, collected: Collected, keys: list[str]) -> None:
        for key in keys:
            entry = self._directory.known(key)
            if entry is not None and not entry.retired and not collected.refusals:
                self._presence.note(entry.id, entry.silent_after_s)
                if len(keys) == 1 and not _FAULTY.isdisjoint(collected.quality):
                    self._presence.note_faulty([entry.id])

    def _count_waiting(self) -> None:
        self._counters.waiting, self._counters.commits = self._writer.waiting, self._writer.commits


_turn = threading.Lock()
_receivers: list[Receiver] = []


def receiver() -> Receiver:
    """Return this process's receiver, made when the first readings come."""
    with _turn:
        if not _receivers:
            _receivers.append(Receiver())
        return _receivers[0]


async def stop_receiver() -> None:
    """End this process's receiver, if there is one."""
    with _turn:
        stopping, _receivers[:] = list(_receivers), []
    for item in stopping:
        await asyncio.to_thread(item.stop)


def _taken(receipts: list[Receipt], collected: Collected) -> Taken:
    stored = sum(receipt.count(Outcome.STORED) for receipt in receipts)
    repeated = sum(receipt.count(Outcome.REPEATED) for receipt in receipts)
    total = sum(len(receipt.outcome) for receipt in receipts)
    reason = collected.refusals[0].reason if collected.refusals else ""
    return Taken(stored, repeated, total - stored - repeated, reason)
