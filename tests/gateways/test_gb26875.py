"""GB/T 26875.3 over real sockets: transmitters whose bytes are not made by the platform's codec."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.peers import Peer, latest, quarantined, stored

from onecity.demo.simulators import gb26875_frames as frames
from onecity.demo.simulators.gb26875_frames import Ear, Heard, Spot, Unit
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declarations.field import FIRE_TRANSMITTER
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.gb26875 import PROTOCOL
from onecity.platform.iot.models import Device, DeviceCommand, DeviceNote, UnknownDevice
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "000000000379"
SMOKE = Spot(10, 2, "三层走廊")


def make_transmitter() -> Device:
    return make_device(KEY, type_code=FIRE_TRANSMITTER.code, protocol=Protocol.GB26875)


@contextmanager
def transmitter() -> Iterator[Peer[Heard]]:
    with field_gateway(replace(PROTOCOL, port=0)) as ports, Peer(ports["gb26875"], Ear().hear) as peer:
        yield peer


def test_fire_is_stored_before_it_is_confirmed_however_often_it_comes() -> None:
    make_transmitter()
    unit, now = Unit(0x379), clock.city_now().replace(microsecond=0)
    fire = frames.component_states(unit, [(SMOKE, frames.FIRE)], at=now)
    with transmitter() as peer:
        peer.say(*(bytes([byte]) for byte in fire))
        assert peer.hear() == Heard(0, frames.CONFIRM, b"")
        told = latest(KEY)
        assert (told["fire"], told["part_1_1_0002000A_fire"], told["part_1_1_0002000A_fault"]) == (1, 1, 0)
        before = stored(KEY)
        assert peer.ask(fire).command == frames.CONFIRM
        assert stored(KEY) == before
        later = now + timedelta(seconds=1)
        assert peer.ask(frames.system_state(unit, 1, at=later)).serial == 1
        assert peer.ask(frames.own_state(unit, frames.MAIN_POWER, at=later)).command == frames.CONFIRM
        assert latest(KEY)["main_power_fault"] == 1
    note = DeviceNote.objects.filter(kind="2").first()
    assert note is not None
    assert "感烟火灾探测器 10区2号（三层走廊）：火警" in note.content


def test_heartbeat_makes_the_transmitter_online_and_a_stranger_is_denied() -> None:
    make_transmitter()
    now = clock.city_now()
    with transmitter() as peer:
        assert peer.ask(frames.heartbeat(Unit(0x379), at=now)).command == frames.CONFIRM
        until(lambda: Device.objects.get().state == "online")
        stranger = Unit(0x999)
        assert peer.ask(frames.own_state(stranger, 1, at=now)).command == 6
        wrong = frames.own_state(Unit(0x379), 1, at=now)
        assert peer.ask(wrong[:-3] + bytes([wrong[-3] ^ 1]) + wrong[-2:]).command == 6
        until(lambda: len(quarantined()) == 2)
    assert UnknownDevice.objects.get().key == "000000000999"
    assert quarantined() == [("bad_checksum", KEY), ("unknown_device", "000000000999")]


def test_orders_are_confirmed_answered_and_repeated() -> None:
    device = make_transmitter()
    unit, now = Unit(0x379), clock.city_now()

    def ask(code: str, argument: int | None = None) -> int:
        return order(system_actor("test"), device_id=device.id, code=code, argument=argument, now=clock.real_now())

    with transmitter() as peer:
        peer.ask(frames.heartbeat(unit, at=now))
        made = ask("set_time")
        heard = peer.hear()
        assert (heard.command, heard.data[:2]) == (1, b"\x5a\x01")
        assert heard.data[2:][4:] == frames.clock(clock.city_now())[4:]
        peer.say(*frames.obey(unit, heard, at=now))
        until(lambda: DeviceCommand.objects.get(id=made).state == "done")
        made = ask("query_state")
        peer.say(*frames.obey(unit, peer.hear(), at=now, state=frames.MAIN_POWER))
        until(lambda: DeviceCommand.objects.get(id=made).state == "done")
        assert latest(KEY)["main_power_fault"] == 1
        made = ask("duty_check", 10)
        heard = peer.hear()
        assert heard.data == bytes([91, 1, 10])
        confirmed, pressed = frames.obey(unit, heard, at=now)
        peer.say(confirmed)
        until(lambda: DeviceCommand.objects.get(id=made).state == "accepted")
        assert peer.ask(pressed).command == frames.CONFIRM
        until(lambda: DeviceCommand.objects.get(id=made).state == "done")
        assert DeviceCommand.objects.get(id=made).result == "操作员7在岗"
        ask("query_version")
        first, begun = peer.hear(), time.monotonic()
        assert peer.hear() == first, "asked again with the same serial after ten seconds"
        assert time.monotonic() - begun > 9
