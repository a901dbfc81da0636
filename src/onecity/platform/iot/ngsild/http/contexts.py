"""JSON-LD contexts that the broker serves and keeps."""

from dataclasses import replace
from typing import Any, Final

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.platform.iot.ngsild.http import negotiation
from onecity.platform.iot.ngsild.http.answers import empty, plain
from onecity.platform.iot.ngsild.http.call import Call, read_json
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.core import CORE, is_core
from onecity.platform.iot.ngsild.rules.problems import (
    BadRequestData,
    InvalidRequest,
    OperationNotSupported,
    ResourceNotFound,
)
from onecity.platform.iot.ngsild.store.contexts import PATH, forget, host_context, read_again, terms_of
from onecity.web.hot import HotResponse

_LIST: Final = "SELECT * FROM iot_ngsi_context WHERE $1 = '' OR kind = $1 ORDER BY created_at, id"
_ONE: Final = "SELECT * FROM iot_ngsi_context WHERE local_id = $1 OR url = $1"
KINDS: Final = frozenset({"Hosted", "Cached", "ImplicitlyCreated"})


async def add(call: Call) -> HotResponse:
    """Serve a context from now on. Source: ETSI GS CIM 009 V1.8.1, clauses 5.13.2, 6.29.3.1."""
    negotiation.body_media(call.request.headers, method="POST")
    written = read_json(call.request.body)
    if not isinstance(written, dict):
        raise InvalidRequest("a context is a JSON object")
    if "@context" not in written:
        raise BadRequestData("@context is missing")
    await terms_of(call.pool, written["@context"])
    local = await host_context(call.pool, written, kind="Hosted", base=call.base, now=clock.real_now())
    return empty(call, status=201, location=f"{PATH}{local}")


async def listing(call: Call) -> HotResponse:
    """List contexts. Source: ETSI GS CIM 009 V1.8.1, clauses 5.13.3, 6.29.3.2."""
    kind = call.query.get("kind", "")
    if kind and kind not in KINDS:
        raise BadRequestData("kind: not a kind of the standard")
    rows = await call.pool.fetch(_LIST, kind)
    if call.flag("details"):
        return plain(call, [_details(row) for row in rows])
    return plain(call, [row["url"] for row in rows])


async def serve(call: Call) -> HotResponse:
    """Show a context. Source: ETSI GS CIM 009 V1.8.1, clauses 5.13.4, 6.30.3.1."""
    identifier = call.parts["id"]
    if is_core(identifier):
        return HotResponse(orjson.dumps({"@context": CORE}), content_type=negotiation.LD)
    row = await call.pool.fetchrow(_ONE, identifier)
    if row is None:
        raise ResourceNotFound("no such context")
    if call.flag("details"):
        return plain(call, _details(row))
    if row["kind"] == "Cached":
        raise OperationNotSupported("contexts kept from elsewhere are not served")
    return HotResponse(row["body"].encode(), content_type=negotiation.LD)


async def delete(call: Call) -> HotResponse:
    """Take a context away, or read it anew from its source. Source: ETSI GS CIM 009 V1.8.1, 5.13.5, 6.30.3.2."""
    identifier, again = call.parts["id"], call.flag("reload")
    if is_core(identifier):
        raise BadRequestData("the core context is not taken away")
    row = await call.pool.fetchrow(_ONE, identifier)
    if row is None:
        raise ResourceNotFound("no such context")
    if again:
        if row["kind"] != "Cached":
            raise BadRequestData("only contexts kept from elsewhere are read again")
        await read_again(call.pool, row["url"])
    else:
        await call.pool.execute("DELETE FROM iot_ngsi_context WHERE id = $1", row["id"])
        forget()
    return empty(call)


def _details(row: asyncpg.Record) -> dict[str, Any]:
    found = {
        "URL": row["url"],
        "localId": row["local_id"],
        "kind": row["kind"],
        "timestamp": moments.shown(moments.kept(row["created_at"])),
        "numberOfHits": row["hits"],
    }
    if row["last_used_at"]:
        found["lastUsage"] = moments.shown(moments.kept(row["last_used_at"]))
    return found


OPERATIONS: Final[tuple[Operation, ...]] = (
    replace(operation("POST", "/jsonldContexts", add), has_body=False),  # its body is a context, not content in one
    operation("GET", "/jsonldContexts", listing, "details kind"),
    operation("GET", "/jsonldContexts/{id}", serve, "details"),
    operation("DELETE", "/jsonldContexts/{id}", delete, "reload"),
)
