"""Orders over MQTT: sent as messages that the broker drops when the order expires, answered by the device.

onecity/v1/devices/KEY/commands  {"id": "12", "command": "set_interval", "arguments": {"seconds": 60}}
onecity/v1/devices/KEY/answers   {"id": "12", "state": "done", "text": "…"}
"""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.codecs.mqtt import DISCONNECT, PINGREQ, connect_5, publish_5
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.mqtt.topics import commands_topic
from onecity.platform.iot.gateways.tracing import Tracer
from onecity.platform.iot.selectors.broker_orders import BrokerOrder, broker_orders
from onecity.platform.iot.services.broker_files import ORDERS
from onecity.platform.iot.services.commands import claim_order

KEEP_ALIVE_S: Final = 30
GREETING_S: Final = 10.0
FAREWELL_S: Final = 1.0
_WELCOME: Final = b"\x20"
logger = logging.getLogger(__name__)


class OrderLink(asyncio.Protocol):
    """A connection of MQTT 5 that only publishes, so that each message can have its expiry.

    What the broker does not take, because it is gone, is asked for anew by people: nothing is repeated blindly.
    """

    def __init__(self, password: str) -> None:
        self._password = password
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._packet_id = 0
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = transport  # type: ignore[assignment]  # uvloop's is no subclass of asyncio's
        self._write(connect_5(client_id=ORDERS, username=ORDERS, password=self._password, keep_alive_s=KEEP_ALIVE_S))
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._keep_alive)

    def data_received(self, data: bytes) -> None:
        """Hear the broker's welcome; its acknowledgements need no heeding."""
        if not self.ready.done():
            if data[:1] == _WELCOME and len(data) > 3 and data[3] == 0:
                self.ready.set_result(None)
            else:
                self.ready.set_exception(ConnectionRefusedError("the broker refuses orders"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell those who wait."""
        if self._timer is not None:
            self._timer.cancel()
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("the broker hung up"))
        self.lost.set_result(None)

    def send(self, topic: str, payload: bytes, *, expires_in_s: int) -> None:
        """Publish at QoS 1."""
        self._packet_id = self._packet_id % 0xFFFF + 1
        self._write(publish_5(topic, payload, packet_id=self._packet_id, expires_in_s=expires_in_s))

    def close(self) -> None:
        """Take leave."""
        if not self.lost.done() and self._transport is not None:
            self._transport.write(DISCONNECT)
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self.lost.done():
            self._transport.write(data)

    def _keep_alive(self) -> None:
        self._write(PINGREQ)
        self._timer = self._loop.call_later(KEEP_ALIVE_S / 2, self._keep_alive)


class Orders:
    """Holds the link in the event loop; orders are looked for in the reporter's thread.

    later: runs a function in the event loop, from any thread.
    """

    def __init__(self, password: str, tracer: Tracer, *, later: Callable[[Callable[[], None]], object]) -> None:
        self._password = password
        self._tracer = tracer
        self._later = later
        self._link: OrderLink | None = None

    async def keep_link(self, host: str, port: int) -> None:
        """Stay connected until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(GREETING_S):
                        _, link = await loop.create_connection(lambda: OrderLink(self._password), host, port)
                        await link.ready
                    self._link = link
                    await asyncio.wait([link.lost])  # a future that is awaited itself would end with us
                    self._link = None
                await asyncio.sleep(1.0)
        finally:
            if self._link is not None:
                self._link.close()
                await asyncio.wait([self._link.lost], timeout=FAREWELL_S)

    def send_waiting(self) -> None:
        """Send the orders that wait for devices on MQTT. Orders keep real time."""
        link, now = self._link, clock.real_now()
        if link is None:
            return
        for item in broker_orders(now):
            if claim_order(item.id, reference=str(item.id), now=now):
                self._later(lambda item=item: self._send(link, item))  # type: ignore[misc]  # each its own item

    def _send(self, link: OrderLink, item: BrokerOrder) -> None:
        body = {"id": str(item.id), "command": item.code, "arguments": dict(item.arguments)}
        payload = json.dumps(body, ensure_ascii=False).encode()
        link.send(commands_topic(item.device_key), payload, expires_in_s=item.timeout_s)
        self._tracer.note(Protocol.MQTT, item.device_key, payload, outward=True, result=f"order {item.code}")
