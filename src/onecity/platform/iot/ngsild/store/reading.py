"""Finding entities: the clients' own, and the city's devices where a query speaks of them."""

from dataclasses import dataclass, field
from typing import Final

import asyncpg

from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.geometry import GeoQuery
from onecity.platform.iot.ngsild.rules.names import DEFAULT
from onecity.platform.iot.ngsild.rules.queries import All, Compares, Node
from onecity.platform.iot.ngsild.rules.selections import Selection, named
from onecity.platform.iot.ngsild.store import filters
from onecity.platform.iot.ngsild.store.devices import SOURCE, as_entity, device_kinds, devices_by_uri, key_of
from onecity.platform.iot.ngsild.store.filters import Parameters
from onecity.platform.iot.ngsild.store.rows import COLUMNS, Caller, entity_of

_BY_URI: Final = f"""
    SELECT {COLUMNS} FROM iot_ngsi_entity e WHERE e.tenant = $1 AND e.uri = ANY($2) AND {scope_sql(first=3)}
"""


@dataclass(frozen=True, slots=True)
class EntityQuery:
    """Which entities are wanted. needed: an entity has one of these attributes, by IRI."""

    uris: tuple[str, ...] = ()
    pattern: str = ""
    types: Selection | None = None
    needed: frozenset[str] = frozenset()
    query: Node | None = None
    place: GeoQuery | None = None
    scopes: Selection | None = None
    limit: int = 20
    offset: int = 0
    count: bool = False


@dataclass(slots=True)
class Found:
    """A page of entities. more: there are others after it. count: of all, if it was asked for."""

    entities: list[Entity] = field(default_factory=list)
    more: bool = False
    count: int | None = None


async def entities_by_uri(connection: asyncpg.Pool, uris: list[str], caller: Caller) -> dict[str, Entity]:
    """Return those of these entities that the caller may see."""
    usable = [uri for uri in uris if "\0" not in uri]
    rows = await connection.fetch(_BY_URI, caller.tenant, usable, *caller.sees.parameters())
    found = {row["uri"]: entity_of(row) for row in rows}
    missing = [uri for uri in usable if uri not in found]
    found.update((item.uri, item) for item in await devices_by_uri(connection, missing, caller))
    return found


async def find_entities(connection: asyncpg.Pool, query: EntityQuery, caller: Caller) -> Found:
    """Return a page of the entities that a query finds, the oldest first, devices after all others.

    Raises: BadRequestData for a pattern that is none.
    """
    parameters = Parameters()
    sources = [_own_sql(query, caller, parameters)]
    if _speaks_of_devices(query, caller):
        sources.append(_device_sql(query, caller, parameters))
    counted = None
    if query.count:
        union = " UNION ALL ".join(f"SELECT 1 FROM {source}" for source in sources)
        counted = await connection.fetchval(f"SELECT count(*) FROM ({union}) found", *parameters.values)
    if query.limit == 0:
        return Found([], more=False, count=counted)
    limits = f"LIMIT {query.limit + 1 + (query.offset if len(sources) > 1 else 0)}"
    pages = [f"(SELECT {COLUMNS} FROM {source} ORDER BY e.id {limits})" for source in sources]
    if len(pages) == 1:
        statement = f"{pages[0][1:-1]} OFFSET {query.offset}"
    else:
        whole = " UNION ALL ".join(pages)
        order = "ORDER BY (f.id < 0), abs(f.id)"
        statement = f"SELECT * FROM ({whole}) f {order} LIMIT {query.limit + 1} OFFSET {query.offset}"
    rows = await connection.fetch(statement, *parameters.values)
    return Found([as_entity(row) for row in rows[: query.limit]], len(rows) > query.limit, counted)


def condition_sql(query: EntityQuery, parameters: Parameters) -> list[str]:
    """Return the conditions that hold for the clients' entities and for devices alike, on `e`."""
    found = []
    if query.types is not None:
        found.append(filters.types_sql(query.types, parameters))
    if query.pattern:
        found.append(f"e.uri ~ {parameters.add(query.pattern, 'text')}")
    if query.scopes is not None:
        found.append(filters.scopes_sql(query.scopes, parameters))
    return found


def _own_sql(query: EntityQuery, caller: Caller, parameters: Parameters) -> str:
    tenant = f"e.tenant = {parameters.add(caller.tenant, 'text')}"
    conditions = [tenant, *condition_sql(query, parameters)]
    if not caller.sees.everything:
        first = len(parameters.values) + 1
        for value, kind in zip(caller.sees.parameters(), ("boolean", "bigint[]", "text[]"), strict=True):
            parameters.add(value, kind)
        conditions.append(scope_sql(first=first))
    if query.uris:
        conditions.append(f"e.uri = ANY({parameters.add(list(query.uris), 'text[]')})")
    if query.needed:
        conditions.append(f"e.attributes && {parameters.add(sorted(query.needed), 'text[]')}")
    if query.query is not None:
        conditions += [filters.query_sql(query.query, parameters), *filters.helped_by(query.query, parameters)]
    if query.place is not None:
        conditions.append(filters.place_sql(query.place, parameters))
    return f"iot_ngsi_entity e WHERE {' AND '.join(conditions)}"


def _speaks_of_devices(query: EntityQuery, caller: Caller) -> bool:
    """Say whether devices are looked through: only where a type or an identifier of theirs is named."""
    if caller.tenant or caller.devices.nothing or query.scopes is not None:
        return False
    if query.types is not None:
        return not named(query.types).isdisjoint(device_kinds())
    return any(key_of(uri) for uri in query.uris)


def _device_sql(query: EntityQuery, caller: Caller, parameters: Parameters) -> str:
    first = len(parameters.values) + 1
    for value, kind in zip(caller.devices.parameters(), ("boolean", "bigint[]", "text[]"), strict=True):
        parameters.add(value, kind)
    inner = [scope_sql(first=first, organisation="d.organisation_id", division="d.division_code")]
    if query.uris:
        inner.append(f"d.key = ANY({parameters.add([key_of(uri) for uri in query.uris], 'text[]')})")
    if query.place is not None:
        inner.append(filters.device_place_sql(query.place, parameters))
    if query.query is not None:
        inner += _device_numbers(query.query, parameters)
    outer = condition_sql(query, parameters)
    if query.needed:
        outer.append(f"e.content ?| {parameters.add(sorted(query.needed), 'text[]')}")
    if query.query is not None:
        outer.append(_on_devices(filters.query_sql(query.query, parameters)))
    return f"({SOURCE} AND {' AND '.join(inner)}) e WHERE {' AND '.join(outer or ['true'])}"


def _on_devices(condition: str) -> str:
    """Ask for an attribute in the content: devices have no list of their attributes."""
    return condition.replace("e.attributes @> ", "e.content ?& ")


def _device_numbers(node: Node, parameters: Parameters) -> list[str]:
    """Return conditions on the latest readings, which the database tests before it writes entities out."""
    found = []
    for leaf in node.parts if isinstance(node, All) else (node,):
        plain = isinstance(leaf, Compares) and len(leaf.path.chain) == 1 and not leaf.path.inside
        if plain and isinstance(leaf, Compares) and leaf.literal.kind == "number" and leaf.operator != "!=":
            code = parameters.add(leaf.path.chain[0].removeprefix(DEFAULT), "text")
            operator = leaf.operator.replace("==", "=")
            found.append(
                "d.id IN (SELECT s.device_id FROM iot_datastream s JOIN iot_latest l ON l.datastream_id = s.id"
                f" WHERE s.property_code = {code} AND l.result {operator}"
                f" {parameters.add(float(leaf.literal.text), 'float8')})"
            )
    return found
