"""The cockpit's live stream: server-sent events, one message whenever a figure has changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import orjson
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.portals.cockpit import board
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road

LOOK_SECONDS: Final = 1.0
SILENCE_SECONDS: Final = 15.0


def _look(actor: Actor) -> dict[str, object]:
    close_old_connections()
    return board.live(actor, now=clock.city_now())


async def _messages(request: HotRequest) -> AsyncIterator[bytes]:
    """Yield events until the client goes or loses the right to see them."""
    sent, silent = b"", 0.0
    yield b"retry: 3000\n\n"
    while True:
        try:
            actor = await request.identify()
        except NotPermitted:
            yield b"event: ended\ndata: {}\n\n"
            return
        content = orjson.dumps(await sync_to_async(_look, thread_sensitive=False)(actor))
        if content != sent:
            sent, silent = content, 0.0
            yield b"data: " + content + b"\n\n"
        elif silent >= SILENCE_SECONDS:
            silent = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(LOOK_SECONDS)
        silent += LOOK_SECONDS


async def stream(request: HotRequest) -> HotResponse:
    """Open the stream."""
    return HotResponse(
        content_type="text/event-stream; charset=utf-8",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        stream=_messages(request),
    )


ROADS: Final = (Road("GET", "/cockpit/stream", permission("cockpit.view"), stream),)
