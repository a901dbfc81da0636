"""Records batches of readings in one transaction."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import psycopg
from django.db import transaction
from numpy.typing import NDArray

from onecity.kernel import clock
from onecity.kernel.errors import Unavailable
from onecity.platform.iot.contracts import Batch, Readings, Receipt, Refusal
from onecity.platform.iot.rules.clocks import Window, believed
from onecity.platform.iot.rules.instants import DAY, micros
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.services.store.announcing import announce_recorded
from onecity.platform.iot.services.store.closed import insert_closed
from onecity.platform.iot.services.store.feeding import Interest, note_feed
from onecity.platform.iot.services.store.judging import judge
from onecity.platform.iot.services.store.known import Known
from onecity.platform.iot.services.store.merging import Merged, merge, refusals_of
from onecity.platform.iot.services.store.noting import Turn, note_count, note_due, read_turn
from onecity.platform.iot.services.store.partitions import closed_days, ensure_days, existing_days
from onecity.platform.iot.services.store.rulebook import RuleBook
from onecity.platform.iot.services.store.writing import Overtaken, advance_latest, copy_fresh, insert_late, take_turns

ATTEMPTS: Final = 5


class Store:
    """Records readings and remembers what it learned of their datastreams. One for each thread."""

    def __init__(self) -> None:
        self._known = Known()
        self._book = RuleBook()
        self._interest = Interest()
        self._days: set[int] = set()

    @property
    def known(self) -> Known:
        """What is known of datastreams."""
        return self._known

    def record(
        self,
        batches: Sequence[Batch],
        *,
        refusals: Sequence[Refusal] = (),
        also: Sequence[Callable[[], None]] = (),
        now: datetime,
    ) -> list[Receipt]:
        """Store readings with all that follows from them: latest values, alarms, quarantine, events.

        When this returns outside a transaction, everything is durable; inside one, with its commit. now: city time.
        also: further writes that belong into the same transaction; they may run twice.
        Any number of writers may record the same readings in any order and cut: the table is the same.
        Raises: UnknownDatastream; Unavailable if other writers kept overtaking this one.
        """
        merged = merge(batches, window=_window(now))
        self._known.need(merged.datastream)
        self._ensure_days(merged.at)
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    self._write(merged, now=now, careful=attempt > 0)
                    keep([*refusals, *refusals_of(merged, batches)], now=now)
                    for act in also:
                        act()
            except (Overtaken, psycopg.errors.UniqueViolation, FileNotFoundError):  # a cold day's files were made anew
                continue
            except psycopg.errors.CheckViolation:  # a day's partition was taken away
                self._days.clear()
                self._ensure_days(merged.at)
                continue
            return merged.receipts(batches)
        raise Unavailable

    def _write(self, merged: Merged, *, now: datetime, careful: bool) -> None:
        """Write everything. The devices' rows are locked first, by ascending id; all that follows belongs to them."""
        take_turns(np.unique(self._known.device[merged.datastream]))
        if careful:
            self._known.relearn_latest(np.unique(merged.datastream))
        turn = read_turn(merged.at)
        is_fresh = merged.at > self._known.latest[merged.datastream]
        fresh, newest = merged.where(is_fresh), merged.where(is_fresh & merged.ends)
        advance_latest(newest, replaced=self._known.latest[newest.datastream])
        _enter(merged, surely_new=np.zeros(len(merged), np.bool_) if careful else is_fresh, turn=turn, now=now)
        if len(fresh):
            judge(fresh, known=self._known, book=self._book, now=now)
        stored = merged.stored()
        note_due(stored, marked=turn.marked)
        note_count(stored, known=self._known)
        announce_recorded(stored, known=self._known)
        note_feed(
            stored,
            newest=(is_fresh & merged.ends)[merged.is_stored()],
            known=self._known,
            interest=self._interest,
            version=turn.interest,
        )
        transaction.on_commit(lambda: self._learn(newest))

    def _learn(self, newest: Readings) -> None:
        self._known.latest[newest.datastream] = np.maximum(self._known.latest[newest.datastream], newest.at)

    def _ensure_days(self, at: NDArray[np.int64]) -> None:
        if not len(at):
            return
        first, last = int(at.min()) // DAY, int(at.max()) // DAY
        days = {first} if first == last else set(np.unique(at // DAY).tolist())
        if days <= self._days:
            return
        self._days = existing_days() | closed_days()
        if not days <= self._days:
            ensure_days(days - self._days)


def _enter(merged: Merged, *, surely_new: NDArray[np.bool_], turn: Turn, now: datetime) -> None:
    """Put the readings where they belong, and settle what became of each."""
    received = micros(now)
    closed = turn.closes(merged.at)
    copy_fresh(merged.where(surely_new & ~closed), received=received)
    late = ~surely_new & ~closed
    merged.settle(late, insert_late(merged.where(late), received=received))
    if closed.any():
        merged.settle(closed, insert_closed(merged.where(closed), received=received))


_own = threading.local()


def record(batches: Sequence[Batch], *, refusals: Sequence[Refusal] = (), now: datetime) -> list[Receipt]:
    """Record readings with this thread's store; see `Store.record`."""
    store = getattr(_own, "store", None)
    if store is None:
        store = _own.store = Store()
    assert isinstance(store, Store)
    return store.record(batches, refusals=refusals, now=now)


def _window(now: datetime) -> Window:
    line = clock.city_time()
    return believed(now, speed=line.speed if line else 1.0)
