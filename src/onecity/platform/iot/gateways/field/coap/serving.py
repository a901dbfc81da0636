"""A CoAP server on a UDP socket of its own, and what its answers say.

DTLS is left to a proxy in front: aiocoap's own needs a C library that is not packaged for this platform.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiocoap import Context, Message
from aiocoap.interfaces import Resource
from aiocoap.numbers.codes import Code
from aiocoap.resource import Site
from django.conf import settings

from onecity.platform.iot.rules import reasons

_AGAIN_S: Final = 30
_CODES: Final = {
    reasons.UNKNOWN_DEVICE: Code.UNAUTHORIZED,
    reasons.WRONG_PASSWORD: Code.UNAUTHORIZED,
    reasons.RETIRED_DEVICE: Code.FORBIDDEN,
    reasons.WRONG_PROTOCOL: Code.FORBIDDEN,
}
Path = tuple[str, ...]


@asynccontextmanager
async def coap_server(resources: Sequence[tuple[Path, Resource]], *, host: str, port: int) -> AsyncIterator[Context]:
    """Serve resources at host and port; one that is path-capable serves what lies below its path."""
    site = Site()
    for path, resource in resources:
        site.add_resource(path, resource)
    context = await Context.create_server_context(site, bind=(host, port), transports=["udp6"])
    try:
        yield context
    finally:
        await context.shutdown()


async def serve(resources: Sequence[tuple[Path, Resource]], *, port: int) -> None:
    """Serve resources until cancelled, at the field gateway's address."""
    async with coap_server(resources, host=settings.ENV.field_host, port=port):
        await asyncio.get_running_loop().create_future()


def answer_for(reason: str) -> Message:
    """Return what a sender is told: 2.04 if all is durable, else why not. Source: RFC 7252, 5.9; house rule."""
    if not reason:
        return Message(code=Code.CHANGED)
    return Message(code=_CODES.get(reason, Code.BAD_REQUEST), payload=reason.encode())


def try_later() -> Message:
    """Return that nothing can be recorded now. Source: RFC 7252, 5.9.3.4."""
    return Message(code=Code.SERVICE_UNAVAILABLE, max_age=_AGAIN_S)


def bad_request(why: str) -> Message:
    """Return that the request cannot be read."""
    return Message(code=Code.BAD_REQUEST, payload=why[:200].encode())


def query_of(request: Message) -> dict[str, str]:
    """Return a request's query by name; the last of each counts."""
    pairs = (item.partition("=") for item in request.opt.uri_query)
    return {name: value for name, _, value in pairs}


def peer_of(request: Message) -> str:
    """Return the sender's network address."""
    return str(request.remote.hostinfo)[:60]
