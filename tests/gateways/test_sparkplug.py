"""Sparkplug B edge nodes at a real Mosquitto; births, sequence and death are the simulator's own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as paho
import pytest
from tests.gateways.brokers import PASSWORD, Mosquitto, mosquitto
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.settings import environment
from tests.gateways.stored import newest, readings, readings_by_device, state_of

from onecity.demo.simulators.sparkplug_frames import BOOLEAN, Metric
from onecity.demo.simulators.sparkplug_node import EdgeNode
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.sparkplug import SERVICE
from onecity.platform.iot.models import Device, DeviceNote, QuarantinedMessage
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
PM = Metric("pm2_5", 35.5, alias=1)
VALVE = Metric("humidity", False, BOOLEAN, alias=2)


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with mosquitto() as found:
        yield found


@contextmanager
def listening(broker: Mosquitto) -> Iterator[None]:
    changes = {"broker_host": "127.0.0.1", "broker_port": broker.port, "broker_password": PASSWORD}
    with environment(**changes), field_gateway(SERVICE):
        yield


def node(broker: Mosquitto, *, bd_seq: int = 0) -> EdgeNode:
    """Register an edge node with its device, and let it be born."""
    row = Device.objects.filter(key="gw1").first() or make_device("gw1", protocol=Protocol.SPARKPLUG)
    if not Device.objects.filter(key="gw1:m1").exists():
        make_device("gw1:m1", protocol=Protocol.SPARKPLUG)
    token = issue_token(ALL, device_id=row.id, now=clock.real_now())
    found: list[EdgeNode] = []

    def enters() -> bool:
        broker.renew_passwords()
        made = EdgeNode("water", "gw1", "m1", [PM, VALVE], token=token, bd_seq=bd_seq)
        made.connect("127.0.0.1", broker.port)
        if made.ready.wait(1.0):
            found.append(made)
            return True
        made.close()
        return False

    until(enters, what="the node's entry")
    return found[0]


def test_birth_and_data_are_stored_under_the_device(broker: Mosquitto) -> None:
    with listening(broker):
        edge = node(broker)
        until(lambda: ("pm2_5", 35.5) in readings())
        edge.tell("pm2_5", 36.25)
        until(lambda: newest("pm2_5") == 36.25)
        edge.close()
    assert {key for key, _, _ in readings_by_device()} == {"gw1:m1"}
    assert set(DeviceNote.objects.values_list("kind", flat=True)) == {"NBIRTH", "DBIRTH"}


def test_data_of_a_node_born_before_the_gateway_came_waits_for_the_birth_it_is_asked_for(broker: Mosquitto) -> None:
    edge = node(broker)
    with listening(broker):
        births = edge.births

        def told() -> bool:
            edge.tell("pm2_5", 36.25)
            return edge.births > births

        until(told, what="the request for births")
        until(lambda: newest("pm2_5") == 36.25)
        edge.close()
    assert not QuarantinedMessage.objects.exists()


def test_gap_in_the_sequence_asks_for_births(broker: Mosquitto) -> None:
    with listening(broker):
        edge = node(broker)
        until(lambda: ("pm2_5", 35.5) in readings())
        births = edge.births
        edge.skip()
        edge.tell("pm2_5", 40.0)
        until(lambda: edge.births > births)
        until(lambda: newest("pm2_5") == 40.0)
        edge.close()


def test_order_is_written_and_done_when_it_is_reported(broker: Mosquitto) -> None:
    with listening(broker):
        edge = node(broker)
        until(lambda: ("pm2_5", 35.5) in readings())
        device = Device.objects.get(key="gw1:m1")
        orders = {"set_time": {"metric": "humidity", "value": True}, "set_minute_interval": {"metric": "pm2_5"}}
        Device.objects.filter(id=device.id).update(link={"orders": orders})
        switch = order(ALL, device_id=device.id, code="set_time", now=clock.real_now())
        until(lambda: state_of(switch)[0] == "done")
        assert state_of(switch)[1] == "已上报1"
        unknown = order(ALL, device_id=device.id, code="set_real_time_interval", now=clock.real_now(), argument=60)
        until(lambda: state_of(unknown)[0] == "failed")
        edge.close()


def test_host_says_that_it_is_there_and_that_it_went(broker: Mosquitto) -> None:
    row = make_device("gw2", protocol=Protocol.SPARKPLUG)
    token = issue_token(ALL, device_id=row.id, now=clock.real_now())
    broker.renew_passwords()
    states: list[Any] = []
    with listening(broker):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="gw2")  # type: ignore[attr-defined]
        client.username_pw_set("gw2", token)
        client.on_connect = lambda *_: client.subscribe("spBv1.0/STATE/onecity", 1)
        client.on_message = lambda *given: states.append(json.loads(given[2].payload)["online"])
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        until(lambda: states[-1:] == [True])
    until(lambda: states[-1] is False)
    client.disconnect()
    client.loop_stop()


def test_rubbish_of_a_node_is_quarantined(broker: Mosquitto) -> None:
    with listening(broker):
        edge = node(broker)
        until(lambda: ("pm2_5", 35.5) in readings())
        edge._client.publish("spBv1.0/water/NDATA/gw1", b"\xff\xff")  # what no simulator says by itself
        until(lambda: QuarantinedMessage.objects.filter(reason="sparkplug_not_readable", device_key="gw1").exists())
        edge.close()


def test_node_cannot_speak_for_another(broker: Mosquitto) -> None:
    make_device("gw2", protocol=Protocol.SPARKPLUG)
    with listening(broker):
        edge = node(broker)
        until(lambda: ("pm2_5", 35.5) in readings())
        edge._client.publish("spBv1.0/water/NDATA/gw2", b"\xff\xff").wait_for_publish(5)
        edge.tell("pm2_5", 41.0)
        until(lambda: newest("pm2_5") == 41.0)
        edge.close()
    assert not QuarantinedMessage.objects.exists()
