"""Several entities in one request, each of which succeeds or fails for itself."""

from collections.abc import Callable
from typing import Any, Final

from onecity.platform.iot.ngsild.http.answers import batch_result, empty, plain
from onecity.platform.iot.ngsild.http.call import Call, terms_of_member
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import changes, moments, names
from onecity.platform.iot.ngsild.rules.entities import Entity, Fragment, read_entity
from onecity.platform.iot.ngsild.rules.problems import (
    AlreadyExists,
    BadRequestData,
    InvalidRequest,
    OperationNotSupported,
    Problem,
    ResourceNotFound,
)
from onecity.platform.iot.ngsild.rules.terms import Terms
from onecity.platform.iot.ngsild.store.devices import taken_by_devices
from onecity.platform.iot.ngsild.store.entities import Changed, EntityWriter, Outcome
from onecity.platform.iot.ngsild.store.transactions import in_transaction
from onecity.web.hot import HotResponse

MOST: Final = 5_000
Apply = Callable[[Entity, Entity], None]


async def create(call: Call) -> HotResponse:
    """Keep several new entities. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.7, 6.14.3.1."""
    outcome = Outcome()
    given = await _entities(call, outcome)

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        for entity in given:
            await _create(writer, entity, outcome, changed)

    await in_transaction(call.pool, call.caller, work, now=call.now())
    if outcome.problems:
        return plain(call, batch_result(call, outcome), status=207)
    return plain(call, outcome.created, status=201)


async def upsert(call: Call) -> HotResponse:
    """Keep several entities, whether they are there or not. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.8, 6.15.3.1."""
    outcome, now = Outcome(), call.now()
    given = await _entities(call, outcome, fragment="update" in call.options)
    apply: Apply = _append(now) if "update" in call.options else _replace(now)

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        there = await writer.lock([entity.uri for entity in given])
        made: set[str] = set()
        for entity in given:
            if entity.uri in there:
                await _apply(writer, entity, apply, outcome, changed)
            elif entity.uri in made:
                await writer.lock([entity.uri])
                await _apply(writer, entity, apply, outcome, changed)
            elif await _create(writer, entity, outcome, changed):
                made.add(entity.uri)

    await in_transaction(call.pool, call.caller, work, now=now)
    outcome.updated = [uri for uri in outcome.updated if uri not in outcome.created]
    if outcome.problems:
        return plain(call, batch_result(call, outcome), status=207)
    return plain(call, outcome.created, status=201) if outcome.created else empty(call)


async def update(call: Call) -> HotResponse:
    """Change several entities. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.9, 6.16.3.1."""
    now = call.now()
    return await _change_all(call, _append(now, overwrite="noOverwrite" not in call.options))


async def merge(call: Call) -> HotResponse:
    """Merge parts into several entities. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.20, 6.31.3.1."""
    now, given = call.now(), call.query.get("observedAt")
    observed = moments.kept(moments.instant(given, where="observedAt")) if given else ""
    language = call.query.get("lang", "")

    def apply(entity: Entity, part: Entity) -> None:
        changes.merge(entity, _fragment(part), now=now, observed=observed, language=language)

    return await _change_all(call, apply)


async def delete(call: Call) -> HotResponse:
    """Take several entities away. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.10, 6.17.3.1."""
    outcome = Outcome()
    if not isinstance(call.body, list) or not call.body:
        raise BadRequestData("a list of identifiers is needed")
    uris = []
    for item in call.body:
        uris.append(names.uri(item))

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        there = await writer.lock(uris)
        for uri in dict.fromkeys(uris):
            if uri in there:
                changed.append(await writer.delete(uri))
                outcome.updated.append(uri)
            else:
                outcome.problems[uri] = ResourceNotFound(f"no entity {uri}")

    await in_transaction(call.pool, call.caller, work, now=call.now())
    return plain(call, batch_result(call, outcome), status=207) if outcome.problems else empty(call)


async def _change_all(call: Call, apply: Apply) -> HotResponse:
    outcome = Outcome()
    given = await _entities(call, outcome, fragment=True)

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        there = await writer.lock([entity.uri for entity in given])
        for entity in given:
            if entity.uri in there:
                await _apply(writer, entity, apply, outcome, changed)
            else:
                outcome.problems[entity.uri] = ResourceNotFound(f"no entity {entity.uri}")

    await in_transaction(call.pool, call.caller, work, now=call.now())
    return plain(call, batch_result(call, outcome), status=207) if outcome.problems else empty(call)


async def _entities(call: Call, outcome: Outcome, *, fragment: bool = False) -> list[Entity]:
    """Return the entities that could be read; the problems of the others are noted.

    Raises: BadRequestData; InvalidRequest.
    """
    if not isinstance(call.body, list):
        raise InvalidRequest("a list of entities is needed")
    if not call.body:
        raise BadRequestData("the list is empty")
    if len(call.body) > MOST:
        raise BadRequestData(f"at most {MOST} entities at once")
    found = []
    bare = call.form() == "simplified"
    for item in call.body:
        try:
            terms = await terms_of_member(call, item)
            entity = _read(item, terms=terms, bare=bare, fragment=fragment)
        except Problem as problem:
            name = item.get("id", item.get("@id")) if isinstance(item, dict) else None
            outcome.problems[name if isinstance(name, str) else ""] = problem
        else:
            found.append(entity)
    devices = await taken_by_devices(call.pool, [entity.uri for entity in found])
    outcome.problems |= {uri: OperationNotSupported("devices of the city are read-only here") for uri in devices}
    return [entity for entity in found if entity.uri not in devices]


def _read(item: Any, *, terms: Terms, bare: bool, fragment: bool) -> Entity:
    typeless = fragment and isinstance(item, dict) and "type" not in item and "@type" not in item
    entity = read_entity({**item, "type": "x"} if typeless else item, terms=terms, bare=bare, fragment=fragment)
    if typeless:
        entity.types = []
    return entity


async def _create(writer: EntityWriter, entity: Entity, outcome: Outcome, changed: list[Changed]) -> bool:
    if not entity.types:
        outcome.problems[entity.uri] = BadRequestData("type: is missing")
        return False
    made = await writer.create(entity)
    if made is None:
        outcome.problems[entity.uri] = AlreadyExists(f"there is an entity {entity.uri}")
        return False
    outcome.created.append(entity.uri)
    changed.append(made)
    return True


async def _apply(writer: EntityWriter, part: Entity, apply: Apply, outcome: Outcome, changed: list[Changed]) -> None:
    try:
        changed.append(await writer.change(part.uri, lambda entity: apply(entity, part)))
    except Problem as problem:
        outcome.problems[part.uri] = problem
    else:
        if part.uri not in outcome.updated:
            outcome.updated.append(part.uri)


def _fragment(part: Entity) -> Fragment:
    return Fragment(part.attributes, part.types, part.scopes or None)


def _append(now: str, *, overwrite: bool = True) -> Apply:
    def apply(entity: Entity, part: Entity) -> None:
        changes.append(entity, _fragment(part), now=now, overwrite=overwrite)

    return apply


def _replace(now: str) -> Apply:
    def apply(entity: Entity, part: Entity) -> None:
        created = entity.created_at
        changes.stamp_new(part, now=now)
        entity.types = part.types or entity.types
        entity.attributes, entity.scopes = part.attributes, part.scopes
        entity.created_at, entity.modified_at = created, now

    return apply


OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("POST", "/entityOperations/create", create),
    operation("POST", "/entityOperations/upsert", upsert),
    operation("POST", "/entityOperations/update", update),
    operation("POST", "/entityOperations/merge", merge, "observedAt lang"),
    operation("POST", "/entityOperations/delete", delete),
)
