"""A river station and a gauge at a waterlogging point that report every quarter of a minute."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from onecity.demo.simulators.field_line import both, keep_line
from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.sl651_frames import Station, frames_in
from onecity.platform.iot.declare import Protocol

_BEIJING: Final = timezone(timedelta(hours=8))
REPORT_EVERY_S: Final = 15.0
BEAT_EVERY: Final = 3
MOST_UNANSWERED: Final = 6
PASSWORD: Final = "03E8"
_TYPE: Final = "iot.hydrology_station"
_TIMED: Final = 0x32
_KEEP_ALIVE: Final = 0x2F
DEVICES: Final = (
    DemoDevice(
        "0000010001", "伊通河水文站", _TYPE, Protocol.SL651, "water", east_m=1_500, north_m=-800, password=PASSWORD
    ),
    DemoDevice(
        "2201020001", "火车站前积水点", _TYPE, Protocol.SL651, "water", east_m=200, north_m=1_900, password=PASSWORD
    ),
)


def values(device: DemoDevice, at: datetime) -> Mapping[str, float]:
    """Return what a station measures: rain in the afternoon, a level that follows it."""
    hour = at.astimezone(_BEIJING).hour + at.minute / 60
    rain = max(0.0, 12 * math.sin((hour - 14) / 4 * math.pi)) if 14 <= hour <= 18 else 0.0
    fallen = 6.0 * (1 - math.cos(min(max(hour - 14, 0), 4) / 4 * math.pi))
    base = 192.4 if device.key.startswith("00") else 0.02
    return {"PJ": round(fallen, 1), "PT": round(fallen + 100, 1), "Z": base + rain / 40, "VT": 12.6}


@dataclass(slots=True)
class Line:
    """One station on its line. waiting: reports that were not answered."""

    device: DemoDevice
    street: Street
    station: Station
    waiting: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Report until the line breaks."""
        self.waiting = 0
        await both(self._hear(reader, writer), self._speak(writer))

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held = b""
        while data := await reader.read(4096):
            frames, held = frames_in(held + data)
            for frame in frames:
                at = self.street.city_now()
                answer = self.station.obey(frame, at=at, values=values(self.device, at))
                if answer:
                    writer.write(answer)
                    self.street.counts.obeyed += 1
                elif frame[10] == _TIMED:
                    self.waiting = 0
                    self.street.counts.answered += 1

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        turn = 0
        while True:
            at = self.street.city_now()
            writer.write(self.station.report(_TIMED, at=at, values=values(self.device, at)))
            if turn % BEAT_EVERY == 0:
                writer.write(self.station.keep_alive(at=at))
            await writer.drain()
            turn, self.waiting = turn + 1, self.waiting + 1
            self.street.counts.sent += 1
            if self.waiting > MOST_UNANSWERED:
                raise ConnectionError("nothing is answered on this line")
            await asyncio.sleep(REPORT_EVERY_S)


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Let every station report until cancelled."""
    async with asyncio.TaskGroup() as group:
        for device in devices:
            line = Line(device, street, Station(device.key, device.password))
            group.create_task(keep_line(street, line.talk))


HOST: Final = Host(Protocol.SL651, 5651, DEVICES, run)
