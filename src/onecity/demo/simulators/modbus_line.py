"""A Modbus device, or a serial server with several behind it, that listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from onecity.demo.simulators.modbus_frames import Bank, answer_rtu, answer_tcp


@asynccontextmanager
async def listening(
    banks: dict[int, Bank], *, framing: Literal["tcp", "rtu"] = "tcp", host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[int]:
    """Answer for these units until the block ends; give the port."""

    open_lines: set[asyncio.StreamWriter] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_lines.add(writer)
        try:
            while True:
                frame = await (_tcp(reader) if framing == "tcp" else _rtu(reader))
                writer.write(answer_tcp(frame, banks) if framing == "tcp" else answer_rtu(frame, banks))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # the platform hung up
        finally:
            open_lines.discard(writer)
            writer.close()

    server = await asyncio.start_server(talk, host, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for writer in open_lines:
            writer.close()
        await asyncio.sleep(0)  # until the loop has let go of the sockets


async def _tcp(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(6)
    return head + await reader.readexactly(int.from_bytes(head[4:6], "big"))


async def _rtu(reader: asyncio.StreamReader) -> bytes:
    """Cut a frame by its expected length, for silence is lost in a stream."""
    head = await reader.readexactly(2)
    if head[1] != 16:
        return head + await reader.readexactly(6)
    head += await reader.readexactly(5)
    return head + await reader.readexactly(head[6] + 2)
