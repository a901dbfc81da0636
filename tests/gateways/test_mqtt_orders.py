"""Orders over MQTT, words of devices, TLS and certificates, at a real Mosquitto."""

import json
import queue
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from tests.gateways.brokers import Mosquitto, mosquitto, mqtt_gateway
from tests.gateways.harness import PATIENCE_S, until
from tests.gateways.stored import readings, state_of

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, DeviceCertificate, DeviceCommand, DeviceNote, QuarantinedMessage
from onecity.platform.iot.services import settings
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.services.provisioning.certificates import certify, revoke_certificate, trusted_pem
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
V3, V5 = paho.MQTTv311, paho.MQTTv5


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with mosquitto(authority=trusted_pem(clock.real_now())) as found:
        yield found


class Client:
    """A device through paho. prepare: adds what the connection needs."""

    def __init__(
        self, port: int, key: str, *, protocol: int = V3, prepare: Callable[[paho.Client], None], lasting: bool = False
    ) -> None:
        how: dict[str, Any] = {} if protocol == V5 else {"clean_session": not lasting}
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=key, protocol=protocol, **how)  # type: ignore[arg-type]
        prepare(self._client)
        self._key = key
        self.heard: queue.Queue[paho.MQTTMessage] = queue.Queue()
        self._codes: queue.Queue[Any] = queue.Queue()
        self._client.on_connect = lambda *given: self._codes.put(given[3])
        self._client.on_message = lambda *given: self.heard.put(given[2])
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self.code = self._codes.get(timeout=PATIENCE_S)

    def listen(self) -> None:
        """Hear one's orders."""
        done: queue.Queue[Any] = queue.Queue()
        self._client.on_subscribe = lambda *given: done.put(given[3][0])
        self._client.subscribe(f"onecity/v1/devices/{self._key}/commands", qos=1)
        assert not done.get(timeout=PATIENCE_S).is_failure

    def say(self, leaf: str, body: object, **how: Any) -> paho.MQTTMessageInfo:
        """Publish JSON below one's own topics."""
        told = self._client.publish(f"onecity/v1/devices/{self._key}/{leaf}", json.dumps(body), qos=1, **how)
        told.wait_for_publish(PATIENCE_S)
        return told

    def hear(self) -> dict[str, Any]:
        """Return the next order."""
        found = json.loads(self.heard.get(timeout=PATIENCE_S).payload)
        assert isinstance(found, dict)
        return found

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()


def device(broker: Mosquitto, key: str = "M1", **how: Any) -> Client:
    """Register a device with a token, and let it in; one that is there comes again."""
    row = Device.objects.filter(key=key).first() or make_device(key, protocol=Protocol.MQTT)
    token = issue_token(ALL, device_id=row.id, now=clock.real_now())
    found: list[Client] = []

    def enters() -> bool:
        broker.renew_passwords()
        client = Client(broker.port, key, prepare=lambda made: made.username_pw_set(key, token), **how)
        if client.code.is_failure:
            client.close()
            return False
        found.append(client)
        return True

    until(enters, what="the device's entry")
    return found[0]


def ordered(**how: Any) -> int:
    row = Device.objects.get(key="M1")
    return order(ALL, device_id=row.id, code="set_minute_interval", now=clock.real_now(), argument=10, **how)


@pytest.mark.parametrize("protocol", [V3, V5])
@pytest.mark.parametrize(("said", "state"), [("done", "done"), ("failed", "failed"), ("accepted", "accepted")])
def test_order_reaches_the_device_and_its_word_ends_it(broker: Mosquitto, protocol: int, said: str, state: str) -> None:
    with mqtt_gateway(broker):
        client = device(broker, protocol=protocol)
        client.listen()
        number = ordered()
        heard = client.hear()
        assert heard == {"id": str(number), "command": "set_minute_interval", "arguments": {"minutes": 10}}
        client.say("answers", {"id": heard["id"], "state": said, "text": "ok"})
        until(lambda: state_of(number) == (state, "ok"))
        client.close()


def test_order_that_expired_is_dropped_by_the_broker(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        client = device(broker, lasting=True)
        client.listen()
        client.close()
        number = ordered()
        until(lambda: state_of(number)[0] == "sent")
        DeviceCommand.objects.filter(id=number).update(timeout_s=1)
        second = ordered()
        DeviceCommand.objects.filter(id=second).update(timeout_s=1)
        until(lambda: state_of(second)[0] == "sent")
        time.sleep(2.5)  # longer than the second order's life; the first lives two minutes
        client = device(broker, lasting=True)
        assert client.hear()["id"] == str(number)
        with pytest.raises(queue.Empty):
            client.heard.get(timeout=1)
        client.close()


def test_word_on_an_order_that_is_not_the_devices_changes_nothing(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        client = device(broker)
        client.listen()
        other = device(broker, "M2")
        number = ordered()
        client.hear()
        other.say("answers", {"id": str(number), "state": "done"})
        other.say("answers", {"id": 7})
        until(lambda: QuarantinedMessage.objects.filter(reason="not_json", device_key="M2").exists())
        assert state_of(number)[0] == "sent"
        client.close()
        other.close()


def test_device_cannot_order_another(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        client, other = device(broker), device(broker, "M2")
        client.listen()
        other._client.publish("onecity/v1/devices/M1/commands", b"{}", qos=1).wait_for_publish(PATIENCE_S)
        with pytest.raises(queue.Empty):
            client.heard.get(timeout=1)
        client.close()
        other.close()


def test_attributes_are_what_the_device_reports_and_events_are_kept(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        client = device(broker)
        client.say("attributes", {"interval": 60})
        client.say("attributes", [1])
        client.say("events", {"door": "open"})
        until(lambda: DeviceNote.objects.filter(kind="events").exists())
        until(lambda: QuarantinedMessage.objects.filter(reason="not_json").exists())
        client.close()
    assert settings.state_of(Device.objects.get().id).reported == {"interval": 60}


def test_properties_of_version_5_are_taken(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        client = device(broker, protocol=V5)
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = 60
        properties.ContentType = "application/json"
        properties.UserProperty = ("trace", "1")
        properties.TopicAlias = 1
        client.say("telemetry", {"pm2_5": 1}, properties=properties)
        again = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        again.TopicAlias = 1
        told = client._client.publish("", b'{"pm2_5": 2}', qos=1, properties=again)
        told.wait_for_publish(PATIENCE_S)
        until(lambda: readings() == {("pm2_5", 1.0), ("pm2_5", 2.0)})
        client.close()


def test_device_may_come_with_tls(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        device(broker).close()
        token = issue_token(ALL, device_id=Device.objects.get().id, now=clock.real_now())

        def prepare(made: paho.Client) -> None:
            made.username_pw_set("M1", token)
            made.tls_set_context(ssl.create_default_context(cafile=str(broker.certificate)))

        def enters() -> bool:
            broker.renew_passwords()
            client = Client(broker.tls_port, "M1", prepare=prepare)
            if not client.code.is_failure:
                client.say("telemetry", {"pm2_5": 5})
            client.close()
            return not client.code.is_failure

        until(enters)
        until(lambda: readings() == {("pm2_5", 5.0)})


def certified(folder: Path, key: str, *, now: Any) -> tuple[Path, Path]:
    """Give a registered device a certificate for a key of its own."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, key)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(own, hashes.SHA256())
    pem = request.public_bytes(serialization.Encoding.PEM).decode()
    device = Device.objects.filter(key=key).first() or make_device(key, protocol=Protocol.MQTT)
    (folder / f"{key}.pem").write_text(certify(device.id, request_pem=pem, now=now))
    (folder / f"{key}.key").write_bytes(
        own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / f"{key}.pem", folder / f"{key}.key"


def test_certificate_is_an_identity_until_it_is_revoked(broker: Mosquitto, tmp_path: Path) -> None:
    certificate, key = certified(tmp_path, "M1", now=clock.real_now())

    def prepare(made: paho.Client) -> None:
        context = ssl.create_default_context(cafile=str(broker.certificate))
        context.load_cert_chain(certificate, key)
        made.tls_set_context(context)

    with mqtt_gateway(broker):
        client = Client(broker.certificate_port, "whatever-it-says", prepare=prepare)
        assert not client.code.is_failure
        client._key = "M1"
        client.say("telemetry", {"pm2_5": 5})
        until(lambda: readings() == {("pm2_5", 5.0)})
        client.close()
        number = DeviceCertificate.objects.get().id
        revoke_certificate(ALL, certificate_id=number, reason="lost", now=clock.real_now())
        broker.renew_passwords()
        time.sleep(1.0)
        client = Client(broker.certificate_port, "M1", prepare=prepare)
        client.say("telemetry", {"pm2_5": 6})
        time.sleep(1.0)
        client.close()
    assert readings() == {("pm2_5", 5.0)}


def test_who_shows_no_certificate_is_not_let_in(broker: Mosquitto) -> None:
    context = ssl.create_default_context(cafile=str(broker.certificate))
    with pytest.raises((OSError, queue.Empty)):
        Client(broker.certificate_port, "M1", prepare=lambda made: made.tls_set_context(context))
