"""NGSI-LD notifications over MQTT to a real broker, with its subscribers on paho."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.gateways.harness import url_of_database
from tests.servers.mosquitto import PASSWORD, USER, Mosquitto

from onecity.platform.iot.ngsild.tests.asking import Broker

PATIENCE_S = 10.0


@pytest.fixture
def house(db: None, settings: Any) -> Iterator[Broker]:
    settings.ENV = replace(settings.ENV, ngsi_hosts=("127.0.0.1",))
    found = Broker(url_of_database())
    yield found
    found.close()


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    server = Mosquitto()
    yield server
    server.remove()


class Listener:
    """Somebody who listens to a topic."""

    def __init__(self, port: int, topic: str) -> None:
        self.heard: list[Any] = []
        self.told, ready = threading.Event(), threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="listener", protocol=paho.MQTTv5)  # type: ignore[arg-type]  # paho's own constant
        self._client.username_pw_set(USER, PASSWORD)
        self._client.on_message = self._heard
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(topic, qos=1)
        self._client.loop_start()
        assert ready.wait(PATIENCE_S)

    def _heard(self, client: Any, data: Any, message: Any) -> None:
        self.heard.append(json.loads(message.payload))
        self.told.set()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.mark.parametrize("version", ["mqtt3.1.1", "mqtt5.0"])
def test_notification_reaches_an_mqtt_topic(house: Broker, mosquitto: Mosquitto, version: str) -> None:
    listener = Listener(mosquitto.port, "city/told")
    endpoint = {
        "uri": f"mqtt://{USER}:{PASSWORD}@127.0.0.1:{mosquitto.port}/city/told",
        "receiverInfo": [{"key": "X-Key", "value": "v"}],
        "notifierInfo": [{"key": "MQTT-Version", "value": version}, {"key": "MQTT-QoS", "value": "1"}],
    }
    body = {"type": "Subscription", "entities": [{"type": "T"}], "notification": {"endpoint": endpoint}}
    assert house.post("/subscriptions", body).status == 201
    house.add({"id": "urn:e:a", "type": "T", "speed": 5})
    assert house.deliver() == []
    assert listener.told.wait(PATIENCE_S)
    listener.close()
    (message,) = listener.heard
    assert (message["metadata"]["Content-Type"], message["metadata"]["X-Key"]) == ("application/json", "v")
    assert "json-ld#context" in message["metadata"]["Link"]
    assert message["body"]["data"][0]["speed"]["value"] == 5


def test_broker_that_refuses_is_a_failure(house: Broker, mosquitto: Mosquitto) -> None:
    uri = f"mqtt://{USER}:wrong@127.0.0.1:{mosquitto.port}/city/told"
    body = {
        "id": "urn:s:1",
        "type": "Subscription",
        "entities": [{"type": "T"}],
        "notification": {"endpoint": {"uri": uri}},
    }
    assert house.post("/subscriptions", body).status == 201
    house.add({"id": "urn:e:a", "type": "T", "speed": 5})
    house.deliver()
    assert house.get("/subscriptions/urn:s:1").json()["notification"]["status"] == "failed"
    nowhere = {"notification": {"endpoint": {"uri": f"mqtt://127.0.0.1:{mosquitto.port}"}}}
    assert house.patch("/subscriptions/urn:s:1", nowhere).status == 204
    house.run(house.connection.execute("UPDATE iot_ngsi_notice SET due_at = '2000-01-01'"))
    house.deliver()
    assert house.get("/subscriptions/urn:s:1").json()["notification"]["timesFailed"] == 2
