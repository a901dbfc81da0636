"""One connection to the broker."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.codecs.mqtt import (
    DISCONNECT,
    PINGREQ,
    Control,
    Kind,
    Malformed,
    PacketReader,
    Publish,
    Will,
    connack_fault,
    connect,
    pubacks,
    publish,
    subscribe,
)

KEEP_ALIVE_S: Final = 30
LONGEST: Final = 1 << 20
_REFUSED: Final = 0x80


class BrokerRefused(Exception):
    """The broker is there and does not want us."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """How the gateway presents itself, and what it subscribes to. clean: it keeps no session."""

    client_id: str
    username: str
    password: str
    filters: Sequence[str]
    will: Will | None = None
    clean: bool = False


class BrokerLink(asyncio.Protocol):
    """Greets, subscribes, hands messages on, keeps the connection alive.

    taken: called with each piece's messages. subscribed: completes once messages flow. lost: completes with the end.
    """

    transport: asyncio.Transport

    def __init__(self, greeting: Greeting, *, taken: Callable[["BrokerLink", list[Publish]], None]) -> None:
        loop = asyncio.get_running_loop()
        self._greeting = greeting
        self._taken = taken
        self._reader = PacketReader(longest=LONGEST)
        self._loop = loop
        self._byte_at = loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self.subscribed: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio's
        greeting = self._greeting
        self.transport.write(
            connect(
                client_id=greeting.client_id,
                username=greeting.username,
                password=greeting.password,
                keep_alive_s=KEEP_ALIVE_S,
                will=greeting.will,
                clean=greeting.clean,
            )
        )
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._keep_alive)

    def data_received(self, data: bytes) -> None:
        """Take bytes as they come."""
        self._byte_at = self._loop.time()
        try:
            published, others = self._reader.feed(data)
        except Malformed as error:
            self._fail(BrokerRefused(str(error)))
            return
        for packet in others:
            self._hear(packet)
        if published:
            self._taken(self, published)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell those who wait."""
        if self._timer is not None:
            self._timer.cancel()
        if not self.subscribed.done():
            self.subscribed.set_exception(exc or ConnectionResetError("the broker hung up"))
        self.lost.set_result(None)

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Tell the broker that messages are durable; on a connection that is gone, it will send them again."""
        if not self.lost.done():
            self.transport.write(pubacks(packet_ids))

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 0; nothing on a connection that is gone."""
        if not self.lost.done():
            self.transport.write(publish(topic, payload, retain=retain))

    def hold_back(self) -> None:
        """Leave what the broker sends in the socket."""
        if not self.lost.done() and self.transport.is_reading():
            self.transport.pause_reading()

    def go_on(self) -> None:
        """Read again."""
        if not self.lost.done() and not self.transport.is_reading():
            self._byte_at = self._loop.time()
            self.transport.resume_reading()

    def close(self) -> None:
        """Take leave; the session stays."""
        if not self.lost.done():
            self.transport.write(DISCONNECT)
            self.transport.close()

    def _hear(self, packet: Control) -> None:
        if packet.kind == Kind.CONNACK:
            fault = connack_fault(packet.body)
            if fault:
                self._fail(BrokerRefused(fault))
            else:
                self.transport.write(subscribe(1, self._greeting.filters))
        elif packet.kind == Kind.SUBACK:
            if any(code >= _REFUSED for code in packet.body[2:]):
                self._fail(BrokerRefused("the broker refuses the subscription"))
            elif not self.subscribed.done():
                self.subscribed.set_result(None)

    def _fail(self, error: BrokerRefused) -> None:
        if not self.subscribed.done():
            self.subscribed.set_exception(error)
        self.transport.abort()

    def _keep_alive(self) -> None:
        silent_s = self._loop.time() - self._byte_at
        if silent_s > 1.5 * KEEP_ALIVE_S and self.transport.is_reading():
            self.transport.abort()
            return
        self.transport.write(PINGREQ)
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._keep_alive)
