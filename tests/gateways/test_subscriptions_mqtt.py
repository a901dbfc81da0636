"""Subscriptions by MQTT over a real Mosquitto, read with paho: only by the application itself, nothing lost."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from tests.gateways.brokers import Mosquitto, mosquitto
from tests.gateways.harness import PATIENCE_S, until
from tests.gateways.telling import Gauge, courier, integrator, settle, subscribed

from onecity.kernel.errors import Invalid
from onecity.platform.iot.models import Delivery, Subscription, SubscriptionProgress
from onecity.platform.iot.services.broker_files import broker_name, events_topic
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.services.subscriptions.making import end_subscription
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
SESSION_S = 600


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    recording._own.__dict__.clear()
    with mosquitto() as found:
        yield found


class Application:
    """An application with a session at the broker that outlives its connection."""

    def __init__(self, broker: Mosquitto, name: str, password: str, *, topic: str = "", version: int = 5) -> None:
        protocol = paho.MQTTv5 if version == 5 else paho.MQTTv311
        options: dict[str, Any] = {} if version == 5 else {"clean_session": False}
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol, **options)
        self._client.username_pw_set(name, password)
        self.events: list[Any] = []
        self.codes: list[Any] = []
        self.refused = ""
        self._ready = threading.Event()
        self._topic = topic
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = lambda client, data, message: self.events.append(json.loads(message.payload))
        properties = None
        if version == 5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_S
        how = {"clean_start": False, "properties": properties} if version == 5 else {}
        self._client.connect("127.0.0.1", broker.port, **how)  # type: ignore[arg-type]  # paho's own names
        self._client.loop_start()
        assert self._ready.wait(PATIENCE_S)

    def close(self) -> None:
        """Hang up; the session stays."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def values(self) -> list[float]:
        return [event["data"]["value"] for event in self.events]

    def _connected(self, client: Any, data: Any, flags: Any, code: Any, properties: Any) -> None:
        if code.is_failure:
            self.refused = str(code)
            self._ready.set()
        elif self._topic:
            client.subscribe([(name, 1) for name in self._topic.split()])
        else:
            self._ready.set()

    def _subscribed(self, client: Any, data: Any, number: Any, codes: Any, properties: Any) -> None:
        self.codes = [str(code) for code in codes]
        self._ready.set()


def application(broker: Mosquitto, made: Any, *, topic: str = "", version: int = 5) -> Application:
    """Connect as a subscription's application, once the broker has read its password."""
    found: list[Application] = []

    def enters() -> bool:
        broker.renew_passwords()
        own = topic or events_topic(made.key)
        found.append(Application(broker, broker_name(made.key), made.secret, topic=own, version=version))
        if found[-1].refused:
            found[-1].close()
        return not found[-1].refused

    until(enters, what="the application's entry")
    return found[-1]


@pytest.mark.parametrize("version", [5, 3])
def test_events_wait_for_an_application_that_never_came_and_for_one_that_is_away(
    broker: Mosquitto, version: int
) -> None:
    made = subscribed(integrator(), channel="mqtt")
    gauge = Gauge(make_device("M7"))
    with courier(broker=broker):
        gauge.read(1.0)
        settle(1.0)
        assert SubscriptionProgress.objects.get().events == 0  # nobody has subscribed to the topic
        first = application(broker, made, version=version)
        until(lambda: first.values == [1.0])
        gauge.read(2.0, 3.0)
        until(lambda: first.values == [1.0, 2.0, 3.0])
        first.close()
        gauge.read(4.0)
        until(lambda: SubscriptionProgress.objects.get().events == 4)
        second = application(broker, made, version=version)
        until(lambda: second.values == [4.0])
        second.close()
    assert first.events[0]["subject"] == "M7"
    assert not Delivery.objects.filter(succeeded=False).exists()


def test_broker_that_was_away_loses_nothing_that_was_not_told(broker: Mosquitto) -> None:
    made = subscribed(integrator(), channel="mqtt")
    gauge = Gauge(make_device())
    with courier(broker=broker):
        first = application(broker, made)
        gauge.read(1.0)
        until(lambda: first.values == [1.0])
        first.close()
        broker.stop()
        gauge.read(2.0)
        until(lambda: Delivery.objects.filter(succeeded=False).exists())
        broker.start()
        second = application(broker, made)
        until(lambda: second.values == [2.0], within=60)
        second.close()


def test_application_reads_its_own_topic_only(broker: Mosquitto) -> None:
    actor = integrator()
    mine, theirs = subscribed(actor, channel="mqtt"), subscribed(actor, channel="mqtt")
    greedy = application(broker, mine, topic=f"{events_topic(theirs.key)} {events_topic(mine.key)}")
    curious = application(broker, theirs, topic="onecity/v1/subscriptions/+/events")
    with courier(broker=broker):
        Gauge(make_device()).read(1.0)
        until(lambda: SubscriptionProgress.objects.filter(events=1).count() == 2)
        until(lambda: len(greedy.events) == len(curious.events) == 1)
        settle()
    assert [len(greedy.events), len(curious.events)] == [1, 1]  # two were published; each reads its own
    greedy.close()
    curious.close()


def test_wrong_password_and_ended_subscription_are_refused(broker: Mosquitto) -> None:
    actor = integrator()
    made = subscribed(actor, channel="mqtt")
    application(broker, made).close()
    assert Application(broker, broker_name(made.key), made.secret + "x").refused
    end_subscription(actor, subscription_id=made.id)
    assert not Subscription.objects.exists()

    def is_out() -> bool:
        broker.renew_passwords()
        tried = Application(broker, broker_name(made.key), made.secret)
        tried.close()
        return bool(tried.refused)

    until(is_out)


def test_no_device_may_have_the_name_of_an_application(broker: Mosquitto) -> None:
    with pytest.raises(Invalid):
        make_device(broker_name("0" * 32))
