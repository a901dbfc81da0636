"""Finding entities, by address and by body; taking away whatever a query finds."""

from collections.abc import Mapping
from typing import Any, Final

from onecity.platform.iot.ngsild.http.answers import answer, empty, page_headers
from onecity.platform.iot.ngsild.http.asking import ASKING, query_of, shown_entities, shown_of, style_of
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.linking import with_linked
from onecity.platform.iot.ngsild.http.negotiation import GEO, JSON, LD
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import changes
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.projections import Projection
from onecity.platform.iot.ngsild.store.entities import Changed, EntityWriter
from onecity.platform.iot.ngsild.store.reading import EntityQuery, find_entities
from onecity.platform.iot.ngsild.store.transactions import in_transaction
from onecity.web.hot import HotResponse

PURGED_AT_ONCE: Final = 1_000
_SELECTOR: Final = ("id", "idPattern", "type")


async def find(call: Call) -> HotResponse:
    """Show the entities that a query finds. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.2, 6.4.3.2."""
    return await _found(call, call.query)


async def find_by_body(call: Call) -> HotResponse:
    """Show what a query in the body finds. Source: ETSI GS CIM 009 V1.8.1, clauses 5.2.23, 6.23.3.1."""
    given = query_members(call)
    return await _found(call, given)


async def purge(call: Call) -> HotResponse:
    """Take away entities, or attributes of them, that a query finds. Source: ETSI GS CIM 009 V1.8.1, clause 5.6.21."""
    kept = frozenset(call.terms.expand(item) for item in call.names("keep"))
    dropped = frozenset(call.terms.expand(item) for item in call.names("drop"))
    if kept and dropped:
        raise BadRequestData("keep and drop do not go together")
    given = {key: value for key, value in call.query.items() if key not in {"keep", "drop"}}
    query = query_of(call, given, shown=shown_of(call, {"attrs": given.get("attrs")}))
    taken = 0
    while True:
        page = await find_entities(call.pool, _next_page(query, taken), call.caller)
        own = [item.uri for item in page.entities if item.modified_at]
        gone = await _purge_page(call, own, kept, dropped)
        taken += 0 if gone and not (kept or dropped) else len(page.entities)
        if not page.more:
            return empty(call)


def query_members(call: Call) -> Mapping[str, Any]:
    """Return a query in a body as the parameters of one in an address.

    Raises: BadRequestData.
    """
    body = call.body
    if not isinstance(body, dict) or body.get("type") != "Query":
        raise BadRequestData("type: a query is of the type Query")
    given = {key: value for key, value in body.items() if key not in {"type", "entities", "geoQ"}}
    selectors = body.get("entities")
    if selectors is not None:
        given |= _selector(selectors)
    place = body.get("geoQ")
    if place is not None:
        if not isinstance(place, dict):
            raise BadRequestData("geoQ: not an object")
        given |= place
    return given


def _selector(selectors: object) -> dict[str, str]:
    """Return several entity selectors as one query.

    Raises: BadRequestData if they cannot be.
    """
    if not isinstance(selectors, list) or not selectors or not all(isinstance(item, dict) for item in selectors):
        raise BadRequestData("entities: not a list of selectors")
    found: dict[str, list[str]] = {name: [] for name in _SELECTOR}
    for item in selectors:
        for name in _SELECTOR:
            value = item.get(name)
            values = value if isinstance(value, list) else [] if value is None else [value]
            if not all(isinstance(text, str) and text for text in values):
                raise BadRequestData(f"entities: {name} is not a text")
            found[name] += values
        if not any(name in item for name in _SELECTOR):
            raise BadRequestData("entities: a selector names a type")
    kinds = [f"({kind})" if ";" in kind else kind for kind in dict.fromkeys(found["type"])]
    joined = {"id": ",".join(dict.fromkeys(found["id"])), "type": ",".join(kinds)}
    joined["idPattern"] = "|".join(f"({pattern})" for pattern in dict.fromkeys(found["idPattern"]))
    return {name: text for name, text in joined.items() if text}


async def _found(call: Call, given: Mapping[str, Any]) -> HotResponse:
    shown = shown_of(call, given)
    style = style_of(call, given, shown=shown)
    query = query_of(call, given, shown=shown)
    page = await find_entities(call.pool, query, call.caller)
    headers = page_headers(call, more=page.more, count=page.count)
    if given.get("join") in {"inline", "flat"}:
        return await answer(call, await with_linked(call, page.entities, style), headers=headers)
    return await answer(call, shown_entities(call, page.entities, style, given), headers=headers)


def _next_page(query: EntityQuery, offset: int) -> EntityQuery:
    return EntityQuery(
        query.uris, query.pattern, query.types, query.needed, query.query, query.place, query.scopes,
        limit=PURGED_AT_ONCE, offset=offset,
    )  # fmt: skip


async def _purge_page(call: Call, uris: list[str], kept: frozenset[str], dropped: frozenset[str]) -> int:
    async def work(writer: EntityWriter, changed: list[Changed]) -> int:
        locked = await writer.lock(uris)
        for uri in sorted(locked):
            if not kept and not dropped:
                changed.append(await writer.delete(uri))
            else:
                changed.append(await writer.change(uri, lambda entity: _thin(entity, kept, dropped, now=call.now())))
        return len(locked)

    return await in_transaction(call.pool, call.caller, work, now=call.now())


def _thin(entity: Entity, kept: frozenset[str], dropped: frozenset[str], *, now: str) -> None:
    gone = [iri for iri in entity.attributes if (iri in dropped if dropped else iri not in kept)]
    for iri in gone:
        changes.delete_attribute(entity, iri, now=now, everything=True)


Shown = Projection
OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("GET", "/entities", find, ASKING, offered=(JSON, LD, GEO)),
    operation("DELETE", "/entities", purge, f"{ASKING} keep drop"),
    operation(
        "POST", "/entityOperations/query", find_by_body, "limit offset count lang geometryProperty join joinLevel",
        offered=(JSON, LD, GEO), reads=True,
    ),
)  # fmt: skip
