"""Keeps connections to devices that are asked, as the roster of devices says; for services with a library's client."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Final, TypeVar

from onecity.platform.iot.gateways.field.contract import Attached, Intake

AGAIN_S: Final = 60.0
GATHER_S: Final = 0.3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
Key = TypeVar("Key", bound=Hashable)
Member = TypeVar("Member", bound=Hashable)
logger = logging.getLogger(__name__)


async def keep_lines(
    intake: Intake,
    *,
    grouped: Callable[[Sequence[Attached]], Mapping[Key, tuple[Member, ...]]],
    serve: Callable[[Key, tuple[Member, ...]], Coroutine[None, None, None]],
) -> None:
    """Serve every line of the roster until cancelled; a line whose members changed is begun anew.

    grouped: the devices by line. serve: runs until cancelled; when it fails, it is begun anew after a growing pause.
    """
    changed = asyncio.Event()
    intake.on_change(lambda _: changed.set())
    running: dict[Key, tuple[tuple[Member, ...], asyncio.Task[None]]] = {}
    try:
        while True:
            changed.clear()
            wanted = grouped(await intake.roster())
            for key, (members, task) in list(running.items()):
                if wanted.get(key) != members:
                    del running[key]
                    await _end([task])
            for key, members in wanted.items():
                if key not in running:
                    running[key] = members, asyncio.ensure_future(_again(serve, key, members))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S):
                    await changed.wait()
            await asyncio.sleep(GATHER_S)  # changes come in swarms
    finally:
        await _end([task for _, task in running.values()])


async def _again(
    serve: Callable[[Key, tuple[Member, ...]], Coroutine[None, None, None]], key: Key, members: tuple[Member, ...]
) -> None:
    pause_s = FIRST_PAUSE_S
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        try:
            await serve(key, members)
        except Exception as error:  # noqa: BLE001  # the outermost loop of one line; libraries raise what they like
            logger.warning("line %s broke: %s: %s", key, type(error).__name__, error)
        if loop.time() - begun > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
