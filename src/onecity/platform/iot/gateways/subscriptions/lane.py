"""Telling one subscription: in order, one batch after the other, with pauses after failures."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import asyncpg

from onecity.kernel import clock
from onecity.platform.iot.gateways.subscriptions.outcomes import Outcome
from onecity.platform.iot.models import WHOLE
from onecity.platform.iot.rules.subscribing.envelopes import Event
from onecity.platform.iot.rules.subscribing.pauses import OPEN_AFTER
from onecity.platform.iot.selectors.feeds.entries import Entry
from onecity.platform.iot.selectors.feeds.letters import letters_due
from onecity.platform.iot.selectors.feeds.matching import Picked, picked_from
from onecity.platform.iot.selectors.feeds.wishes import Place, Wish, place_now
from onecity.platform.iot.services.subscriptions.settling import (
    Attempt,
    Key,
    note_failed,
    note_replayed,
    note_skipped,
    note_told,
    set_aside,
)
from onecity.platform.iot.services.subscriptions.telling import tell_of_dead_letter, tell_of_failures

AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
ABSENT_PAUSE_S: Final = 2.0
FAULT_PAUSE_S: Final = 10.0
SAVE_EVERY_S: Final = 10.0

logger = logging.getLogger(__name__)


class Sender(Protocol):
    """A way of telling."""

    async def send(self, wish: Wish, events: Sequence[Event]) -> Outcome: ...


class Desk(Protocol):
    """What lanes share. changes: how often subscriptions have changed."""

    pool: asyncpg.Pool
    changes: int

    def wish(self, number: int) -> Wish | None: ...
    def sender(self, channel: str) -> Sender: ...
    async def entries(self, position: int) -> list[Entry]: ...
    async def waited(self, seconds: float | None) -> None: ...
    async def tell(self, what: "Told", subscription_id: int, reason: str) -> None: ...


class Told(Protocol):
    """A way of telling people."""

    def __call__(self, subscription_id: int, *, reason: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What a round did. worked: there may be more. wait_s: how long to wait at most before the next one."""

    worked: bool
    wait_s: float | None = None


class Lane:
    """Tells one subscription until it is gone."""

    def __init__(self, number: int, desk: Desk) -> None:
        self._number, self._desk = number, desk
        self._place: Place | None = None
        self._known_changes = self._known_letters = -1
        self._passed: Key | None = None
        self._saved_at = time.monotonic()

    async def run(self) -> None:
        """Tell until the subscription is gone, or cancelled."""
        while (wish := self._desk.wish(self._number)) is not None:
            try:
                step = await self.round(wish)
            except AWAY:
                raise  # the courier begins anew when the database is back
            except Exception:
                logger.exception("subscription %d cannot be told", self._number)
                self._place, step = None, Step(worked=False, wait_s=FAULT_PAUSE_S)
            if not step.worked:
                await self._desk.waited(step.wait_s)

    async def round(self, wish: Wish) -> Step:
        """Do what is due: one page at most."""
        await self._learn()
        if self._place is None:
            return Step(worked=False)
        if await self._replay(wish):
            return Step(worked=True)
        if self._place.due_at is not None:
            left_s = (self._place.due_at - clock.real_now()).total_seconds()
            if left_s > 0:
                return Step(worked=False, wait_s=left_s)
        after = self._passed or (self._place.position, self._place.place)
        entries = await self._desk.entries(after[0] + (after[1] == WHOLE))
        if not entries:
            await self._save_passed()
            return Step(worked=False)
        picked = await picked_from(self._desk.pool, wish, entries, after=after)
        return await self._tell(wish, picked, end=(entries[-1].position, WHOLE))

    async def _learn(self) -> None:
        """Ask how far it has been told, when that may have been changed by people, or is not known."""
        if self._place is None or self._known_changes != self._desk.changes:
            self._known_changes = self._desk.changes
            before, self._place = self._place, await place_now(self._desk.pool, self._number)
            if before is None or self._place is None or _key(before) != _key(self._place):
                self._passed = None

    async def _tell(self, wish: Wish, picked: Sequence[Picked], *, end: Key) -> Step:
        for begin in range(0, len(picked), wish.batch_size):
            batch = picked[begin : begin + wish.batch_size]
            is_last = begin + wish.batch_size >= len(picked)
            step = await self._send(wish, [item.event() for item in batch], after=end if is_last else batch[-1].key)
            if step is not None:
                return step
        if not picked:
            await self._pass(end)
        return Step(worked=True)

    async def _pass(self, end: Key) -> None:
        self._passed = end
        await self._save_passed()

    async def _save_passed(self) -> None:
        """Write down from time to time what was passed over: else it would be given up as waiting one day."""
        if self._passed is None or self._place is None or time.monotonic() - self._saved_at < SAVE_EVERY_S:
            return
        await note_skipped(self._desk.pool, self._number, before=_key(self._place), after=self._passed)
        self._saved_at, self._place, self._passed = time.monotonic(), None, None

    async def _send(self, wish: Wish, events: Sequence[Event], *, after: Key) -> Step | None:
        """Send one batch; None if it was taken."""
        assert self._place is not None
        place = self._place
        outcome = await self._desk.sender(wish.channel).send(wish, events)
        now = clock.real_now()
        if outcome.absent:
            return Step(worked=False, wait_s=ABSENT_PAUSE_S)
        attempt = _attempt(wish, events, outcome, number=place.tries + 1, at=now)
        if outcome.fate == "taken":
            await note_told(self._desk.pool, attempt, before=_key(place), after=after)
            self._place, self._passed = Place(*after), None
            return None
        failures = place.failures + 1
        await note_failed(self._desk.pool, attempt, failures=failures, asked_s=outcome.asked_s)
        if failures == OPEN_AFTER:
            await self._desk.tell(tell_of_failures, wish.id, outcome.reason)
        if outcome.fate == "refused" and attempt.number >= wish.attempts:
            await set_aside(self._desk.pool, attempt, before=_key(place), after=after)
            await self._desk.tell(tell_of_dead_letter, wish.id, outcome.reason)
        self._place, self._passed = None, None
        return Step(worked=True)

    async def _replay(self, wish: Wish) -> bool:
        """Send dead letters again that somebody wants to be sent; say whether there were any."""
        if self._known_letters == self._desk.changes:
            return False
        now = clock.real_now()
        letters = await letters_due(self._desk.pool, wish, now=now)
        for letter in letters:
            sender = self._desk.sender(wish.channel)
            outcome = await sender.send(wish, letter.events) if letter.events else Outcome("taken")
            attempt = _attempt(
                wish, letter.events, outcome, number=letter.attempts + 1, at=clock.real_now(), replayed=True
            )
            await note_replayed(self._desk.pool, attempt, letter_id=letter.id)
        if not letters:
            self._known_letters = self._known_changes
        return bool(letters)


def _key(place: Place) -> Key:
    return place.position, place.place


def _attempt(
    wish: Wish, events: Sequence[Event], outcome: Outcome, *, number: int, at: datetime, replayed: bool = False
) -> Attempt:
    succeeded = outcome.fate == "taken"
    facts = (outcome.status, outcome.latency_ms, outcome.reason, at, replayed)
    return Attempt(wish.id, events, number, succeeded, *facts)
