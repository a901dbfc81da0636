"""A simulated device's connection to the gateway: made again, after a growing pause, whenever it breaks."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from onecity.demo.simulators.hosts import Street

LONGEST_WAIT_S: Final = 15.0
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def keep_line(street: Street, talk: Talk) -> None:
    """Talk over a connection until cancelled; `talk` returns, or raises OSError, when the line is of no more use."""
    pause = 0.5
    while True:
        try:
            reader, writer = await asyncio.open_connection(street.host, street.port)
        except OSError:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_WAIT_S)
            continue
        pause = 0.5
        try:
            await talk(reader, writer)
        except (OSError, EOFError):
            pass  # the line broke; what was not answered is kept by the device
        finally:
            writer.close()
        street.counts.reconnected += 1
        await asyncio.sleep(pause)


async def both(hear: Awaitable[None], speak: Awaitable[None]) -> None:
    """Hear and speak until one of them ends; what it raised is raised."""
    tasks = [asyncio.ensure_future(hear), asyncio.ensure_future(speak)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
