"""The MQTT extension: entities made by publishing, and what was made or changed told to whoever subscribes.

    v1.1/Datastreams(1)/Observations ─▶ create ─▶ commit ─▶ notice ─▶ entity JSON under every topic that leads to it

The broker is Mosquitto. What this process publishes carries `@iot.selfLink`, by which it knows its own messages.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError, Unavailable
from onecity.platform.iot.codecs.mqtt import Publish, publish
from onecity.platform.iot.gateways.mqtt.link import BrokerLink, BrokerRefused, Greeting
from onecity.platform.iot.sensorthings.access import Visitor
from onecity.platform.iot.sensorthings.clerks import Clerks
from onecity.platform.iot.sensorthings.entities import SETS, EntitySet
from onecity.platform.iot.sensorthings.notifying import CHANNEL, Teller, unpacked
from onecity.platform.iot.sensorthings.observing.receiving import Observer
from onecity.platform.iot.sensorthings.observing.single import Observing
from onecity.platform.iot.sensorthings.options import Options
from onecity.platform.iot.sensorthings.reading import Reader
from onecity.platform.iot.sensorthings.service import Service
from onecity.platform.iot.services.broker_files import SENSORTHINGS

VERSION: Final = "v1.1/"
AT_ONCE: Final = 32
PAUSE_S: Final = 1.0
_OWN: Final = b'"@iot.selfLink"'
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Office:
    """What the process works with. visitor: for whom entities are made, and whose entities are told of."""

    host: str
    port: int
    password: str
    base: str
    visitor: Visitor


async def run_subscriptions(office: Office, pool: asyncpg.Pool, *, ready: Callable[[], None]) -> None:
    """Serve until cancelled; what was taken is made and acknowledged before this returns. ready: called once."""
    clerks, observer = Clerks(), Observer()
    work = Subscriptions(office, pool, Observing(observer, clerks), clerks)
    listening = asyncio.ensure_future(work.listen())
    try:
        await work.serve(ready)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await work.close()
        await asyncio.to_thread(observer.stop)
        await asyncio.to_thread(clerks.stop)


class Subscriptions:
    """One connection to the broker, one to the database's notices."""

    def __init__(self, office: Office, pool: asyncpg.Pool, observing: Observing, clerks: Clerks) -> None:
        self._office, self._pool, self._observing, self._clerks = office, pool, observing, clerks
        self._teller = Teller()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._link: BrokerLink | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Take messages, connecting again whenever the broker was away."""
        greeting = Greeting(SENSORTHINGS, SENSORTHINGS, self._office.password, (f"{VERSION}#",))
        told = False
        while True:
            try:
                _, link = await asyncio.get_running_loop().create_connection(
                    lambda: BrokerLink(greeting, taken=self._take), self._office.host, self._office.port
                )
                self._link = link
                await link.subscribed
                if not told:
                    ready()
                    told = True
                await asyncio.wait([link.lost])
            except (OSError, BrokerRefused) as error:
                logger.warning("no broker for SensorThings: %s", error)
            await asyncio.sleep(PAUSE_S)

    async def close(self) -> None:
        """Make what was taken, and take leave of the broker."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._link is not None:
            self._link.close()

    async def listen(self) -> None:
        """Hear the database's notices, connecting again whenever it was away."""
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await self._hear(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("no notices for SensorThings: %s", error)
            await asyncio.sleep(PAUSE_S)

    async def _hear(self, connection: asyncpg.Connection) -> None:
        notices: asyncio.Queue[str] = asyncio.Queue()

        def heard(*told: object) -> None:
            notices.put_nowait(str(told[3]))

        await connection.add_listener(CHANNEL, heard)
        try:
            while not connection.is_closed():
                await self._tell(unpacked(await notices.get()))
        finally:
            if not connection.is_closed():
                await connection.remove_listener(CHANNEL, heard)

    def _take(self, link: BrokerLink, messages: list[Publish]) -> None:
        for topic, payload, packet_id in messages:
            if _OWN in payload or not payload:
                link.acknowledge([packet_id] if packet_id else [])
                continue
            task = asyncio.ensure_future(self._made(link, topic, payload, packet_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _made(self, link: BrokerLink, topic: bytes, payload: bytes, packet_id: int) -> None:
        """Make the entity of a message; a message that cannot be one is logged and done with."""
        async with self._room:
            visitor = self._office.visitor
            service = Service(self._pool, self._clerks, self._observing, visitor, visitor, self._office.base)
            try:
                await service.post(topic.decode("utf-8", "replace").removeprefix(VERSION), payload)
            except Unavailable:
                return  # unacknowledged: the broker sends it again
            except OneCityError as error:
                logger.warning("a message for %r makes no entity: %s", topic[:120], error)
            await self._teller.tell(service.touched, pool=self._pool)
        if packet_id:
            link.acknowledge([packet_id])

    async def _tell(self, touched: Sequence[tuple[str, int]]) -> None:
        for name, number in touched:
            entities = SETS[name]
            shown = await self._shown(entities, number)
            if shown is None or self._link is None or self._link.lost.done():
                continue
            for topic, payload in await self._messages(entities, number, shown):
                self._link.transport.write(publish(f"{VERSION}{topic}", payload))

    async def _shown(self, entities: EntitySet, number: int) -> bytes | None:
        reader = Reader(scope=self._office.visitor.scope, base=self._office.base, now=clock.city_now())
        statement = reader.single(entities, key=number, options=Options())
        rows = await self._pool.fetch(statement.sql, *statement.values)
        return str(rows[0]["j"]).encode() if rows else None

    async def _messages(self, entities: EntitySet, number: int, shown: bytes) -> list[tuple[str, bytes]]:
        """Return topics with what is published under them: the set, the entity, ways from others, properties."""
        own = f"{entities.name}({number})"
        found = [(entities.name, shown), (own, shown)]
        statement = keys_of(entities)
        row = await self._pool.fetchrow(statement, number)
        for place, relation in enumerate(item for item in entities.relations if not item.many):
            key = row[place] if row else None
            back = next(item for item in SETS[relation.target].relations if item.target == entities.name)
            if key is not None:
                found.append((f"{relation.target}({key})/{back.name}", shown))
        values = orjson.loads(shown)
        for item in entities.properties:
            if values.get(item.name) is not None:
                found.append((f"{own}/{item.name}", orjson.dumps({item.name: values[item.name], "@iot.selfLink": own})))
        return found


def keys_of(entities: EntitySet) -> str:
    """Return SQL of the keys of an entity's relations to one, by its id."""
    keys = [item.key.format(a="e") for item in entities.relations if not item.many] or ["NULL"]
    condition = entities.by_id.format(a="e", k="$1::bigint")
    return f"SELECT {', '.join(keys)} FROM {entities.rows.format(a='e')} WHERE {condition} LIMIT 1"
