"""Entities and parts of entities as clients write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.attributes import Attributes, read_attribute, simplified
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.terms import Terms

NOT_ATTRIBUTES: Final = frozenset(
    {"id", "@id", "type", "@type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt"}
)
MOST_ATTRIBUTES: Final = 2_000
GEOJSON_OWN: Final = frozenset({"geometry", "properties"})


@dataclass(slots=True)
class Entity:
    """An entity as it is kept. types: whole IRIs. Instants of the rows are those of the entity itself."""

    uri: str
    types: list[str]
    attributes: Attributes = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)
    created_at: str = ""
    modified_at: str = ""
    deleted_at: str = ""


@dataclass(slots=True)
class Fragment:
    """A part of an entity that a change brings. scopes: None where the change does not speak of them."""

    attributes: Attributes
    types: list[str] = field(default_factory=list)
    scopes: list[str] | None = None
    uri: str = ""


def read_entity(raw: object, *, terms: Terms, bare: bool = False, fragment: bool = False) -> Entity:
    """Return an entity from its JSON.

    bare: attributes are given by their values only (`options=keyValues`).
    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 4.5.1, 5.2.4, 5.6.1.
    """
    members = _members(raw)
    uri = names.uri(members.get("id", members.get("@id")))
    types = read_types(members.get("type", members.get("@type")), terms=terms)
    scopes = names.scopes(members["scope"]) if members.get("scope") not in (None, []) else []
    return Entity(uri, types, _attributes(members, terms=terms, bare=bare, fragment=fragment), scopes)


def read_fragment(raw: object, *, terms: Terms, bare: bool = False) -> Fragment:
    """Return a part of an entity: attributes, and perhaps types and scopes.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clause 5.2.4 (Entity Fragment).
    """
    members = _members(raw)
    identifier = members.get("id", members.get("@id"))
    kinds = members.get("type", members.get("@type"))
    scope = members.get("scope")
    return Fragment(
        _attributes(members, terms=terms, bare=bare, fragment=True),
        types=[] if kinds is None else read_types(kinds, terms=terms),
        scopes=None if scope is None else [] if scope in (names.NULL, []) else names.scopes(scope),
        uri="" if identifier is None else names.uri(identifier),
    )


def read_types(raw: object, *, terms: Terms) -> list[str]:
    """Return whole IRIs of one type or several.

    Raises: BadRequestData if there is none.
    """
    kinds = raw if isinstance(raw, list) else [raw]
    if not kinds or raw is None or raw == "":
        raise BadRequestData("type: is missing")
    return list(dict.fromkeys(terms.expand(names.name(kind, where="type")) for kind in kinds))


def _members(raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise BadRequestData("not an entity")
    if raw.get("type") == "Feature" and isinstance(raw.get("properties"), dict):
        inside = {key: value for key, value in raw.items() if key not in {"type", "properties", "geometry"}}
        return {**raw["properties"], **inside}
    return raw


def _attributes(members: Mapping[str, Any], *, terms: Terms, bare: bool, fragment: bool) -> Attributes:
    found: Attributes = {}
    if len(members) > MOST_ATTRIBUTES:
        raise BadRequestData("too many attributes")
    for key, value in members.items():
        if key in NOT_ATTRIBUTES:
            continue
        iri = terms.expand(names.name(key))
        if iri in found:
            raise BadRequestData(f"{key}: given twice")
        if bare:
            found[iri] = simplified(value, terms=terms, name=key)
        elif value == []:
            raise BadRequestData(f"{key}: no instance")
        else:
            found[iri] = read_attribute(value, terms=terms, name=key, fragment=fragment)
    return found
