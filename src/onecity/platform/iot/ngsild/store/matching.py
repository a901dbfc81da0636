"""Holding changes against subscriptions, in the transaction of the change."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.platform.iot.ngsild.rules.attributes import MAIN, Instance, key_of
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.problems import Problem
from onecity.platform.iot.ngsild.rules.subscribing import Selector, Wish, has_types, hears, wish_of
from onecity.platform.iot.ngsild.store.contexts import terms_of
from onecity.platform.iot.ngsild.store.entities import Changed
from onecity.platform.iot.ngsild.store.filters import Parameters, place_condition, query_sql, scopes_sql, types_sql
from onecity.platform.iot.ngsild.store.history import emptied, removed, touched
from onecity.platform.iot.ngsild.store.rows import Caller, instant_of

TRUSTED_S: Final = 30.0
CHANNEL: Final = "iot_ngsi_notice"
_VERSION: Final = "SELECT last_value + is_called::int FROM iot_ngsi_subscription_version"
_ACTIVE: Final = """
    SELECT id, tenant, definition::text AS definition, context::text AS context, organisation_id, everything,
        expires_at FROM iot_ngsi_subscription
    WHERE active AND kind = 'entities' AND due_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
"""
_NOTICE: Final = """
    INSERT INTO iot_ngsi_notice (subscription_id, content, made_at, due_at, attempts)
    SELECT $1, $2::jsonb, $3, $3, 0 WHERE EXISTS (
        SELECT FROM iot_ngsi_subscription WHERE id = $1 AND active AND (expires_at IS NULL OR expires_at > $3))
"""
_EVALUATE: Final = """
    FROM (SELECT $1::text AS uri, $2::text[] AS types, $3::text[] AS scopes, $4::text[] AS attributes,
        $5::jsonb AS content, $6::timestamptz AS created_at, $7::timestamptz AS modified_at) e
"""
_known: dict[str, Any] = {"version": None, "until": 0.0, "wishes": ()}


async def write_notices(
    connection: asyncpg.Connection, changed: Sequence[Changed], caller: Caller, *, now: str
) -> None:
    """Write a notification for each subscription that wants to hear of these changes."""
    wishes = [wish for wish in await _wishes(connection) if wish.tenant == caller.tenant]
    if not wishes:
        return
    told: dict[int, list[dict[str, Any]]] = {}
    for item in changed:
        happened = happenings(item)
        heard = [wish for wish in wishes if hears(wish, happened) and _concerns(wish, item, caller)]
        for wish in await _satisfied(connection, heard, item):
            told.setdefault(wish.number, []).append(_told(wish, item, happened, now=now))
    if told:
        moment = clock.real_now()
        rows = [(number, orjson.dumps({"entities": items}).decode(), moment) for number, items in sorted(told.items())]
        await connection.executemany(_NOTICE, rows)
        await connection.execute("SELECT pg_notify($1, '')", CHANNEL)


def happenings(change: Changed) -> dict[str, list[str]]:
    """Return what happened, under the names of the triggers, with the attributes concerned."""
    before = set(change.before.attributes) if change.before else set()
    written = [iri for iri, _ in touched(change)]
    gone = [iri for iri, _ in removed(change)]
    found = {
        "attributeCreated": [iri for iri in written if iri not in before],
        "attributeUpdated": [iri for iri in written if iri in before],
        "attributeDeleted": gone,
    }
    if change.before is None:
        found["entityCreated"] = written
    elif change.after is None:
        found["entityDeleted"] = gone
    else:
        found["entityUpdated"] = [*written, *gone]
    entity = {"entityCreated", "entityDeleted", "entityUpdated"}
    return {trigger: iris for trigger, iris in found.items() if iris or trigger in entity}


def forget() -> None:
    """Forget the subscriptions that are kept in memory."""
    _known["version"] = None


async def _wishes(connection: asyncpg.Connection) -> tuple[Wish, ...]:
    """Return all active subscriptions, read again when one has changed."""
    version = await connection.fetchval(_VERSION)
    if _known["version"] != version or _known["until"] < time.monotonic():
        rows = await connection.fetch(_ACTIVE, clock.real_now())
        wishes = []
        for row in rows:
            try:
                terms = await terms_of(connection, orjson.loads(row["context"] or "null"))
                wishes.append(
                    wish_of(
                        row["id"],
                        orjson.loads(row["definition"]),
                        terms=terms,
                        tenant=row["tenant"],
                        organisation_id=row["organisation_id"],
                        everything=row["everything"],
                    )
                )
            except Problem:
                continue  # its context has gone; it was checked when it was made, and fails visibly when it is read
        _known.update(version=version, until=time.monotonic() + TRUSTED_S, wishes=tuple(wishes))
    found: tuple[Wish, ...] = _known["wishes"]
    return found


def _concerns(wish: Wish, change: Changed, caller: Caller) -> bool:
    if not wish.everything and wish.organisation_id != caller.organisation_id:
        return False
    entity = change.after or change.before
    assert entity is not None
    return not wish.selectors or any(_selected(item, entity) for item in wish.selectors)


def _selected(selector: Selector, entity: Entity) -> bool:
    if selector.uri and selector.uri != entity.uri:
        return False
    return has_types(selector, entity.types)


async def _satisfied(connection: asyncpg.Connection, wishes: Sequence[Wish], change: Changed) -> list[Wish]:
    """Return the subscriptions whose queries the entity satisfies, asked all at once."""
    entity = change.after or change.before
    assert entity is not None
    parameters = Parameters([
        entity.uri, entity.types, entity.scopes, list(entity.attributes), orjson.dumps(entity.attributes).decode(),
        instant_of(entity.created_at), instant_of(entity.modified_at),
    ])  # fmt: skip
    conditions = [condition_of(wish, parameters) for wish in wishes]
    if all(condition == "true" for condition in conditions):
        return list(wishes)
    columns = ", ".join(f"coalesce({condition}, false)" for condition in conditions)
    row = await connection.fetchrow(f"SELECT {columns} {_EVALUATE}", *parameters.values)
    return [wish for wish, holds in zip(wishes, row, strict=True) if holds]


def condition_of(wish: Wish, parameters: Parameters) -> str:
    """Return the condition of a subscription on a single entity `e`."""
    found = []
    if wish.query is not None:
        found.append(query_sql(wish.query, parameters))
    if any(selector.pattern for selector in wish.selectors):
        found.append(" OR ".join(_selector_sql(item, parameters) for item in wish.selectors))
    if wish.scopes is not None:
        found.append(scopes_sql(wish.scopes, parameters))
    if wish.place is not None:
        attribute = parameters.add(wish.place.attribute, "text")
        near = place_condition(wish.place, "g.place", parameters)
        found.append(
            "EXISTS (SELECT FROM (SELECT ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON(i.value -> 'value'), 4326))"
            " AS place"
            f" FROM jsonb_array_elements(e.content -> {attribute}) i) g WHERE {near})"
        )
    return " AND ".join(f"({item})" for item in found) if found else "true"


def _selector_sql(selector: Selector, parameters: Parameters) -> str:
    found = ["true"]
    if selector.uri:
        found.append(f"e.uri = {parameters.add(selector.uri, 'text')}")
    if selector.pattern:
        found.append(f"e.uri ~ {parameters.add(selector.pattern, 'text')}")
    if selector.types is not None:
        found.append(types_sql(selector.types, parameters))
    return "(" + " AND ".join(found) + ")"


def _told(wish: Wish, change: Changed, happened: Mapping[str, Sequence[str]], *, now: str) -> dict[str, Any]:
    """Return an entity as the notification needs it: with what was deleted, and what values were before."""
    entity = change.after or change.before
    assert entity is not None
    attributes = {iri: list(items) for iri, items in (change.after.attributes if change.after else {}).items()}
    if wish.changes_shown and change.before:
        attributes = {
            iri: [_with_previous(iri, item, change.before) for item in items] for iri, items in attributes.items()
        }
    if change.after is None or "attributeDeleted" in wish.triggers:
        for iri, instance in removed(change):
            gone: Instance = {**emptied(instance), "deletedAt": now}
            if wish.changes_shown:
                gone |= _previous(instance)
            attributes.setdefault(iri, []).append(gone)
    told = asdict(Entity(entity.uri, entity.types, {}, entity.scopes, entity.created_at, entity.modified_at))
    told["deleted_at"] = now if change.after is None else ""
    return {**told, "attributes": attributes, "happened": sorted(happened)}


def _with_previous(iri: str, instance: Instance, before: Entity) -> Instance:
    there = next((item for item in before.attributes.get(iri, ()) if key_of(item) == key_of(instance)), None)
    changed = there is not None and there != instance
    return {**instance, **_previous(there)} if changed and there else instance


def _previous(instance: Instance) -> Instance:
    main = MAIN[instance["type"]]
    return {f"previous{main[0].upper()}{main[1:]}": instance.get(main)}
