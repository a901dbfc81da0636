"""Electric vehicles: one with a terminal of its own, of the edition of 2025, and two behind their maker's platform."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.demo.simulators import gb32960_frames as frames
from onecity.demo.simulators.field_line import both, keep_line
from onecity.demo.simulators.hosts import DemoDevice, Host, Place, Street
from onecity.platform.iot.declare import Protocol

REPORT_EVERY_S: Final = 20.0
PASSWORD: Final = "32960-demo"  # of the demonstration's devices
PLATFORM: Final = "DEMOEVPLAT"
_TYPE: Final = "iot.electric_vehicle"
_METRES_PER_DEGREE: Final = 111_320.0
_ROUND_S: Final = 3_000.0
DEVICES: Final = (
    DemoDevice(PLATFORM, "客车厂企业平台", "iot.vehicle_platform", Protocol.GB32960, "transport", password=PASSWORD),
    DemoDevice("LDEMO0000BUS00001", "电动公交车1", _TYPE, Protocol.GB32960, "transport", 1_500, 900, parent=PLATFORM),
    DemoDevice("LDEMO0000BUS00002", "电动公交车2", _TYPE, Protocol.GB32960, "transport", -1_700, 800, parent=PLATFORM),
    DemoDevice("LDEMO0000SAN00003", "纯电动清扫车", _TYPE, Protocol.GB32960, "urban_management", 700, -1_100),
)


def spot_of(device: DemoDevice, *, at: datetime, centre: Place) -> frames.Spot:
    """Return what a vehicle measures at a time: on a circle, its battery a little emptier each minute."""
    radius = math.hypot(device.east_m, device.north_m)
    seconds = at.timestamp()
    turn = 2 * math.pi * (seconds % _ROUND_S) / _ROUND_S
    per_degree = _METRES_PER_DEGREE * math.cos(math.radians(centre[1]))
    speed = 2 * math.pi * radius / _ROUND_S * 3.6 * (1 + 0.3 * math.sin(7 * turn))
    soc = 95 - int(seconds / 60) % 70
    cells = tuple(3500 + 3 * soc + place % 3 for place in range(8))
    return frames.Spot(
        at,
        centre[0] + radius * math.sin(turn) / per_degree,
        centre[1] + radius * math.cos(turn) / _METRES_PER_DEGREE,
        speed,
        2 * math.pi * radius / 1000 * seconds / _ROUND_S % 400_000,
        soc,
        current_a=20 + 15 * math.sin(7 * turn),
        cells_mv=cells,
        flags=1 << 4 if soc < 28 else 0,
    )


@dataclass(slots=True)
class Carrier:
    """A line for one vehicle, or (platform not None) for a platform's vehicles."""

    street: Street
    vehicles: Sequence[DemoDevice]
    platform: DemoDevice | None = None
    serial: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Log in, then report until the line breaks."""
        self.serial += 1
        now = self.street.city_now()
        if self.platform is not None:
            key, password = self.platform.key, self.platform.password
            writer.write(frames.platform_login(key, self.serial, user=key, password=password, at=now))
        await both(self._hear(reader, writer), self._speak(writer))

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ear = frames.Ear()
        while data := await reader.read(65_536):
            for heard in ear.hear(data):
                said = frames.obey(heard)
                writer.writelines(said)
                self.street.counts.obeyed += len(said)
                self.street.counts.answered += heard.answer == 1

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        start = frames.OF_2025 if self.platform is None else frames.OF_2016
        for device in self.vehicles:
            writer.write(frames.login(device.key, self.serial, at=self.street.city_now(), start=start))
        while True:
            at = self.street.city_now().replace(microsecond=0)
            for device in self.vehicles:
                writer.write(frames.report(device.key, spot_of(device, at=at, centre=self.street.centre), start=start))
                self.street.counts.sent += 1
            await writer.drain()
            await asyncio.sleep(REPORT_EVERY_S)


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Let every vehicle drive until cancelled."""
    platforms = {device.key: device for device in devices if device.type_code != _TYPE}
    alone = [device for device in devices if device.type_code == _TYPE and not device.parent]
    carriers = [Carrier(street, [device]) for device in alone]
    carriers += [
        Carrier(street, [device for device in devices if device.parent == key], platform)
        for key, platform in platforms.items()
    ]
    async with asyncio.TaskGroup() as group:
        for carrier in carriers:
            group.create_task(keep_line(street, carrier.talk))


HOST: Final = Host(Protocol.GB32960, 5960, DEVICES, run)
