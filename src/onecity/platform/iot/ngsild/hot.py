"""Hot roads of the NGSI-LD interface: one for each method, which its own routing divides."""

from typing import Final

from onecity.platform.iot.ngsild.http import (
    batch,
    contexts,
    discovery,
    entities,
    info,
    queries,
    registrations,
    subscriptions,
    temporal,
)
from onecity.platform.iot.ngsild.http.routing import ROOTS, Interface
from onecity.web.access import PUBLIC
from onecity.web.hot import HotRequest, HotResponse, Road

INTERFACE: Final = Interface((
    *temporal.OPERATIONS,
    *queries.OPERATIONS,
    *entities.OPERATIONS,
    *batch.OPERATIONS,
    *discovery.OPERATIONS,
    *contexts.OPERATIONS,
    *info.OPERATIONS,
    *subscriptions.OPERATIONS,
    *registrations.OPERATIONS,
))  # fmt: skip


async def serve(request: HotRequest) -> HotResponse:
    """Carry out a request of the interface, which checks rights by itself: its errors have forms of their own."""
    return await INTERFACE(request)


ROADS: Final = tuple(
    Road(method, root + "/{rest:path}", PUBLIC, serve)
    for root in ROOTS
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
)
