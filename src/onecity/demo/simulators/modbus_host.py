"""A pumping station's controller, and a second one behind the same serial server, that the platform asks by Modbus."""

import asyncio
import struct
from collections.abc import Sequence
from typing import Final

from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.modbus_frames import Bank
from onecity.demo.simulators.modbus_line import listening
from onecity.demo.simulators.waves import wave
from onecity.platform.iot.declare import Protocol

PORT: Final = 15_020
EVERY_S: Final = 2.0
_POINTS: Final = (
    {"name": "level", "area": "holding", "address": 0, "type": "f32", "order": "CDAB"},
    {"name": "flow", "area": "holding", "address": 2, "type": "u16", "scale": 0.1},
    {"name": "pressure", "area": "holding", "address": 3, "type": "u16", "scale": 0.001},
    {"name": "running", "area": "coils", "address": 0, "type": "bit", "writes": {"start": 1, "stop": 0}},
    {"name": "limit", "area": "holding", "address": 10, "scale": 1, "writes": {"set_level": None}},
)


def _device(key: str, name: str, unit: int, east_m: float) -> DemoDevice:
    link = {"host": "127.0.0.1", "port": PORT, "unit": unit, "every_s": 5, "points": list(_POINTS)}
    return DemoDevice(
        key, name, "iot.pumping_station", Protocol.MODBUS, "water", east_m=east_m, north_m=1_200, link=link
    )


DEVICES: Final = (_device("PUMP-MB-01", "一号雨水泵站", 1, -1_500), _device("PUMP-MB-02", "二号雨水泵站", 2, -1_700))


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Answer for every pumping station until cancelled."""
    banks = {
        number: Bank(coils={0: 1}, holding=dict.fromkeys(range(11), 0)) for number, _ in enumerate(devices, start=1)
    }
    async with listening(banks, host="127.0.0.1", port=PORT):
        while True:
            for number, bank in banks.items():
                _move(bank, street, phase=number / 7)
            street.counts.sent += len(banks)
            await asyncio.sleep(EVERY_S)


def _move(bank: Bank, street: Street, *, phase: float) -> None:
    now, running = street.city_now(), bank.coils[0]
    level = struct.pack(">f", wave(now, mean=2.4, swing=0.8, period_s=3600, phase=phase))
    bank.holding[0], bank.holding[1] = int.from_bytes(level[2:], "big"), int.from_bytes(level[:2], "big")
    bank.holding[2] = round(10 * wave(now, mean=180, swing=30, period_s=600, phase=phase)) if running else 0
    bank.holding[3] = round(1000 * wave(now, mean=0.32, swing=0.03, period_s=900, phase=phase)) if running else 0


HOST: Final = Host(Protocol.MODBUS, PORT, DEVICES, run)
