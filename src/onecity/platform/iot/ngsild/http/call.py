"""One request, understood: who asks, in which context, and how the answer is to be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import orjson
from django.conf import settings

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS
from onecity.platform.iot.ngsild.http import negotiation
from onecity.platform.iot.ngsild.http.negotiation import JSON, LD, MERGE, Media
from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.problems import (
    BadRequestData,
    Forbidden,
    InvalidRequest,
    NonexistentTenant,
    SignInRequired,
)
from onecity.platform.iot.ngsild.rules.rendering import Form
from onecity.platform.iot.ngsild.rules.terms import CORE_TERMS, Terms
from onecity.platform.iot.ngsild.store.contexts import terms_of
from onecity.platform.iot.ngsild.store.rows import Caller, caller_of
from onecity.web.hot import HotRequest, origin

LARGEST_PAGE: Final = 1_000
PAGE: Final = 20
_FORMS: Final[Mapping[str, Form]] = {
    "normalized": "normalized", "concise": "concise", "keyValues": "simplified", "simplified": "simplified",
}  # fmt: skip
_OPTIONS: Final = frozenset({
    *_FORMS, "sysAttrs", "count", "noOverwrite", "replace", "update", "temporalValues", "aggregatedValues",
})  # fmt: skip


@dataclass(slots=True)
class Call:
    """A request. parts: the named parts of its path. media: of the answer. body: its JSON, without `@context`."""

    request: HotRequest
    caller: Caller
    parts: Mapping[str, str]
    media: Media
    terms: Terms = CORE_TERMS
    body: Any = None
    options: frozenset[str] = field(default_factory=frozenset)
    sent_as: str = JSON

    @property
    def pool(self) -> asyncpg.Pool:
        """Return the database connections."""
        return self.request.pool

    @property
    def query(self) -> Mapping[str, str]:
        """Return the parameters of the address."""
        return self.request.query

    @property
    def base(self) -> str:
        """Return the broker's own address, without a path."""
        return origin(self.request)

    def now(self) -> str:
        """Return the instant of this request, as it is kept."""
        return moments.kept(clock.city_now())

    def form(self) -> Form:
        """Return the form in which entities are shown.

        Raises: InvalidRequest for two forms at once, BadRequestData for none of the standard.
        """
        named = [_FORMS[item] for item in _FORMS if item in self.options]
        given = self.query.get("format")
        if given and given not in _FORMS:
            raise BadRequestData("format: not a form of the standard")
        found = {*named, *([_FORMS[given]] if given else [])}
        if len(found) > 1:
            raise InvalidRequest("options: two forms at once")
        return found.pop() if found else "normalized"

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a parameter that is true or false.

        Raises: BadRequestData.
        """
        value = self.query.get(name)
        if value is None:
            return default
        if value not in {"true", "false"}:
            raise BadRequestData(f"{name}: neither true nor false")
        return value == "true"

    def page(self) -> tuple[int, int, bool]:
        """Return limit, offset and whether all are to be counted.

        Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 5.5.9, 6.3.10, 6.3.13.
        """
        count = self.flag("count") or "count" in self.options
        limit, offset = self.number("limit", PAGE), self.number("offset", 0)
        if limit > LARGEST_PAGE:
            raise BadRequestData(f"limit: at most {LARGEST_PAGE}")
        if limit == 0 and not count:
            raise BadRequestData("limit: 0 only where results are counted")
        return limit, offset, count

    def number(self, name: str, default: int) -> int:
        """Return a parameter that is a whole number from 0.

        Raises: BadRequestData.
        """
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise BadRequestData(f"{name}: not a whole number from 0")
        return int(text)

    def names(self, name: str) -> tuple[str, ...]:
        """Return a parameter that lists things, separated by commas."""
        return tuple(item.strip() for item in self.query.get(name, "").split(",") if item.strip())


async def understand(
    request: HotRequest, parts: Mapping[str, str], *, offered: tuple[Media, ...], writes: bool, has_body: bool
) -> Call:
    """Return a request, understood as far as all operations have it in common.

    writes: it changes something. Raises: problems of the standard.
    """
    caller = await _caller(request, writes=writes)
    media = negotiation.accepted(request.headers.get("accept", ""), offered=offered)
    call = Call(request, caller, parts, media, options=_options(request))
    link = negotiation.context_link(request.headers)
    if not has_body:
        call.terms = await terms_of(request.pool, link)
        return call
    call.sent_as = negotiation.body_media(request.headers, method=request.method)
    call.body = read_json(request.body)
    await take_context(call, link)
    return call


async def take_context(call: Call, link: str) -> None:
    """Settle which context a request's names are of; lists keep one for each member.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 5.5.7, 6.3.5.
    """
    if isinstance(call.body, list):
        if call.sent_as == LD and link:
            raise BadRequestData("a context stands in the body or in the Link header, not in both")
        call.terms = await terms_of(call.pool, link)
        return
    inside = isinstance(call.body, dict) and "@context" in call.body
    if call.sent_as == LD and not inside:
        raise BadRequestData("application/ld+json needs @context")
    if call.sent_as == LD and link:
        raise BadRequestData("a context stands in the body or in the Link header, not in both")
    if call.sent_as == JSON and inside:
        raise BadRequestData("application/json has no @context; it stands in the Link header")
    if inside and call.sent_as in {LD, MERGE}:
        written = call.body.pop("@context")
        if written is None or written == "":
            raise BadRequestData("@context: is empty")
        call.terms = await terms_of(call.pool, written)
    else:
        call.terms = await terms_of(call.pool, link)


async def terms_of_member(call: Call, member: object) -> Terms:
    """Return the names of one member of a list.

    Raises: BadRequestData.
    """
    if not isinstance(member, dict):
        raise BadRequestData("not an object")
    if call.sent_as == LD:
        if "@context" not in member:
            raise BadRequestData("application/ld+json needs @context")
        return await terms_of(call.pool, member.pop("@context"))
    if "@context" in member:
        raise BadRequestData("application/json has no @context; it stands in the Link header")
    return call.terms


def read_json(body: bytes) -> Any:
    """Return the JSON of a body.

    Raises: InvalidRequest.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRequest("the body is not JSON") from None


def _options(request: HotRequest) -> frozenset[str]:
    found = frozenset(item.strip() for item in request.query.get("options", "").split(",") if item.strip())
    unknown = sorted(found - _OPTIONS)
    if unknown:
        raise BadRequestData(f"options: {unknown[0][:40]} is not known")
    return found


async def _caller(request: HotRequest, *, writes: bool) -> Caller:
    access = settings.ENV.ngsi_access
    tenant = request.headers.get("ngsild-tenant", "")
    if tenant.startswith("urn:ngsi-ld:tenant:") and tenant.endswith(":default"):
        tenant = ""
    if len(tenant) > 120 or "\0" in tenant:
        raise BadRequestData("NGSILD-Tenant: too long")
    caller = await caller_of(
        request.pool, request.actor, tenant=tenant,
        open_reading=access in {"public_read", "open"}, open_writing=access == "open",
    )  # fmt: skip
    if (caller.changes if writes else caller.sees).nothing:
        raise SignInRequired if request.actor == ANONYMOUS else Forbidden
    if tenant and not writes and not await _exists(request.pool, tenant):
        raise NonexistentTenant(tenant)
    return caller


async def _exists(pool: asyncpg.Pool, tenant: str) -> bool:
    return bool(await pool.fetchval("SELECT true FROM iot_ngsi_tenant WHERE name = $1", tenant))
