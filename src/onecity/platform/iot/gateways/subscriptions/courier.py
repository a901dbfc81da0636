"""All lanes of one process: who is told now, what is new, what lanes share."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import asyncpg

from onecity.kernel import clock
from onecity.platform.iot.gateways.subscriptions.lane import Lane, Sender, Told
from onecity.platform.iot.gateways.subscriptions.recent import Recent
from onecity.platform.iot.roads.own import with_database
from onecity.platform.iot.selectors.feeds.entries import Entry, entries_from, head_of
from onecity.platform.iot.selectors.feeds.wishes import Wish, interest_version, wishes_told
from onecity.platform.iot.services.subscriptions.secrets import secrets_of
from onecity.platform.iot.services.subscriptions.sequencing import sequence

LOOK_S: Final = 0.05
IDLE_S: Final = 0.5
TRUSTED_S: Final = 2.0
"""So long rights and settings are believed, where nobody said that something has changed."""
WAIT_S: Final = 30.0
PAUSE_S: Final = 1.0
CHANNELS: Final = ("webhook", "mqtt")
logger = logging.getLogger(__name__)


class Courier:
    """Tells every subscription that is active. keys: filled with what signs, by subscription, for the poster."""

    def __init__(self, pool: asyncpg.Pool, senders: Mapping[str, Sender], *, keys: dict[int, tuple[str, ...]]) -> None:
        self.pool, self.changes = pool, -1
        self._senders, self._keys = senders, keys
        self._wishes: dict[int, Wish] = {}
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._recent = Recent()
        self._head = 0
        self._news = asyncio.Event()

    def wish(self, number: int) -> Wish | None:
        """Return a subscription as it is now; None when it is not to be told."""
        return self._wishes.get(number)

    def sender(self, channel: str) -> Sender:
        """Return the way of telling."""
        return self._senders[channel]

    async def entries(self, position: int) -> list[Entry]:
        """Return entries from a position on: from memory where they are new."""
        if position > self._head:
            return []
        return self._recent.since(position) or await entries_from(self.pool, position)

    async def waited(self, seconds: float | None) -> None:
        """Wait until something is new, or for so long."""
        news = self._news
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), min(seconds or WAIT_S, WAIT_S))

    async def tell(self, what: Told, subscription_id: int, reason: str) -> None:
        """Tell people something."""
        await with_database(lambda: what(subscription_id, reason=reason))

    async def run(self) -> None:
        """Tell until cancelled. Raises what the database raises when it goes away; everything is where it was then."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow())
                group.create_task(self._manage(group))
        finally:
            self._lanes.clear()

    async def look(self) -> bool:
        """Give positions to what is new; say whether there was anything."""
        async with self.pool.acquire() as line:
            done = await sequence(line)
        head = await head_of(self.pool)
        if head.position == self._head:
            return bool(done)
        fresh = await entries_from(self.pool, self._head + 1) if self._wishes else []
        self._recent.add(fresh, since=self._head, until=head.position)
        self._head = head.position
        self._wake()
        return bool(done)

    async def learn(self) -> None:
        """Read subscriptions, rights and secrets again."""
        changes = await interest_version(self.pool)
        wishes = {wish.id: wish for wish in await wishes_told(self.pool, CHANNELS)}
        now = clock.real_now()
        numbers = [number for number, wish in wishes.items() if wish.channel == "webhook"]
        held = await with_database(lambda: secrets_of(numbers, now=now)) if numbers else {}
        self._keys.clear()
        self._keys.update(held)
        self._wishes = {number: wish for number, wish in wishes.items() if wish.channel != "webhook" or number in held}
        self.changes = changes
        self._wake()

    async def _follow(self) -> None:
        while True:
            found = await self.look()
            await asyncio.sleep(LOOK_S if found or self._wishes else IDLE_S)

    async def _manage(self, group: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        learned_at = -TRUSTED_S
        while True:
            if loop.time() - learned_at >= TRUSTED_S or await interest_version(self.pool) != self.changes:
                await self.learn()
                learned_at = loop.time()
                self._man(group)
            await asyncio.sleep(IDLE_S / 2)

    def _man(self, group: asyncio.TaskGroup) -> None:
        for number, task in list(self._lanes.items()):
            if number not in self._wishes:
                task.cancel()
            if task.done() or number not in self._wishes:
                del self._lanes[number]
        for number in self._wishes.keys() - self._lanes.keys():
            self._lanes[number] = group.create_task(Lane(number, self).run())

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
