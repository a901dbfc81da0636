"""Threads in which entities are changed: few, each with a database connection that it closes when it ends."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from typing import Final, TypeVar

from django.db import close_old_connections, connection

CLERKS: Final = 2
Done = TypeVar("Done")
Errand = tuple[Callable[[], None], Context]


class Clerks:
    """Runs work for the event loop."""

    def __init__(self, *, count: int = CLERKS) -> None:
        self._errands: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._serve, name="sensorthings", daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Callable[[], Done]) -> Done:
        """Run work in a clerk's thread and return what it returns; it ends even if nobody waits for it any more."""
        future: Future[Done] = Future()

        def errand() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  # it belongs to whoever waits
                future.set_exception(error)

        self._errands.put((errand, copy_context()))
        return await asyncio.shield(asyncio.wrap_future(future))

    def stop(self) -> None:
        """End the threads once their work is done."""
        for _ in self._threads:
            self._errands.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    def _serve(self) -> None:
        while (errand := self._errands.get()) is not None:
            close_old_connections()
            errand[1].run(errand[0])
        connection.close()
