"""Modbus devices that are asked, against two servers of other hands: the simulator's own bytes, and pymodbus'."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.servers import looping
from tests.gateways.stored import newest, readings_by_device, state_of

from onecity.demo.simulators.modbus_frames import Bank, answer_rtu, answer_tcp, crc16
from onecity.demo.simulators.modbus_line import listening
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.modbus import SERVICE
from onecity.platform.iot.models import Device, DeviceNote, Observation, QuarantinedMessage, TracedMessage
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.tracing import start_trace
from onecity.platform.iot.tests.factories import make_device

ALL = system_actor("test")
LEVEL = {"name": "pm2_5", "area": "holding", "address": 107, "type": "f32", "order": "CDAB"}
VALVE = {"name": "humidity", "area": "coils", "address": 3, "type": "bit", "writes": {"set_time": 1}}
SETPOINT = {"name": "co", "area": "holding", "address": 120, "writes": {"set_minute_interval": None}}
with_database = pytest.mark.django_db(transaction=True)


@contextmanager
def plant(banks: dict[int, Bank], framing: Literal["tcp", "rtu"] = "tcp", port: int = 0) -> Iterator[int]:
    with looping(lambda: listening(banks, framing=framing, port=port)) as found:
        yield found


def asked(key: str, port: int, *points: dict[str, object], **link: object) -> Device:
    device = make_device(key, protocol=Protocol.MODBUS)
    full = {"host": "127.0.0.1", "port": port, "every_s": 0.2, "timeout_s": 0.5, "points": list(points), **link}
    Device.objects.filter(id=device.id).update(link=full)
    return device


def bank() -> Bank:
    return Bank(coils={3: 0}, holding={107: 0x2000, 108: 0x47F1, 120: 5})


@with_database
@pytest.mark.parametrize("framing", ["tcp", "rtu"])
def test_registers_and_coils_are_read_at_their_pace(framing: Literal["tcp", "rtu"]) -> None:
    with plant({1: bank()}, framing) as port:
        asked("M1", port, LEVEL, VALVE, framing=framing)
        with field_gateway(SERVICE):
            until(lambda: Observation.objects.count() >= 4)
    assert (newest("pm2_5"), newest("humidity")) == (123456.0, 0.0)


@with_database
def test_devices_behind_one_line_are_told_apart_and_a_silent_one_holds_up_nobody() -> None:
    other = Bank(holding={107: 0, 108: 0x3F80})
    with plant({1: bank(), 2: other}) as port:
        asked("M1", port, LEVEL, unit=1)
        asked("M2", port, LEVEL, unit=2)
        asked("M3", port, LEVEL, unit=3)
        with field_gateway(SERVICE):
            until(lambda: Observation.objects.filter(result=1.0).count() >= 3)
    assert readings_by_device() == {("M1", "pm2_5", 123456.0), ("M2", "pm2_5", 1.0)}


@with_database
def test_addresses_that_the_device_refuses_between_points_are_read_apart() -> None:
    holes = Bank(holding={107: 0x2000, 108: 0x47F1, 112: 9})
    with plant({1: holes}) as port:
        missing = {"name": "co", "area": "holding", "address": 114}
        asked("M1", port, LEVEL, {"name": "humidity", "area": "holding", "address": 112}, missing)
        with field_gateway(SERVICE):
            until(lambda: newest("humidity") == 9.0 and DeviceNote.objects.exists())
    assert newest("pm2_5") == 123456.0
    assert DeviceNote.objects.get().content == "co：02 非法数据地址"


@with_database
@pytest.mark.parametrize("framing", ["tcp", "rtu"])
def test_order_is_written_and_read_back(framing: Literal["tcp", "rtu"]) -> None:
    unit = bank()
    with plant({1: unit}, framing) as port:
        device = asked("M1", port, VALVE, SETPOINT, framing=framing)
        with field_gateway(SERVICE):
            first = order(ALL, device_id=device.id, code="set_time", now=clock.real_now())
            second = order(ALL, device_id=device.id, code="set_minute_interval", now=clock.real_now(), argument=20)
            until(lambda: state_of(first)[0] == state_of(second)[0] == "done")
    assert (unit.coils[3], unit.holding[120]) == (1, 20)
    assert state_of(second)[1] == "已写入并读回20"


@with_database
def test_order_that_the_device_refuses_fails_with_its_exception() -> None:
    with plant({1: bank()}) as port:
        device = asked("M1", port, VALVE, {**SETPOINT, "address": 200})
        with field_gateway(SERVICE):
            number = order(ALL, device_id=device.id, code="set_minute_interval", now=clock.real_now(), argument=20)
            until(lambda: state_of(number)[0] == "failed")
    assert state_of(number)[1] == "异常码02 非法数据地址"


@with_database
def test_link_that_cannot_be_used_is_told_of_and_mended_at_once() -> None:
    with plant({1: bank()}) as port:
        device = asked("M1", port, {**LEVEL, "type": "f16"})
        with field_gateway(SERVICE):
            until(lambda: QuarantinedMessage.objects.filter(device_key="M1").exists())
            link = {**Device.objects.get().link, "points": [LEVEL]}
            Device.objects.filter(id=device.id).update(link=link)
            tell_changed("M1")
            until(lambda: newest("pm2_5") == 123456.0)


@with_database
def test_bytes_of_a_watched_device_are_kept_both_ways() -> None:
    with plant({1: bank()}) as port:
        device = asked("M1", port, LEVEL)
        start_trace(ALL, device_id=device.id, minutes=5, now=clock.real_now())
        with field_gateway(SERVICE):
            until(lambda: TracedMessage.objects.filter(outward=False).count() > 1)
    sent = {bytes(row.raw)[6:] for row in TracedMessage.objects.filter(outward=True)}
    assert sent == {bytes.fromhex("0103006B0002")}


@with_database
def test_line_that_breaks_is_opened_again() -> None:
    with plant({1: bank()}) as port:
        asked("M1", port, LEVEL)
    with field_gateway(SERVICE):
        for _ in range(2):
            before = Observation.objects.count()
            with plant({1: bank()}, port=port):
                until(lambda before=before: Observation.objects.count() > before)  # type: ignore[misc]  # its own


@with_database
def test_pymodbus_own_server_is_read() -> None:
    registers = [0] * 107 + [0x2000, 0x47F1] + [0] * 20

    async def serve() -> tuple[ModbusTcpServer, int]:
        device = SimDevice(1, simdata=[SimData(0, values=registers, datatype=DataType.REGISTERS)])
        server = ModbusTcpServer(device, address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        return server, server.transport.sockets[0].getsockname()[1]

    class Serving:
        async def __aenter__(self) -> int:
            self.server, port = await serve()
            return port

        async def __aexit__(self, *_: object) -> None:
            await self.server.shutdown()

    with looping(Serving) as port:
        asked("M1", port, LEVEL)
        with field_gateway(SERVICE):
            until(lambda: newest("pm2_5") == 123456.0)


# Published frames: request and answer. Source: a public ModbusDecoder readme; the classic simplymodbus examples.
FRAMES = [
    ("11 03 00 6B 00 03 76 87", "11 03 06 AE 41 56 52 43 40 49 AD"),
    ("11 01 00 13 00 25 0E 84", "11 01 05 CD 6B B2 0E 1B 45 E6"),
    ("11 02 00 C4 00 16 BA A9", "11 02 03 AC DB 35 20 18"),
    ("11 04 00 08 00 01 B2 98", "11 04 02 00 0A F8 F4"),
    ("11 05 00 AC FF 00 4E 8B", "11 05 00 AC FF 00 4E 8B"),
    ("11 06 00 01 00 03 9A 9B", "11 06 00 01 00 03 9A 9B"),
    ("11 0F 00 13 00 0A 02 CD 01 BF 0B", "11 0F 00 13 00 0A 26 99"),
    (
        "01 10 00 5B 00 10 20 00 00 3F 80 00 00 3F 80 CC CD 42 0C CC CD 41 DC 51 EC 41 2C 1E B8 40 B5 CC CD 40 F4 "
        "E1 48 40 FA FB DB",
        "01 10 00 5B 00 10 B0 16",
    ),
    (
        "01 04 0B B8 00 08 73 CD",
        "01 04 10 51 24 45 B7 19 71 3F 5F 19 F9 43 0B 59 D1 45 D2 70 B9",
    ),
    ("01 03 00 00 00 0A C5 CD", ""),
    ("01 03 00 00 00 02 C4 0B", ""),
    ("01 06 00 00 04 35 4B 1D", ""),
    ("", "11 03 06 02 2B 00 00 00 64 C8 BA"),
    ("", "0A 81 02 B0 53"),
]


@pytest.mark.parametrize(("request_hex", "answer_hex"), FRAMES, ids=range(len(FRAMES)))
def test_library_reads_and_writes_the_published_rtu_frames(request_hex: str, answer_hex: str) -> None:
    for text, server in ((request_hex, True), (answer_hex, False)):
        if text:
            raw = bytes.fromhex(text.replace(" ", ""))
            framer = FramerRTU(DecodePDU(server))
            used, pdu = framer.handleFrame(raw, 0, 0)
            assert (used, pdu is not None) == (len(raw), True)
            assert pdu is not None
            assert framer.buildFrame(pdu) == raw
            assert crc16(raw[:-2]) == raw[-2:]


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("00 01 00 00 00 06 11 03 00 6B 00 03", True),
        ("00 01 00 00 00 09 11 03 06 AE 41 56 52 43 40", False),
        ("00 03 00 00 00 06 11 03 20 00 00 01", True),
        ("00 03 00 00 00 03 11 83 02", False),
    ],
)
def test_library_reads_and_writes_the_published_tcp_frames(text: str, server: bool) -> None:  # parameter
    raw = bytes.fromhex(text.replace(" ", ""))
    framer = FramerSocket(DecodePDU(server))
    used, pdu = framer.handleFrame(raw, 0, 0)
    assert pdu is not None
    assert (used, framer.buildFrame(pdu)) == (len(raw), raw)


def test_library_refuses_a_wrong_check_and_another_protocol() -> None:
    wrong = bytes.fromhex("1103006B00037688")
    assert FramerRTU(DecodePDU(True)).handleFrame(wrong, 0, 0)[1] is None
    other = bytes.fromhex("0001000100061103006B0003")
    assert FramerSocket(DecodePDU(True)).handleFrame(other, 0, 0)[1] is None


def test_simulator_answers_the_published_frames() -> None:
    unit = Bank(holding={0x6B: 0xAE41, 0x6C: 0x5652, 0x6D: 0x4340}, coils={0xAC: 0}, input_registers={8: 10})
    for number in (0, 3, 4):
        request, answer = (bytes.fromhex(text.replace(" ", "")) for text in FRAMES[number])
        assert answer_rtu(request, {0x11: unit}) == answer
    tcp = bytes.fromhex("0001000000061103006B0003")
    assert answer_tcp(tcp, {0x11: unit}) == bytes.fromhex("000100000009110306AE4156524340")
    too_many = bytes.fromhex("000100000006110300000 07E".replace(" ", ""))
    assert answer_tcp(too_many, {0x11: unit})[-2:] == b"\x83\x03"
