"""Answers, with the headers that the standard wants."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from onecity.kernel import clock
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.negotiation import GEO, LD, link_to_context
from onecity.platform.iot.ngsild.rules.core import URL
from onecity.platform.iot.ngsild.rules.problems import Problem
from onecity.platform.iot.ngsild.store.contexts import PATH, host_context
from onecity.platform.iot.ngsild.store.entities import Outcome
from onecity.web.hot import HotResponse


async def answer(
    call: Call, content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HotResponse:
    """Answer with JSON in the media type that was asked for, with the context where the media type puts it.

    Source: ETSI GS CIM 009 V1.8.1, clause 6.3.5.
    """
    more = dict(headers or {})
    if call.media == LD:
        content = _with_context(content, call.terms.shown())
    elif call.media == GEO and isinstance(content, dict) and "ld" in call.request.headers.get("prefer", ""):
        content = {**content, "@context": call.terms.shown()}
    else:
        link = link_to_context(await context_address(call))
        more["link"] = f"{more['link']}, {link}" if "link" in more else link
    return HotResponse(orjson.dumps(content), status=status, content_type=call.media, headers=_with_tenant(call, more))


async def context_address(call: Call) -> str:
    """Return the address of the context of this request; one that has none gets one."""
    written = call.terms.written
    if written is None:
        return URL
    if isinstance(written, str):
        return written
    body = {"@context": written}
    found = await call.pool.fetchval(
        "SELECT url FROM iot_ngsi_context WHERE kind = 'ImplicitlyCreated' AND body = $1::jsonb",
        orjson.dumps(body).decode(),
    )
    if found:
        return str(found)
    local = await host_context(call.pool, body, kind="ImplicitlyCreated", base=call.base, now=clock.real_now())
    return f"{call.base}{PATH}{local}"


def plain(call: Call, content: Any, *, status: int = 200) -> HotResponse:
    """Answer with JSON that has no names of any context."""
    return HotResponse(orjson.dumps(content), status=status, headers=_with_tenant(call, {}))


def empty(call: Call, *, status: int = 204, location: str = "") -> HotResponse:
    """Answer without a body; location: the path of what was made."""
    headers = {"location": location} if location else {}
    return HotResponse(b"", status=status, headers=_with_tenant(call, headers))


def problem_answer(problem: Problem) -> HotResponse:
    """Answer with what went wrong. Source: ETSI GS CIM 009 V1.8.1, clause 6.3.2; IETF RFC 7807."""
    return HotResponse(orjson.dumps(problem.body()), status=problem.status, content_type="application/json")


def location(kind: str, identifier: str) -> str:
    """Return the path of a resource."""
    return f"/ngsi-ld/v1/{kind}/{quote(identifier, safe=':')}"


def page_headers(call: Call, *, more: bool, count: int | None) -> dict[str, str]:
    """Return the headers of one page of several.

    Source: ETSI GS CIM 009 V1.8.1, clauses 6.3.10, 6.3.13.
    """
    limit, offset, _ = call.page()
    links = []
    if more:
        links.append(_page_link(call, offset + limit, limit, "next"))
    if offset:
        links.append(_page_link(call, max(0, offset - limit), limit, "prev"))
    headers = {"link": ", ".join(links)} if links else {}
    return headers if count is None else {**headers, "NGSILD-Results-Count": str(count)}


def batch_result(call: Call, outcome: Outcome) -> dict[str, Any]:
    """Return the result of a batch operation. Source: ETSI GS CIM 009 V1.8.1, clause 5.2.16."""
    return {
        "success": [*outcome.created, *outcome.updated],
        "errors": [{"entityId": uri, "error": problem.body()} for uri, problem in outcome.problems.items()],
    }


def update_result(call: Call, updated: Sequence[str], left: Mapping[str, str]) -> dict[str, Any]:
    """Return which attributes were changed and which were not. Source: ETSI GS CIM 009 V1.8.1, clause 5.2.18."""
    return {
        "updated": [call.terms.compact(iri) for iri in updated],
        "notUpdated": [{"attributeName": call.terms.compact(iri), "reason": reason} for iri, reason in left.items()],
    }


def _page_link(call: Call, offset: int, limit: int, relation: str) -> str:
    others = {key: value for key, value in call.query.items() if key not in {"limit", "offset"}}
    address = urlencode({**others, "limit": limit, "offset": offset})
    return f'<{call.request.path}?{address}>; rel="{relation}"; type="{call.media}"'


def _with_context(content: Any, context: object) -> Any:
    if isinstance(content, list):
        return [_with_context(item, context) for item in content]
    return {**content, "@context": context} if isinstance(content, dict) else content


def _with_tenant(call: Call, headers: Mapping[str, str]) -> dict[str, str]:
    return {**headers, "NGSILD-Tenant": call.caller.tenant} if call.caller.tenant else dict(headers)
