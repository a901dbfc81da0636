"""The host application: its connection to the broker, and what it tells edge nodes."""

import asyncio
import json
import time
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.mqtt import Publish
from onecity.platform.iot.codecs.sparkplug import Metric, command, command_topic, rebirth_request, state_topic
from onecity.platform.iot.gateways.field.contract import Answered, FieldOrder, Intake, OrderState
from onecity.platform.iot.gateways.field.sparkplug.hearing import Hearing, Taken
from onecity.platform.iot.gateways.field.sparkplug.orders import Orders, links_of
from onecity.platform.iot.gateways.mqtt.link import BrokerLink, BrokerRefused, Greeting
from onecity.platform.iot.services.broker_files import FIELD

NAME: Final = "onecity"
FILTERS: Final = ("spBv1.0/#",)
REBIRTH_EVERY_S: Final = 5.0
GREETING_S: Final = 10.0
FAREWELL_S: Final = 1.0
GATHER_S: Final = 0.02
MOST_WAITING: Final = 20_000


class BrokerPlace(NamedTuple):
    """Where the broker is."""

    host: str
    port: int
    password: str


class Host:
    """A Sparkplug host application. Source: Sparkplug 3.0.0, 5.3 (host application session), 5.9 (rebirth)."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._loop = asyncio.get_running_loop()
        self._hearing = Hearing()
        self._orders = Orders()
        self._messages: list[Publish] = []
        self._came = asyncio.Event()
        self._link: BrokerLink | None = None
        self._asked: dict[tuple[str, str], float] = {}
        self._groups: dict[str, str] = {}

    async def run(self, broker: BrokerPlace) -> None:
        """Hear edge nodes until cancelled.

        Raises: OSError, BrokerRefused, TimeoutError when there is no broker, or it went away.
        """
        self._intake.on_change(lambda _: self._orders.forget())
        at_ms = int(time.time() * 1000)
        greeting = Greeting(FIELD, FIELD, broker.password, FILTERS, will=(state_topic(NAME), _state(at_ms)), clean=True)
        async with asyncio.timeout(GREETING_S):
            _, link = await self._loop.create_connection(
                lambda: BrokerLink(greeting, taken=self._gather), broker.host, broker.port
            )
            await link.subscribed
        self._link = link
        link.publish(state_topic(NAME), _state(at_ms, online=True), retain=True)
        working = asyncio.ensure_future(self._work(link))
        try:
            await asyncio.wait([link.lost, working], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
            raise BrokerRefused("the broker hung up")
        finally:
            working.cancel()
            link.publish(state_topic(NAME), _state(at_ms), retain=True)
            link.close()
            await asyncio.wait([link.lost], timeout=FAREWELL_S)
            for key in self._groups:
                self._intake.leave(key, self.send)
            self._groups.clear()

    async def send(self, order: FieldOrder) -> None:
        """Write a metric, or ask for births.

        Raises: CommandUnknown, NotBorn.
        """
        if self._orders.stale:
            self._orders.know(links_of(await self._intake.roster()))
        group = self._groups.get(order.device_key, "")
        metric = self._orders.metric(order, self._hearing.node_of(group, order.device_key))
        self._publish(group, order.device_key, metric)

    def _gather(self, link: BrokerLink, messages: list[Publish]) -> None:
        self._messages += messages
        if len(self._messages) > MOST_WAITING:
            link.hold_back()
        self._came.set()

    async def _work(self, link: BrokerLink) -> None:
        while True:
            await self._came.wait()
            await asyncio.sleep(GATHER_S)
            self._came.clear()
            messages, self._messages = self._messages, []
            link.go_on()
            await self._record(self._hearing.take(messages, now_s=self._loop.time()))
            link.acknowledge([packet_id for _, _, packet_id in messages if packet_id])

    async def _record(self, taken: Taken) -> None:
        """Make durable what was said, then do what follows from it. Raises: Unavailable."""
        for refused in taken.refused:
            self._intake.refused(refused)
        reasons = await self._intake.submit(taken.uploads) if taken.uploads else ()
        admitted = {upload.device_key for upload, reason in zip(taken.uploads, reasons, strict=True) if not reason}
        for group, key in taken.born:
            if key in admitted:
                self._groups[key] = group
                self._intake.enter(key, self.send)
        for key in taken.gone:
            self._groups.pop(key, None)
            self._intake.leave(key, self.send)
        await self._confirm(taken)
        for group, node in taken.rebirths:
            self._ask_for_births(group, node)

    async def _confirm(self, taken: Taken) -> None:
        for upload in taken.uploads:
            for reference, text in self._orders.confirmed(upload.device_key, upload.readings):
                await self._intake.answered(Answered(upload.device_key, reference, OrderState.DONE, text))

    def _ask_for_births(self, group: str, node: str) -> None:
        now = self._loop.time()
        if now - self._asked.get((group, node), -REBIRTH_EVERY_S) >= REBIRTH_EVERY_S:
            self._asked[group, node] = now
            self._publish(group, node, rebirth_request())

    def _publish(self, group: str, key: str, metric: Metric) -> None:
        if self._link is not None:
            payload = command([metric], at_ms=int(time.time() * 1000))
            self._link.publish(command_topic(group, key), payload)


def _state(at_ms: int, *, online: bool = False) -> bytes:
    """Return what a host says of itself. Source: Sparkplug 3.0.0, 6.4.26 (STATE)."""
    return json.dumps({"online": online, "timestamp": at_ms}, separators=(",", ":")).encode()
