"""Writing the history of entities: each change adds what the touched attributes say from now on."""

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

import asyncpg
import orjson

from onecity.platform.iot.ngsild.rules.attributes import MAIN, Instance, key_of
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.names import NULL
from onecity.platform.iot.ngsild.store.entities import Changed
from onecity.platform.iot.ngsild.store.rows import Caller, instant_of

_HISTORY: Final = """
    INSERT INTO iot_ngsi_history
        (tenant, uri, types, scopes, organisation_id, division_code, created_at, modified_at, deleted_at)
    VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8)
    ON CONFLICT (tenant, uri) DO UPDATE SET types = excluded.types, scopes = excluded.scopes,
        modified_at = excluded.modified_at, deleted_at = excluded.deleted_at
    RETURNING id
"""
_INSTANCES: Final = """
    INSERT INTO iot_ngsi_instance
        (history_id, attribute, dataset, instance, observed_at, created_at, modified_at, deleted_at, body)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8::jsonb)
"""


async def keep_history(connection: asyncpg.Connection, changed: Sequence[Changed], caller: Caller, *, now: str) -> None:
    """Add to the histories of entities what changed, in the transaction of the change."""
    rows = []
    for item in sorted(changed, key=lambda change: change.uri):
        entity = item.after or item.before
        assert entity is not None
        number = await history_of(connection, entity, caller, now=now, deleted=item.after is None)
        rows += [_row(number, iri, instance, now=now, deleted=False) for iri, instance in touched(item)]
        rows += [_row(number, iri, instance, now=now, deleted=True) for iri, instance in removed(item)]
    await connection.executemany(_INSTANCES, rows)


async def history_of(
    connection: asyncpg.Connection, entity: Entity, caller: Caller, *, now: str, deleted: bool = False
) -> int:
    """Return the number of an entity's history, beginning it if there is none."""
    moment = instant_of(now)
    number: int = await connection.fetchval(
        _HISTORY, caller.tenant, entity.uri, entity.types, entity.scopes, caller.organisation_id,
        instant_of(entity.created_at) if entity.created_at else moment, moment, moment if deleted else None,
    )  # fmt: skip
    return number


def touched(change: Changed) -> list[tuple[str, Instance]]:
    """Return the instances of attributes that a change wrote."""
    if change.after is None:
        return []
    before = _by_key(change.before)
    return [
        (iri, instance)
        for (iri, dataset), instance in _by_key(change.after).items()
        if before.get((iri, dataset)) != instance
    ]


def removed(change: Changed) -> list[tuple[str, Instance]]:
    """Return the instances of attributes that a change took away, as they were."""
    after = _by_key(change.after)
    return [(key[0], instance) for key, instance in _by_key(change.before).items() if key not in after]


def emptied(instance: Instance) -> Instance:
    """Return what is left of an instance that was deleted."""
    main = MAIN[instance["type"]]
    found = {"type": instance["type"], main: NULL}
    return {**found, "datasetId": instance["datasetId"]} if "datasetId" in instance else found


def _by_key(entity: Entity | None) -> dict[tuple[str, str], Instance]:
    if entity is None:
        return {}
    return {(iri, key_of(item)): item for iri, items in entity.attributes.items() for item in items}


def _row(number: int, iri: str, instance: Instance, *, now: str, deleted: bool) -> tuple[object, ...]:
    body = emptied(instance) if deleted else instance
    observed = None if deleted else instance.get("observedAt")
    moment = instant_of(now)
    return (
        number, iri, key_of(instance), uuid4(), instant_of(observed) if observed else None, moment,
        moment if deleted else None, orjson.dumps(body).decode(),
    )  # fmt: skip
