"""A thread that commits what many senders bring, in groups, and tells each when its own is durable.

Bounded: `full` says when senders should be held back. While the database is away everything waits here, unacknowledged,
and is tried again; what fails for another reason is tried alone, so that one bad batch cannot stop the others.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError, Unavailable
from onecity.platform.iot.contracts import Batch, Receipt, Refusal
from onecity.platform.iot.services.store.recording import Store

logger = logging.getLogger(__name__)
GROUP_SECONDS: Final = 0.02
MOST_ROWS_A_COMMIT: Final = 60_000
MOST_WAITING: Final = 400_000
_AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


@dataclass(slots=True)
class Submission:
    """Something to be made durable; `done` completes after its commit, with a receipt for each batch.

    prepare: run by the writer just before, with the database at hand, to settle what could not be settled without it;
    it adds to the rest, and begins anew if the database fails it. also: run inside the transaction. messages: how many
    messages of devices this stands for.
    """

    batches: list[Batch] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    prepare: "Callable[[Submission], None] | None" = None
    also: list[Callable[[], None]] = field(default_factory=list)
    messages: int = 1
    done: "Future[list[Receipt]]" = field(default_factory=Future)

    @property
    def weight(self) -> int:
        """How much it adds to what waits."""
        return sum(map(len, self.batches)) + self.messages


class GroupWriter(threading.Thread):
    """Takes submissions from any thread and completes their futures from its own."""

    def __init__(
        self, name: str = "writer", *, group_s: float = GROUP_SECONDS, most_waiting: int = MOST_WAITING
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._group_s = group_s
        self._most_waiting = most_waiting
        self._queue: deque[tuple[Submission, int]] = deque()
        self._waiting = 0
        self._changed = threading.Condition()
        self._stopping = False
        self.away_since: float | None = None
        self.commits = 0

    @property
    def waiting(self) -> int:
        """Readings and messages that are not durable yet."""
        return self._waiting

    @property
    def stopping(self) -> bool:
        """Say whether it was asked to stop."""
        return self._stopping

    @property
    def full(self) -> bool:
        """Say whether senders should wait."""
        return self._waiting >= self._most_waiting

    def submit(self, submission: Submission) -> "Future[list[Receipt]]":
        """Queue something; the future completes after its commit."""
        with self._changed:
            self._queue.append((submission, submission.weight))
            self._waiting += submission.weight
            self._changed.notify()
        return submission.done

    def stop(self, *, timeout: float = 10.0) -> None:
        """Commit what waits, if the database lets it, and end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self.join(timeout)

    def run(self) -> None:
        """Commit groups until asked to stop."""
        store = Store()
        while taken := self._next_group():
            self._commit(store, [item for item, _ in taken])
            with self._changed:
                self._waiting -= sum(weight for _, weight in taken)
        connection.close()

    def _next_group(self) -> list[tuple[Submission, int]]:
        with self._changed:
            while not self._queue and not self._stopping:
                self._changed.wait()
            if not self._stopping and self._waiting < MOST_ROWS_A_COMMIT:
                self._changed.wait_for(self._is_urgent, self._group_s)
            group: list[tuple[Submission, int]] = []
            rows = 0
            while self._queue and rows < MOST_ROWS_A_COMMIT:
                group.append(self._queue.popleft())
                rows += group[-1][1]
            return group

    def _is_urgent(self) -> bool:
        return self._stopping or self._waiting >= MOST_ROWS_A_COMMIT

    def _commit(self, store: Store, group: Sequence[Submission]) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                receipts = _record(store, group)
            except _AWAY as error:
                self._wait_for_database(error, pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                if self._stopping:
                    _fail(group, Unavailable())
                    return
            except (DatabaseError, psycopg.Error, OneCityError) as error:
                self._commit_singly(store, group, error)
                return
            else:
                self.commits += 1
                self.away_since = None
                for item, own in zip(group, receipts, strict=True):
                    item.done.set_result(own)
                return

    def _commit_singly(self, store: Store, group: Sequence[Submission], error: Exception) -> None:
        if len(group) == 1:
            logger.error("a batch cannot be recorded", exc_info=error)
            _fail(group, error)
            return
        for item in group:
            self._commit(store, [item])

    def _wait_for_database(self, error: Exception, pause: float) -> None:
        if self.away_since is None:
            self.away_since = time.monotonic()
            logger.warning("the database is away: %s", error)
        connection.close()
        time.sleep(pause)


def _record(store: Store, group: Sequence[Submission]) -> list[list[Receipt]]:
    for item in group:
        if item.prepare is not None:
            item.prepare(item)
            item.prepare = None
    receipts = store.record(
        [batch for item in group for batch in item.batches],
        refusals=[refusal for item in group for refusal in item.refusals],
        also=[act for item in group for act in item.also],
        now=clock.city_now(),
    )
    given = iter(receipts)
    return [list(islice(given, len(item.batches))) for item in group]


def _fail(group: Sequence[Submission], error: Exception) -> None:
    for item in group:
        item.done.set_exception(error)
