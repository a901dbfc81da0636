"""Registrations of other context sources: make, find, show, change, end."""

from typing import Any, Final
from uuid import uuid4

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.http.answers import answer, empty, location, page_headers
from onecity.platform.iot.ngsild.http.asking import listed
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.recording import recorded
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import moments, names
from onecity.platform.iot.ngsild.rules.problems import AlreadyExists, BadRequestData, ResourceNotFound
from onecity.platform.iot.ngsild.rules.registrations import (
    checked_registration,
    matching_information,
    shown_registration,
)
from onecity.platform.iot.ngsild.rules.selections import parse_types
from onecity.web.hot import HotResponse

_INSERT: Final = """
    INSERT INTO iot_ngsi_registration
        (tenant, uri, definition, context, expires_at, organisation_id, division_code, created_at, modified_at)
    VALUES ($1, $2, $3::jsonb, $4::jsonb, $5, $6, '', $7, $7) ON CONFLICT (tenant, uri) DO NOTHING RETURNING id
"""
_COLUMNS: Final = "r.id, r.uri, r.definition::text AS definition, r.expires_at, r.created_at, r.modified_at"
_SEEN: Final = f"r.tenant = $1 AND {scope_sql(first=2)}"
_ALL: Final = f"SELECT {_COLUMNS} FROM iot_ngsi_registration r WHERE {_SEEN} ORDER BY r.id"
_ONE: Final = f"SELECT {_COLUMNS} FROM iot_ngsi_registration r WHERE {_SEEN} AND r.uri = $5"
_UPDATE: Final = """
    UPDATE iot_ngsi_registration SET definition = $2::jsonb, expires_at = $3, modified_at = $4 WHERE id = $1
"""


async def create(call: Call) -> HotResponse:
    """Register a source. Source: ETSI GS CIM 009 V1.8.1, clauses 5.9.2, 6.8.3.1."""
    now = clock.real_now()
    found = checked_registration(call.body, terms=call.terms, now=now)
    uri = found.pop("id", None) or f"urn:ngsi-ld:ContextSourceRegistration:{uuid4()}"
    expires = moments.instant(found["expiresAt"], where="expiresAt") if "expiresAt" in found else None

    async def work(line: asyncpg.Connection) -> None:
        number = await line.fetchval(
            _INSERT, call.caller.tenant, uri, orjson.dumps(found).decode(), orjson.dumps(call.terms.written).decode(),
            expires, call.caller.organisation_id, now,
        )  # fmt: skip
        if number is None:
            raise AlreadyExists(f"there is a registration {uri}")

    await recorded(call, "register_context_source", uri, work)
    return empty(call, status=201, location=location("csourceRegistrations", uri))


async def find(call: Call) -> HotResponse:
    """Find sources that may answer a query. Source: ETSI GS CIM 009 V1.8.1, clauses 5.10.2, 6.8.3.2."""
    given, (limit, offset, count) = call.query, call.page()
    attributes = frozenset(call.terms.expand(names.name(item)) for item in listed(given.get("attrs"), where="attrs"))
    uris = listed(given.get("id"), where="id")
    for uri in uris:
        names.uri(uri)
    types = parse_types(given["type"], terms=call.terms) if given.get("type") else None
    if not (attributes or types or uris or given.get("idPattern") or given.get("q") or given.get("georel")):
        raise BadRequestData("a query names a type or an attribute")
    rows = await call.pool.fetch(_ALL, call.caller.tenant, *call.caller.sees.parameters())
    now = clock.real_now()
    found = []
    for row in rows:
        definition = orjson.loads(row["definition"])
        inside = matching_information(definition, types=types, uris=uris, attributes=attributes)
        if inside and (row["expires_at"] is None or row["expires_at"] > now):
            found.append(_shown(call, row, {**definition, "information": inside}))
    headers = page_headers(call, more=len(found) > offset + limit, count=len(found) if count else None)
    return await answer(call, found[offset : offset + limit], headers=headers)


async def retrieve(call: Call) -> HotResponse:
    """Show a registration. Source: ETSI GS CIM 009 V1.8.1, clauses 5.10.1, 6.9.3.1."""
    row = await _row(call)
    return await answer(call, _shown(call, row, orjson.loads(row["definition"])))


async def update(call: Call) -> HotResponse:
    """Change a registration. Source: ETSI GS CIM 009 V1.8.1, clauses 5.9.3, 6.9.3.2."""
    row, now = await _row(call), clock.real_now()
    if call.body in ({}, None):
        raise BadRequestData("nothing to change is given")
    part = checked_registration(call.body, terms=call.terms, now=now, fragment=True)
    if part.pop("id", row["uri"]) != row["uri"]:
        raise BadRequestData("the identifier in the body is another than that in the path")
    definition = {**orjson.loads(row["definition"]), **part}
    definition = {key: value for key, value in definition.items() if value is not None and value != names.NULL}
    expires = moments.instant(definition["expiresAt"], where="expiresAt") if "expiresAt" in definition else None
    values = (row["id"], orjson.dumps(definition).decode(), expires, now)
    await recorded(call, "change_context_source", row["uri"], lambda line: line.execute(_UPDATE, *values))
    return empty(call)


async def delete(call: Call) -> HotResponse:
    """End a registration. Source: ETSI GS CIM 009 V1.8.1, clauses 5.9.4, 6.9.3.3."""
    row = await _row(call)
    await recorded(
        call, "end_context_source", row["uri"],
        lambda line: line.execute("DELETE FROM iot_ngsi_registration WHERE id = $1", row["id"]),
    )  # fmt: skip
    return empty(call)


async def _row(call: Call) -> asyncpg.Record:
    uri = names.uri(call.parts["id"])
    scope = call.caller.sees if call.request.method == "GET" else call.caller.changes
    row = await call.pool.fetchrow(_ONE, call.caller.tenant, *scope.parameters(), uri)
    if row is None:
        raise ResourceNotFound(f"no registration {uri}")
    return row


def _shown(call: Call, row: asyncpg.Record, definition: dict[str, Any]) -> dict[str, Any]:
    found = {"id": row["uri"], **shown_registration(definition, terms=call.terms)}
    if "sysAttrs" in call.options:
        found |= {
            "createdAt": moments.shown(moments.kept(row["created_at"])),
            "modifiedAt": moments.shown(moments.kept(row["modified_at"])),
        }
    return found


OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("POST", "/csourceRegistrations", create),
    operation(
        "GET", "/csourceRegistrations", find,
        "id type idPattern attrs q csf georel geometry coordinates geoproperty timerel timeAt endTimeAt timeproperty"
        " limit offset count scopeQ",
    ),
    operation("GET", "/csourceRegistrations/{id}", retrieve),
    operation("PATCH", "/csourceRegistrations/{id}", update),
    operation("DELETE", "/csourceRegistrations/{id}", delete),
)  # fmt: skip
