"""Registrations of other context sources: checked, and with names as whole IRIs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from onecity.platform.iot.ngsild.rules import geometry, moments, names
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.selections import One, Selection, holds, parse_types
from onecity.platform.iot.ngsild.rules.subscriptions import check_expiry, entity_selectors
from onecity.platform.iot.ngsild.rules.terms import CORE_TERMS, Terms

_COMPUTED: Final = frozenset(
    {"status", "timesSent", "timesFailed", "lastSuccess", "lastFailure", "createdAt", "modifiedAt"}
)
_MODES: Final = frozenset({"inclusive", "exclusive", "redirect", "auxiliary"})
_PLACES: Final = ("location", "observationSpace", "operationSpace")
_STRETCHES: Final = ("observationInterval", "managementInterval")


def checked_registration(raw: object, *, terms: Terms, now: datetime, fragment: bool = False) -> dict[str, Any]:
    """Return a registration with names as whole IRIs; computed members are left out.

    fragment: a part that changes one.
    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 5.2.9 to 5.2.11, 5.9.2.
    """
    if not isinstance(raw, dict):
        raise BadRequestData("not a registration")
    found = {key: value for key, value in raw.items() if key not in _COMPUTED and key != "@context"}
    if (not fragment or "type" in found) and found.get("type") != "ContextSourceRegistration":
        raise BadRequestData("type: a registration is of the type ContextSourceRegistration")
    if "id" in found:
        names.uri(found["id"])
    if not fragment and ("information" not in found or "endpoint" not in found):
        raise BadRequestData("information or endpoint is missing")
    if found.get("information") is not None:
        found["information"] = _information(found["information"], terms)
    if found.get("endpoint") is not None:
        names.uri(found["endpoint"], where="endpoint")
    _check_facts(found, now=now)
    return found


def shown_registration(definition: Mapping[str, Any], *, terms: Terms) -> dict[str, Any]:
    """Return a kept registration with the names of a context."""
    found = dict(definition)
    found["information"] = [_compacted(item, terms) for item in definition.get("information", ())]
    return found


def matching_information(
    definition: Mapping[str, Any], *, types: Selection | None, uris: Sequence[str], attributes: frozenset[str]
) -> list[dict[str, Any]]:
    """Return the parts of a registration's information that a query may be answered from.

    Source: ETSI GS CIM 009 V1.8.1, clause 5.12.
    """
    return [
        item
        for item in definition.get("information", ())
        if _fits(item.get("entities"), types, uris) and _speaks(item, attributes)
    ]


def _fits(entities: Sequence[Mapping[str, Any]] | None, types: Selection | None, uris: Sequence[str]) -> bool:
    if not entities:
        return True
    return any(_entity_fits(item, types, uris) for item in entities)


def _entity_fits(item: Mapping[str, Any], types: Selection | None, uris: Sequence[str]) -> bool:
    if uris and "id" in item and item["id"] not in uris:
        return False
    if types is None or "type" not in item:
        return True
    owned = parse_types(item["type"], terms=CORE_TERMS)
    return holds(types, frozenset(_all(owned)))


def _all(selection: Selection) -> list[str]:
    if isinstance(selection, One):
        return [selection.name]
    return [name for part in selection.parts for name in _all(part)]


def _speaks(item: Mapping[str, Any], attributes: frozenset[str]) -> bool:
    own = {*item.get("propertyNames", ()), *item.get("relationshipNames", ()), *item.get("attributeNames", ())}
    return not attributes or not own or not own.isdisjoint(attributes)


def _information(value: object, terms: Terms) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise BadRequestData("information: not a list")
    found = []
    for item in value:
        if not isinstance(item, dict) or not set(item) & {
            "entities",
            "propertyNames",
            "relationshipNames",
            "attributeNames",
        }:
            raise BadRequestData("information: entities or names of attributes are needed")
        own = dict(item)
        if "entities" in item:
            own["entities"] = entity_selectors(item["entities"], terms)
        for key in ("propertyNames", "relationshipNames", "attributeNames"):
            if key in item:
                if not isinstance(item[key], list) or not item[key]:
                    raise BadRequestData(f"information: {key} is not a list of names")
                own[key] = [terms.expand(names.name(name, where=key)) for name in item[key]]
        found.append(own)
    return found


def _check_facts(found: Mapping[str, Any], *, now: datetime) -> None:
    check_expiry(found.get("expiresAt"), now=now)
    if found.get("mode", "inclusive") not in _MODES:
        raise BadRequestData("mode: not one of the standard")
    for key in _PLACES:
        if found.get(key) is not None:
            geometry.checked(found[key], where=key)
    for key in _STRETCHES:
        if found.get(key) is not None:
            _check_stretch(found[key], key)


def _check_stretch(stretch: object, key: str) -> None:
    if not isinstance(stretch, dict):
        raise BadRequestData(f"{key}: not a stretch of time")
    moments.instant(stretch.get("startAt"), where=f"{key}.startAt")
    if "endAt" in stretch:
        moments.instant(stretch["endAt"], where=f"{key}.endAt")


def _compacted(item: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    found = dict(item)
    if "entities" in item:
        found["entities"] = [
            {**one, "type": terms.compact(one["type"])} if "type" in one else one for one in item["entities"]
        ]
    for key in ("propertyNames", "relationshipNames", "attributeNames"):
        if key in item:
            found[key] = [terms.compact(iri) for iri in item[key]]
    return found
