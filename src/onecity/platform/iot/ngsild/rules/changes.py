"""What a change does to an entity: append, update, merge, replace, delete. Entities are changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.attributes import MAIN, Attributes, Instance, key_of
from onecity.platform.iot.ngsild.rules.entities import Entity, Fragment
from onecity.platform.iot.ngsild.rules.problems import BadRequestData, ResourceNotFound

_STAMPS: Final = ("createdAt", "modifiedAt")


@dataclass(slots=True)
class Done:
    """Which attributes a change touched, and which it left, with the reason; by IRI."""

    updated: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def stamp_new(entity: Entity, *, now: str) -> None:
    """Give a new entity and all its attributes their instants."""
    entity.created_at = entity.modified_at = now
    for instances in entity.attributes.values():
        for instance in instances:
            stamp(instance, now=now)


def stamp(instance: Instance, *, now: str, created: str = "") -> None:
    """Give an instance and what is below it its instants."""
    instance["createdAt"] = created or now
    instance["modifiedAt"] = now
    for below in instance.get("subs", {}).values():
        for item in below:
            stamp(item, now=now, created=item.get("createdAt", ""))


def append(entity: Entity, change: Fragment, *, now: str, overwrite: bool = True) -> Done:
    """Add attributes; those that are there are replaced, or left if `overwrite` is false.

    Source: ETSI GS CIM 009 V1.8.1, clause 5.6.3.
    """
    done = Done()
    for iri, instances in change.attributes.items():
        for instance in instances:
            there = _find(entity, iri, key_of(instance))
            if there is not None and not overwrite:
                done.left[iri] = "attribute exists already"
            else:
                _put(entity, iri, instance, now=now)
                done.updated.append(iri)
    _types_and_scopes(entity, change, done)
    return _finish(entity, done, now=now)


def update(entity: Entity, change: Fragment, *, now: str) -> Done:
    """Replace attributes that are there; leave the others out.

    Source: ETSI GS CIM 009 V1.8.1, clause 5.6.2.
    """
    done = Done()
    for iri, instances in change.attributes.items():
        for instance in instances:
            if _find(entity, iri, key_of(instance)) is None:
                done.left[iri] = "no such attribute"
            else:
                _put(entity, iri, instance, now=now)
                done.updated.append(iri)
    _types_and_scopes(entity, change, done)
    return _finish(entity, done, now=now)


def update_partially(entity: Entity, iri: str, change: Instance, *, now: str) -> None:
    """Change single members of one instance of an attribute.

    Raises: ResourceNotFound; BadRequestData if its type would change.
    Source: ETSI GS CIM 009 V1.8.1, clause 5.6.4.
    """
    there = _find(entity, iri, key_of(change))
    if there is None:
        raise ResourceNotFound("no such attribute")
    _check_type(there, change, iri)
    if change.get("null"):
        _remove(entity, iri, key_of(change))
    else:
        main = MAIN[there["type"]]
        if main in change:
            there.pop("moment", None)
        _take_members(there, change, now=now)
        stamp(there, now=now, created=there.get("createdAt", now))
    _finish(entity, Done([iri]), now=now)


def replace_attribute(entity: Entity, iri: str, change: Instance, *, now: str) -> None:
    """Put one instance of an attribute in the place of another.

    Raises: ResourceNotFound; BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clause 5.6.19.
    """
    there = _find(entity, iri, key_of(change))
    if there is None:
        raise ResourceNotFound("no such attribute")
    _check_type(there, change, iri)
    _put(entity, iri, change, now=now)
    _finish(entity, Done([iri]), now=now)


def merge(entity: Entity, change: Fragment, *, now: str, observed: str = "", language: str = "") -> Done:
    """Merge a part into an entity: what is named changes, deep inside of values too; null deletes.

    observed: taken as `observedAt` where the change gives none. language: into which a bare text goes.
    Raises: BadRequestData if the type of an attribute would change.
    Source: ETSI GS CIM 009 V1.8.1, clauses 5.5.12, 5.6.17.
    """
    done = Done()
    for iri, instances in change.attributes.items():
        for instance in instances:
            _merge_instance(entity, iri, instance, now=now, observed=observed, language=language)
            done.updated.append(iri)
    _types_and_scopes(entity, change, done)
    return _finish(entity, done, now=now)


def delete_attribute(entity: Entity, iri: str, *, now: str, dataset: str = "", everything: bool = False) -> None:
    """Take an attribute away: one instance, or all.

    Raises: ResourceNotFound. Source: ETSI GS CIM 009 V1.8.1, clause 5.6.5.
    """
    if iri not in entity.attributes or (not everything and _find(entity, iri, dataset) is None):
        raise ResourceNotFound("no such attribute")
    if everything:
        del entity.attributes[iri]
    else:
        _remove(entity, iri, dataset)
    _finish(entity, Done([iri]), now=now)


def copied(attributes: Attributes) -> Attributes:
    """Return attributes that may be changed without touching the given ones."""
    return {iri: [_copy(item) for item in instances] for iri, instances in attributes.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _find(entity: Entity, iri: str, dataset: str) -> Instance | None:
    return next((item for item in entity.attributes.get(iri, ()) if key_of(item) == dataset), None)


def _remove(entity: Entity, iri: str, dataset: str) -> None:
    kept = [item for item in entity.attributes.get(iri, ()) if key_of(item) != dataset]
    if kept:
        entity.attributes[iri] = kept
    else:
        entity.attributes.pop(iri, None)


def _put(entity: Entity, iri: str, instance: Instance, *, now: str) -> None:
    """Put an instance in the place of the one of the same dataset, or beside the others; null takes it away."""
    there = _find(entity, iri, key_of(instance))
    if instance.get("null"):
        _remove(entity, iri, key_of(instance))
        return
    if not instance["type"] or MAIN[instance["type"]] not in instance:
        raise BadRequestData(f"{iri}: has no value")
    stamp(instance, now=now, created=there.get("createdAt", "") if there else "")
    if there is None:
        entity.attributes.setdefault(iri, []).append(instance)
    else:
        there.clear()
        there.update(_without_nulls(instance))


def _merge_instance(entity: Entity, iri: str, change: Instance, *, now: str, observed: str, language: str) -> None:
    there = _find(entity, iri, key_of(change))
    if there is None or change.get("null"):
        if there is not None or not change.get("null"):
            fresh = _without_nulls(change)
            if observed and "observedAt" not in fresh and not fresh.get("null"):
                fresh["observedAt"] = observed
            _put(entity, iri, fresh, now=now)
        return
    change = _in_the_type_that_stands(there, change, language=language)
    _check_type(there, change, iri)
    main = MAIN[there["type"]]
    if main in change:
        there.pop("moment", None)
        change = {**change, main: merged(there.get(main), change[main])}
    if observed and "observedAt" in there and "observedAt" not in change:
        change = {**change, "observedAt": observed}
    _take_members(there, change, now=now, deep=True)
    stamp(there, now=now, created=there.get("createdAt", now))


def merged(old: Any, new: Any) -> Any:
    """Return a JSON value after a merge patch in which `urn:ngsi-ld:null` deletes.

    Source: IETF RFC 7396, clause 2; ETSI GS CIM 009 V1.8.1, clause 5.5.12.
    """
    if not isinstance(new, dict):
        return new
    found = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value == names.NULL:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


def _in_the_type_that_stands(there: Instance, change: Instance, *, language: str) -> Instance:
    """Read a bare value as what the attribute is: a reference, a text of a language …"""
    kind = there["type"]
    if change["type"] != "Property" or kind == "Property" or "subs" in change:
        return change
    value = change.get("value")
    if kind == "LanguageProperty" and isinstance(value, str):
        value = {language or "@none": value}
    return {**{key: item for key, item in change.items() if key != "value"}, "type": kind, MAIN[kind]: value}


def _take_members(there: Instance, change: Instance, *, now: str, deep: bool = False) -> None:
    for key, value in change.items():
        if key in {"type", "datasetId", "subs"}:
            continue
        if value == names.NULL:
            there.pop(key, None)
        else:
            there[key] = value
    subs = there.setdefault("subs", {})
    for iri, items in change.get("subs", {}).items():
        holder = Entity("", [], subs)
        for item in items:
            if deep:
                _merge_instance(holder, iri, item, now=now, observed="", language="")
            else:
                _put(holder, iri, item, now=now)
    if not subs:
        del there["subs"]


def _without_nulls(instance: Instance) -> Instance:
    found = {key: value for key, value in instance.items() if value != names.NULL}
    if "subs" in found:
        kept = {
            iri: [_without_nulls(item) for item in items if not item.get("null")]
            for iri, items in found["subs"].items()
        }
        found["subs"] = {iri: items for iri, items in kept.items() if items}
        if not found["subs"]:
            del found["subs"]
    main = MAIN.get(found["type"], "")
    if isinstance(found.get(main), dict) and found["type"] != "GeoProperty":
        found[main] = merged({}, found[main])
    return found


def _check_type(there: Mapping[str, Any], change: Mapping[str, Any], iri: str) -> None:
    if change["type"] and not change.get("null") and change["type"] != there["type"]:
        raise BadRequestData(f"{iri}: is a {there['type']}, not a {change['type']}")


def _types_and_scopes(entity: Entity, change: Fragment, done: Done) -> None:
    added = [kind for kind in change.types if kind not in entity.types]
    entity.types += added
    if added:
        done.updated.append("type")
    if change.scopes is not None:
        entity.scopes = change.scopes
        done.updated.append("scope")


def _finish(entity: Entity, done: Done, *, now: str) -> Done:
    done.updated = list(dict.fromkeys(done.updated))
    if done.updated:
        entity.modified_at = now
    return done
