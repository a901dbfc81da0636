"""Entities over time: make, show, find, mend, take away."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
import orjson

from onecity.platform.iot.ngsild.http.answers import answer, empty, location, page_headers
from onecity.platform.iot.ngsild.http.asking import ASKING, query_of, shown_of, style_of
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.queries import query_members
from onecity.platform.iot.ngsild.http.recording import recorded
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.attributes import read_attribute
from onecity.platform.iot.ngsild.rules.changes import copied, update_partially
from onecity.platform.iot.ngsild.rules.entities import Entity, read_entity, read_fragment
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.projections import Projection
from onecity.platform.iot.ngsild.rules.rendering import Style, show_entity
from onecity.platform.iot.ngsild.rules.temporal import (
    TimeQuery,
    aggregation,
    show_figures,
    show_full,
    show_values,
    time_query,
)
from onecity.platform.iot.ngsild.store import temporal
from onecity.platform.iot.ngsild.store.rows import instant_of
from onecity.platform.iot.ngsild.store.temporal import Evolution
from onecity.web.hot import HotResponse

TIMES: Final = "timerel timeAt endTimeAt timeproperty lastN aggrMethods aggrPeriodDuration"
_INSTANCE: Final = "urn:ngsi-ld:Instance:"
_UPDATE: Final = """
    UPDATE iot_ngsi_instance SET body = $2::jsonb, observed_at = $3, modified_at = $4, dataset = $5 WHERE id = $1
"""
T = TypeVar("T")


async def create(call: Call) -> HotResponse:
    """Begin a history, or add to one. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.11, 6.18.3.1."""
    body = call.body
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key not in {"createdAt", "modifiedAt"}}
    entity = _read_history(body, call)
    begun = await _changing(call, lambda line: temporal.add_instances(line, entity, call.caller, now=call.now()))
    if begun:
        return empty(call, status=201, location=location("temporal/entities", entity.uri))
    return empty(call)


async def retrieve(call: Call) -> HotResponse:
    """Show an entity over time. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.3, 6.19.3.1."""
    shown = shown_of(call, call.query)
    times = time_query(call.query)
    uri = names.uri(call.parts["id"])
    found = await temporal.evolution(call.pool, uri, times, call.caller, wanted=_wanted(shown))
    style = style_of(call, call.query, shown=shown)
    return await _answered(call, _shown(call, found, style, times, call.query), [found], times)


async def find(call: Call) -> HotResponse:
    """Find entities over time. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.4, 6.18.3.2."""
    return await _found(call, call.query)


async def find_by_body(call: Call) -> HotResponse:
    """Find entities over time by a query in the body. Source: ETSI GS CIM 009 V1.8.1, clause 6.24.3.1."""
    given = dict(query_members(call))
    times = given.pop("temporalQ", None)
    if not isinstance(times, dict):
        raise BadRequestData("temporalQ is missing")
    return await _found(call, {**call.query, **given, **times})


async def delete(call: Call) -> HotResponse:
    """Take a history away. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.16, 6.19.3.2."""
    uri = names.uri(call.parts["id"])

    async def work(line: asyncpg.Connection) -> None:
        row = await temporal.history_number(line, uri, call.caller)
        await line.execute("DELETE FROM iot_ngsi_instance WHERE history_id = $1", row["id"])
        await line.execute("DELETE FROM iot_ngsi_history WHERE id = $1", row["id"])

    await recorded(call, "delete_context_history", uri, work)
    return empty(call)


async def append(call: Call) -> HotResponse:
    """Add instances to a history. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.12, 6.20.3.1."""
    uri = names.uri(call.parts["id"])
    entity = _read_history({**_object(call.body), "id": uri, "type": _object(call.body).get("type", "x")}, call)
    if not entity.attributes:
        raise BadRequestData("nothing to add is given")

    async def work(line: asyncpg.Connection) -> None:
        row = await temporal.history_number(line, uri, call.caller)
        await temporal.insert_instances(line, row["id"], entity.attributes, now=call.now())

    await _changing(call, work)
    return empty(call)


async def delete_attribute(call: Call) -> HotResponse:
    """Take an attribute out of a history. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.13, 6.21.3.1."""
    uri, iri = names.uri(call.parts["id"]), _attribute(call)
    dataset, everything = call.query.get("datasetId", ""), call.flag("deleteAll")
    if dataset:
        names.uri(dataset, where="datasetId")

    async def work(line: asyncpg.Connection) -> None:
        row = await temporal.history_number(line, uri, call.caller)
        await temporal.delete_attribute(line, row["id"], iri, dataset=dataset, everything=everything)

    await _changing(call, work)
    return empty(call)


async def update_instance(call: Call) -> HotResponse:
    """Mend one instance. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.14, 6.22.3.1."""
    uri, iri, identifier, now = names.uri(call.parts["id"]), _attribute(call), _identifier(call), call.now()
    fragment = read_fragment(call.body, terms=call.terms)
    given = fragment.attributes.get(iri)
    if not given:
        given = read_attribute(call.body, terms=call.terms, name=call.parts["attribute"], fragment=True)
    if len(given) != 1:
        raise BadRequestData("one instance at a time")

    async def work(line: asyncpg.Connection) -> None:
        row = await temporal.history_number(line, uri, call.caller)
        number, there = await temporal.one_instance(line, row["id"], iri, identifier)
        holder = Entity(uri, [], copied({iri: [there]}))
        change = {**given[0], **({"datasetId": there["datasetId"]} if "datasetId" in there else {})}
        update_partially(holder, iri, change, now=now)
        after = holder.attributes[iri][0]
        observed = instant_of(after["observedAt"]) if "observedAt" in after else None
        body = orjson.dumps(after).decode()
        await line.execute(_UPDATE, number, body, observed, instant_of(now), after.get("datasetId", ""))

    await _changing(call, work)
    return empty(call)


async def delete_instance(call: Call) -> HotResponse:
    """Take one instance away. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.15, 6.22.3.2."""
    uri, iri, identifier = names.uri(call.parts["id"]), _attribute(call), _identifier(call)

    async def work(line: asyncpg.Connection) -> None:
        row = await temporal.history_number(line, uri, call.caller)
        number, _ = await temporal.one_instance(line, row["id"], iri, identifier)
        await line.execute("DELETE FROM iot_ngsi_instance WHERE id = $1", number)

    await _changing(call, work)
    return empty(call)


async def _found(call: Call, given: Mapping[str, Any]) -> HotResponse:
    shown, times = shown_of(call, given), time_query(given)
    if times.since is None and times.until is None:
        raise BadRequestData("timerel is missing")
    query = query_of(call, {key: value for key, value in given.items() if key not in TIMES.split()}, shown=shown)
    rows, more, count = await temporal.find_evolutions(call.pool, query, times, call.caller)
    await temporal.fill(call.pool, rows, times, wanted=_wanted(shown))
    style = style_of(call, given, shown=shown)
    content = [_shown(call, item, style, times, given) for item in rows]
    return await _answered(call, content, rows, times, page_headers(call, more=more, count=count))


async def _answered(
    call: Call, content: Any, found: list[Evolution], times: TimeQuery, headers: Mapping[str, str] | None = None
) -> HotResponse:
    """Answer; where not every instance is shown, say which stretch of time is.

    Source: ETSI GS CIM 009 V1.8.1, clause 6.3.10.
    """
    if not any(item.cut for item in found):
        return await answer(call, content, headers=headers)
    moments = [
        instance[times.prop]
        for item in found for instances in item.instances.values() for instance in instances if times.prop in instance
    ]  # fmt: skip
    bounds = f"date-time {min(moments)[:19]}-{max(moments)[:19]}/*"
    return await answer(call, content, status=206, headers={**(headers or {}), "Content-Range": bounds})


def _shown(call: Call, found: Evolution, style: Style, times: TimeQuery, given: Mapping[str, Any]) -> dict[str, Any]:
    wanted, entity = {*call.options, str(given.get("format", ""))}, found.entity
    shown = show_entity(Entity(entity.uri, entity.types, {}, entity.scopes, entity.created_at, entity.modified_at,
                               entity.deleted_at), style)  # fmt: skip
    figures = aggregation(given) if "aggregatedValues" in wanted else None
    for iri, instances in style.shown.of(found.instances).items():
        name = style.terms.compact(iri)
        if figures:
            shown[name] = show_figures(instances, figures, times)
        elif "temporalValues" in wanted:
            shown[name] = show_values(instances, style, prop=times.prop)
        else:
            shown[name] = show_full(instances, style)
    return shown


def _read_history(body: object, call: Call) -> Entity:
    """Return an entity whose attributes have several instances each, also of one dataset.

    Raises: BadRequestData.
    """
    members = _object(body)
    single = {key: value for key, value in members.items() if not isinstance(value, list) or key in {"type", "scope"}}
    entity = read_entity(single, terms=call.terms)
    for key, value in members.items():
        if key in single or key == "@context":
            continue
        iri = call.terms.expand(names.name(key))
        if not value:
            raise BadRequestData(f"{key}: no instance")
        items = [read_attribute(item, terms=call.terms, name=key) for item in value]
        entity.attributes[iri] = [item for found in items for item in found]
    return entity


def _object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadRequestData("not an entity")
    return body


def _wanted(shown: Projection) -> frozenset[str] | None:
    return shown.needed() or None


def _attribute(call: Call) -> str:
    return call.terms.expand(names.name(call.parts["attribute"]))


def _identifier(call: Call) -> UUID:
    text = names.uri(call.parts["instance"], where="instanceId")
    try:
        return UUID(text.removeprefix(_INSTANCE))
    except ValueError:
        return UUID(int=0)  # a URI, but none that was given out: nothing is found by it


async def _changing(call: Call, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    async with call.pool.acquire() as line, line.transaction():
        return await work(line)


_FIND: Final = f"{ASKING} {TIMES}"
_ONE: Final = "/temporal/entities/{id}"
OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("PATCH", f"{_ONE}/attrs/{{attribute}}/{{instance}}", update_instance),
    operation("DELETE", f"{_ONE}/attrs/{{attribute}}/{{instance}}", delete_instance),
    operation("DELETE", f"{_ONE}/attrs/{{attribute}}", delete_attribute, "deleteAll datasetId"),
    operation("POST", f"{_ONE}/attrs", append),
    operation("POST", "/temporal/entities", create),
    operation("GET", "/temporal/entities", find, _FIND),
    operation("GET", _ONE, retrieve, f"attrs pick omit lang datasetId type {TIMES}"),
    operation("DELETE", _ONE, delete),
    operation("POST", "/temporal/entityOperations/query", find_by_body, "limit offset count lang", reads=True),
)
