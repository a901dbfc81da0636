"""What a subscription wishes for, and which changes it wants to hear of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onecity.platform.iot.ngsild.rules import geometry
from onecity.platform.iot.ngsild.rules.geometry import GeoQuery
from onecity.platform.iot.ngsild.rules.queries import Node, parse_query
from onecity.platform.iot.ngsild.rules.selections import Selection, holds, parse_scopes, parse_types
from onecity.platform.iot.ngsild.rules.terms import CORE_TERMS, Terms

USUAL: Final = ("attributeCreated", "attributeUpdated")
TRIGGERS: Final = frozenset({
    "entityCreated", "entityUpdated", "entityDeleted", "attributeCreated", "attributeUpdated", "attributeDeleted",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selector:
    """Which entities: by identifier, by pattern, by type; None or "" for any."""

    uri: str = ""
    pattern: str = ""
    types: Selection | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription, ready to be held against changes."""

    number: int
    tenant: str
    selectors: tuple[Selector, ...]
    watched: frozenset[str]
    triggers: frozenset[str]
    query: Node | None = None
    place: GeoQuery | None = None
    scopes: Selection | None = None
    changes_shown: bool = False
    organisation_id: int | None = None
    everything: bool = True
    shown: frozenset[str] = field(default_factory=frozenset)


def wish_of(
    number: int, definition: Mapping[str, Any], *, terms: Terms, tenant: str, organisation_id: int | None = None,
    everything: bool = True,
) -> Wish:  # fmt: skip
    """Return a subscription's wish. definition: with whole IRIs, except in `q`, which `terms` read.

    Raises: BadRequestData for what is no wish.
    """
    notification = definition.get("notification", {})
    place = definition.get("geoQ")
    text = definition.get("q")
    return Wish(
        number,
        tenant,
        tuple(selector_of(item) for item in definition.get("entities", ())),
        frozenset(definition.get("watchedAttributes", ())),
        frozenset(definition.get("notificationTrigger", USUAL)),
        parse_query(text, terms=terms, expanded=frozenset(definition.get("expandValues", ()))) if text else None,
        geometry.query(place, attribute=place.get("geoproperty", geometry.LOCATION)) if place else None,
        parse_scopes(definition["scopeQ"]) if definition.get("scopeQ") else None,
        bool(notification.get("showChanges")),
        organisation_id,
        everything,
    )


def selector_of(item: Mapping[str, Any]) -> Selector:
    """Return an entity selector whose types are whole IRIs."""
    kinds = item.get("type")
    return Selector(
        item.get("id", ""), item.get("idPattern", ""), parse_types(kinds, terms=CORE_TERMS) if kinds else None
    )


def hears(wish: Wish, happened: Mapping[str, Sequence[str]]) -> bool:
    """Say whether a wish is for one of the things that happened: attributes, by IRI, under the trigger's name."""
    for trigger in wish.triggers & happened.keys():
        if not wish.watched or trigger in {"entityCreated", "entityDeleted"}:
            return True
        if not wish.watched.isdisjoint(happened[trigger]):
            return True
    return False


def has_types(selector: Selector, types: Sequence[str]) -> bool:
    """Say whether an entity's types satisfy a selector."""
    return selector.types is None or holds(selector.types, frozenset(types))
