"""Hostile and broken devices of field protocols: each is bounded, told of, and harms nobody else."""

import logging
import resource
import socket
import time
from dataclasses import replace

import psycopg
import pytest
from django.db import connection
from tests.gateways.fields import ENOUGH, Talker, field_gateway
from tests.gateways.harness import PATIENCE_S, Process, until, url_of_database
from tests.gateways.wording import DATAGRAM_WORDS, FAMILY_WORDS, WORDS
from tests.servers.ports import free_port

from onecity.demo.simulators.jt808_frames import Unit, authentication
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import registry
from onecity.platform.iot.models import Device, Gateway, Observation, QuarantinedMessage
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.services.quarantine.replaying import replay
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
SL651, GB26875 = WORDS.code, DATAGRAM_WORDS.code
CROWD = 15_000


def lately(turn: int = 0) -> int:
    return int(clock.city_now().timestamp()) - 3_600 + turn


def reasons() -> set[str]:
    return set(QuarantinedMessage.objects.values_list("reason", flat=True))


def shout(line: socket.socket) -> None:
    for _ in range(2_000):
        line.sendall(b"beat A\n" * 1_000)


def test_line_that_brings_nothing_but_rubbish_is_closed_and_told_of() -> None:
    make_device("A", protocol=SL651)
    with field_gateway(limits=replace(ENOUGH, bad_in_a_row=5)) as ports:
        with Talker(ports[SL651]) as talker, Talker(ports[SL651], address="127.0.0.9") as honest:
            talker.say(*["?"] * 10)
            assert talker.is_closed()
            assert honest.ask("A pm2_5=1") == "got"
        until(lambda: "flood" in reasons())


def test_rubbish_of_one_address_fills_no_quarantine() -> None:
    with field_gateway(limits=replace(ENOUGH, bad_per_minute=3, bad_in_a_row=1000)) as ports:
        with Talker(ports[SL651]) as talker:
            talker.say(*[f"?{number}" for number in range(50)])
            assert [talker.hear() for _ in range(50)] == ["what"] * 50
        until(QuarantinedMessage.objects.exists)
    assert QuarantinedMessage.objects.count() == 3


def test_line_that_never_says_a_whole_word_is_closed() -> None:
    with field_gateway(replace(WORDS, first_word_s=0.5)) as ports, Talker(ports[SL651]) as talker:
        talker.socket.sendall(b"A pm")
        assert talker.is_closed()


def test_line_that_falls_silent_is_closed() -> None:
    make_device("A", protocol=SL651)
    with field_gateway(replace(WORDS, idle_s=0.5)) as ports, Talker(ports[SL651]) as talker:
        assert talker.ask("A pm2_5=1") == "got"
        assert talker.is_closed()


def test_device_that_does_not_read_its_answers_is_closed() -> None:
    make_device("A", protocol=SL651)
    patient = replace(ENOUGH, write_buffer=1024, burst=1e9)
    with field_gateway(limits=patient) as ports, Talker(ports[SL651]) as talker:
        talker.socket.settimeout(4 * PATIENCE_S)  # what the database is behind with is waited for first
        talker.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with pytest.raises(ConnectionError):
            shout(talker.socket)


def test_more_lines_of_an_address_than_allowed_are_turned_away() -> None:
    make_device("A", protocol=SL651)
    with field_gateway(limits=replace(ENOUGH, per_address=2)) as ports:
        first = [Talker(ports[SL651]) for _ in range(2)]
        with Talker(ports[SL651]) as third:
            assert third.is_closed()
        with Talker(ports[SL651], address="127.0.0.9") as honest:
            assert honest.ask("A pm2_5=1") == "got"
        for talker in first:
            talker.socket.close()


def test_flood_of_one_device_waits_in_its_socket_and_the_others_are_served() -> None:
    make_device("LOUD", protocol=SL651)
    make_device("A", protocol=SL651)
    slow = replace(ENOUGH, frames_per_device_s=10.0, device_burst=10.0)
    with field_gateway(limits=slow) as ports, Talker(ports[SL651]) as loud, Talker(ports[SL651]) as honest:
        loud.ask("LOUD pm2_5=1")
        loud.say(*[f"LOUD pm2_5@{lately(turn)}=1" for turn in range(40)])
        assert [loud.hear() for _ in range(40)] == ["got"] * 40
        began = time.monotonic()
        loud.say(f"LOUD pm2_5@{lately(50)}=1")
        assert honest.ask(f"A pm2_5@{lately()}=1") == "got"
        assert loud.hears_nothing(for_s=1.0)
        assert loud.hear() == "got"  # nothing is lost, it only takes its time
        assert time.monotonic() - began > 1.0
    assert Observation.objects.count() == 43


def test_flood_of_one_child_is_dropped_unanswered_and_its_siblings_are_served() -> None:
    gateway = make_device("G", protocol=FAMILY_WORDS.code)
    for key in ("LOUD", "QUIET"):
        child = make_device(key, protocol=FAMILY_WORDS.code)
        Device.objects.filter(id=child.id).update(parent=gateway)
    slow = replace(ENOUGH, frames_per_device_s=0.1, device_burst=3.0)
    with field_gateway(FAMILY_WORDS, limits=slow) as ports, Talker(ports[FAMILY_WORDS.code]) as line:
        line.ask("hello G")
        line.ask("QUIET pm2_5=1")
        line.say(*[f"LOUD pm2_5@{lately(turn)}=1" for turn in range(30)])
        assert [line.hears_of_a_reading() for _ in range(3)] == ["got"] * 3
        line.say(f"QUIET pm2_5@{lately()}=1")
        assert line.hears_of_a_reading() == "got"
        until(lambda: reasons() == {"rate_limited"})
    assert QuarantinedMessage.objects.count() == 1
    assert Observation.objects.count() == 5


def test_datagrams_beyond_the_rate_are_neither_stored_nor_answered() -> None:
    make_device("A", protocol=GB26875)
    slow = replace(ENOUGH, frames_per_s=0.1, burst=2.0)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with field_gateway(DATAGRAM_WORDS, limits=slow) as ports, datagrams as peer:
        peer.settimeout(20)
        for turn in range(5):
            peer.sendto(f"A pm2_5@{lately(turn)}=1\n".encode(), ("127.0.0.1", ports[GB26875]))
        assert [peer.recv(100) for _ in range(2)] == [b"got\n"] * 2
        peer.settimeout(1)
        with pytest.raises(TimeoutError):
            peer.recv(100)
    assert Observation.objects.count() == 2


def test_forged_message_is_refused_and_the_devices_own_stays_open_to_it() -> None:
    make_device("A", protocol=SL651, password="secret")
    with field_gateway() as ports, Talker(ports[SL651]) as forger, Talker(ports[SL651]) as own:
        own.ask("hello A secret")
        assert forger.ask(f"A pm2_5@{lately()}=999") == "not wrong_password"
        assert own.ask(f"A pm2_5@{lately()}=1") == "got"
    assert Observation.objects.get().result == 1


def test_replayed_message_with_another_value_changes_nothing() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        at = lately()
        assert talker.ask(f"A pm2_5@{at}=1") == "got"
        assert talker.ask(f"A pm2_5@{at}=2") == "got"
    assert Observation.objects.get().result == 1
    assert reasons() == {"conflicting_repeat"}


def test_fifteen_thousand_silent_lines_keep_nobody_waiting() -> None:
    make_device("13800000099", protocol=Protocol.JT808)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CROWD + 1_000:
        pytest.skip(f"needs {CROWD + 1_000} open files, may have {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port, lines, unit = free_port(), [], Unit("13800000099")
    process = Process("jt808", command="gateway_field", settings={"ONECITY_FIELD_PORTS": f"jt808={port}"})
    try:
        for number in range(CROWD):
            address = f"127.0.{1 + number // 250 % 200}.{1 + number % 250}"
            lines.append(socket.create_connection(("127.0.0.1", port), 20, (address, 0)))
        until(lambda: Gateway.objects.filter(figures__connections=CROWD).exists())
        with socket.create_connection(("127.0.0.1", port), 20) as honest:
            began = time.monotonic()
            honest.sendall(authentication(unit, code="any"))
            assert honest.recv(100)
            assert time.monotonic() - began < 5
    finally:
        for line in lines:
            line.close()
        process.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_database_that_comes_back_finds_what_waited() -> None:
    make_device("A", protocol=SL651)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask("A pm2_5=1")
        own = connection.cursor().execute("SELECT pg_backend_pid()").fetchone()
        with psycopg.connect(url_of_database(), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid NOT IN (pg_backend_pid(), %s)",
                own,
            )
        for turn in range(5):
            assert talker.ask(f"A pm2_5@{lately(turn)}=1") == "got"
        with Talker(ports[SL651]) as other:
            assert other.ask("B pm2_5=1") == "not unknown_device"


def test_secrets_never_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    device = make_device("A", protocol=SL651, password="hunter2")
    token = issue_token(system_actor("test"), device_id=device.id, now=clock.real_now())
    caplog.set_level(logging.DEBUG)
    with field_gateway() as ports:
        for line in ("hello A hunter2", f"token {token}", "A hunter2 pm2_5=1", "hello A hunter3", "enrol A hunter4"):
            with Talker(ports[SL651]) as talker:
                talker.ask(line)
    assert not any(secret in caplog.text for secret in ("hunter", token))


def test_quarantined_message_is_replayed_through_its_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "protocol", lambda code: WORDS)
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask(f"A pm2_5@{lately()}=7")
    make_device("A", protocol=SL651)
    rows = list(QuarantinedMessage.objects.values_list("id", flat=True))
    [done] = replay(system_actor("test"), rows, now=clock.city_now())
    assert (done.stored, done.reason) == (1, "")
    assert Observation.objects.get().result == 7


def test_replay_does_not_let_in_who_did_not_prove_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "protocol", lambda code: WORDS)
    make_device("A", protocol=SL651, password="secret")
    with field_gateway() as ports, Talker(ports[SL651]) as talker:
        talker.ask(f"A guess pm2_5@{lately()}=7")
    rows = list(QuarantinedMessage.objects.values_list("id", flat=True))
    [done] = replay(system_actor("test"), rows, now=clock.city_now())
    assert (done.stored, done.reason) == (0, "wrong_password")
