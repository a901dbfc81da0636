"""Buses and a lorry that drive in circles round the city's centre and report where they are."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from onecity.demo.simulators import jt808_frames as frames
from onecity.demo.simulators.field_line import both, keep_line
from onecity.demo.simulators.hosts import DemoDevice, Host, Place, Street
from onecity.platform.iot.declare import Protocol

REPORT_EVERY_S: Final = 15.0
LOOK_EVERY_S: Final = 0.5
MOST_KEPT: Final = 20
PASSWORD: Final = "808-demo-code"  # of the demonstration's devices
_TYPE: Final = "iot.vehicle_terminal"
_METRES_PER_DEGREE: Final = 111_320.0
_ROUND_S: Final = 2_400.0
_OVERSPEED: Final = 1 << 1

DEVICES: Final = (
    DemoDevice("13800000001", "1路公交车（演示）", _TYPE, Protocol.JT808, "transport", east_m=2_500, password=PASSWORD),
    DemoDevice(
        "13800000002", "危险品运输车（演示）", _TYPE, Protocol.JT808, "transport", north_m=4_000, password=PASSWORD
    ),
)
_OF_2019: Final = frozenset({"13800000002"})


def spot_of(device: DemoDevice, *, at: datetime, centre: Place) -> frames.Spot:
    """Return where a vehicle is at a time: on a circle, forty minutes a round, now and then too fast."""
    radius = math.hypot(device.east_m, device.north_m)
    turn = 2 * math.pi * (at.timestamp() % _ROUND_S) / _ROUND_S
    per_degree = _METRES_PER_DEGREE * math.cos(math.radians(centre[1]))
    longitude = centre[0] + radius * math.sin(turn) / per_degree
    latitude = centre[1] + radius * math.cos(turn) / _METRES_PER_DEGREE
    speed = 2 * math.pi * radius / _ROUND_S * 3.6 * (1 + 0.4 * math.sin(5 * turn))
    kilometres = 2 * math.pi * radius / 1000 * at.timestamp() / _ROUND_S
    alarms = _OVERSPEED if math.sin(5 * turn) > 0.95 else 0
    return frames.Spot(at, longitude, latitude, speed, int(math.degrees(turn) + 90) % 360, kilometres % 400_000, alarms)


@dataclass(slots=True)
class Terminal:
    """One terminal. kept: reports that were not answered, by serial; they are replayed when there is a line again."""

    device: DemoDevice
    street: Street
    unit: frames.Unit
    kept: dict[int, list[frames.Spot]] = field(default_factory=dict)
    let_in: bool = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Authenticate, then report until the line breaks."""
        self.let_in = False
        writer.write(frames.authentication(self.unit, code=self.device.password))
        await both(self._hear(reader, writer), self._speak(writer))

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ear = frames.Ear(self.unit)
        while data := await reader.read(65_536):
            for heard in ear.hear(data):
                if heard.id == 0x8001:
                    self._answered(heard.body)
                orders = frames.obey(self.unit, heard, spot=self._spot())
                writer.writelines(orders)
                self.street.counts.obeyed += len(orders)

    def _answered(self, body: bytes) -> None:
        if body[4] == 0 and body[2:4] == b"\x01\x02":
            self.let_in = True
        elif body[4] == 0:
            number = int.from_bytes(body[:2], "big")
            self.street.counts.answered += self.kept.pop(number, None) is not None

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        while not self.let_in:
            await asyncio.sleep(LOOK_EVERY_S)
        if self.kept:
            spots = [spot for kept in self.kept.values() for spot in kept]
            writer.write(frames.replay(self.unit, spots))
            self.kept = {self.unit.serial: spots}
        while True:
            spot = self._spot()
            writer.write(frames.location(self.unit, spot))
            self.kept[self.unit.serial] = [spot]
            await writer.drain()
            self.street.counts.sent += 1
            if len(self.kept) > MOST_KEPT:
                raise ConnectionError("nothing is answered on this line")
            await asyncio.sleep(REPORT_EVERY_S)

    def _spot(self) -> frames.Spot:
        return spot_of(self.device, at=self.street.city_now().replace(microsecond=0), centre=self.street.centre)


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Let every vehicle drive until cancelled."""
    terminals = [
        Terminal(device, street, frames.Unit(device.key, of_2019=device.key in _OF_2019)) for device in devices
    ]
    async with asyncio.TaskGroup() as group:
        for terminal in terminals:
            group.create_task(keep_line(street, terminal.talk))


HOST: Final = Host(Protocol.JT808, 5808, DEVICES, run)
