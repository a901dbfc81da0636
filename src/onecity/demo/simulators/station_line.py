"""One data logger on its line: sends what is due, hears the answers, sends again what was not answered."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from onecity.demo.simulators.hj212_faults import Fault
from onecity.demo.simulators.hj212_host import HostReader, obey
from onecity.demo.simulators.replay import Upload

OVERTIME_S: Final = 5.0  # House rule; the standard lets the platform set it
RECOUNT: Final = 3
WINDOW: Final = 40
LOOK_S: Final = 0.25
LONGEST_WAIT_S: Final = 15.0
PASSWORD: Final = "123456"


@dataclass(slots=True)
class LineCounts:
    """What happened on a line so far."""

    sent: int = 0
    answered: int = 0
    sent_again: int = 0
    spoilt: int = 0
    reconnected: int = 0


@dataclass(slots=True)
class _Waiting:
    frame: bytes
    since: float
    tries: int = 1


@dataclass(slots=True)
class StationLine:
    """A logger's connection to the platform. city_now: tells the city's time, in which uploads fall due.

    What is not answered is kept and sent again, over a new connection if need be: a logger loses nothing either.
    """

    host: str
    port: int
    uploads: Iterator[Upload]
    city_now: Callable[[], datetime]
    counts: LineCounts = field(default_factory=LineCounts)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _next: Upload | None = None

    async def run(self) -> None:
        """Send until cancelled; connects again after a growing pause when the line breaks."""
        pause = 0.5
        while True:
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_WAIT_S)
                continue
            pause = 0.5
            await self._talk(reader, writer)
            self.counts.reconnected += 1
            await asyncio.sleep(pause)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for item in self._waiting.values():
            item.since, item.tries = 0.0, 0
        hearing = asyncio.ensure_future(self._hear(reader, writer))
        try:
            while not hearing.done():
                await self._speak(writer)
                await asyncio.wait([hearing], timeout=LOOK_S)
        except OSError:
            return
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take answers until the platform hangs up; requests are carried out."""
        host = HostReader()
        while data := await reader.read(65536):
            for packet in host.hear(data):
                if packet.is_answer:
                    self.counts.answered += self._waiting.pop(packet.qn, None) is not None
                else:
                    writer.writelines(obey(packet, pw=PASSWORD))

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        now, real = self.city_now(), asyncio.get_running_loop().time()
        for item in list(self._waiting.values()):
            if real - item.since > OVERTIME_S and item.tries < RECOUNT:
                writer.write(item.frame)
                item.since, item.tries = real, item.tries + 1
                self.counts.sent_again += 1
        while len(self._waiting) < WINDOW and (upload := self._due(now)):
            await self._send(writer, upload, real)
        await writer.drain()
        given_up = [item for item in self._waiting.values() if item.tries >= RECOUNT and real - item.since > OVERTIME_S]
        if given_up:
            raise ConnectionError("nothing is answered on this line")

    async def _send(self, writer: asyncio.StreamWriter, upload: Upload, real: float) -> None:
        for piece in upload.pieces:
            writer.write(piece)
            if len(upload.pieces) > 1:
                await writer.drain()
                await asyncio.sleep(0)  # so that the pieces leave one by one
        self._waiting[upload.qn] = _Waiting(upload.frame, real)
        self.counts.sent += 1
        self.counts.spoilt += upload.fault is not Fault.NONE

    def _due(self, now: datetime) -> Upload | None:
        upload = self._next or next(self.uploads)
        self._next = None
        if upload.due > now:
            self._next = upload
            return None
        return upload
