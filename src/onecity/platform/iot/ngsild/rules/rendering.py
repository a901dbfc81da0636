"""Entities as answers show them: normalised, concise, simplified, and as GeoJSON."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from onecity.platform.iot.ngsild.rules import geometry, moments, names
from onecity.platform.iot.ngsild.rules.attributes import MAIN, Attributes, Instance, key_of
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.languages import best_language
from onecity.platform.iot.ngsild.rules.projections import EVERYTHING, Projection
from onecity.platform.iot.ngsild.rules.terms import Terms

Form = Literal["normalized", "concise", "simplified"]
_PLAIN: Final = ("unitCode", "datasetId", "instanceId", "entity", "entityList")
_STAMPS: Final = ("createdAt", "modifiedAt", "deletedAt")


@dataclass(frozen=True, slots=True)
class Style:
    """How an answer is written. language: which text of several is shown; "" shows them all."""

    terms: Terms
    form: Form = "normalized"
    system: bool = False
    language: str = ""
    shown: Projection = EVERYTHING


def show_entity(entity: Entity, style: Style) -> dict[str, Any]:
    """Return an entity as JSON.

    Source: ETSI GS CIM 009 V1.8.1, clauses 4.5.1, 4.5.4, 4.5.9.
    """
    shown, terms = style.shown, style.terms
    found: dict[str, Any] = {}
    if shown.shows("id"):
        found["id"] = entity.uri
    if shown.shows("type"):
        found["type"] = one_or_many([terms.compact(kind) for kind in entity.types])
    if entity.scopes and shown.shows("scope"):
        found["scope"] = one_or_many(entity.scopes)
    if style.system:
        own = {"createdAt": entity.created_at, "modifiedAt": entity.modified_at, "deletedAt": entity.deleted_at}
        found |= {name: moments.shown(text) for name, text in own.items() if text and shown.shows(name)}
    found.update(show_attributes(shown.of(entity.attributes), style))
    return found


def show_attributes(attributes: Attributes, style: Style) -> dict[str, Any]:
    """Return attributes by their short names."""
    return {style.terms.compact(iri): _show(instances, style) for iri, instances in attributes.items()}


def one_or_many(items: list[Any]) -> Any:
    """Return the only item itself, several as a list."""
    return items[0] if len(items) == 1 else items


def show_instance(instance: Instance, style: Style) -> Any:
    """Return one instance of an attribute."""
    if style.form == "simplified":
        return plain_value(instance, style)
    found = _full(instance, style)
    if style.form == "normalized":
        return found
    kind = found.pop("type")
    if kind in {"Property", "GeoProperty"} and set(found) == {"value"} and _safe(found["value"]):
        return found["value"]
    return found


def plain_value(instance: Instance, style: Style) -> Any:
    """Return only what an attribute says.

    Source: ETSI GS CIM 009 V1.8.1, clause 4.5.4.
    """
    found = _main(instance, style)
    kind = instance["type"]
    if kind == "LanguageProperty" and not style.language:
        return {"languageMap": found}
    if kind == "VocabProperty":
        return {"vocab": found}
    if kind == "JsonProperty":
        return {"json": found}
    return found


def to_feature(entity: Entity, style: Style, *, place: str = geometry.LOCATION) -> dict[str, Any]:
    """Return an entity as a GeoJSON feature. place: IRI of the attribute that gives the geometry.

    Source: ETSI GS CIM 009 V1.8.1, clauses 4.5.16, 4.5.17.
    """
    shown = show_entity(entity, style)
    identifier = shown.pop("id", entity.uri)
    instances = entity.attributes.get(place, [])
    wanted = next((item for item in instances if item["type"] == "GeoProperty" and not key_of(item)), None)
    other = next((item for item in instances if item["type"] == "GeoProperty"), None)
    found = wanted or other
    return {"id": identifier, "type": "Feature", "geometry": found["value"] if found else None, "properties": shown}


def _show(instances: list[Instance], style: Style) -> Any:
    if style.form == "simplified" and (len(instances) > 1 or key_of(instances[0])):
        if len(instances) == 1:
            return show_instance(instances[0], style)
        return {"dataset": {key_of(item) or "@none": show_instance(item, style) for item in instances}}
    return one_or_many([show_instance(item, style) for item in instances])


def _full(instance: Instance, style: Style) -> dict[str, Any]:
    kind, main = instance["type"], MAIN[instance["type"]]
    found: dict[str, Any] = {"type": kind}
    if kind == "LanguageProperty" and style.language and isinstance(instance.get(main), dict):
        text, language = best_language(instance[main], style.language)
        found |= {"type": "Property", "value": text} | ({"lang": language} if language else {})
    elif main in instance:
        found[main] = _main(instance, style)
    _put_facts(found, instance, style)
    found.update(show_attributes(instance.get("subs", {}), style))
    return found


def _put_facts(found: dict[str, Any], instance: Instance, style: Style) -> None:
    if "objectType" in instance:
        found["objectType"] = one_or_many([style.terms.compact(kind) for kind in instance["objectType"]])
    found |= {name: instance[name] for name in _PLAIN if name in instance}
    if "observedAt" in instance:
        found["observedAt"] = moments.shown(instance["observedAt"])
    if style.system:
        found |= {name: moments.shown(instance[name]) for name in _STAMPS if name in instance}
    elif "deletedAt" in instance:
        found["deletedAt"] = moments.shown(instance["deletedAt"])
    found |= {name: value for name, value in instance.items() if name.startswith("previous")}


def _main(instance: Instance, style: Style) -> Any:
    kind = instance["type"]
    value = instance.get(MAIN[kind])
    if kind == "VocabProperty" and value != names.NULL:
        return (
            [style.terms.compact(item) for item in value]
            if isinstance(value, list)
            else style.terms.compact(value or "")
        )
    if kind == "LanguageProperty" and style.language and isinstance(value, dict):
        return best_language(value, style.language)[0]
    if kind == "ListRelationship" and style.form != "simplified" and isinstance(value, list):
        return [{"object": item} for item in value]
    return value


def _safe(value: Any) -> bool:
    """Say whether a bare value would be read as the same attribute again."""
    if not isinstance(value, dict):
        return True
    return geometry.looks_like_geometry(value)
