"""The MQTT extension over the real broker: observations made by publishing, updates told to whoever subscribes."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import paho.mqtt.client as paho
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import override_settings
from paho.mqtt.enums import CallbackAPIVersion
from tests.gateways.brokers import PASSWORD, Mosquitto, mosquitto
from tests.gateways.harness import PATIENCE_S, running, url_of_database

from onecity.platform.identity import api as identity
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.permissions import WRITE_SENSORTHINGS
from onecity.platform.iot.sensorthings.access import Visitor, stranger_of
from onecity.platform.iot.sensorthings.hot import stop_office
from onecity.platform.iot.sensorthings.subscribing import Office, run_subscriptions
from onecity.platform.iot.tests.sensorthings.house import BASE, Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import made, only, stream_with, thing

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "application-secret"


class Application:
    """An application that subscribes and publishes through paho."""

    def __init__(self, broker: Mosquitto, *topics: str) -> None:
        self.heard: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="sensorthings")
        self._client.username_pw_set("sensorthings", SECRET)
        self._client.on_message = lambda client, data, message: self.heard.put(
            (message.topic, orjson.loads(message.payload))
        )
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.connect("127.0.0.1", broker.port)
        self._client.subscribe([(topic, 1) for topic in topics])
        self._client.loop_start()
        assert self._ready.wait(PATIENCE_S)

    def publish(self, topic: str, body: Any) -> None:
        self._client.publish(topic, orjson.dumps(body), qos=1).wait_for_publish(PATIENCE_S)

    def hear(self, wanted: Callable[[Any], bool] = lambda told: True) -> tuple[str, Any]:
        while True:
            topic, told = self.heard.get(timeout=PATIENCE_S)
            if "@iot.selfLink" in told and wanted(told):
                return topic, told

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def subscriptions(broker: Mosquitto, code: str) -> Iterator[None]:
    actor = stranger_of(public=(), opened=code)
    visitor = Visitor(actor, identity.row_scope(actor, WRITE_SENSORTHINGS))
    office = Office("127.0.0.1", broker.port, PASSWORD, BASE, visitor)
    url = url_of_database()

    async def work(ready: Callable[[int], None]) -> None:
        async with asyncpg.create_pool(url, min_size=1, max_size=3) as pool:
            await run_subscriptions(office, pool, ready=lambda: ready(1))

    with running(work):
        yield


def test_entities_are_made_by_publishing_and_told_to_whoever_subscribes() -> None:
    owner = make_organisation("订阅单位")
    with (
        override_settings(ENV=replace(settings.ENV, sensorthings_mqtt_password=SECRET)),
        mosquitto() as broker,
        subscriptions(broker, owner.code),
    ):
        found: dict[str, int] = {}

        async def prepare(ask: Ask) -> None:
            found["stream"], _ = await stream_with(ask)

        visit(program(owner), prepare)
        application = Application(broker, f"v1.1/Datastreams({found['stream']})/Observations", "v1.1/Things")
        try:
            body = {"phenomenonTime": "2015-03-01T00:00:00Z", "result": 42}
            application.publish(f"v1.1/Datastreams({found['stream']})/Observations", body)
            topic, told = application.hear()
            assert (topic, told["result"]) == (f"v1.1/Datastreams({found['stream']})/Observations", 42)

            async def story(ask: Ask) -> None:
                shown = await only(ask, "Observations")
                assert shown == told
                number = await made(ask, f"Datastreams({found['stream']})/Observations", {**body, "result": 43})
                heard = await asyncio.to_thread(application.hear, lambda item: item.get("result") == 43)
                assert heard[1]["@iot.id"] == number
                other = await made(ask, "Things", thing(name="新"))
                heard = await asyncio.to_thread(application.hear, lambda item: item.get("name") == "新")
                assert heard[1]["@iot.id"] == other

            visit(program(owner), story)

            async def renamed(ask: Ask) -> None:
                first = (await ask("GET", "Things?$top=1")).json["value"][0]
                assert (await ask("PATCH", first["@iot.selfLink"], {"name": "改"})).status == 200
                heard = await asyncio.to_thread(application.hear, lambda item: "name" in item)
                assert heard[1]["name"] == "改"

            async def stranger(ask: Ask) -> None:
                await made(ask, "Things", thing(name="他人"))

            visit(program(), stranger)
            visit(program(owner), renamed)
        finally:
            application.close()
            async_to_sync(stop_office)()
