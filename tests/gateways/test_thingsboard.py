"""Devices built for ThingsBoard, through paho: an implementation of MQTT that is none of ours."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as paho
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.gateways.fields import field_gateway
from tests.gateways.harness import PATIENCE_S, until, url_of_database
from tests.gateways.stored import readings, state_of

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.thingsboard import PROTOCOL
from onecity.platform.iot.models import Device, DeviceNote, QuarantinedMessage
from onecity.platform.iot.services import settings
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token, revoke_token
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
V3, V5 = paho.MQTTv311, paho.MQTTv5


class Client:
    """A device: its token is its user name, and it gives no password."""

    def __init__(self, port: int, token: str, *, password: str | None = None, protocol: int = V3) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="tb", protocol=protocol)  # type: ignore[arg-type]
        self._client.username_pw_set(token, password)
        self._client.on_connect = self._connected
        self._client.on_message = lambda *given: self.heard.put((given[2].topic, given[2].payload))
        self._client.on_disconnect = lambda *_: self.gone.set()
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.gone = threading.Event()
        self.code: Any = None
        self._answer = threading.Event()
        self._client.connect("127.0.0.1", port, keepalive=30)
        self._client.loop_start()
        assert self._answer.wait(PATIENCE_S)

    def publish(self, topic: str, body: object, *, wait: bool = True) -> Any:
        """Publish JSON at QoS 1; wait until the platform says that it is durable."""
        told = self._client.publish(topic, json.dumps(body), qos=1)
        if wait:
            told.wait_for_publish(PATIENCE_S)
            assert told.is_published()
        return told

    def subscribe(self, topic: str) -> int:
        """Subscribe; return what was granted."""
        done: queue.Queue[int] = queue.Queue()
        self._client.on_subscribe = lambda *given: done.put(given[3][0].value)
        self._client.subscribe(topic, qos=1)
        return done.get(timeout=PATIENCE_S)

    def hear(self) -> tuple[str, Any]:
        """Return the next message."""
        topic, body = self.heard.get(timeout=PATIENCE_S)
        return topic, json.loads(body)

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Any, data: Any, flags: Any, code: Any, properties: Any) -> None:
        self.code = code
        self._answer.set()


@contextmanager
def connected(key: str = "T1", *, protocol: int = V3, **how: Any) -> Iterator[Client]:
    """Run a gateway and a device that is registered and let in."""
    row = make_device(key, protocol=Protocol.THINGSBOARD, **how)
    token = issue_token(ALL, device_id=row.id, now=clock.real_now())
    with field_gateway(PROTOCOL) as ports:
        client = Client(ports["thingsboard"], token, protocol=protocol)
        try:
            assert not client.code.is_failure
            yield client
        finally:
            client.close()


def ordered(code: str, **arguments: int) -> int:
    device = Device.objects.get()
    return order(ALL, device_id=device.id, code=code, now=clock.real_now(), arguments=arguments)


@pytest.mark.parametrize("protocol", [V3, V5])
def test_telemetry_is_stored_before_it_is_acknowledged(protocol: int) -> None:
    with connected(protocol=protocol) as client, psycopg.connect(url_of_database()) as other:
        other.execute("SELECT FROM iot_device FOR UPDATE")  # the writer has to wait
        told = client.publish("v1/devices/me/telemetry", {"pm2_5": 35.5}, wait=False)
        told.wait_for_publish(0.5)
        assert not told.is_published()
        other.rollback()
        told.wait_for_publish(PATIENCE_S)
        assert told.is_published()
    assert readings() == {("pm2_5", 35.5)}


def test_every_form_of_telemetry_is_read() -> None:
    now_ms = int(clock.city_now().timestamp() * 1000)
    with connected() as client:
        client.publish("v2/t", [{"pm2_5": 1}, {"humidity": True}])
        client.publish("v1/devices/me/telemetry", {"ts": now_ms - 5000, "values": {"pm2_5": 2, "mode": "auto"}})
        client.publish("v1/devices/me/telemetry", [{"ts": now_ms - 4000, "values": {"pm2_5": 3}}])
    assert readings() == {("humidity", 1.0), ("pm2_5", 1.0), ("pm2_5", 2.0), ("pm2_5", 3.0)}
    assert DeviceNote.objects.get(kind="telemetry").content == '{"mode":"auto"}'


@pytest.mark.parametrize("protocol", [V3, V5])
def test_who_shows_no_valid_token_is_turned_away(protocol: int) -> None:
    with field_gateway(PROTOCOL) as ports:
        client = Client(ports["thingsboard"], "ocd_nobody", protocol=protocol)
        assert client.code.value == 0x87  # paho gives 3.1.1's code 5 the same number
        client.close()
    assert b"ocd_nobody" not in b"".join(bytes(row.raw) for row in QuarantinedMessage.objects.all())


def test_device_whose_token_is_revoked_is_parted_with() -> None:
    with connected() as client:
        revoke_token(ALL, device_id=Device.objects.get().id, now=clock.real_now())
        client.publish("v1/devices/me/telemetry", {"pm2_5": 1}, wait=False)
        until(lambda: QuarantinedMessage.objects.filter(reason="wrong_password").exists() or client.gone.is_set())
    assert readings() == set()


def test_what_cannot_be_read_is_acknowledged_and_quarantined() -> None:
    with connected() as client:
        client.publish("v1/devices/me/telemetry", [1])
        client.publish("v1/devices/other/telemetry", {"pm2_5": 1})
        client.publish("v1/devices/me/telemetry", {"ts": 1 << 52, "values": {"pm2_5": 1}})
        until(lambda: QuarantinedMessage.objects.count() == 3)
    assert sorted(QuarantinedMessage.objects.values_list("reason", "device_key")) == [
        ("bad_time", "T1"),
        ("bad_topic", "T1"),
        ("not_json", "T1"),
    ]


def test_attributes_are_what_the_device_reports_and_can_be_asked_for() -> None:
    with connected() as client:
        client.publish("v1/devices/me/attributes", {"firmware_version": "1.2", "channels": 4})
        client.subscribe("v1/devices/me/attributes/response/+")
        client.publish("v1/devices/me/attributes/request/7", {"clientKeys": "channels,none", "sharedKeys": "none"})
        assert client.hear() == ("v1/devices/me/attributes/response/7", {"client": {"channels": 4}})
    assert settings.state_of(Device.objects.get().id).reported == {"firmware_version": "1.2", "channels": 4}


def test_new_settings_are_pushed_as_shared_attributes() -> None:
    with connected() as client:
        assert client.subscribe("v1/devices/me/attributes") == 1
        number = Device.objects.get().id
        wanted = {"interval": 60}
        settings.desire(ALL, device_id=number, changes=wanted, expected_version=None, now=clock.real_now())
        assert client.hear() == ("v1/devices/me/attributes", {"interval": 60})
        client.publish("v1/devices/me/attributes", {"interval": 60})
        until(lambda: not settings.state_of(number).delta)


@pytest.mark.parametrize("protocol", [V3, V5])
@pytest.mark.parametrize(
    ("answer", "state"), [({"success": True}, "done"), ({"error": "stuck"}, "failed"), ("ok", "done")]
)
def test_order_calls_a_method_and_hears_how_it_ended(protocol: int, answer: object, state: str) -> None:
    with connected(protocol=protocol) as client:
        client.subscribe("v1/devices/me/rpc/request/+")
        number = ordered("set_minute_interval", minutes=10)
        topic, body = client.hear()
        assert body == {"method": "set_minute_interval", "params": {"minutes": 10}}
        client.publish(topic.replace("request", "response"), answer)
        until(lambda: state_of(number)[0] == state)
        assert state_of(number)[1] == json.dumps(answer)


def test_order_for_a_device_that_does_not_listen_fails() -> None:
    with connected() as client:
        client.publish("v1/devices/me/telemetry", {"pm2_5": 1})
        number = ordered("set_time")
        until(lambda: state_of(number)[0] == "failed")


def test_device_may_ask_for_the_time() -> None:
    with connected() as client:
        client.subscribe("v1/devices/me/rpc/response/+")
        client.publish("v1/devices/me/rpc/request/3", {"method": "getCurrentTime", "params": {}})
        topic, body = client.hear()
        assert topic == "v1/devices/me/rpc/response/3"
        assert abs(body["time"] - clock.city_now().timestamp() * 1000) < 60_000
        client.publish("v1/devices/me/rpc/request/4", {"method": "sing"})
        assert client.hear() == ("v1/devices/me/rpc/response/4", {"error": "unknown method"})


def test_topics_that_are_none_of_a_devices_are_not_granted() -> None:
    with connected() as client:
        assert client.subscribe("v1/devices/me/#") == 0x80
        assert client.subscribe("#") == 0x80


def test_gateway_speaks_for_its_children_and_for_nobody_else() -> None:
    now_ms = int(clock.city_now().timestamp() * 1000)
    with connected("G1") as client:
        child = make_device("C1", protocol=Protocol.THINGSBOARD)
        Device.objects.filter(id=child.id).update(parent=Device.objects.get(key="G1"))
        make_device("X1", protocol=Protocol.THINGSBOARD, password="abcdef")
        client.publish("v1/gateway/connect", {"device": "C1"})
        client.publish(
            "v1/gateway/telemetry",
            {"C1": [{"ts": now_ms, "values": {"pm2_5": 7}}], "X1": [{"ts": now_ms, "values": {"pm2_5": 8}}]},
        )
        client.publish("v1/gateway/attributes", {"C1": {"serial": "77"}})
        client.subscribe("v1/gateway/rpc")
        number = order(ALL, device_id=child.id, code="set_time", now=clock.real_now())
        topic, body = client.hear()
        assert (topic, body["device"], body["data"]["method"]) == ("v1/gateway/rpc", "C1", "set_time")
        client.publish("v1/gateway/rpc", {"device": "C1", "id": body["data"]["id"], "data": {"success": True}})
        until(lambda: state_of(number)[0] == "done")
    assert readings() == {("pm2_5", 7.0)}
    assert list(QuarantinedMessage.objects.values_list("reason", "device_key")) == [("wrong_password", "X1")]
    assert settings.state_of(child.id).reported == {"serial": "77"}


@pytest.mark.parametrize(("password", "let_in"), [("abcdef", True), ("abcdeg", False)])
def test_device_may_show_its_key_and_password(password: str, let_in: bool) -> None:  # parameter
    make_device("B1", protocol=Protocol.THINGSBOARD, password="abcdef")
    with field_gateway(PROTOCOL) as ports:
        client = Client(ports["thingsboard"], "B1", password=password)
        assert client.code.is_failure is not let_in
        client.close()


def test_device_that_has_a_token_and_no_password_is_not_let_in_by_any() -> None:
    row = make_device("B1", protocol=Protocol.THINGSBOARD)
    issue_token(ALL, device_id=row.id, now=clock.real_now())
    with field_gateway(PROTOCOL) as ports:
        client = Client(ports["thingsboard"], "B1", password="anything")
        assert client.code.is_failure
        client.close()


def test_claim_leaves_no_secret_behind() -> None:
    with connected() as client:
        client.publish("v1/devices/me/claim", {"secretKey": "geheim-77", "durationMs": 60000})
        until(lambda: DeviceNote.objects.filter(kind="claim").exists())
    assert not any("geheim" in row.content for row in DeviceNote.objects.all())
