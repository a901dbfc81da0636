"""The demonstration's devices of the protocols with kept libraries bring readings, each through its own protocol."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import PATIENCE_S, until
from tests.gateways.settings import environment
from tests.gateways.stored import readings_by_device, state_of
from tests.gateways.test_lwm2m import free_port

from onecity.demo.simulators import coap_host, lwm2m_host, modbus_host, opcua_host, thingsboard_host
from onecity.demo.simulators.hosts import Host, Street
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.gateways.field import coap, lwm2m, modbus, opcua, thingsboard
from onecity.platform.iot.models import Device
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
HOSTS = (coap_host.HOST, lwm2m_host.HOST, modbus_host.HOST, opcua_host.HOST, thingsboard_host.HOST)


@pytest.fixture(autouse=True)
def _devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register every device as the seed does; let the slow ones speak sooner."""
    monkeypatch.setattr(lwm2m_host, "EVERY_S", 1.0)
    monkeypatch.setattr(coap_host, "EVERY_S", 1.0)
    monkeypatch.setattr(thingsboard_host, "EVERY_S", 1.0)
    for host in HOSTS:
        for device in host.devices:
            row = make_device(device.key, protocol=device.protocol, password=device.password)
            Device.objects.filter(id=row.id).update(link=dict(device.link))


@contextmanager
def simulated(hosts: Sequence[tuple[Host, int]]) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    streets = [Street("127.0.0.1", port, (125.3, 43.9), clock.city_now) for _, port in hosts]

    async def main() -> None:
        work = [host.run(street, host.devices) for (host, _), street in zip(hosts, streets, strict=True)]
        await asyncio.gather(*work)

    task = loop.create_task(main())

    def run() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.run_until_complete(asyncio.sleep(0.1))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE_S)
        loop.close()


def test_every_device_brings_readings_and_obeys() -> None:
    ports = {"coap": free_port(), "lwm2m": free_port()}
    services = (coap.SERVICE, lwm2m.SERVICE, modbus.SERVICE, opcua.SERVICE, thingsboard.PROTOCOL)
    with environment(field_host="127.0.0.1", field_ports=ports), field_gateway(*services) as given:
        numbers = {**ports, "thingsboard": given["thingsboard"], "modbus": 0, "opcua": 0}
        with simulated([(host, numbers[host.protocol]) for host in HOSTS]):
            wanted = {device.key for host in HOSTS for device in host.devices}
            until(lambda: {key for key, _, _ in readings_by_device()} == wanted, within=60)
            pump = Device.objects.get(key="PUMP-MB-01")
            Device.objects.filter(id=pump.id).update(type_code="iot.pumping_station")
            number = order(ALL, device_id=pump.id, code="stop", now=clock.real_now())
            until(lambda: state_of(number)[0] == "done", within=60)
    assert state_of(number)[1] == "已写入并读回0"
