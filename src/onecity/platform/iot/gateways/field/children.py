"""Tells the sessions of lines what is attached to their devices, again whenever that changed."""

import asyncio
from functools import partial
from typing import Final

from onecity.platform.iot.gateways.field.contract import Attached
from onecity.platform.iot.gateways.field.line import FieldHouse

PAUSE_S: Final = 2.0


class Children:
    """Looks after the lines of one protocol whose devices have others behind them."""

    def __init__(self, house: FieldHouse) -> None:
        self._house = house
        self._changed = asyncio.Event()
        self._told: dict[str, tuple[Attached, ...]] = {}

    def changed(self) -> None:
        """Note that some device changed."""
        self._changed.set()

    async def run(self) -> None:
        """Look at most every two seconds, as long as anything changes."""
        learner, database = self._house.taker.learner, self._house.taker.shared.database
        while True:
            await self._changed.wait()
            await asyncio.sleep(PAUSE_S)
            self._changed.clear()
            lines = [line for line in self._house.lines if line.speaker.hellos]
            keys = sorted({key for line in lines for key in line.speaker.hellos})
            if not keys:
                continue
            await database.call(partial(self._house.taker.shared.directory.learn, keys))
            found = await database.call(partial(learner.families, keys))
            news = {key: family for key, family in found.items() if self._told.get(key) != family}
            self._told = dict(found)
            for line in lines:
                if not line.closed and not news.keys().isdisjoint(line.speaker.hellos):
                    self._house.taker.welcome_again(line.speaker, found)
