"""Subscriptions: make, list, show, change, end."""

from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.kernel.actor import EVERYTHING
from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.http.answers import answer, context_address, empty, location, page_headers
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.recording import recorded
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import moments, names
from onecity.platform.iot.ngsild.rules.problems import AlreadyExists, BadRequestData, ResourceNotFound
from onecity.platform.iot.ngsild.rules.subscribing import Wish, wish_of
from onecity.platform.iot.ngsild.rules.subscriptions import checked_subscription, shown_subscription
from onecity.platform.iot.ngsild.rules.terms import Terms
from onecity.platform.iot.ngsild.store import matching
from onecity.platform.iot.ngsild.store.contexts import terms_of
from onecity.platform.iot.ngsild.store.filters import Parameters
from onecity.platform.iot.ngsild.store.outside import may_reach
from onecity.platform.iot.permissions import VIEW_CONTEXT
from onecity.web.hot import HotResponse

_INSERT: Final = """
    INSERT INTO iot_ngsi_subscription (tenant, uri, kind, definition, context, active, expires_at, due_at, reason, sent,
        failed, organisation_id, division_code, everything, created_at, modified_at)
    VALUES ($1, $2, 'entities', $3::jsonb, $4::jsonb, $5, $6, $7, '', 0, 0, $8, '', $9, $10, $10)
    ON CONFLICT (tenant, kind, uri) DO NOTHING RETURNING id
"""
_SEEN: Final = f"s.tenant = $1 AND s.kind = 'entities' AND {scope_sql(first=2)}"
_COLUMNS: Final = "s.*, s.definition::text AS definition_text, s.context::text AS context_text"
_LIST: Final = f"SELECT {_COLUMNS} FROM iot_ngsi_subscription s WHERE {_SEEN} ORDER BY s.id LIMIT $5 OFFSET $6"
_COUNT: Final = f"SELECT count(*) FROM iot_ngsi_subscription s WHERE {_SEEN}"
_ONE: Final = f"SELECT {_COLUMNS} FROM iot_ngsi_subscription s WHERE {_SEEN} AND s.uri = $5"
_UPDATE: Final = """
    UPDATE iot_ngsi_subscription SET definition = $2::jsonb, context = $3::jsonb, active = $4, expires_at = $5,
        due_at = $6, modified_at = $7 WHERE id = $1
"""
_TENANT: Final = "INSERT INTO iot_ngsi_tenant (name, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_NEXT: Final = "SELECT nextval('iot_ngsi_subscription_version')"
_EMPTY: Final = """
    FROM (SELECT ''::text AS uri, ARRAY[]::text[] AS types, ARRAY[]::text[] AS scopes, ARRAY[]::text[] AS attributes,
        '{}'::jsonb AS content, now() AS created_at, now() AS modified_at) e
"""


async def create(call: Call) -> HotResponse:
    """Make a subscription. Source: ETSI GS CIM 009 V1.8.1, clauses 5.8.1, 6.10.3.1."""
    now = clock.real_now()
    terms = await _terms(call)
    found = checked_subscription(call.body, terms=terms, now=now)
    uri = found.pop("id", None) or f"urn:ngsi-ld:Subscription:{uuid4()}"
    await _check(call, found, terms)
    if call.caller.tenant:
        await call.pool.execute(_TENANT, call.caller.tenant, now)
    scoped = call.caller.actor.may(VIEW_CONTEXT) and EVERYTHING not in call.caller.actor.scopes(VIEW_CONTEXT)

    async def work(line: asyncpg.Connection) -> None:
        number = await line.fetchval(
            _INSERT, call.caller.tenant, uri, orjson.dumps(found).decode(), orjson.dumps(terms.written).decode(),
            found.get("isActive", True), _expiry(found), _due(found, now), call.caller.organisation_id, not scoped, now,
        )  # fmt: skip
        if number is None:
            raise AlreadyExists(f"there is a subscription {uri}")

    await recorded(call, "make_context_subscription", uri, work)
    await _changed(call)
    return empty(call, status=201, location=location("subscriptions", uri))


async def listing(call: Call) -> HotResponse:
    """List subscriptions. Source: ETSI GS CIM 009 V1.8.1, clauses 5.8.4, 6.10.3.2."""
    limit, offset, count = call.page()
    seen = (call.caller.tenant, *call.caller.sees.parameters())
    rows = await call.pool.fetch(_LIST, *seen, limit + 1, offset)
    counted = await call.pool.fetchval(_COUNT, *seen) if count else None
    headers = page_headers(call, more=len(rows) > limit, count=counted)
    return await answer(call, [await _shown(call, row) for row in rows[:limit]], headers=headers)


async def retrieve(call: Call) -> HotResponse:
    """Show a subscription. Source: ETSI GS CIM 009 V1.8.1, clauses 5.8.3, 6.11.3.1."""
    return await answer(call, await _shown(call, await _row(call)))


async def update(call: Call) -> HotResponse:
    """Change a subscription. Source: ETSI GS CIM 009 V1.8.1, clauses 5.8.2, 6.11.3.2."""
    now, row = clock.real_now(), await _row(call)
    terms = await _terms(call)
    if call.body in ({}, None):
        raise BadRequestData("nothing to change is given")
    part = checked_subscription(call.body, terms=terms, now=now, fragment=True)
    if part.pop("id", row["uri"]) != row["uri"]:
        raise BadRequestData("the identifier in the body is another than that in the path")
    definition = {**orjson.loads(row["definition_text"]), **part}
    if "notification" in part:
        definition["notification"] = {**orjson.loads(row["definition_text"])["notification"], **part["notification"]}
    definition = {key: value for key, value in definition.items() if value is not None and value != names.NULL}
    kept = orjson.loads(row["context_text"] or "null")
    terms = terms if terms.written is not None or "q" in part else await terms_of(call.pool, kept)
    await _check(call, definition, terms)
    values = (
        row["id"], orjson.dumps(definition).decode(), orjson.dumps(terms.written).decode(),
        definition.get("isActive", True), _expiry(definition), _due(definition, now), now,
    )  # fmt: skip
    await recorded(call, "change_context_subscription", row["uri"], lambda line: line.execute(_UPDATE, *values))
    await _changed(call)
    return empty(call)


async def delete(call: Call) -> HotResponse:
    """End a subscription. Source: ETSI GS CIM 009 V1.8.1, clauses 5.8.5, 6.11.3.3."""
    row = await _row(call)

    async def work(line: asyncpg.Connection) -> None:
        await line.execute("DELETE FROM iot_ngsi_notice WHERE subscription_id = $1", row["id"])
        await line.execute("DELETE FROM iot_ngsi_subscription WHERE id = $1", row["id"])

    await recorded(call, "end_context_subscription", row["uri"], work)
    await _changed(call)
    return empty(call)


async def _terms(call: Call) -> Terms:
    """Return the context whose names notifications have: the one named in the body, else that of the request."""
    named = call.body.get("jsonldContext") if isinstance(call.body, dict) else None
    if named is None:
        return call.terms
    given = await terms_of(call.pool, names.uri(named, where="jsonldContext"))
    return given if call.terms.written is None else call.terms


async def _check(call: Call, found: dict[str, Any], terms: Terms) -> None:
    """Have the database read the subscription's conditions once, so that a pattern that is none is found now.

    Raises: BadRequestData.
    """
    wish: Wish = wish_of(0, found, terms=terms, tenant=call.caller.tenant)
    parameters = Parameters()
    condition = matching.condition_of(wish, parameters)
    async with call.pool.acquire() as line, line.transaction():
        await line.fetchval(f"SELECT {condition} {_EMPTY}", *parameters.values)
    address = found["notification"]["endpoint"]["uri"]
    if not await may_reach(address):
        raise BadRequestData("notification.endpoint.uri: the operator does not let notifications go there")


async def _changed(call: Call) -> None:
    """Tell every process that writes entities, after the commit."""
    await call.pool.execute(_NEXT)
    await call.pool.execute("SELECT pg_notify($1, '')", matching.CHANNEL)


async def _row(call: Call) -> asyncpg.Record:
    uri = names.uri(call.parts["id"])
    scope = call.caller.sees if call.request.method == "GET" else call.caller.changes
    row = await call.pool.fetchrow(_ONE, call.caller.tenant, *scope.parameters(), uri)
    if row is None:
        raise ResourceNotFound(f"no subscription {uri}")
    return row


async def _shown(call: Call, row: asyncpg.Record) -> dict[str, Any]:
    definition = orjson.loads(row["definition_text"])
    found = {"id": row["uri"], **shown_subscription(definition, terms=call.terms)}
    found["notification"] = {**found["notification"], **_figures(row)}
    found.pop("isActive", None)
    status = "paused" if not row["active"] else "active"
    if row["expires_at"] and row["expires_at"] <= clock.real_now():
        status = "expired"
    found["status"] = status
    if not row["active"]:
        found["isActive"] = False
    if "timeInterval" not in found:
        found.setdefault("notificationTrigger", ["attributeCreated", "attributeUpdated"])
    if "jsonldContext" in definition or row["context_text"] not in (None, "null"):
        found.setdefault("jsonldContext", await _address(call, row))
    if "sysAttrs" in call.options:
        found |= {
            name: _instant(row[column]) for name, column in (("createdAt", "created_at"), ("modifiedAt", "modified_at"))
        }
    return found


async def _address(call: Call, row: asyncpg.Record) -> str:
    written = orjson.loads(row["context_text"])
    if isinstance(written, str):
        return written
    return await context_address(
        Call(call.request, call.caller, call.parts, call.media, await terms_of(call.pool, written))
    )


def _figures(row: asyncpg.Record) -> dict[str, Any]:
    found: dict[str, Any] = {"status": "failed" if _failing(row) else "ok"}
    found |= {"timesSent": row["sent"], "timesFailed": row["failed"]} if row["sent"] else {}
    for name, column in (
        ("lastNotification", "notified_at"),
        ("lastFailure", "failed_at"),
        ("lastSuccess", "succeeded_at"),
    ):
        if row[column]:
            found[name] = _instant(row[column])
    return found


def _failing(row: asyncpg.Record) -> bool:
    return bool(row["failed_at"]) and (not row["succeeded_at"] or row["failed_at"] > row["succeeded_at"])


def _instant(moment: datetime) -> str:
    return moments.shown(moments.kept(moment))


def _expiry(found: dict[str, Any]) -> datetime | None:
    return moments.instant(found["expiresAt"], where="expiresAt") if "expiresAt" in found else None


def _due(found: dict[str, Any], now: datetime) -> datetime | None:
    return now if "timeInterval" in found else None


OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("POST", "/subscriptions", create),
    operation("GET", "/subscriptions", listing, "limit offset count"),
    operation("GET", "/subscriptions/{id}", retrieve),
    operation("PATCH", "/subscriptions/{id}", update),
    operation("DELETE", "/subscriptions/{id}", delete),
)
