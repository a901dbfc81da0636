"""The web server's application: hot roads on asyncpg, everything else on Django's pages in threads."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onecity.project.settings")

from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()

import asyncpg
from a2wsgi import WSGIMiddleware
from django.conf import settings

from onecity.platform.identity.hot import HotSignOn
from onecity.project.roads import CLOSING, ROADS
from onecity.web.hot import HOT_CONNECTION, HotApplication

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def open_pool() -> asyncpg.Pool:
    """Open this process's connections for the hot roads."""
    return await asyncpg.create_pool(
        settings.ENV.database_url,
        min_size=1,
        max_size=settings.ENV.database_pool,
        command_timeout=30,
        server_settings=HOT_CONNECTION,
    )


hot = HotApplication(ROADS, sign_on=HotSignOn(), open_pool=open_pool, closing=CLOSING)
threaded_pages = WSGIMiddleware(pages, workers=settings.ENV.web_threads)  # type: ignore[arg-type]  # Django types WSGI more loosely


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each request down its road."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif hot.serves(scope["path"], method=scope["method"]):
        await hot(scope, receive, send)
    else:

        async def received() -> MutableMapping[str, Any]:
            # granian gives a future where a2wsgi insists on a coroutine
            return await receive()

        await threaded_pages(scope, received, send)  # type: ignore[arg-type]  # a2wsgi types ASGI by its own names


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await hot.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
