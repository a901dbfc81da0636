"""Telling by MQTT: each event a message at QoS 1 under the subscription's own topic.

MQTT 5 tells whether a message had anybody to go to. Where it had not, because the application never came or its session
has run out, the event waits here. Once it came, the broker keeps messages for its session while it is away.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import orjson

from onecity.platform.iot.codecs.mqtt import (
    DISCONNECT,
    PINGREQ,
    Control,
    Kind,
    Malformed,
    PacketReader,
    connect_5,
    publish_5,
)
from onecity.platform.iot.gateways.subscriptions.outcomes import Outcome
from onecity.platform.iot.rules.subscribing.envelopes import Event
from onecity.platform.iot.selectors.feeds.wishes import Wish
from onecity.platform.iot.services.broker_files import COURIER, events_topic

KEEP_ALIVE_S: Final = 30
PATIENCE_S: Final = 10.0
PAUSE_S: Final = 1.0
MOST_IN_FLIGHT: Final = 2_000
NOBODY: Final = 0x10
_REFUSED: Final = 0x80
logger = logging.getLogger(__name__)


class PublishLink(asyncio.Protocol):
    """One connection of MQTT 5 that only publishes. Each message's future completes with the broker's reason code."""

    def __init__(self, password: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._password = password
        self._reader = PacketReader()
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._packet_id = 0
        self._timer: asyncio.TimerHandle | None = None
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio's
        self._write(connect_5(client_id=COURIER, username=COURIER, password=self._password, keep_alive_s=KEEP_ALIVE_S))
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._keep_alive)

    def data_received(self, data: bytes) -> None:
        """Hear the broker's welcome and its acknowledgements."""
        try:
            _, packets = self._reader.feed(data)
        except Malformed as error:
            self._fail(ConnectionError(str(error)))
            return
        for packet in packets:
            self._hear(packet)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell those who wait."""
        if self._timer is not None:
            self._timer.cancel()
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("the broker hung up"))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the broker hung up"))
        self._waiting.clear()
        self.lost.set_result(None)

    def send(self, topic: str, payload: bytes, *, expires_in_s: int) -> "asyncio.Future[int]":
        """Publish at QoS 1; the future completes with the broker's reason code.

        Source: MQTT 5.0, 3.4.2.1 (PUBACK reason codes).
        """
        while True:
            self._packet_id = self._packet_id % 0xFFFF + 1
            if self._packet_id not in self._waiting:
                break
        future: asyncio.Future[int] = self._loop.create_future()
        self._waiting[self._packet_id] = future
        self._write(publish_5(topic, payload, packet_id=self._packet_id, expires_in_s=expires_in_s))
        return future

    def close(self) -> None:
        """Take leave."""
        if not self.lost.done() and self._transport is not None:
            self._transport.write(DISCONNECT)
            self._transport.close()

    def _hear(self, packet: Control) -> None:
        if packet.kind == Kind.CONNACK:
            if len(packet.body) > 1 and packet.body[1] == 0:
                self.ready.set_result(None)
            else:
                self._fail(ConnectionRefusedError("the broker refuses the courier"))
        elif packet.kind == Kind.PUBACK and len(packet.body) >= 2:
            future = self._waiting.pop(int.from_bytes(packet.body[:2], "big"), None)
            if future is not None and not future.done():
                future.set_result(packet.body[2] if len(packet.body) > 2 else 0)

    def _fail(self, error: OSError) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self.lost.done():
            self._transport.write(data)

    def _keep_alive(self) -> None:
        self._write(PINGREQ)
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._keep_alive)


class Publisher:
    """Keeps a link to the broker and tells by it. expires_in_s: so long the broker keeps what is not fetched."""

    def __init__(self, password: str, *, expires_in_s: int, patience_s: float = PATIENCE_S) -> None:
        self._password = password
        self._expires_in_s = expires_in_s
        self._patience_s = patience_s
        self._link: PublishLink | None = None
        self._room = asyncio.Semaphore(MOST_IN_FLIGHT)

    async def keep_link(self, host: str, port: int) -> None:
        """Stay connected until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(self._patience_s):
                        _, link = await loop.create_connection(lambda: PublishLink(self._password), host, port)
                        await link.ready
                    self._link = link
                    await asyncio.wait([link.lost])  # a future that is awaited itself would end with us
                    self._link = None
                await asyncio.sleep(PAUSE_S)
        finally:
            if self._link is not None:
                self._link.close()
                await asyncio.wait([self._link.lost], timeout=PAUSE_S)

    async def send(self, wish: Wish, events: Sequence[Event]) -> Outcome:
        """Publish events in order and say what the broker made of them."""
        link, began = self._link, time.monotonic()
        if link is None:
            return Outcome("away", reason="no connection to the broker")
        topic = events_topic(wish.key)
        try:
            async with asyncio.timeout(self._patience_s):
                codes = await asyncio.gather(*[self._published(link, topic, event) for event in events])
        except (OSError, TimeoutError) as error:
            return Outcome("away", reason=str(error) or "the broker does not answer")
        latency_ms = round((time.monotonic() - began) * 1_000)
        if NOBODY in codes:
            return Outcome("away", latency_ms=latency_ms, reason="nobody has subscribed to the topic yet", absent=True)
        refused = next((code for code in codes if code >= _REFUSED), 0)
        return Outcome("away" if refused else "taken", 0, latency_ms, f"MQTT {refused:#x}" if refused else "")

    async def _published(self, link: PublishLink, topic: str, event: Event) -> int:
        async with self._room:
            return await link.send(topic, orjson.dumps(event), expires_in_s=self._expires_in_s)
