"""What the field gateway promises every protocol: judged, durable, answered, in that order."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from tests.gateways.fields import Talker, field_gateway
from tests.gateways.harness import until, url_of_database
from tests.gateways.wording import DATAGRAM_WORDS, FAMILY_WORDS, WORDS

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import forget_keys
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import (
    Datastream,
    Device,
    DeviceCommand,
    DeviceNote,
    Gateway,
    Observation,
    QuarantinedMessage,
    UnknownDevice,
)
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
SL651, DLT645, GB26875 = WORDS.code, FAMILY_WORDS.code, DATAGRAM_WORDS.code
LATELY = timedelta(hours=1)


def lately(turn: int = 0) -> int:
    return int((clock.city_now() - LATELY).timestamp()) + turn


def reasons() -> set[str]:
    return set(QuarantinedMessage.objects.values_list("reason", flat=True))


def test_upload_is_answered_when_it_is_stored_under_its_property() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask(f"A pm2_5@{lately()}=35.5 odd@{lately()}=2") == "got"
    found = {stream.id: (stream.property_code, stream.mapped) for stream in Datastream.objects.all()}
    stored = {(*found[row.datastream_id], row.result) for row in Observation.objects.all()}
    assert stored == {("pm2_5", True, 35.5), ("odd", False, 2.0)}


def test_nothing_is_answered_before_it_is_durable() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker, psycopg.connect(url_of_database()) as other:
        other.execute("SELECT FROM iot_device FOR UPDATE")  # the writer has to wait
        talker.say(f"A pm2_5@{lately()}=1")
        assert talker.hears_nothing(for_s=0.5)
        other.rollback()
        assert talker.hear() == "got"
        assert other.execute("SELECT count(*) FROM iot_observation").fetchone() == (1,)


def test_reading_without_a_time_gets_that_of_its_arrival() -> None:
    make_device("A", protocol=SL651)
    before = clock.city_now()
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask("A pm2_5=1")
    assert before <= Observation.objects.get().phenomenon_at <= clock.city_now()


def test_repeat_is_answered_and_stored_once() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        line = f"A pm2_5@{lately()}=1"
        assert [talker.ask(line) for _ in range(3)] == ["got"] * 3
    assert Observation.objects.count() == 1
    assert not QuarantinedMessage.objects.exists()


@pytest.mark.parametrize("seconds", [4_102_444_800, 0], ids=["2100", "1970"])
def test_clock_that_cannot_be_right_is_quarantined_and_answered(seconds: int) -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask(f"A pm2_5@{seconds}=1") == "got"
    assert reasons() == {"clock_not_believed"}
    assert not Observation.objects.exists()


def test_stranger_is_told_so_and_seen() -> None:
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("NOBODY pm2_5=1") == "not unknown_device"
    assert UnknownDevice.objects.get().key == "NOBODY"
    assert reasons() == {"unknown_device"}


def test_stranger_is_known_within_a_second_of_its_registration() -> None:
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask("A pm2_5=1")
        make_device("A", protocol=SL651)
        until(lambda: talker.ask("A pm2_5=1") == "got", within=3)


def test_device_of_another_protocol_is_refused() -> None:
    make_device("A", protocol=Protocol.MODBUS)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("A pm2_5=1") == "not wrong_protocol"


def test_retired_device_is_refused_at_once() -> None:
    device = make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("A pm2_5=1") == "got"
        retire_device(system_actor("test"), device_id=device.id, reason="", now=clock.city_now())
        until(lambda: talker.ask(f"A pm2_5@{lately()}=1") == "not retired_device", within=3)


def test_password_is_asked_of_each_upload() -> None:
    make_device("A", protocol=SL651, password="secret")
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("A pm2_5=1") == "not wrong_password"
        assert talker.ask("A wrong pm2_5=1") == "not wrong_password"
        assert talker.ask("A secret pm2_5=1") == "got"
        assert talker.ask("A pm2_5=1") == "not wrong_password"


def test_password_is_judged_when_the_keys_of_its_hash_have_to_be_read_anew() -> None:
    make_device("A", protocol=SL651, password="secret")
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        forget_keys()
        assert talker.ask("A secret pm2_5=1") == "got"
        forget_keys()
        assert talker.ask("A other pm2_5=1") == "not wrong_password"
        forget_keys()
        assert talker.ask("hello A secret") == "ok A"


def test_hello_lets_a_device_in_for_its_line_only() -> None:
    make_device("A", protocol=SL651, password="secret")
    with field_gateway() as ports, Talker(ports[SL651]) as talker, Talker(ports[SL651]) as other:
        talker.say("hello A secret", "A pm2_5=1")
        assert [talker.hear(), talker.hear()] == ["ok A", "got"]
        assert other.ask("A pm2_5=1") == "not wrong_password"


def test_refused_hello_is_told_and_the_line_is_closed() -> None:
    make_device("A", protocol=SL651, password="secret")
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("hello A guess") == "no A wrong_password"
        assert talker.is_closed()


def test_token_alone_names_its_device() -> None:
    device = make_device("A", protocol=SL651)
    token = issue_token(system_actor("test"), device_id=device.id, now=clock.real_now())
    with field_gateway() as ports, Talker(ports[SL651]) as talker, Talker(ports[SL651]) as other:
        assert talker.ask(f"token {token}") == "ok A"
        assert other.ask(f"token {token}x") == "no  wrong_password"


def test_device_is_given_its_secret_once() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker, Talker(ports[SL651]) as thief:
        assert talker.ask("enrol A s3cret") == "got"
        assert thief.ask("enrol A mine") == "not already_registered"
        assert thief.ask("A mine pm2_5=1") == "not wrong_password"
        assert talker.ask("A s3cret pm2_5=1") == "got"


def test_child_is_heard_on_its_gateways_line_only() -> None:
    gateway = make_device("G", protocol=DLT645)
    child = make_device("C", protocol=DLT645)
    Device.objects.filter(id=child.id).update(parent=gateway, link={"every_s": 60})
    with field_gateway(FAMILY_WORDS) as ports, Talker(ports[DLT645]) as talker, Talker(ports[DLT645]) as other:
        assert talker.ask("hello G") == "ok G G:pm2_5,co,humidity C:pm2_5,co,humidity"
        assert talker.ask("C pm2_5=1") == "got"
        assert other.ask("C pm2_5=1") == "not not_its_line"


def test_gateway_is_told_of_a_child_that_joins() -> None:
    gateway = make_device("G", protocol=DLT645)
    with field_gateway(FAMILY_WORDS) as ports, Talker(ports[DLT645]) as talker:
        assert talker.ask("hello G") == "ok G G:pm2_5,co,humidity"
        child = make_device("C", protocol=DLT645)
        Device.objects.filter(id=child.id).update(parent=gateway)
        assert talker.hear() == "ok G G:pm2_5,co,humidity C:pm2_5,co,humidity"


def test_rubbish_is_kept_with_its_reason_and_answered_at_once() -> None:
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("???") == "what"
        until(lambda: reasons() == {"unknown_function"})
    kept = QuarantinedMessage.objects.get()
    assert (bytes(kept.raw), kept.protocol, kept.peer) == (b"???\n", SL651, "127.0.0.1")


def test_line_that_ends_in_the_middle_leaves_what_it_said() -> None:
    with field_gateway() as ports:
        with Talker(ports[SL651]) as talker:
            talker.socket.sendall(b"A half")
        until(lambda: reasons() == {"truncated"})


def test_line_is_closed_after_what_was_said_before_is_durable() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.say(f"A pm2_5@{lately()}=1", "bye")
        assert talker.hear() == "got"
        assert talker.is_closed()
    assert Observation.objects.count() == 1


def test_heartbeat_is_answered_at_once_and_makes_the_device_online() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("beat A") == "beat"
        until(lambda: Device.objects.get().state == Device.State.ONLINE)


def test_what_is_no_reading_is_noted() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask("A note=1 pm2_5=1")
    assert DeviceNote.objects.get().content == "1"


def test_newest_place_counts_whatever_comes_last() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask(f"A place@{lately(9)}=116.5,39.9")
        talker.ask(f"A place@{lately(5)}=100.0,30.0")
        talker.ask("A place@4102444800=1.0,1.0")
        until(lambda: Device.objects.get().location is not None)
    place = Device.objects.get().location
    assert place is not None
    assert place.coords == (116.5, 39.9)


def test_order_goes_down_the_line_and_the_devices_word_ends_it() -> None:
    device = make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask("beat A")
        order(
            system_actor("test"), device_id=device.id, code="set_real_time_interval",
            arguments={"seconds": 60}, now=clock.real_now(),
        )  # fmt: skip
        assert talker.hear() == "do A set_real_time_interval r1 seconds=60"
        talker.say("did A r1 accepted")
        until(lambda: DeviceCommand.objects.get().state == "accepted")
        talker.say("did A r1 done")
        until(lambda: DeviceCommand.objects.get().state == "done")
    assert DeviceCommand.objects.get().result == "said so"


def test_order_that_the_protocol_does_not_know_fails_with_its_sentence() -> None:
    device = make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask("beat A")
        arguments = {"minutes": 5}
        order(
            system_actor("test"), device_id=device.id, code="set_minute_interval", arguments=arguments,
            now=clock.real_now(),
        )  # fmt: skip
        until(lambda: DeviceCommand.objects.get().state == "failed")
    assert DeviceCommand.objects.get().result == "该协议没有这个命令"


def test_order_for_a_child_goes_down_its_gateways_line() -> None:
    gateway, child = make_device("G", protocol=DLT645), make_device("C", protocol=DLT645)
    Device.objects.filter(id=child.id).update(parent=gateway)
    with field_gateway(FAMILY_WORDS) as ports, Talker(ports[DLT645]) as talker:
        talker.ask("hello G")
        order(system_actor("test"), device_id=child.id, code="set_time", arguments={}, now=clock.real_now())
        assert talker.hear() == "do C set_time r1 "


def test_device_on_two_lines_gets_orders_on_the_newest_and_both_are_stored() -> None:
    device = make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as old, Talker(ports[SL651], address="127.0.0.7") as new:
        old.ask(f"A pm2_5@{lately()}=1")
        new.ask(f"A pm2_5@{lately(1)}=2")
        old.ask(f"A pm2_5@{lately(2)}=3")
        order(system_actor("test"), device_id=device.id, code="set_time", arguments={}, now=clock.real_now())
        assert new.hear().startswith("do A set_time")
        assert old.hears_nothing()
    assert Observation.objects.count() == 3
    assert DeviceNote.objects.get().content == "127.0.0.7 127.0.0.1"


def test_datagrams_are_judged_and_answered_alike() -> None:
    make_device("A", protocol=GB26875)
    import socket  # noqa: PLC0415  # here alone

    with field_gateway(DATAGRAM_WORDS) as ports, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(5)
        peer.sendto(f"A pm2_5@{lately()}=1\n".encode(), ("127.0.0.1", ports[GB26875]))
        assert peer.recv(100) == b"got\n"
        peer.sendto(b"B pm2_5=1\n", ("127.0.0.1", ports[GB26875]))
        assert peer.recv(100) == b"not unknown_device\n"
    assert Observation.objects.count() == 1


def test_each_protocol_reports_itself() -> None:
    make_device("A", protocol=SL651)
    with field_gateway(WORDS, FAMILY_WORDS) as ports, Talker(ports[SL651]) as talker:
        talker.ask("A pm2_5=1")
        until(lambda: Gateway.objects.filter(figures__answered=1).exists())
        assert set(Gateway.objects.values_list("protocol", flat=True)) == {SL651.value, DLT645.value}


def test_names_beyond_measure_are_quarantined_and_what_fits_is_kept() -> None:
    device = make_device("A", protocol=SL651)
    connection.cursor().execute(
        "INSERT INTO iot_datastream (device_id, property_code, period, sub_value, unit, wire_name, mapped, created_at)"
        " SELECT %s, 'n' || i, 'real_time', '', '', 'n' || i, false, now() FROM generate_series(1, 1000) i",
        [device.id],
    )
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        assert talker.ask(f"A n1@{lately()}=1 more@{lately()}=2") == "got"
    assert reasons() == {"too_many_datastreams"}
    assert Datastream.objects.count() == 1000
