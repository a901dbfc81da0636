"""Runs asynchronous servers for tests in a thread of their own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

from tests.gateways.harness import PATIENCE_S

Given = TypeVar("Given")


@contextmanager
def looping(server: Callable[[], AbstractAsyncContextManager[Given]]) -> Iterator[Given]:
    """Run an asynchronous context; yield what it gives."""
    given: list[Given] = []
    failed: list[BaseException] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        try:
            async with server() as found:
                given.append(found)
                ready.set()
                await stop.wait()
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE_S)
    if not given:
        raise AssertionError(failed)
    try:
        yield given[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_S)
        loop.close()
