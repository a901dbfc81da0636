"""Reading and writing histories: the clients' own, and the readings of the city's devices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import orjson

from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.attributes import Instance, key_of
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.names import DEFAULT
from onecity.platform.iot.ngsild.rules.problems import ResourceNotFound
from onecity.platform.iot.ngsild.rules.temporal import TimeQuery
from onecity.platform.iot.ngsild.store import filters
from onecity.platform.iot.ngsild.store.devices import READING, devices_by_uri
from onecity.platform.iot.ngsild.store.devices import key_of as device_key
from onecity.platform.iot.ngsild.store.filters import Parameters
from onecity.platform.iot.ngsild.store.history import history_of
from onecity.platform.iot.ngsild.store.reading import EntityQuery
from onecity.platform.iot.ngsild.store.rows import Caller, instant_of

MOST_INSTANCES: Final = 10_000
"""Of one entity in one answer, the newest or the oldest of them; more are said to be there by 206."""
_COLUMN: Final = {
    "observedAt": "i.observed_at", "createdAt": "i.created_at", "modifiedAt": "i.modified_at",
    "deletedAt": "i.deleted_at",
}  # fmt: skip
_ROWS: Final = "h.id, h.uri, h.types, h.scopes, h.created_at, h.modified_at, h.deleted_at"
_SEEN: Final = f"h.tenant = $1 AND {scope_sql(first=2)}"
_ONE: Final = f"SELECT {_ROWS} FROM iot_ngsi_history h WHERE {_SEEN} AND h.uri = $5"
_INSERT: Final = """
    INSERT INTO iot_ngsi_instance
        (history_id, attribute, dataset, instance, observed_at, created_at, modified_at, deleted_at, body)
    VALUES ($1, $2, $3, $4, $5, $6, $6, NULL, $7::jsonb)
"""
_DELETE_ATTRIBUTE: Final = """
    DELETE FROM iot_ngsi_instance WHERE history_id = $1 AND attribute = $2 AND ($3 OR dataset = $4) RETURNING id
"""
_ONE_INSTANCE: Final = """
    SELECT id, body::text AS body, dataset FROM iot_ngsi_instance
    WHERE history_id = $1 AND attribute = $2 AND instance = $3
"""
_DEVICE_READINGS: Final = f"""
    SELECT '{DEFAULT}' || s.property_code AS iri,
        {READING.format(result="o.result", at="o.phenomenon_at")}::text AS body
    FROM iot_device d JOIN iot_datastream s ON s.device_id = d.id
    CROSS JOIN LATERAL (
        SELECT o.result, o.phenomenon_at FROM iot_observation o WHERE o.datastream_id = s.id AND o.result IS NOT NULL
            AND ($2::timestamptz IS NULL OR o.phenomenon_at >= $2)
            AND ($3::timestamptz IS NULL OR o.phenomenon_at < $3)
        ORDER BY o.phenomenon_at DESC LIMIT $4) o
    WHERE d.key = $1 AND ($5::text[] IS NULL OR '{DEFAULT}' || s.property_code = ANY($5))
    ORDER BY s.id, o.phenomenon_at
"""


@dataclass(slots=True)
class Evolution:
    """An entity over time. instances: by attribute, in the order of time. cut: there are more."""

    entity: Entity
    number: int = 0
    instances: dict[str, list[Instance]] = field(default_factory=dict)
    cut: bool = False


async def evolution(
    connection: asyncpg.Pool, uri: str, query: TimeQuery, caller: Caller, *, wanted: frozenset[str] | None
) -> Evolution:
    """Return an entity over a stretch of time. wanted: attributes by IRI; None for all.

    Raises: ResourceNotFound.
    """
    row = await connection.fetchrow(_ONE, caller.tenant, *caller.sees.parameters(), uri)
    if row is None:
        devices = await devices_by_uri(connection, [uri], caller)
        if not devices:
            raise ResourceNotFound(f"no entity {uri}")
        return await _of_device(connection, devices[0], query, wanted)
    found = Evolution(_entity(row), row["id"])
    await fill(connection, [found], query, wanted=wanted)
    return found


async def find_evolutions(
    connection: asyncpg.Pool, wanted: EntityQuery, query: TimeQuery, caller: Caller
) -> tuple[list[Evolution], bool, int | None]:
    """Return a page of entities over time, whether there are more, and how many in all if that was asked for.

    An entity is found by what it says within the stretch of time.
    """
    parameters = Parameters([caller.tenant, *caller.sees.parameters()])
    conditions = [_SEEN, *_conditions(wanted, query, parameters)]
    source = f"iot_ngsi_history h WHERE {' AND '.join(conditions)}"
    count = await connection.fetchval(f"SELECT count(*) FROM {source}", *parameters.values) if wanted.count else None
    statement = f"SELECT {_ROWS} FROM {source} ORDER BY h.id LIMIT {wanted.limit + 1} OFFSET {wanted.offset}"
    rows = await connection.fetch(statement, *parameters.values)
    return [Evolution(_entity(row), row["id"]) for row in rows[: wanted.limit]], len(rows) > wanted.limit, count


async def fill(
    connection: asyncpg.Pool, found: Sequence[Evolution], query: TimeQuery, *, wanted: frozenset[str] | None
) -> None:
    """Read the instances of entities within a stretch of time."""
    column = _COLUMN[query.prop]
    parameters = Parameters([[item.number for item in found]])
    conditions = _time_conditions(query, parameters)
    if wanted is not None:
        conditions.append(f"i.attribute = ANY({parameters.add(sorted(wanted), 'text[]')})")
    if query.prop != "deletedAt":
        conditions.append("i.deleted_at IS NULL")
    limit = query.last if query.last is not None else MOST_INSTANCES
    last = "DESC" if query.last is not None else "ASC"
    statement = f"""
        SELECT * FROM (
            SELECT i.history_id, i.attribute, i.instance, i.created_at, i.modified_at, i.deleted_at,
                i.body::text AS body, {column} AS at, i.id, row_number() OVER (
                    PARTITION BY i.history_id, i.attribute, i.dataset ORDER BY {column} {last}, i.id {last}) AS place
            FROM iot_ngsi_instance i WHERE i.history_id = ANY($1) AND {" AND ".join(conditions)}) ranked
        WHERE place <= {limit + 1} ORDER BY history_id, attribute, at {last}, id {last}
    """
    by_number = {item.number: item for item in found}
    for row in await connection.fetch(statement, *parameters.values):
        holder = by_number[row["history_id"]]
        if row["place"] > limit:
            holder.cut = holder.cut or query.last is None
            continue
        holder.instances.setdefault(row["attribute"], []).append(_instance(row))


async def add_instances(connection: asyncpg.Connection, entity: Entity, caller: Caller, *, now: str) -> bool:
    """Add what an entity's attributes say to its history; returns whether the history was begun."""
    there = await connection.fetchval(
        "SELECT true FROM iot_ngsi_history WHERE tenant = $1 AND uri = $2", caller.tenant, entity.uri
    )
    number = await history_of(connection, entity, caller, now=now)
    await insert_instances(connection, number, entity.attributes, now=now)
    return not there


async def insert_instances(
    connection: asyncpg.Connection, number: int, attributes: dict[str, list[Instance]], *, now: str
) -> None:
    """Add instances to a history."""
    rows = [
        (
            number, iri, key_of(item), uuid4(), instant_of(item["observedAt"]) if "observedAt" in item else None,
            instant_of(now), orjson.dumps({**item, "createdAt": now, "modifiedAt": now}).decode(),
        )
        for iri, items in attributes.items()
        for item in items
    ]  # fmt: skip
    await connection.executemany(_INSERT, rows)


async def delete_attribute(
    connection: asyncpg.Connection, number: int, iri: str, *, dataset: str, everything: bool
) -> None:
    """Take an attribute out of a history.

    Raises: ResourceNotFound.
    """
    if not await connection.fetch(_DELETE_ATTRIBUTE, number, iri, everything, dataset):
        raise ResourceNotFound("no such attribute")


async def one_instance(connection: asyncpg.Connection, number: int, iri: str, identifier: UUID) -> tuple[int, Instance]:
    """Return the number and the content of one instance.

    Raises: ResourceNotFound.
    """
    row = await connection.fetchrow(_ONE_INSTANCE, number, iri, identifier)
    if row is None:
        raise ResourceNotFound("no such instance")
    return row["id"], orjson.loads(row["body"])


async def history_number(connection: asyncpg.Connection, uri: str, caller: Caller) -> asyncpg.Record:
    """Return the row of a history that the caller may change, locked.

    Raises: ResourceNotFound.
    """
    row = await connection.fetchrow(f"{_ONE} FOR UPDATE", caller.tenant, *caller.changes.parameters(), uri)
    if row is None:
        raise ResourceNotFound(f"no entity {uri}")
    return row


async def _of_device(
    connection: asyncpg.Pool, device: Entity, query: TimeQuery, wanted: frozenset[str] | None
) -> Evolution:
    limit = min(query.last or MOST_INSTANCES, MOST_INSTANCES)
    rows = await connection.fetch(
        _DEVICE_READINGS, device_key(device.uri), query.since, query.until, limit,
        None if wanted is None else sorted(wanted),
    )  # fmt: skip
    found = Evolution(device)
    for row in reversed(rows) if query.last is not None else rows:
        found.instances.setdefault(row["iri"], []).append(orjson.loads(row["body"]))
    found.cut = query.last is None and any(len(items) >= limit for items in found.instances.values())
    return found


def _conditions(wanted: EntityQuery, query: TimeQuery, parameters: Parameters) -> list[str]:
    found = []
    for text in (
        filters.types_sql(wanted.types, parameters) if wanted.types is not None else "",
        filters.scopes_sql(wanted.scopes, parameters) if wanted.scopes is not None else "",
    ):
        if text:
            found.append(re.sub(r"\be\.", "h.", text))
    if wanted.uris:
        found.append(f"h.uri = ANY({parameters.add(list(wanted.uris), 'text[]')})")
    if wanted.pattern:
        found.append(f"h.uri ~ {parameters.add(wanted.pattern, 'text')}")
    inside = ["i.history_id = h.id", *_time_conditions(query, parameters)]
    if wanted.needed:
        inside.append(f"i.attribute = ANY({parameters.add(sorted(wanted.needed), 'text[]')})")
    found.append(f"EXISTS (SELECT FROM iot_ngsi_instance i WHERE {' AND '.join(inside)})")
    if wanted.query is not None:
        found.append(_said(filters.query_sql(wanted.query, parameters), query, parameters))
    if wanted.place is not None:
        attribute = parameters.add(wanted.place.attribute, "text")
        near = filters.place_condition(
            wanted.place, "ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON(i.body -> 'value'), 4326))", parameters
        )
        found.append(
            "EXISTS (SELECT FROM iot_ngsi_instance i WHERE i.history_id = h.id AND i.deleted_at IS NULL"
            f" AND i.attribute = {attribute} AND i.body ->> 'type' = 'GeoProperty' AND {near})"
        )
    return found


def _said(condition: str, query: TimeQuery, parameters: Parameters) -> str:
    """Hold a condition against everything that an entity said within the stretch of time."""
    inside = ["i.history_id = h.id", "i.deleted_at IS NULL", *_time_conditions(query, parameters)]
    content = (
        "SELECT coalesce(jsonb_object_agg(a.attribute, a.bodies), '{}') AS content,"
        " array_agg(a.attribute) AS attributes,"
        " h.created_at, h.modified_at FROM (SELECT i.attribute, jsonb_agg(i.body) AS bodies"
        f" FROM iot_ngsi_instance i WHERE {' AND '.join(inside)} GROUP BY i.attribute) a"
    )
    return f"EXISTS (SELECT FROM ({content}) e WHERE {condition})"


def _time_conditions(query: TimeQuery, parameters: Parameters) -> list[str]:
    column = _COLUMN[query.prop]
    found = [f"{column} IS NOT NULL"]
    if query.since is not None:
        found.append(f"{column} >= {parameters.add(query.since, 'timestamptz')}")
    if query.until is not None:
        found.append(f"{column} < {parameters.add(query.until, 'timestamptz')}")
    return found


def _entity(row: asyncpg.Record) -> Entity:
    deleted = moments.kept(row["deleted_at"]) if row["deleted_at"] else ""
    return Entity(
        row["uri"], list(row["types"]), {}, list(row["scopes"]), moments.kept(row["created_at"]),
        moments.kept(row["modified_at"]), deleted,
    )  # fmt: skip


def _instance(row: asyncpg.Record) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(row["body"])
    found["instanceId"] = f"urn:ngsi-ld:Instance:{row['instance']}"
    found["createdAt"], found["modifiedAt"] = moments.kept(row["created_at"]), moments.kept(row["modified_at"])
    if row["deleted_at"]:
        found["deletedAt"] = moments.kept(row["deleted_at"])
    return found
