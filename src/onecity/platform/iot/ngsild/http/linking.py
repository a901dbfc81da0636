"""Entities with those that their relationships lead to."""

from typing import Any, Final

from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.rules.attributes import Instance
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.problems import TooComplexQuery
from onecity.platform.iot.ngsild.rules.projections import Projection
from onecity.platform.iot.ngsild.rules.rendering import Style, show_entity
from onecity.platform.iot.ngsild.store.reading import entities_by_uri

DEEPEST: Final = 5
MOST: Final = 10_000


async def with_linked(call: Call, entities: list[Entity], style: Style) -> list[dict[str, Any]]:
    """Return entities with those that relationships lead to: inside of them, or beside.

    Raises: TooComplexQuery. Source: ETSI GS CIM 009 V1.8.1, clause 4.5.23.
    """
    levels = max(1, call.number("joinLevel", 1))
    if levels > DEEPEST:
        raise TooComplexQuery(f"joinLevel: at most {DEEPEST}")
    seen = {entity.uri: entity for entity in entities} | dict.fromkeys(call.names("containedBy"))
    known: dict[str, Entity] = {entity.uri: entity for entity in entities}
    edge = entities
    for _ in range(levels):
        wanted = sorted({uri for entity in edge for uri in targets(entity, style.shown)} - seen.keys())
        if len(known) + len(wanted) > MOST:
            raise TooComplexQuery("too many linked entities")
        found = await entities_by_uri(call.pool, wanted, call.caller)
        known |= found
        seen |= dict.fromkeys(wanted)
        edge = list(found.values())
    if call.query.get("join") == "flat":
        others = [item for uri, item in known.items() if uri not in {entity.uri for entity in entities}]
        plain = Style(style.terms, style.form, style.system, style.language)
        return [show_entity(item, style) for item in entities] + [
            show_entity(item, _below(plain, _leading_to(entities, item.uri, style.shown))) for item in others
        ]
    return [_nested(entity, style, known, levels, frozenset({entity.uri})) for entity in entities]


def targets(entity: Entity, shown: Projection) -> list[str]:
    """Return the entities that the shown relationships of an entity lead to."""
    return [uri for items in shown.of(entity.attributes).values() for item in items for uri in _objects(item)]


def _objects(instance: Instance) -> list[str]:
    value = instance.get("object", instance.get("objectList"))
    if value is None:
        return []
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _leading_to(entities: list[Entity], uri: str, shown: Projection) -> Projection:
    for entity in entities:
        for iri, items in entity.attributes.items():
            if iri in shown.below and any(uri in _objects(item) for item in items):
                return shown.below[iri]
    return Projection()


def _below(style: Style, shown: Projection) -> Style:
    return Style(style.terms, style.form, style.system, style.language, shown)


def _nested(
    entity: Entity, style: Style, known: dict[str, Entity], levels: int, above: frozenset[str]
) -> dict[str, Any]:
    if not levels:
        return show_entity(entity, style)
    shown = style.shown.of(entity.attributes)
    filled = {
        iri: [
            _filled(item, _below(style, style.shown.below.get(iri, Projection())), known, levels, above)
            for item in items
        ]
        for iri, items in shown.items()
    }
    copy = Entity(entity.uri, entity.types, filled, entity.scopes, entity.created_at, entity.modified_at)
    result = show_entity(copy, style)
    if style.form == "simplified":
        for iri, items in filled.items():
            if len(items) == 1 and ("entity" in items[0] or "entityList" in items[0]):
                result[style.terms.compact(iri)] = items[0].get("entity", items[0].get("entityList"))
    return result


def _filled(instance: Instance, style: Style, known: dict[str, Entity], levels: int, above: frozenset[str]) -> Instance:
    found = [
        _nested(known[uri], style, known, levels - 1, above | {uri})
        for uri in _objects(instance)
        if uri in known and uri not in above
    ]
    if not found:
        return instance
    several = isinstance(instance.get("object", instance.get("objectList")), list)
    return {**instance, "entityList": found} if several else {**instance, "entity": found[0]}
