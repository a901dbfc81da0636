"""Meters behind transparent units, and hydrological stations: real sockets, simulators with bytes of their own."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests.gateways.fields import Talker, field_gateway
from tests.gateways.harness import until

from onecity.demo.simulators import cjt188_frames, dlt645_frames
from onecity.demo.simulators.cjt188_frames import PipeMeter
from onecity.demo.simulators.dlt645_frames import ElectricityMeter
from onecity.demo.simulators.hosts import Counts, Street
from onecity.demo.simulators.sl651_frames import Station, frames_in
from onecity.demo.simulators.unit_line import Unit
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.contracts import NewDevice
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import cjt188, dlt645, sl651
from onecity.platform.iot.models import (
    Device,
    DeviceCommand,
    DeviceNote,
    QuarantinedMessage,
    UnknownDevice,
)
from onecity.platform.iot.selectors.observations import latest_by_device
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.devices import register_device

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = system_actor("test")
POWER, WATER, RIVER = Protocol.DLT645, Protocol.CJT188, Protocol.SL651
KEY, WATER_KEY, STATION = "000026000101", "78330000000101", "0000010001"
LATELY = timedelta(minutes=1)


def registered(
    key: str, protocol: Protocol, type_code: str, *, parent: str = "", password: str = "", every_s: float = 900
) -> Device:
    new = NewDevice(
        key=key,
        name=f"{key}号设备",
        type_code=type_code,
        protocol=protocol,
        organisation_id=make_organisation().id,
        parent_key=parent,
        password=password,
        link={"every_s": every_s} if parent else {},
    )
    return Device.objects.get(id=register_device(SYSTEM, new=new, now=clock.city_now()))


@contextmanager
def dialled_in(unit: Unit, port: int) -> Iterator[None]:
    """Hold a unit's line in a thread of its own."""
    loop = asyncio.new_event_loop()

    async def talk() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await unit.talk(reader, writer)
        finally:
            writer.close()

    task = loop.create_task(talk())
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.gather(task, return_exceptions=True)))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()


def readings(key: str) -> dict[str, float]:
    device = Device.objects.get(key=key)
    values = latest_by_device([device.id]).get(device.id, [])
    return {item.datastream.property_code: item.result for item in values if item.result is not None}


def ordered(device: Device, code: str, **arguments: object) -> Callable[[], str]:
    """Give an order; return what looks up how it stands."""
    number = order(SYSTEM, device_id=device.id, code=code, arguments=arguments or None, now=clock.real_now())
    return lambda: DeviceCommand.objects.get(id=number).state


def figures(code: str) -> float | None:
    return {"00010000": 123456.78, "02010100": 220.5}.get(code)


def power_unit(meters: Sequence[ElectricityMeter]) -> Unit:
    answers = [meter.answer for meter in meters]
    return Unit("DTU645001", framing=dlt645_frames.frames_in, meters=answers, counts=Counts())


def test_electricity_meters_behind_a_unit_are_read_and_obey() -> None:
    registered("DTU645001", POWER, "iot.dtu")
    device = registered(KEY, POWER, "metering.electricity_meter", parent="DTU645001")
    meter = ElectricityMeter(KEY, figures, password="123456")
    with field_gateway(dlt645.PROTOCOL) as ports, dialled_in(power_unit([meter]), ports[POWER]):
        until(lambda: readings(KEY) == {"energy": 123456.78, "voltage": 220.5}, within=20)
        trip = ordered(device, "trip", level=2, password="123456")
        until(lambda: trip() == "done", within=20)
        assert meter.is_off
        refused = ordered(device, "close_relay", level=2, password="654321")
        until(lambda: refused() == "failed", within=20)
        assert DeviceCommand.objects.latest("id").result == "密码错或未授权"
        told = ordered(device, "set_time")
        until(lambda: told() == "done" and bool(meter.set_to), within=20)
    assert not QuarantinedMessage.objects.exists()


def test_unit_that_is_not_registered_is_seen_as_a_stranger() -> None:
    with field_gateway(dlt645.PROTOCOL) as ports, dialled_in(power_unit([]), ports[POWER]):
        until(lambda: UnknownDevice.objects.filter(key="DTU645001").exists(), within=20)


def test_meter_that_is_added_behind_a_unit_is_asked_without_dialling_in_again() -> None:
    registered("DTU645001", POWER, "iot.dtu")
    meter = ElectricityMeter(KEY, figures)
    with field_gateway(dlt645.PROTOCOL) as ports, dialled_in(power_unit([meter]), ports[POWER]):
        until(lambda: Device.objects.get(key="DTU645001").last_seen_at is not None, within=20)
        registered(KEY, POWER, "metering.electricity_meter", parent="DTU645001")
        until(lambda: "energy" in readings(KEY), within=20)


def test_independent_server_is_read_through_a_unit() -> None:
    """The bytes of the meter are those of another's code: `dlt645` from PyPI."""
    pytest.importorskip("dlt645", reason="needs the independent server: pip install dlt645==3.2.0")
    from dlt645.service.serversvc.server_service import MeterServerService  # noqa: PLC0415  # only where installed

    with socket.create_server(("127.0.0.1", 0)) as spare:
        port = spare.getsockname()[1]
    server = MeterServerService.new_tcp_server("127.0.0.1", port, 3000)
    server.set_address(bytearray.fromhex(KEY)[::-1])
    server.set_00(0x00010000, 1234.56)
    server.set_02(0x02010100, 223.3)
    server.server.start()
    registered("DTU645001", POWER, "iot.dtu")
    registered(KEY, POWER, "metering.electricity_meter", parent="DTU645001")
    try:
        with field_gateway(dlt645.PROTOCOL) as ports, _bridge(ports[POWER], port):
            until(lambda: readings(KEY).get("energy") == 1234.56, within=30)
            until(lambda: readings(KEY).get("voltage") == 223.3, within=30)
    finally:
        server.server.stop()


@contextmanager
def _bridge(gateway: int, meter: int) -> Iterator[None]:
    """Be a unit between the gateway and a meter with a socket of its own."""
    with (
        socket.create_connection(("127.0.0.1", gateway)) as near,
        socket.create_connection(("127.0.0.1", meter)) as far,
    ):
        near.sendall(b"DTU645001\r\n")
        threads = [threading.Thread(target=_pump, args=pair, daemon=True) for pair in ((near, far), (far, near))]
        for thread in threads:
            thread.start()
        yield
        for side in (near, far):
            side.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(4096):
            target.sendall(data)
    except OSError:
        return


def test_water_meter_behind_a_unit_is_read_and_its_valve_is_seen_to_close() -> None:
    registered("DTU188001", WATER, "iot.dtu")
    device = registered(WATER_KEY, WATER, "metering.water_meter", parent="DTU188001")
    meter = PipeMeter(WATER_KEY, lambda: 556.77, lambda: bytes(7))
    heat = PipeMeter("78330000000401", lambda: 71.5, lambda: bytes(7), 0x25, lambda: 544.27)
    registered(heat.number, WATER, "metering.heat_meter", parent="DTU188001")
    unit = Unit("DTU188001", framing=cjt188_frames.frames_in, meters=[meter.answer, heat.answer], counts=Counts())
    with field_gateway(cjt188.PROTOCOL) as ports, dialled_in(unit, ports[WATER]):
        until(lambda: readings(WATER_KEY).get("volume") == 556.77, within=20)
        until(lambda: readings(heat.number).get("heat") == 544.27, within=20)
        assert readings(heat.number)["supply_temperature"] == 45.5
        closes = ordered(device, "close_valve")
        until(lambda: closes() == "done", within=30)
    assert meter.is_closed
    assert not QuarantinedMessage.objects.exists()


def heard(talker: Talker) -> bytes:
    """Return the next frame from the centre."""
    stream = b""
    while True:
        frames, stream = frames_in(stream)
        if frames:
            return frames[0]
        stream += talker.socket.recv(4096)


def test_station_reports_and_is_confirmed_when_it_is_stored() -> None:
    registered(STATION, RIVER, "iot.hydrology_station", password="03E8")
    station = Station(STATION, "03E8")
    at = clock.city_now() - LATELY
    with field_gateway(sl651.PROTOCOL) as ports, Talker(ports[RIVER]) as talker:
        talker.socket.sendall(station.report(0x32, at=at, values={"Z": 192.45, "PJ": 3.5, "VT": 12.1}))
        answer = heard(talker)
        assert (answer[2:7].hex(), answer[14:16]) == (STATION, station.serial.to_bytes(2, "big"))
        assert readings(STATION) == {"level": 192.45, "rain_day": 3.5, "supply_voltage": 12.1}
        talker.socket.sendall(station.keep_alive(at=at))
        assert talker.hears_nothing()


def test_station_with_a_wrong_password_is_not_confirmed() -> None:
    registered(STATION, RIVER, "iot.hydrology_station", password="03E8")
    with field_gateway(sl651.PROTOCOL) as ports, Talker(ports[RIVER]) as talker:
        report = Station(STATION, "1234").report(0x32, at=clock.city_now(), values={"Z": 1.0})
        talker.socket.sendall(report)
        until(lambda: QuarantinedMessage.objects.filter(reason="wrong_password").exists(), within=20)
        assert talker.hears_nothing()


def test_station_s_clock_is_set_and_its_version_is_kept() -> None:
    device = registered(STATION, RIVER, "iot.hydrology_station", password="03E8")
    station = Station(STATION, "03E8")
    with field_gateway(sl651.PROTOCOL) as ports, Talker(ports[RIVER]) as talker:
        talker.socket.sendall(station.report(0x32, at=clock.city_now() - LATELY, values={"Z": 1.0}))
        heard(talker)
        for code in ("set_time", "query_version"):
            state = ordered(device, code)
            asked = heard(talker)
            talker.socket.sendall(station.obey(asked, at=clock.city_now(), values={}))
            until(lambda state=state: state() == "done", within=20)  # type: ignore[misc]  # bound at once
    assert DeviceNote.objects.filter(device=device, content="SIM-1.00").exists()


def test_demonstration_s_devices_report_over_real_sockets() -> None:
    """Every device of the demonstration that speaks one of the three protocols is heard."""
    from onecity.demo.simulators import cjt188_host, dlt645_host, sl651_host  # noqa: PLC0415  # declared devices

    hosts = [dlt645_host.HOST, cjt188_host.HOST, sl651_host.HOST]
    for host in hosts:
        for item in host.devices:
            registered(item.key, item.protocol, item.type_code, parent=item.parent, password=item.password)
    with field_gateway(dlt645.PROTOCOL, cjt188.PROTOCOL, sl651.PROTOCOL) as ports:
        loop = asyncio.new_event_loop()
        streets = [Street("127.0.0.1", ports[host.protocol], (125.3, 43.9), clock.city_now) for host in hosts]
        tasks = [loop.create_task(host.run(street, host.devices)) for host, street in zip(hosts, streets, strict=True)]
        thread = threading.Thread(
            target=lambda: loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        )
        thread.start()
        try:
            wanted = {item.key for host in hosts for item in host.devices if item.type_code != "iot.dtu"}
            until(lambda: all(readings(key) for key in wanted), within=60)
        finally:
            loop.call_soon_threadsafe(lambda: [task.cancel() for task in tasks])
            thread.join(10)
            loop.close()
    assert not QuarantinedMessage.objects.exists()
