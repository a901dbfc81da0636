"""What clients ask of the server: to be registered, and to be heard."""

from collections.abc import Mapping

from aiocoap import Message
from aiocoap.numbers.codes import Code
from aiocoap.resource import PathCapable, Resource

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.codecs.lwm2m import Links, NotLinks, NotReadable, read, read_links
from onecity.platform.iot.gateways.field.coap.serving import answer_for, bad_request, peer_of, query_of, try_later
from onecity.platform.iot.gateways.field.contract import Refused
from onecity.platform.iot.gateways.field.lwm2m.registrations import (
    DEFAULT_LIFETIME_S,
    LONGEST_LIFETIME_S,
    Registering,
    Registrations,
)
from onecity.platform.iot.gateways.field.lwm2m.telling import upload_of
from onecity.platform.iot.rules import reasons

_LONGEST_ENDPOINT = 64


class Register(Resource):  # type: ignore[misc]  # aiocoap leaves them without types
    """`/rd`: register. Source: LwM2M 1.1 Core, 6.2.1."""

    def __init__(self, registrations: Registrations) -> None:
        super().__init__()
        self._registrations = registrations

    async def render_post(self, request: Message) -> Message:
        """Register a client."""
        query, links = query_of(request), _links(request)
        endpoint, version = query.get("ep", ""), query.get("lwm2m", "")
        if not 0 < len(endpoint) <= _LONGEST_ENDPOINT or links is None or not links.objects:
            return bad_request("ep, links")
        if not version.startswith("1."):
            return Message(code=Code.PRECONDITION_FAILED)
        if self._registrations.full:
            return try_later()
        try:
            welcome = await self._registrations.intake.admit(endpoint, query.get("token"), peer=peer_of(request))
        except Unavailable:
            return try_later()
        if welcome.reason:
            return Message(code=Code.FORBIDDEN, payload=welcome.reason.encode())
        told = Registering(_lifetime(query) or DEFAULT_LIFETIME_S, query.get("b", "U"), links)
        number = await self._registrations.register(endpoint, told, remote=request.remote, welcome=welcome)
        return Message(code=Code.CREATED, location_path=["rd", number])


class Registered(Resource, PathCapable):  # type: ignore[misc]  # aiocoap leaves them without types
    """`/rd/ID`: update, deregister. Source: LwM2M 1.1 Core, 6.2.2, 6.2.3."""

    def __init__(self, registrations: Registrations) -> None:
        super().__init__()
        self._registrations = registrations

    async def render_post(self, request: Message) -> Message:
        """Prolong a registration."""
        query, links = query_of(request), _links(request)
        if links is None:
            return bad_request("links")
        known = self._registrations.update(
            "/".join(request.opt.uri_path),
            remote=request.remote,
            lifetime_s=_lifetime(query),
            binding=query.get("b", ""),
            links=links if links.objects else None,
        )
        return Message(code=Code.CHANGED if known else Code.NOT_FOUND)

    async def render_delete(self, request: Message) -> Message:
        """End a registration."""
        known = await self._registrations.remove("/".join(request.opt.uri_path))
        return Message(code=Code.DELETED if known else Code.NOT_FOUND)


class Sent(Resource):  # type: ignore[misc]  # aiocoap leaves them without types
    """`/dp`: what a client sends of its own accord. Source: LwM2M 1.1 Core, 6.4.6 (Send)."""

    def __init__(self, registrations: Registrations) -> None:
        super().__init__()
        self._registrations = registrations

    async def render_post(self, request: Message) -> Message:
        """Record it, and say so once it is durable."""
        key = self._registrations.owner(request.remote)
        if not key:
            return Message(code=Code.NOT_FOUND)
        intake = self._registrations.intake
        try:
            records = read(request.payload, request.opt.content_format or 0, path=())
        except NotReadable as error:
            fields = {"at": str(error)[:200]}
            intake.refused(Refused(request.payload, reasons.NOT_LWM2M, fields, device_key=key), peer=peer_of(request))
            return bad_request(str(error))
        upload = upload_of(key, records, raw=request.payload, now=intake.now().city)
        try:
            return answer_for((await intake.submit([upload], peer=peer_of(request)))[0])
        except Unavailable:
            return try_later()


def _links(request: Message) -> Links | None:
    """Return the objects that a request lists; None if it cannot be read."""
    try:
        return read_links(request.payload.decode())
    except (NotLinks, UnicodeDecodeError):
        return None


def _lifetime(query: Mapping[str, str]) -> int | None:
    given = query.get("lt", "")
    return min(max(int(given), 1), LONGEST_LIFETIME_S) if given.isdigit() and len(given) <= 10 else None
