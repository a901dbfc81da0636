"""Keeps a connection to the broker, gathers its messages, and holds the broker back when the database is behind."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from onecity.platform.iot.codecs.mqtt import Publish
from onecity.platform.iot.gateways.counters import Counters
from onecity.platform.iot.gateways.mqtt.link import BrokerLink, BrokerRefused, Greeting
from onecity.platform.iot.gateways.mqtt.taking import Taker
from onecity.platform.iot.services.store import GroupWriter

GATHER_S: Final = 0.01
GATHER_MESSAGES: Final = 2_000
LOOK_S: Final = 0.05
GREETING_S: Final = 10.0
FAREWELL_S: Final = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
logger = logging.getLogger(__name__)


class MqttGateway:
    """One subscriber of the shared subscription."""

    def __init__(self, *, greeting: Greeting, taker: Taker, writer: GroupWriter, counters: Counters) -> None:
        self._greeting = greeting
        self._taker = taker
        self._writer = writer
        self._counters = counters
        self._loop = asyncio.get_running_loop()
        self._link: BrokerLink | None = None
        self._messages: list[Publish] = []
        self._gathering = False

    async def serve(self, host: str, port: int, *, ready: Callable[[], None]) -> None:
        """Take messages until cancelled, connecting again whenever the broker was away. ready: called once."""
        watching = asyncio.ensure_future(self._watch())
        pause_s = FIRST_PAUSE_S
        try:
            while True:
                try:
                    link = await self._connected(host, port)
                except (OSError, BrokerRefused, TimeoutError) as error:
                    logger.warning("no broker at %s:%d: %s", host, port, error)
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                    continue
                self._counters.connections, self._counters.connected = 1, self._counters.connected + 1
                if self._counters.connected == 1:
                    ready()
                pause_s = FIRST_PAUSE_S
                await asyncio.wait([link.lost])
                self._counters.connections = 0
                self._hand_over()
                await asyncio.sleep(pause_s)
        finally:
            watching.cancel()
            self._hand_over()

    async def close(self) -> None:
        """Take leave of the broker; call it after the last commit, so that what is durable is acknowledged."""
        if self._link is not None:
            self._link.close()
            await asyncio.wait([self._link.lost], timeout=FAREWELL_S)

    async def _connected(self, host: str, port: int) -> BrokerLink:
        async with asyncio.timeout(GREETING_S):
            _, link = await self._loop.create_connection(
                lambda: BrokerLink(self._greeting, taken=self._gather), host, port
            )
            self._link = link
            try:
                await link.subscribed
            except BaseException:
                link.transport.abort()
                raise
        return link

    def _gather(self, link: BrokerLink, messages: list[Publish]) -> None:
        if link is not self._link:
            return
        self._messages += messages
        if len(self._messages) >= GATHER_MESSAGES:
            self._hand_over()
        elif not self._gathering:
            self._gathering = True
            self._loop.call_later(GATHER_S, self._hand_over)

    def _hand_over(self) -> None:
        self._gathering = False
        messages, self._messages = self._messages, []
        if messages and self._link is not None:
            self._taker.take(self._link, messages)
            if self._writer.full:
                self._counters.held_back += 1
                self._link.hold_back()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            self._counters.waiting, self._counters.commits = self._writer.waiting, self._writer.commits
            if self._link is not None and not self._writer.full:
                self._link.go_on()
