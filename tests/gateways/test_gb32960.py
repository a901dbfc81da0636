"""GB/T 32960.3 over real sockets: vehicles and platforms whose bytes are not made by the platform's codec."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.peers import Peer, latest, quarantined, stored

from onecity.demo.simulators import gb32960_frames as frames
from onecity.demo.simulators.gb32960_frames import OF_2016, OF_2025, Ear, Heard, Spot
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declarations.field import ELECTRIC_VEHICLE, VEHICLE_PLATFORM
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.gb32960 import PROTOCOL
from onecity.platform.iot.models import Device, DeviceCommand, DeviceNote, UnknownDevice
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
VIN, OTHER, PLATFORM = "LDEMO0000BUS00001", "LDEMO0000BUS00002", "DEMOEVPLAT"


def make_vehicle(key: str = VIN) -> Device:
    return make_device(key, type_code=ELECTRIC_VEHICLE.code, protocol=Protocol.GB32960)


@contextmanager
def gateway() -> Iterator[Peer[Heard]]:
    with field_gateway(replace(PROTOCOL, port=0)) as ports, Peer(ports["gb32960"], Ear().hear) as peer:
        yield peer


def here(**changes: float) -> Spot:
    return Spot(clock.city_now().replace(microsecond=0), 125.3, 43.9, 36.5, 1234.5, 80)._replace(**changes)


@pytest.mark.parametrize("start", [OF_2016, OF_2025])
def test_vehicle_logs_in_and_reports_in_both_editions(start: bytes) -> None:
    make_vehicle()
    spot = here(flags=1 << 4)
    with gateway() as peer:
        heard = peer.ask(frames.login(VIN, 1, at=spot.at, start=start))
        assert (heard.start, heard.command, heard.answer, heard.data) == (start, 1, 1, frames.clock(spot.at))
        peer.say(*(bytes([byte]) for byte in frames.report(VIN, spot, start=start)))
        until(lambda: latest(VIN).get("soc") == 80)
        told = latest(VIN)
        assert (told["speed"], told["mileage"], told["current"], told["longitude"]) == (36.5, 1234.5, 12.5, 125.3)
        assert (told["alarm_soc_low"], told["alarm_insulation"], told["pack_1_cell_3_voltage"]) == (1, 0, 3672)
        assert (told["motor_1_speed"], told["motor_1_temperature"], told["pack_1_probe_2_temperature"]) == (
            3200,
            28,
            25,
        )
        assert peer.hears_nothing(), "a report that is right is not answered"
        assert peer.ask(frames.heartbeat(VIN, start=start)).command == 7
        until(lambda: Device.objects.get().location is not None)
        before = stored(VIN)
        past = here(soc=90, at=spot.at - timedelta(minutes=5), longitude=120.0)
        peer.say(frames.report(VIN, past, start=start, again=True))
        until(lambda: stored(VIN) > before)
        assert latest(VIN)["soc"] == 80
        assert peer.ask(frames.logout(VIN, 1, at=spot.at, start=start)).answer == 1
    assert round(Device.objects.get().location.x, 4) == 125.3
    assert DeviceNote.objects.filter(kind="alarm", content__startswith="SOC低报警").exists()


def test_platform_speaks_for_its_own_vehicles_once_it_is_let_in() -> None:
    platform = make_device(PLATFORM, type_code=VEHICLE_PLATFORM.code, protocol=Protocol.GB32960, password="right")
    for key in (VIN, OTHER):
        Device.objects.filter(id=make_vehicle(key).id).update(parent=platform)
    now = clock.city_now()
    with gateway() as peer:
        assert peer.ask(frames.platform_login(PLATFORM, 1, user=PLATFORM, password="wrong", at=now)).answer == 2
        assert peer.ask(frames.report(VIN, here())).answer == 2
        assert peer.ask(frames.platform_login(PLATFORM, 2, user=PLATFORM, password="right", at=now)).answer == 1
        for key in (VIN, OTHER):
            peer.say(frames.report(key, here()))
        until(lambda: {latest(key).get("soc") for key in (VIN, OTHER)} == {80})


def test_stranger_and_broken_packets_are_refused_and_kept() -> None:
    now = clock.city_now()
    with gateway() as peer:
        assert peer.ask(frames.login(VIN, 1, at=now)).answer == 2
        assert peer.ask(frames.login(VIN, 1, at=now, start=OF_2025)).answer == 4
        short = frames.packet(VIN, 0x02, frames.clock(now) + b"\x01")
        assert peer.ask(short).answer == 2
        report = frames.report(VIN, here())
        peer.say(report[:-1] + bytes([report[-1] ^ 1]), frames.heartbeat(VIN))
        assert peer.hear().command == 7
        until(lambda: ("bad_checksum", "") in quarantined())
    assert {reason for reason, _ in quarantined()} == {"bad_checksum", "bad_value", "unknown_device"}
    assert UnknownDevice.objects.get().key == VIN


def test_orders_go_down_the_vehicles_line() -> None:
    device = make_vehicle()
    with gateway() as peer:
        peer.ask(frames.heartbeat(VIN))
        for code, argument, command in (("set_report_interval", 10, 0x81), ("query_parameters", None, 0x80)):
            made = order(system_actor("test"), device_id=device.id, code=code, argument=argument, now=clock.real_now())
            heard = peer.hear()
            assert (heard.command, heard.answer, heard.vin) == (command, 0xFE, VIN)
            if argument:
                assert heard.data[6:] == bytes([1, 2, 0, argument])
            peer.say(*frames.obey(heard))
            until(lambda made=made: DeviceCommand.objects.get(id=made).state == "done")
    assert DeviceNote.objects.get(kind="80").content == "01093c"
