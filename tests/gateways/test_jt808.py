"""JT/T 808 over real sockets: terminals whose bytes are not made by the platform's codec."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.peers import Peer, latest, quarantined, stored

from onecity.demo.simulators import jt808_frames as frames
from onecity.demo.simulators.jt808_frames import Ear, Heard, Spot, Unit
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declarations.field import VEHICLE_TERMINAL
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.jt808 import PROTOCOL
from onecity.platform.iot.models import Device, DeviceCommand, DeviceNote, QuarantinedMessage, UnknownDevice
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.quarantine.replaying import replay
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
KEY, CODE = "13800000001", "s3cret-code"


def make_vehicle(key: str = KEY, *, password: str = "") -> Device:
    return make_device(key, type_code=VEHICLE_TERMINAL.code, protocol=Protocol.JT808, password=password)


@contextmanager
def gateway() -> Iterator[int]:
    with field_gateway(replace(PROTOCOL, port=0)) as ports:
        yield ports["jt808"]


def line(port: int, unit: Unit) -> Peer[Heard]:
    return Peer(port, Ear(unit).hear)


def here(**fields: float) -> Spot:
    given = {"longitude": 125.3, "latitude": 43.9, "speed_kmh": 36.5, "direction": 90, "mileage_km": 1234.5, **fields}
    at = clock.city_now().replace(microsecond=0)
    return Spot(
        at, given["longitude"], given["latitude"], given["speed_kmh"], int(given["direction"]), given["mileage_km"],
        int(given.get("alarms", 0)),
    )  # fmt: skip


def said(heard: Heard) -> tuple[int, int, int]:
    """Which message a general answer answers, and how."""
    assert heard.id == 0x8001
    return int.from_bytes(heard.body[:2], "big"), int.from_bytes(heard.body[2:4], "big"), heard.body[4]


@pytest.mark.parametrize("of_2019", [False, True])
def test_terminal_registers_logs_in_and_reports(of_2019: bool) -> None:
    make_vehicle()
    unit = Unit(KEY, of_2019=of_2019)
    with gateway() as port, line(port, unit) as peer:
        answer = peer.ask(frames.registration(unit, plate="吉A00001"))
        assert (answer.id, answer.body[:3]) == (0x8100, b"\x00\x01\x00")
        code = answer.body[3:].decode()
        assert said(peer.ask(frames.authentication(unit, code=code))) == (2, 0x0102, 0)
        assert said(peer.ask(frames.location(unit, here()))) == (3, 0x0200, 0)
        told = latest(KEY)
        assert (told["longitude"], told["latitude"], told["speed"], told["mileage"]) == (125.3, 43.9, 36.5, 1234.5)
        assert (told["ignition"], told["alarm_sos"], told["satellites"]) == (1, 0, 14)
        until(lambda: Device.objects.get().location is not None, what="the vehicle stands on the map")
        place = Device.objects.get().location
        assert (place.x, place.y) == (125.3, 43.9)
    device = Device.objects.get()
    assert device.password_hash
    assert code not in device.password_hash
    assert DeviceNote.objects.filter(kind="0100", content__contains="吉A00001").exists()


def test_code_is_kept_over_connections_and_another_is_refused() -> None:
    make_vehicle(password=CODE)
    unit = Unit(KEY)
    with gateway() as port:
        with line(port, unit) as peer:
            assert said(peer.ask(frames.authentication(unit, code="wrong")))[2] == 1
            assert said(peer.ask(frames.location(unit, here())))[2] == 1
            assert said(peer.ask(frames.authentication(unit, code=CODE)))[2] == 0
            assert said(peer.ask(frames.location(unit, here())))[2] == 0
        with line(port, unit) as peer:
            assert said(peer.ask(frames.location(unit, here())))[2] == 1, "each connection begins with 0x0102"
    assert {reason for reason, _ in quarantined()} == {"wrong_password"}


def test_registered_terminal_is_not_taken_over_by_who_knows_its_number() -> None:
    make_vehicle(password=CODE)
    unit = Unit(KEY)
    with gateway() as port, line(port, unit) as peer:
        answer = peer.ask(frames.registration(unit, plate="吉A00001"))
        assert (answer.id, answer.body[2:]) == (0x8100, b"\x03"), "terminal already registered"
        assert said(peer.ask(frames.authentication(unit, code=CODE)))[2] == 0


def test_stranger_hears_that_there_is_no_such_terminal() -> None:
    unit = Unit("13900000009")
    with gateway() as port, line(port, unit) as peer:
        assert peer.ask(frames.registration(unit, plate="吉A00009")).body[2:] == b"\x04"
        assert said(peer.ask(frames.location(unit, here())))[2] == 1
    assert UnknownDevice.objects.get().key == "13900000009"


def test_report_cut_into_bytes_and_repeated_is_stored_once() -> None:
    make_vehicle()
    unit = Unit(KEY)
    frame = frames.location(unit, here())
    with gateway() as port, line(port, unit) as peer:
        peer.say(*(bytes([byte]) for byte in frame))
        assert said(peer.hear())[2] == 0
        before = stored(KEY)
        assert said(peer.ask(frame)) == (1, 0x0200, 0)
        assert stored(KEY) == before


def test_alarm_is_told_as_reading_and_note_and_so_is_its_end() -> None:
    make_vehicle()
    unit = Unit(KEY)
    with gateway() as port, line(port, unit) as peer:
        spot = here(alarms=1 << 1)
        peer.ask(frames.location(unit, spot))
        assert latest(KEY)["alarm_overspeed"] == 1
        peer.ask(frames.location(unit, spot._replace(at=spot.at + timedelta(seconds=15), alarms=0)))
        assert latest(KEY)["alarm_overspeed"] == 0
    (note,) = DeviceNote.objects.filter(kind="0200")
    assert note.content.startswith("超速报警，时间 ")


def test_replay_fills_the_past_and_moves_nothing() -> None:
    make_vehicle()
    unit = Unit(KEY)
    now = here()
    past = [now._replace(at=now.at - timedelta(minutes=place), longitude=120.0, alarms=1) for place in (3, 2, 1)]
    with gateway() as port, line(port, unit) as peer:
        peer.ask(frames.location(unit, now))
        until(lambda: Device.objects.get().location is not None)
        before = stored(KEY)
        assert said(peer.ask(frames.replay(unit, past))) == (2, 0x0704, 0)
        assert stored(KEY) > before
        assert latest(KEY)["longitude"] == 125.3
    assert Device.objects.get().location.x == 125.3
    assert not DeviceNote.objects.filter(kind="0200").exists()


def test_heartbeat_is_answered_and_makes_the_terminal_online() -> None:
    make_vehicle()
    unit = Unit(KEY)
    with gateway() as port, line(port, unit) as peer:
        assert said(peer.ask(frames.heartbeat(unit))) == (1, 0x0002, 0)
        until(lambda: Device.objects.get().state == "online")


def test_terminal_of_2019_is_told_the_time_in_utc() -> None:
    make_vehicle()
    unit = Unit(KEY, of_2019=True)
    with gateway() as port, line(port, unit) as peer:
        heard = peer.ask(frames.message(unit, 0x0004))
        assert heard.id == 0x8004
        assert heard.body.hex()[:8] == f"{clock.city_now():%y%m%d%H}"


def test_split_message_is_kept_when_all_parts_have_come_and_each_is_answered() -> None:
    make_vehicle()
    unit = Unit(KEY)
    body = bytes(range(256)) * 8

    def part(number: int, piece: bytes) -> bytes:
        whole = frames.message(unit, 0x0900, bytes([0, 2, 0, number]) + piece)[1:-1]
        plain = bytearray(whole.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d"))
        length = len(piece) | 0x2000
        plain[2:4] = length.to_bytes(2, "big")
        code = 0
        for byte in plain[:-1]:
            code ^= byte
        plain[-1] = code
        return b"\x7e" + bytes(plain).replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"

    with gateway() as port, line(port, unit) as peer:
        peer.say(part(1, body[:1000]), frames.heartbeat(unit))
        assert said(peer.hear())[1] == 0x0002, "others may come in between"
        peer.say(part(2, body[1000:2000]))
        assert [said(peer.hear()) for _ in range(2)] == [(1, 0x0900, 0), (3, 0x0900, 0)]
    assert DeviceNote.objects.get(kind="0900").content == body[:2000].hex()


def test_what_the_platform_does_not_know_is_said_and_kept() -> None:
    make_vehicle()
    unit = Unit(KEY)
    with gateway() as port, line(port, unit) as peer:
        assert said(peer.ask(frames.message(unit, 0x1234, b"\x01")))[2] == 3
        assert said(peer.ask(frames.message(unit, 0x0200, b"\x01")))[2] == 2
        peer.say(frames.heartbeat(unit)[:-2] + b"\x00\x7e")
        until(lambda: len(quarantined()) == 3)
    assert quarantined() == [("bad_checksum", ""), ("bad_value", KEY), ("unknown_function", KEY)]


def test_report_without_a_time_is_kept_for_people_and_answered() -> None:
    make_vehicle()
    unit = Unit(KEY)
    body = bytearray(frames.spot_body(here()))
    body[22:28] = bytes(6)
    with gateway() as port, line(port, unit) as peer:
        assert said(peer.ask(frames.message(unit, 0x0200, bytes(body))))[2] == 0
        until(lambda: quarantined() == [("bad_time", KEY)])


def test_message_of_a_stranger_is_replayed_once_it_is_registered() -> None:
    unit = Unit(KEY)
    with gateway() as port, line(port, unit) as peer:
        assert said(peer.ask(frames.location(unit, here())))[2] == 1
    make_vehicle()
    row = QuarantinedMessage.objects.get(reason="unknown_device")
    replay(system_actor("test"), [row.id], now=clock.city_now())
    assert latest(KEY)["speed"] == 36.5


ORDERS = {
    "query_position": (0x8201, None, None),
    "query_parameters": (0x8104, None, None),
    "query_attributes": (0x8107, None, None),
    "set_report_interval": (0x8103, 30, "010000002904" + "0000001e"),
    "set_heartbeat_interval": (0x8103, 60, "010000000104" + "0000003c"),
    "set_speed_limit": (0x8103, 80, "010000005504" + "00000050"),
    "track": (0x8202, 10, "000a00000258"),
    "reset": (0x8105, None, "04"),
}


@pytest.mark.parametrize("code", ORDERS)
def test_order_goes_down_the_line_and_the_terminals_word_ends_it(code: str) -> None:
    device = make_vehicle()
    unit = Unit(KEY)
    number, argument, body = ORDERS[code]
    with gateway() as port, line(port, unit) as peer:
        peer.ask(frames.heartbeat(unit))
        made = order(system_actor("test"), device_id=device.id, code=code, argument=argument, now=clock.real_now())
        heard = peer.hear()
        assert heard.id == number
        if body is not None:
            assert heard.body.hex() == body
        peer.say(*frames.obey(unit, heard, spot=here(speed_kmh=50.0)))
        until(lambda: DeviceCommand.objects.get(id=made).state == "done")
        if code == "query_position":
            until(lambda: latest(KEY).get("speed") == 50.0)
        if code == "query_parameters":
            until(lambda: "heartbeat_interval" in DeviceNote.objects.get(kind="0104").content)


def test_refused_order_fails_with_the_terminals_word() -> None:
    device = make_vehicle()
    unit = Unit(KEY)
    with gateway() as port, line(port, unit) as peer:
        peer.ask(frames.heartbeat(unit))
        made = order(system_actor("test"), device_id=device.id, code="reset", argument=None, now=clock.real_now())
        peer.say(frames.general_answer(unit, peer.hear(), result=3))
        until(lambda: DeviceCommand.objects.get(id=made).state == "failed")
    assert DeviceCommand.objects.get(id=made).result == "不支持"
