"""Simulated devices of the field protocols: registered once, by gateways first, each where it stands."""

import pytest

from onecity.demo.air.feed import AirFeed, AirStation
from onecity.demo.field_devices import described, load_field_devices, place_of
from onecity.demo.simulators.hosts import hosts
from onecity.demo.tests.test_seed import ACTOR, fill
from onecity.kernel import clock
from onecity.platform.iot import api as iot

pytestmark = pytest.mark.django_db


def test_every_protocols_devices_are_registered_once_and_stand_in_the_city() -> None:
    fill()
    wanted = [device for host in hosts() for device in host.devices]
    codes = {device.type_code for device in wanted}
    found = {info.key: info for code in codes for info in iot.devices_of_type(code)}
    assert set(found) == {device.key for device in wanted}
    for device in wanted:
        info = found[device.key]
        assert (info.name, info.protocol) == (device.name, device.protocol)
        assert info.division_code
        assert (info.parent_id or 0) == (found[device.parent].id if device.parent else 0)
    assert "现场设备: 0" in fill()


def test_device_that_would_stand_outside_the_city_is_registered_without_a_place() -> None:
    fill()
    (host,) = [host for host in hosts() if host.protocol == "jt808"]
    far_away = AirFeed((AirStation("MN", "站", (10.0, 10.0)),), ())
    assert load_field_devices(ACTOR, feed=far_away, now=clock.city_now()) == 0
    assert described(host.devices[0], owner=1, place=(10.0, 10.0)).place is None


def test_place_is_so_many_metres_from_the_centre() -> None:
    device = next(device for host in hosts() for device in host.devices if device.north_m and not device.east_m)
    longitude, latitude = place_of(device, centre=(125.3, 43.9))
    assert (longitude, round((latitude - 43.9) * 111_320)) == (125.3, round(device.north_m))
