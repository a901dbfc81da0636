"""The demonstration's vehicles and fire transmitters bring readings, each through its own protocol."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import PATIENCE_S, until
from tests.gateways.peers import latest, quarantined

from onecity.demo.simulators import gb26875_host, gb32960_host, jt808_host
from onecity.demo.simulators.hosts import Host, Street
from onecity.kernel import clock
from onecity.platform.iot.gateways.field import gb26875, gb32960, jt808
from onecity.platform.iot.models import Device
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
HOSTS = {"jt808": jt808_host.HOST, "gb26875": gb26875_host.HOST, "gb32960": gb32960_host.HOST}
ENTRIES = [replace(module.PROTOCOL, port=0) for module in (jt808, gb26875, gb32960)]


@contextmanager
def running(host: Host, port: int) -> Iterator[Street]:
    """Let a protocol's devices run in a thread of their own."""
    street = Street("127.0.0.1", port, (125.3, 43.9), clock.city_now)
    loop = asyncio.new_event_loop()
    task = loop.create_task(host.run(street, host.devices))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.gather(task, return_exceptions=True)))
    thread.start()
    try:
        yield street
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE_S)
        loop.close()


def test_every_vehicle_and_transmitter_is_heard() -> None:
    for host in HOSTS.values():
        for device in host.devices:
            row = make_device(
                device.key, type_code=device.type_code, protocol=device.protocol, password=device.password
            )
            if device.parent:
                Device.objects.filter(id=row.id).update(parent=Device.objects.get(key=device.parent))
    told = {"jt808": "speed", "gb26875": "main_power_fault", "gb32960": "soc"}
    with field_gateway(*ENTRIES) as ports:
        for code, host in HOSTS.items():
            speaking = [device.key for device in host.devices if device.type_code != "iot.vehicle_platform"]
            with running(host, ports[code]) as street:
                until(lambda: all(told[code] in latest(key) for key in speaking), what=code)  # noqa: B023  # at once
                until(lambda: street.counts.answered > 0, what=code)  # at once
    assert quarantined() == []
