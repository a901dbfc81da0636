"""JSON telemetry over a real Mosquitto: stored, then acknowledged; each device on its own topics only."""

from collections.abc import Iterator

import paho.mqtt.client as paho
import psycopg
import pytest
from tests.gateways.brokers import PASSWORD, Mosquitto, MqttDevice, Refused, mosquitto, mqtt_gateway
from tests.gateways.harness import PATIENCE_S, until, url_of_database

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.codecs.telemetry import encode
from onecity.platform.iot.declare import Period, Protocol
from onecity.platform.iot.models import (
    Datastream,
    Device,
    DeviceNote,
    Gateway,
    Latest,
    Observation,
    QuarantinedMessage,
    UnknownDevice,
)
from onecity.platform.iot.services.credentials import issue_token, revoke_token
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with mosquitto() as found:
        yield found


def device(broker: Mosquitto, key: str, *, protocol: int = paho.MQTTv311, **how: object) -> MqttDevice:
    """Register a device with a token, and let it connect."""
    row = make_device(key, protocol=Protocol.MQTT, **how)  # type: ignore[arg-type]
    token = issue_token(ALL, device_id=row.id, now=clock.real_now())
    found: list[MqttDevice] = []

    def enters() -> bool:
        broker.renew_passwords()  # again at each try: a broker that is just reading its files forgets the signal
        try:
            found.append(MqttDevice(broker, key, token, protocol=protocol))
        except Refused:
            return False
        return True

    until(enters, what="the device's entry")
    return found[0]


def topic(key: str, leaf: str = "telemetry") -> str:
    return f"onecity/v1/devices/{key}/{leaf}"


def stored() -> list[tuple[str, str, float | None]]:
    names = dict(Datastream.objects.values_list("id", "property_code"))
    rows = Observation.objects.order_by("phenomenon_at", "datastream_id")
    return [(names[row.datastream_id], chr(row.quality), row.result) for row in rows]


def quarantined() -> list[tuple[str, str]]:
    return sorted(QuarantinedMessage.objects.values_list("reason", "device_key"))


@pytest.mark.parametrize("protocol", [paho.MQTTv311, paho.MQTTv5])
def test_telemetry_is_stored(broker: Mosquitto, protocol: int) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1", protocol=protocol)
        at = clock.city_now()
        for turn in range(3):  # the first goes the slow way, the others the fast one
            payload = encode({"pm2_5": 35.0 + turn, "humidity": None}, at=at.replace(microsecond=turn * 1000))
            sender.publish(topic("M1"), payload)
            until(lambda turn=turn: len(stored()) == 2 * (turn + 1))  # type: ignore[misc]
        assert [(q, v) for name, q, v in stored() if name == "pm2_5"] == [("N", 35.0), ("N", 36.0), ("N", 37.0)]
        assert {(q, v) for name, q, v in stored() if name == "humidity"} == {("X", None)}
        assert Latest.objects.filter(result=37.0).count() == 1
        until(lambda: Device.objects.get().state == "online")
        until(lambda: Gateway.objects.get().figures["answered"] == 3)
        sender.close()
    assert Gateway.objects.get().stopped_at is not None


def test_several_points_periods_and_sub_values_come_in_one_message(broker: Mosquitto) -> None:
    payload = b"""[{"values": {"pm2_5-avg": 30, "pm2_5-max": 41.5}, "ts": "2026-03-10T11:00:00+08:00",
                   "period": "hour"},
                  {"values": {"pm2_5": true}, "ts": 1773111600000, "quality": "D"}]"""
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        for _ in range(2):
            sender.publish(topic("M1"), payload)
        until(lambda: Gateway.objects.filter(figures__repeated=3, figures__stored=3).exists())
        until(lambda: Device.objects.get().state == "faulty")
        sender.close()
    kinds = set(Datastream.objects.values_list("property_code", "period", "sub_value"))
    assert kinds == {("pm2_5", Period.HOUR, "avg"), ("pm2_5", Period.HOUR, "max"), ("pm2_5", Period.REAL_TIME, "")}
    assert sorted(result or 0 for _, _, result in stored()) == [1.0, 30.0, 41.5]


def test_bad_messages_lie_in_the_quarantine_with_their_reasons_and_harm_no_other(broker: Mosquitto) -> None:
    bad = {b"\xff{": "not_json", b'{"values": {}}': "no_values", b'{"values": {"a": 1}, "ts": 1e99}': "not_json"}
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        for payload in bad:
            sender.publish(topic("M1"), payload)
        sender.publish(topic("M1"), b'{"pm2_5": 1, "ts_is_no_name": 2}')
        until(lambda: len(stored()) == 2)
        until(lambda: QuarantinedMessage.objects.count() == len(bad))
        sender.close()
    assert quarantined() == sorted((reason, "M1") for reason in bad.values())


def test_device_that_nobody_registered_is_shown_and_kept(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        Device.objects.filter(key="M1").update(key="M2")
        sender.publish(topic("M1"), b'{"pm2_5": 1}')
        until(lambda: quarantined() == [("unknown_device", "M1")])
        sender.close()
    assert UnknownDevice.objects.get().messages == 1


def test_event_is_kept_as_a_note(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        sender.publish(topic("M1", "events"), '{"event": "柜门打开"}'.encode())
        until(lambda: DeviceNote.objects.count() == 1)
        sender.close()
    assert DeviceNote.objects.get().content == '{"event": "柜门打开"}'


def test_device_cannot_speak_for_another(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        one, other, third = device(broker, "M1"), device(broker, "M2"), device(broker, "M3")
        one.publish(topic("M2"), b'{"pm2_5": 666}')  # the broker may hang up after this, so each says one thing only
        third.publish("onecity/v1/anything", b'{"pm2_5": 666}')
        other.publish(topic("M2"), b'{"pm2_5": 1}')
        until(lambda: len(stored()) == 1)
        for each in (one, other, third):
            each.close()
    assert [value for _, _, value in stored()] == [1.0]
    assert QuarantinedMessage.objects.count() == 0


@pytest.mark.parametrize(("name", "token"), [("M1", "wrong"), ("", ""), ("stranger", "x"), ("onecity-gateway-1", "x")])
def test_nobody_enters_without_his_token(broker: Mosquitto, name: str, token: str) -> None:
    with mqtt_gateway(broker):
        device(broker, "M1").close()
        with pytest.raises(Refused):
            MqttDevice(broker, name, token)


def test_token_that_is_taken_away_ends_the_connection(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        revoke_token(ALL, device_id=Device.objects.get().id, now=clock.real_now())
        assert sender.gone.wait(PATIENCE_S)
        sender.close()


def test_token_issued_while_the_gateway_runs_opens_the_door_within_moments(broker: Mosquitto) -> None:
    row = make_device("M1", protocol=Protocol.MQTT)
    with mqtt_gateway(broker):
        token = issue_token(ALL, device_id=row.id, now=clock.real_now())

        def enters() -> bool:
            try:
                MqttDevice(broker, "M1", token).close()
            except Refused:
                return False
            return True

        until(enters, within=5)


def test_retired_device_is_refused_even_while_its_connection_lives(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        sender.publish(topic("M1"), b'{"pm2_5": 1}')
        until(lambda: len(stored()) == 1)
        broker.folder.joinpath("mosquitto.pid").unlink()  # as if the broker were far away
        retire_device(ALL, device_id=Device.objects.get().id, reason="报废", now=clock.city_now())

        def refused() -> bool:
            sender.publish(topic("M1"), b'{"pm2_5": 2}')
            return ("retired_device", "M1") in quarantined()

        until(refused, within=5)
        sender.close()


def test_nothing_is_acknowledged_before_it_is_durable(broker: Mosquitto) -> None:
    with psycopg.connect(url_of_database()) as other, mqtt_gateway(broker):
        sender = device(broker, "M1")
        other.execute("SELECT FROM iot_device FOR UPDATE")  # the writer has to wait
        sender.publish(topic("M1"), b'{"pm2_5": 1}')
        until(lambda: Gateway.objects.filter(figures__messages=1).exists())
        assert Gateway.objects.get().figures["answered"] == 0
        other.rollback()
        until(lambda: Gateway.objects.filter(figures__answered=1).exists())
        sender.close()
    assert len(stored()) == 1


def test_what_came_while_no_gateway_ran_is_taken_by_the_next(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
    for turn in range(20):
        sender.publish(topic("M1"), b'{"values": {"pm2_5": 1}, "ts": %d}' % (1_773_111_600_000 + turn))
    assert stored() == []
    with mqtt_gateway(broker):
        until(lambda: len(stored()) == 20)
    sender.close()


def test_gateway_comes_back_when_the_broker_was_away(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
        broker.stop()
        sender.close()
        broker.start()
        sender = MqttDevice(broker, "M1", sender.token)
        sender.publish(topic("M1"), b'{"pm2_5": 1}')
        until(lambda: len(stored()) == 1)
        sender.close()


def test_two_gateways_divide_the_work_and_store_each_message_once(broker: Mosquitto) -> None:
    with mqtt_gateway(broker, shared=True), mqtt_gateway(broker, number=2, shared=True):
        sender = device(broker, "M1")
        for turn in range(40):
            sender.publish(topic("M1"), b'{"values": {"pm2_5": 1}, "ts": %d}' % (1_773_111_600_000 + turn))
        until(lambda: len(stored()) == 40)
        sender.close()


def test_message_published_before_the_gateway_is_back_from_the_brokers_restart_is_not_lost(broker: Mosquitto) -> None:
    with mqtt_gateway(broker):
        sender = device(broker, "M1")
    broker.stop()
    sender.close()
    broker.start()
    sender = MqttDevice(broker, "M1", sender.token)
    sender.publish(topic("M1"), b'{"pm2_5": 1}')
    with mqtt_gateway(broker):
        until(lambda: len(stored()) == 1)
    sender.close()


def test_gateways_password_is_not_in_the_files_in_clear(broker: Mosquitto) -> None:
    for path in broker.folder.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0 or path.suffix in {".db", ".pid"}
