"""Asks the database for what is not at hand, in a thread, while everything else goes on."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

import psycopg
from django.db import DatabaseError, connection

from onecity.platform.iot.gateways.field.contract import Attached, Hello
from onecity.platform.iot.gateways.field.doors import FieldDoor
from onecity.platform.iot.gateways.field.speakers import Item, Speaker
from onecity.platform.iot.gateways.field.tokens import Tokens
from onecity.platform.iot.selectors.field import attached
from onecity.platform.iot.services.directory import Directory

PAUSE_S: Final = 0.5
Result = TypeVar("Result")
Families = Mapping[str, tuple[Attached, ...]]
logger = logging.getLogger(__name__)


class DatabaseThread:
    """One thread with a connection, for short questions out of the event loop; it waits for a database that is away."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "asking")

    async def call(self, function: Callable[[], Result]) -> Result:
        """Run a function there, again and again while the database is away."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(self._thread, function)
            except (DatabaseError, psycopg.Error) as error:
                logger.warning("the database does not answer: %s", error)
                await loop.run_in_executor(self._thread, _close)
                await asyncio.sleep(PAUSE_S)

    def stop(self) -> None:
        """End the thread."""
        self._thread.submit(_close)
        self._thread.shutdown(wait=True, cancel_futures=False)


def _close() -> None:
    connection.close()  # the connection of the thread that calls


class Learner:
    """Items of one protocol wait here, in their line's order, until what they need is at hand.

    go_on: takes them then. children: hellos need to know what is attached to their device.
    """

    def __init__(
        self,
        directory: Directory,
        tokens: Tokens,
        *,
        door: FieldDoor,
        database: DatabaseThread,
        children: bool,
        go_on: Callable[[Sequence[Item], Families], None],
    ) -> None:
        self._directory = directory
        self._tokens = tokens
        self._door = door
        self._database = database
        self._children = children
        self._go_on = go_on
        self._parked: list[Item] = []
        self._speakers: Counter[Speaker] = Counter()
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many items are parked."""
        return self._speakers.total()

    def sort(self, items: Sequence[Item]) -> list[Item]:
        """Return the items that can be judged now; park the others, and whatever follows them on their line."""
        ready = []
        for item in items:
            if (self._speakers and item.speaker in self._speakers) or not self._is_at_hand(item):
                self._parked.append(item)
                self._speakers[item.speaker] += 1
            else:
                ready.append(item)
        if self._parked and self._task is None:
            self._task = asyncio.ensure_future(self._learn())
        return ready

    def _is_at_hand(self, item: Item) -> bool:
        if self._children and isinstance(item.said, Hello):
            return False
        if item.token and not self._tokens.is_at_hand(item.token):
            return False
        return self._door.can_judge(item)

    async def _learn(self) -> None:
        try:
            while self._parked:
                items, self._parked = self._parked, []
                families = await self._database.call(partial(self._ask, items))
                self._speakers.subtract(Counter(item.speaker for item in items))
                self._speakers = +self._speakers
                self._go_on(items, families)
        finally:
            self._task = None

    def _ask(self, items: Sequence[Item]) -> Families:
        self._tokens.learn({item.token for item in items if item.token and not self._tokens.is_at_hand(item.token)})
        self._door.learn(items)
        if not self._children:
            return {}
        return self.families(
            [item.key or self._tokens.owner(item.token) for item in items if isinstance(item.said, Hello)]
        )

    def families(self, keys: Sequence[str]) -> Families:
        """Return what is attached to devices that are at hand, by their key; in the database's thread."""
        ids = {entry.id: key for key in keys if (entry := self._directory.known(key)) is not None}
        return {ids[number]: family for number, family in attached(list(ids)).items()}
