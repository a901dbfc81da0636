"""Kill -9 under load: no acknowledged reading is lost, none is stored twice, nothing is quarantined for it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from tests.faults.clusters import Cluster
from tests.faults.loads import FieldUnit
from tests.gateways.brokers import PASSWORD, Mosquitto, MqttDevice, mosquitto
from tests.gateways.harness import Process, until

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Latest, Observation, QuarantinedMessage
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.faults
FACTORS = 2


def yesterday() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def units(port: int, *keys: str) -> list[FieldUnit]:
    found = [FieldUnit(key, yesterday(), port) for key in keys]
    for unit in found:
        unit.start()
    return found


def answered(load: list[FieldUnit]) -> int:
    return sum(len(unit.answered) for unit in load)


@pytest.mark.django_db(transaction=True)
def test_killed_hj212_gateway_loses_and_doubles_nothing() -> None:
    for key in ("MN1", "MN2"):
        make_device(key)
    connection.close()
    process = Process("hj212", "--host", "127.0.0.1", "--port", "0")
    port = process.port
    process.fix("--port", str(port))
    load = units(port, "MN1", "MN2")
    for kills in range(1, 4):
        until(lambda kills=kills: answered(load) >= 300 * kills)  # type: ignore[misc]
        process.kill()
        process.start()
    for unit in load:
        unit.finish(within=20)
    process.stop()
    assert all(unit.answered == set(unit.sent) for unit in load)
    assert Observation.objects.count() == FACTORS * sum(len(unit.sent) for unit in load)
    assert set(Observation.objects.values_list("phenomenon_at", flat=True)) == {
        at for unit in load for at in unit.sent.values()
    }
    assert QuarantinedMessage.objects.count() == 0
    assert Latest.objects.count() == FACTORS * len(load)


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with mosquitto() as found:
        yield found


@pytest.mark.django_db(transaction=True)
def test_killed_mqtt_gateway_loses_and_doubles_nothing(broker: Mosquitto) -> None:
    device = make_device("M1", protocol=Protocol.MQTT)
    token = issue_token(system_actor("test"), device_id=device.id, now=clock.real_now())
    broker.renew_passwords()
    connection.close()
    settings = {"ONECITY_BROKER_PASSWORD": PASSWORD, "ONECITY_BROKER_HOST": "127.0.0.1"}
    process = Process("mqtt", "--port", str(broker.port), settings=settings)
    sender = MqttDevice(broker, "M1", token)
    sent: list[int] = []
    stop = threading.Event()

    def publish() -> None:
        first = int(yesterday().timestamp() * 1000)
        while not stop.is_set():
            at = first + len(sent) * 1000
            sender.publish("onecity/v1/devices/M1/telemetry", b'{"values": {"pm2_5": 1}, "ts": %d}' % at)
            sent.append(at)

    thread = threading.Thread(target=publish)
    thread.start()
    for kills in range(1, 4):
        until(lambda kills=kills: Observation.objects.count() >= 200 * kills)  # type: ignore[misc]
        process.kill()
        process.start()
    stop.set()
    thread.join(10)
    until(lambda: Observation.objects.count() == len(sent), what="all that the broker took")
    sender.close()
    process.stop()
    assert QuarantinedMessage.objects.count() == 0


def test_killed_database_loses_and_doubles_nothing() -> None:
    cluster = Cluster()
    try:
        cluster.prepare("MN1", "MN2")
        process = Process("hj212", "--host", "127.0.0.1", "--port", "0", database_url=cluster.url)
        load = units(process.port, "MN1", "MN2")
        for kills in range(1, 3):
            until(lambda kills=kills: answered(load) >= 300 * kills)  # type: ignore[misc]
            cluster.kill()
            cluster.start()
        for unit in load:
            unit.finish(within=30)
        process.stop()
        assert all(unit.answered == set(unit.sent) for unit in load)
        stored = cluster.sql("SELECT count(*), count(DISTINCT phenomenon_at) FROM iot_observation")
        sent = {at for unit in load for at in unit.sent.values()}
        assert stored == [(FACTORS * sum(len(unit.sent) for unit in load), len(sent))]
        assert cluster.sql("SELECT count(*) FROM iot_quarantinedmessage") == [(0,)]
    finally:
        cluster.remove()
