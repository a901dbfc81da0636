"""Fire-alarm transmitters of two buildings: heartbeats, their own state, and now and then a smoke detector's alarm."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.demo.simulators import gb26875_frames as frames
from onecity.demo.simulators.field_line import both, keep_line
from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.platform.iot.declare import Protocol

HEARTBEAT_S: Final = 20.0
AGAIN_S: Final = 10.0
MOST_TRIES: Final = 3
TEST_EVERY: Final = 45  # heartbeats between two alarms
_TYPE: Final = "iot.fire_transmitter"
DEVICES: Final = (
    DemoDevice("000000000379", "政务中心消防传输装置", _TYPE, Protocol.GB26875, "emergency", east_m=600, north_m=300),
    DemoDevice("00000000037A", "商业广场消防传输装置", _TYPE, Protocol.GB26875, "emergency", east_m=-900, north_m=700),
)
SMOKE: Final = frames.Spot(10, 2, "地下一层走廊感烟探测器")
TANK: Final = frames.Spot(20, 1, "屋顶消防水箱", kind=92, system=(11, 1))


@dataclass(slots=True)
class Transmitter:
    """One transmitter. waiting: packets that are not confirmed yet, oldest first; they are sent until they are."""

    street: Street
    unit: frames.Unit
    offset: int = 0
    turn: int = 0
    waiting: dict[int, bytes] = field(default_factory=dict)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Report until the line breaks."""
        await both(self._hear(reader, writer), self._speak(writer))

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ear = frames.Ear()
        while data := await reader.read(65_536):
            for heard in ear.hear(data):
                if heard.command == frames.CONFIRM:
                    self.street.counts.answered += self.waiting.pop(heard.serial, None) is not None
                said = frames.obey(self.unit, heard, at=self.street.city_now())
                writer.writelines(said)
                self.street.counts.obeyed += bool(said)

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        while True:
            for data in self._due():
                self.waiting[self.unit.serial] = data
                await self._send(writer, data, self.unit.serial)
            await asyncio.sleep(HEARTBEAT_S)
            self.turn += 1

    async def _send(self, writer: asyncio.StreamWriter, data: bytes, serial: int) -> None:
        for _ in range(MOST_TRIES):
            writer.write(data)
            await writer.drain()
            self.street.counts.sent += 1
            for _ in range(20):
                if serial not in self.waiting:
                    return
                await asyncio.sleep(AGAIN_S / 20)
        raise ConnectionError("nothing is confirmed on this line")

    def _due(self) -> list[bytes]:
        """Return what falls due: the state on the first turn, an alarm now and then, its end a minute later."""
        at = self.street.city_now().replace(microsecond=0)
        phase = (self.turn + self.offset) % TEST_EVERY
        packets = [frames.heartbeat(self.unit, at=at)]
        if self.turn == 0:
            packets = [frames.own_state(self.unit, 1, at=at)]
        elif phase == TEST_EVERY - 4:
            packets = [frames.component_states(self.unit, [(SMOKE, frames.FIRE)], at=at)]
        elif phase == TEST_EVERY - 1:
            packets = [frames.system_state(self.unit, 1, at=at)]
        elif phase % 5 == 0:
            packets = [frames.analogue(self.unit, TANK, 2, 280 + phase, at=at)]
        return packets


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Let every transmitter report until cancelled."""
    transmitters = [
        Transmitter(street, frames.Unit(int(device.key, 16)), offset=place * 20) for place, device in enumerate(devices)
    ]
    async with asyncio.TaskGroup() as group:
        for transmitter in transmitters:
            group.create_task(keep_line(street, transmitter.talk))


HOST: Final = Host(Protocol.GB26875, 5875, DEVICES, run)
