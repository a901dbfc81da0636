"""Takes a COPY's stream off a server in a thread of its own, so that numpy and the target work meanwhile."""

import asyncio
import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Final

import uvloop

from onecity.platform.exchange.codecs.pgcopy.walking import TRAILER, Rows, Torn, body_of, padded, walk
from onecity.platform.exchange.connectors.contract import Unreachable
from onecity.platform.exchange.connectors.postgresql.links import stream, translated
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.rules.hashing import PADDING

PIECE: Final = 2 << 20
"""Bytes that are worked on at once: few enough to stay in the processor's cache, enough to be worth numpy's calls."""
WAITING: Final = 4
CRUMB: Final = 100_000
NAP_S: Final = 0.001
"""When a server sends crumbs of a few rows each, waiting for more saves both sides most of their calls."""
SILENCE_S: Final = 600.0
"""How long the server may take for its first or next rows."""


class CopyOut:
    """One query's stream. Iterating gives the bytes in pieces; leaving the context stops the server's work."""

    def __init__(self, place: Place, query: str, *, settings: Mapping[str, str], snapshot: str = "") -> None:
        self._place, self._query, self._settings, self._snapshot = place, query, dict(settings), snapshot
        self._pieces: queue.Queue[list[bytes] | None] = queue.Queue()
        self._loop = uvloop.new_event_loop()
        self._room = asyncio.Semaphore(WAITING)
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="copy-out", daemon=True)

    def __enter__(self) -> "CopyOut":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join()
        self._loop.close()

    def __iter__(self) -> Iterator[list[bytes]]:
        while True:
            try:
                found = self._pieces.get(timeout=SILENCE_S)
            except queue.Empty:
                raise Unreachable(params={"reason": "timeout"}) from None
            if found is None:
                self._tell_how_it_ended()
                return
            self._loop.call_soon_threadsafe(self._room.release)
            yield found

    def _tell_how_it_ended(self) -> None:
        error = self._task.exception() if self._task is not None and not self._task.cancelled() else None
        if error is not None:
            with translated():
                raise error

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._copy())
        self._loop.run_until_complete(asyncio.wait({self._task}))
        self._pieces.put(None)

    async def _copy(self) -> None:
        link = await stream(self._place, settings=self._settings)
        held: list[bytes] = []
        size = 0

        async def take(data: bytes) -> None:
            nonlocal size
            held.append(data)
            size += len(data)
            if size >= PIECE:
                await self._hand_over(held)
                size = 0
            elif len(data) < CRUMB:
                await asyncio.sleep(NAP_S)

        try:
            await link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if self._snapshot:
                await link.execute(f"SET TRANSACTION SNAPSHOT '{self._snapshot}'")
            await link.copy_from_query(self._query, output=take, format="binary")
            await self._hand_over(held)
        finally:
            link.terminate()

    async def _hand_over(self, held: list[bytes]) -> None:
        await self._room.acquire()
        self._pieces.put(held.copy())
        held.clear()


def pieces_of(stream_: CopyOut, *, columns: int) -> Iterator[Rows]:
    """Yield a stream's rows, each piece over a buffer of its own. Raises: Unreachable, NotUnderstood, Torn."""
    rest, begun = b"", False
    for chunks in stream_:
        if not begun:
            rest += b"".join(chunks)
            begin = body_of(rest)
            if begin is None:
                continue
            octets, begun = padded(rest[begin:]), True
        else:
            octets = padded(rest, *chunks)
        size = len(octets) - PADDING
        rows = walk(octets, size=size, columns=columns)
        end = int(rows.ends[-1]) if len(rows) else 0
        rest = octets[end:size].tobytes()
        if len(rows):
            yield rows
    if rest != TRAILER:
        raise Torn("the stream ended within a row")
