"""A small HTTP client that asks as fast as it is answered, on a few connections that are kept."""

import asyncio
import time
from collections.abc import Sequence
from itertools import cycle
from typing import Final

CONNECTIONS: Final = 8


def requests_per_second(port: int, paths: list[str], *, cookie: str, seconds: float) -> float:
    """Return how many requests a second were answered with 200.

    Raises: ConnectionError if an answer has another status.
    """
    return asyncio.run(_asked(port, paths, cookie, seconds))


async def _asked(port: int, paths: list[str], cookie: str, seconds: float) -> float:
    began = time.perf_counter()
    counts = await asyncio.gather(
        *(_one(port, paths[number:] + paths[:number], cookie, began + seconds) for number in range(CONNECTIONS))
    )
    return sum(counts) / (time.perf_counter() - began)


async def _one(port: int, paths: Sequence[str], cookie: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    try:
        for path in cycle(paths):
            if time.perf_counter() >= until:
                return answered
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
            await _answer(reader, path)
            answered += 1
        return answered
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader, path: str) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise ConnectionError(f"{path}: {head.splitlines()[0].decode()}")
    if b"\r\ncontent-length:" in head:
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        return
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()
