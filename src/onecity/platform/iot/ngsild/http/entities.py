"""Single entities: create, retrieve, replace, merge, delete; and their attributes."""

from typing import Any, Final

from onecity.platform.iot.ngsild.http.answers import answer, empty, location, plain, update_result
from onecity.platform.iot.ngsild.http.asking import SHOWING, place_shown, shown_of, style_of
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.linking import with_linked
from onecity.platform.iot.ngsild.http.negotiation import GEO, JSON, LD
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import changes, moments, names
from onecity.platform.iot.ngsild.rules.attributes import Instance, read_attribute
from onecity.platform.iot.ngsild.rules.entities import Entity, Fragment, read_entity, read_fragment
from onecity.platform.iot.ngsild.rules.problems import (
    AlreadyExists,
    BadRequestData,
    OperationNotSupported,
    ResourceNotFound,
)
from onecity.platform.iot.ngsild.rules.rendering import show_entity, show_instance, to_feature
from onecity.platform.iot.ngsild.store.devices import taken_by_devices
from onecity.platform.iot.ngsild.store.entities import Change, Changed, EntityWriter
from onecity.platform.iot.ngsild.store.reading import entities_by_uri
from onecity.platform.iot.ngsild.store.transactions import in_transaction
from onecity.web.hot import HotResponse


async def create(call: Call) -> HotResponse:
    """Keep a new entity. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.1, 6.4.3.1."""
    entity = read_entity(call.body, terms=call.terms, bare=call.form() == "simplified")
    if await taken_by_devices(call.pool, [entity.uri]):
        raise AlreadyExists(f"{entity.uri} is a device of the city")

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        made = await writer.create(entity)
        if made is None:
            raise AlreadyExists(f"there is an entity {entity.uri}")
        changed.append(made)

    await in_transaction(call.pool, call.caller, work, now=call.now())
    return empty(call, status=201, location=location("entities", entity.uri))


async def retrieve(call: Call) -> HotResponse:
    """Show an entity. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.1, 6.5.3.1."""
    shown = shown_of(call, call.query)
    style = style_of(call, call.query, shown=shown)
    uri = names.uri(call.parts["id"])
    entity = (await entities_by_uri(call.pool, [uri], call.caller)).get(uri)
    needed = shown.needed()
    if entity is None or (needed and needed.isdisjoint(entity.attributes)):
        raise ResourceNotFound(f"no entity {uri}")
    if call.query.get("join") in {"inline", "flat"}:
        found = await with_linked(call, [entity], style)
        flat = call.query["join"] == "flat"
        return await answer(call, found if flat and len(found) > 1 else found[0])
    if call.media == GEO:
        return await answer(call, to_feature(entity, style, place=place_shown(call, call.query)))
    return await answer(call, show_entity(entity, style))


async def replace(call: Call) -> HotResponse:
    """Put an entity in the place of another. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.18, 6.5.3.3."""
    uri = names.uri(call.parts["id"])
    bare = call.form() == "simplified"
    body = {"id": uri, **call.body} if isinstance(call.body, dict) else call.body
    kinds_given = isinstance(call.body, dict) and ("type" in call.body or "@type" in call.body)
    given = read_entity(body if kinds_given else {**body, "type": "x"}, terms=call.terms, bare=bare)
    _check_same(given.uri, uri)

    def put(entity: Entity) -> None:
        created = entity.created_at
        changes.stamp_new(given, now=call.now())
        entity.types = given.types if kinds_given else entity.types
        entity.attributes, entity.scopes = given.attributes, given.scopes
        entity.created_at, entity.modified_at = created, given.modified_at

    await change_one(call, uri, put)
    return empty(call)


async def merge(call: Call) -> HotResponse:
    """Merge a part into an entity. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.17, 6.5.3.4."""
    uri = names.uri(call.parts["id"])
    fragment = _fragment(call, uri, bare=call.form() == "simplified")
    given = call.query.get("observedAt")
    observed = moments.kept(moments.instant(given, where="observedAt")) if given else ""
    language, now = call.query.get("lang", ""), call.now()
    await change_one(
        call, uri, lambda entity: _drop(changes.merge(entity, fragment, now=now, observed=observed, language=language))
    )
    return empty(call)


async def delete(call: Call) -> HotResponse:
    """Take an entity away. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.6, 6.5.3.2."""
    uri = names.uri(call.parts["id"])

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        await _lock(call, writer, uri)
        changed.append(await writer.delete(uri))

    await in_transaction(call.pool, call.caller, work, now=call.now())
    return empty(call)


async def append_attributes(call: Call) -> HotResponse:
    """Add attributes to an entity. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.3, 6.6.3.1."""
    uri = names.uri(call.parts["id"])
    fragment, now = _fragment(call, uri, bare=call.form() == "simplified"), call.now()
    overwrite = "noOverwrite" not in call.options
    done: list[changes.Done] = []
    await change_one(
        call, uri, lambda entity: done.append(changes.append(entity, fragment, now=now, overwrite=overwrite))
    )
    return _updated(call, done[0])


async def update_attributes(call: Call) -> HotResponse:
    """Change attributes of an entity. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.2, 6.6.3.2."""
    uri = names.uri(call.parts["id"])
    fragment, now = _fragment(call, uri, bare=call.form() == "simplified"), call.now()
    done: list[changes.Done] = []
    await change_one(call, uri, lambda entity: done.append(changes.update(entity, fragment, now=now)))
    return _updated(call, done[0])


async def retrieve_attribute(call: Call) -> HotResponse:
    """Show one attribute of an entity. Source: ETSI GS CIM 009 V1.8.1, clause 6.7.3.4 (house extension of reading)."""
    uri, iri = names.uri(call.parts["id"]), _attribute(call)
    entity = (await entities_by_uri(call.pool, [uri], call.caller)).get(uri)
    if entity is None or iri not in entity.attributes:
        raise ResourceNotFound("no such attribute")
    style = style_of(call, call.query, shown=shown_of(call, {}))
    found = [show_instance(item, style) for item in entity.attributes[iri]]
    return await answer(call, found[0] if len(found) == 1 else found)


async def update_attribute(call: Call) -> HotResponse:
    """Change members of an attribute. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.4, 6.7.3.1."""
    uri, iri, now = names.uri(call.parts["id"]), _attribute(call), call.now()
    found = _one_instance(call, fragment=True)
    await change_one(call, uri, lambda entity: changes.update_partially(entity, iri, found, now=now))
    return empty(call)


async def replace_attribute(call: Call) -> HotResponse:
    """Put an attribute in the place of another. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.19, 6.7.3.3."""
    uri, iri, now = names.uri(call.parts["id"]), _attribute(call), call.now()
    found = _one_instance(call, fragment=False)
    await change_one(call, uri, lambda entity: changes.replace_attribute(entity, iri, found, now=now))
    return empty(call)


async def delete_attribute(call: Call) -> HotResponse:
    """Take an attribute away. Source: ETSI GS CIM 009 V1.8.1, clauses 5.6.5, 6.7.3.2."""
    uri, iri, now = names.uri(call.parts["id"]), _attribute(call), call.now()
    everything = call.flag("deleteAll")
    dataset = call.query.get("datasetId", "")
    if dataset:
        names.uri(dataset, where="datasetId")
    await change_one(
        call, uri,
        lambda entity: changes.delete_attribute(entity, iri, now=now, dataset=dataset, everything=everything),
    )  # fmt: skip
    return empty(call)


async def change_one(call: Call, uri: str, change: Change) -> None:
    """Change one entity.

    Raises: ResourceNotFound; OperationNotSupported for a device of the city.
    """

    async def work(writer: EntityWriter, changed: list[Changed]) -> None:
        await _lock(call, writer, uri)
        changed.append(await writer.change(uri, change))

    await in_transaction(call.pool, call.caller, work, now=call.now())


async def _lock(call: Call, writer: EntityWriter, uri: str) -> None:
    if not await writer.lock([uri]) and await taken_by_devices(call.pool, [uri]):
        raise OperationNotSupported("devices of the city are read-only here")


def _fragment(call: Call, uri: str, *, bare: bool) -> Fragment:
    fragment = read_fragment(call.body, terms=call.terms, bare=bare)
    _check_same(fragment.uri, uri)
    if not fragment.attributes and not fragment.types and fragment.scopes is None:
        raise BadRequestData("nothing to change is given")
    return fragment


def _check_same(given: str, uri: str) -> None:
    if given and given != uri:
        raise BadRequestData("the identifier in the body is another than that in the path")


def _attribute(call: Call) -> str:
    return call.terms.expand(names.name(call.parts["attribute"]))


def _one_instance(call: Call, *, fragment: bool) -> Instance:
    body: Any = call.body
    if body in ({}, [], None):
        raise BadRequestData("nothing to change is given")
    found = read_attribute(body, terms=call.terms, name=call.parts["attribute"], fragment=fragment)
    if len(found) != 1:
        raise BadRequestData("one instance at a time")
    return found[0]


def _updated(call: Call, done: changes.Done) -> HotResponse:
    if not done.left:
        return empty(call)
    return plain(call, update_result(call, done.updated, done.left), status=207)


def _drop(done: changes.Done) -> None:
    """Merging reports nothing."""


_ENTITY: Final = "/entities/{id}"
_ATTRIBUTE: Final = "/entities/{id}/attrs/{attribute}"
OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("GET", _ATTRIBUTE, retrieve_attribute, "type lang"),
    operation("PATCH", _ATTRIBUTE, update_attribute, "type"),
    operation("PUT", _ATTRIBUTE, replace_attribute, "type"),
    operation("DELETE", _ATTRIBUTE, delete_attribute, "type deleteAll datasetId"),
    operation("POST", "/entities/{id}/attrs", append_attributes, "type"),
    operation("PATCH", "/entities/{id}/attrs", update_attributes, "type"),
    operation("POST", "/entities", create),
    operation("GET", _ENTITY, retrieve, f"{SHOWING} type", offered=(JSON, LD, GEO)),
    operation("PUT", _ENTITY, replace, "type"),
    operation("PATCH", _ENTITY, merge, "type observedAt lang"),
    operation("DELETE", _ENTITY, delete, "type"),
)
