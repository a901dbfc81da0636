"""A transparent unit: dials in, says its name, passes questions on to the meters behind it, and their answers."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from onecity.demo.simulators.field_line import both
from onecity.demo.simulators.hosts import Counts

HEARTBEAT_S: Final = 30.0
Framing = Callable[[bytes], tuple[list[bytes], bytes]]
Answer = Callable[[bytes], bytes]


class Unit:
    """One unit. name: by which it is registered. framing: cuts what the platform sends. meters: each answers or not."""

    def __init__(self, name: str, *, framing: Framing, meters: Sequence[Answer], counts: Counts) -> None:
        self._name, self._framing, self._meters, self._counts = name, framing, meters, counts

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say its name, then pass on until the line breaks."""
        writer.write(f"{self._name}\r\n".encode())
        await both(self._pass_on(reader, writer), self._beat(writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held = b""
        while data := await reader.read(4096):
            frames, held = self._framing(held + data)
            for frame in frames:
                answers = [answer for answer in (meter(frame) for meter in self._meters) if answer]
                writer.writelines(answers)
                self._counts.sent += len(answers)
            await writer.drain()

    async def _beat(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            writer.write(f"{self._name}\r\n".encode())
            await writer.drain()
