"""HTTP connections that are kept, on which requests go out as fast as they are answered."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Self

Request = tuple[str, str, bytes]
"""Method, path with query, body."""


class Lines:
    """Some connections to one port, served by an event loop in a thread of its own."""

    def __init__(self, port: int, count: int, *, headers: Mapping[str, str]) -> None:
        self._port, self._count = port, count
        self._head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._lines: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def ask(self, requests: Sequence[Request], *, wanted: int) -> list[bytes]:
        """Send requests over all connections; return the answers' bodies in the requests' order.

        Raises: ConnectionError if an answer has another status than `wanted`.
        """
        return asyncio.run_coroutine_threadsafe(self._ask(requests, wanted), self._loop).result()

    async def _open(self) -> None:
        for _ in range(self._count):
            self._lines.append(await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 26))

    async def _ask(self, requests: Sequence[Request], wanted: int) -> list[bytes]:
        bodies = [b""] * len(requests)
        waiting = iter(range(len(requests)))

        async def worker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for place in waiting:
                method, path, body = requests[place]
                head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                bodies[place] = await _answer(reader, wanted, path)

        await asyncio.gather(*(worker(*line) for line in self._lines))
        return bodies


async def _answer(reader: asyncio.StreamReader, wanted: int, path: str) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    if not head.startswith(f"http/1.1 {wanted}".encode()):
        raise ConnectionError(f"{path}: {head.splitlines()[0].decode()} {body[:300]!r}")
    return body
