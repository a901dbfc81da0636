"""Attributes as clients write them, and as they are kept.

A kept attribute is a list of instances, one for each dataset. An instance is a JSON object:

    type        Property, Relationship …
    value | object | languageMap | vocab | json | valueList | objectList      what it says, by its type
    observedAt, createdAt, modifiedAt      instants in the form of `moments.kept`
    unitCode, datasetId, objectType
    moment      where the value is a date and time: the same in the form of `moments.kept`
    subs        attributes of the attribute, by IRI
    null        true: an instruction to delete it (only in fragments)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onecity.platform.iot.ngsild.rules import geometry, moments, names
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.terms import Terms

Instance = dict[str, Any]
Attributes = dict[str, list[Instance]]

MAIN: Final = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
"""Which member says what an attribute of a type says. Source: ETSI GS CIM 009 V1.8.1, clauses 4.5.2 to 4.5.24."""
_CONCISE: Final = (
    ("value", "Property"), ("object", "Relationship"), ("languageMap", "LanguageProperty"), ("vocab", "VocabProperty"),
    ("json", "JsonProperty"), ("valueList", "ListProperty"), ("objectList", "ListRelationship"),
)  # fmt: skip
_OWN: Final = frozenset({
    "type", "value", "object", "objectType", "languageMap", "vocab", "json", "valueList", "objectList", "observedAt",
    "unitCode", "datasetId", "createdAt", "modifiedAt", "deletedAt", "instanceId", "@context", "previousValue",
    "previousObject", "previousLanguageMap", "previousVocab", "previousJson", "previousValueList", "entity",
    "previousObjectList", "entityList",
})  # fmt: skip
DEEPEST: Final = 8
MOST_INSTANCES: Final = 1_000


@dataclass(frozen=True, slots=True)
class _How:
    """Under which name a value is read, in which context, and whether it is part of a change."""

    name: str
    terms: Terms
    fragment: bool


def read_attribute(raw: object, *, terms: Terms, name: str, fragment: bool = False, depth: int = 0) -> list[Instance]:
    """Return the instances of an attribute in the normalised, concise or simplified form.

    fragment: the attribute is part of a change, where `urn:ngsi-ld:null` deletes.
    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 4.5.2 to 4.5.5, 4.5.9.
    """
    if depth > DEEPEST:
        raise BadRequestData(f"{name}: nested too deeply")
    several = isinstance(raw, list) and bool(raw) and all(_looks_like_attribute(item) for item in raw)
    items: Sequence[object] = raw if several and isinstance(raw, list) else [raw]
    if len(items) > MOST_INSTANCES:
        raise BadRequestData(f"{name}: too many instances")
    found = [_read(item, terms=terms, name=name, fragment=fragment, depth=depth) for item in items]
    datasets = [item.get("datasetId", "") for item in found]
    if len(set(datasets)) != len(datasets):
        raise BadRequestData(f"{name}: several instances of one dataset")
    return found


def simplified(raw: object, *, terms: Terms, name: str) -> list[Instance]:
    """Return an attribute given by its bare value.

    Source: ETSI GS CIM 009 V1.8.1, clause 4.5.4.
    """
    if raw is None:
        raise BadRequestData(f"{name}: null is no value")
    if isinstance(raw, dict) and set(raw) == {"languageMap"}:
        return [_read({"type": "LanguageProperty", **raw}, terms=terms, name=name, fragment=False, depth=0)]
    if isinstance(raw, dict) and set(raw) in ({"vocab"}, {"json"}):
        return [_read(raw, terms=terms, name=name, fragment=False, depth=0)]
    if raw == names.NULL:
        return [{"type": "Property", "null": True}]
    kind = "GeoProperty" if geometry.looks_like_geometry(raw) else "Property"
    return [_read({"type": kind, "value": raw}, terms=terms, name=name, fragment=False, depth=0)]


def key_of(instance: Mapping[str, Any]) -> str:
    """Return the dataset of an instance, "" for the default one."""
    return str(instance.get("datasetId", ""))


def _looks_like_attribute(raw: object) -> bool:
    if not isinstance(raw, dict):
        return False
    return raw.get("type") in MAIN or ("type" not in raw and any(member in raw for member, _ in _CONCISE))


def _read(raw: object, *, terms: Terms, name: str, fragment: bool, depth: int) -> Instance:
    if raw is None:
        raise BadRequestData(f"{name}: null is no value")
    if raw == names.NULL:
        if not fragment:
            raise BadRequestData(f"{name}: urn:ngsi-ld:null is no value")
        return {"type": "", "null": True}
    members = _with_type(raw, name=name, fragment=fragment)
    kind = members["type"]
    main = MAIN.get(kind, "")
    instance: Instance = {"type": kind}
    if main in members:
        _put_main(instance, members[main], main=main, terms=terms, name=name, fragment=fragment)
    elif not fragment:
        raise BadRequestData(f"{name}: a {kind} needs {main}")
    _put_rest(instance, members, terms=terms, name=name)
    subs = {
        terms.expand(names.name(key, where=f"{name}.{key}")): read_attribute(
            value, terms=terms, name=f"{name}.{key}", fragment=fragment, depth=depth + 1
        )
        for key, value in members.items()
        if key not in _OWN
    }
    if subs:
        instance["subs"] = subs
    return instance


def _with_type(raw: object, *, name: str, fragment: bool) -> dict[str, Any]:
    """Return the members of an attribute, with its type, which the concise form leaves out."""
    if not isinstance(raw, dict):
        return {"type": "Property", "value": raw}
    if raw.get("type") in MAIN:
        return _checked(raw, name=name)
    if geometry.looks_like_geometry(raw):
        return {"type": "GeoProperty", "value": raw}
    named = next(((member, kind) for member, kind in _CONCISE if member in raw), None)
    if named and "type" in raw:
        raise BadRequestData(f"{name}: not a type of attribute: {raw['type']!r}"[:200])
    if named:
        geo = named[1] == "Property" and geometry.looks_like_geometry(raw[named[0]])
        return _checked({**raw, "type": "GeoProperty" if geo else named[1]}, name=name)
    facts = fragment and "type" not in raw and any(key in raw for key in ("observedAt", "unitCode", "datasetId"))
    return {**raw, "type": ""} if facts else {"type": "Property", "value": raw}


def _checked(raw: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    main = MAIN[raw["type"]]
    others = [member for member, _ in _CONCISE if member in raw and member != main]
    if others:
        raise BadRequestData(f"{name}: a {raw['type']} has no {others[0]}")
    return dict(raw)


def _put_main(instance: Instance, value: Any, *, main: str, terms: Terms, name: str, fragment: bool) -> None:
    if value is None:
        raise BadRequestData(f"{name}: null is no {main}")
    if value in (names.NULL, {"@none": names.NULL}):
        if not fragment:
            raise BadRequestData(f"{name}: urn:ngsi-ld:null is no {main}")
        instance["null"] = True
        return
    check = _CHECKS.get(instance["type"])
    instance[main] = check(value, _How(name, terms, fragment)) if check else value
    text = value.get("@value") if isinstance(value, dict) and "@value" in value else value
    moment = moments.is_instant(text) if main == "value" else None
    if moment:
        instance["moment"] = moments.kept(moment)


def _put_rest(instance: Instance, members: Mapping[str, Any], *, terms: Terms, name: str) -> None:
    if "observedAt" in members:
        instance["observedAt"] = (
            names.NULL
            if members["observedAt"] == names.NULL
            else moments.kept(moments.instant(members["observedAt"], where=f"{name}.observedAt"))
        )
    if "unitCode" in members:
        if not isinstance(members["unitCode"], str):
            raise BadRequestData(f"{name}.unitCode: not a text")
        instance["unitCode"] = members["unitCode"]
    if members.get("datasetId") not in (None, "@none"):
        instance["datasetId"] = names.uri(members["datasetId"], where=f"{name}.datasetId")
    if "objectType" in members:
        kinds = members["objectType"] if isinstance(members["objectType"], list) else [members["objectType"]]
        instance["objectType"] = [terms.expand(names.name(kind, where=f"{name}.objectType")) for kind in kinds]


def _object(value: Any, how: _How) -> Any:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise BadRequestData(f"{how.name}.object: nothing is named")
    for item in items:
        names.uri(item, where=f"{how.name}.object")
    return value


def _object_list(value: Any, how: _How) -> Any:
    if not isinstance(value, list):
        raise BadRequestData(f"{how.name}.objectList: not a list")
    plain = [item["object"] if isinstance(item, dict) and set(item) == {"object"} else item for item in value]
    return [names.uri(item, where=f"{how.name}.objectList") for item in plain]


def _value_list(value: Any, how: _How) -> Any:
    if not isinstance(value, list):
        raise BadRequestData(f"{how.name}.valueList: not a list")
    return value


def _language_map(value: Any, how: _How) -> Any:
    if not isinstance(value, dict) or not value:
        raise BadRequestData(f"{how.name}.languageMap: not an object of texts by language")
    for language, text in value.items():
        texts = text if isinstance(text, list) else [text]
        if not all(isinstance(item, str) for item in texts) or (names.NULL in texts and not how.fragment):
            raise BadRequestData(f"{how.name}.languageMap.{language}: not a text")
    return value


def _vocab(value: Any, how: _How) -> Any:
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        raise BadRequestData(f"{how.name}.vocab: not a name")
    found = [how.terms.expand(item) for item in items]
    return found if isinstance(value, list) else found[0]


def _geometry(value: Any, how: _How) -> Any:
    return geometry.checked(value, where=how.name)


_CHECKS: Final = {
    "Relationship": _object,
    "ListRelationship": _object_list,
    "ListProperty": _value_list,
    "LanguageProperty": _language_map,
    "VocabProperty": _vocab,
    "GeoProperty": _geometry,
}
