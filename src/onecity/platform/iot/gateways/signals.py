"""Running a gateway until the supervisor asks it to stop."""

import asyncio
import signal
from collections.abc import Coroutine


async def until_signalled(work: Coroutine[None, None, None]) -> None:
    """Run something until SIGTERM or SIGINT, and let it end in good order."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
