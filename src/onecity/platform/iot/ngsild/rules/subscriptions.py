"""Subscriptions as clients write them: checked, and with names as whole IRIs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from onecity.platform.iot.ngsild.rules import geometry, moments, names
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.queries import parse_query
from onecity.platform.iot.ngsild.rules.selections import Every, One, Selection, parse_scopes, parse_types
from onecity.platform.iot.ngsild.rules.subscribing import TRIGGERS
from onecity.platform.iot.ngsild.rules.terms import Terms

_MEMBERS: Final = frozenset({
    "id", "type", "subscriptionName", "description", "entities", "watchedAttributes", "notificationTrigger",
    "timeInterval", "q", "geoQ", "csf", "isActive", "notification", "expiresAt", "throttling", "temporalQ", "scopeQ",
    "lang", "status", "createdAt", "modifiedAt", "expandValues", "jsonKeys", "jsonldContext", "datasetId", "@context",
    "title", "localOnly",
})  # fmt: skip
_FORMATS: Final = frozenset({"normalized", "keyValues", "simplified", "concise"})
_ACCEPTED: Final = frozenset({"application/json", "application/ld+json", "application/geo+json"})
_COMPUTED: Final = (
    "status", "timesSent", "timesFailed", "lastNotification", "lastFailure", "lastSuccess", "createdAt", "modifiedAt",
)  # fmt: skip
_SCHEMES: Final = ("http://", "https://", "mqtt://", "mqtts://")
SHORTEST_INTERVAL_S: Final = 1


def checked_subscription(raw: object, *, terms: Terms, now: datetime, fragment: bool = False) -> dict[str, Any]:
    """Return a subscription with names as whole IRIs; unknown and computed members are left out.

    fragment: a part that changes one; what it lacks stays as it is.
    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 5.2.12 to 5.2.15, 5.8.1.
    """
    if not isinstance(raw, dict):
        raise BadRequestData("not a subscription")
    found = {key: value for key, value in raw.items() if key in _MEMBERS and key not in _COMPUTED and key != "@context"}
    if (not fragment or "type" in found) and found.get("type") != "Subscription":
        raise BadRequestData("type: a subscription is of the type Subscription")
    if "id" in found:
        names.uri(found["id"])
    empty = [key for key, value in found.items() if value in (None, names.NULL)]
    if empty and not fragment:
        raise BadRequestData(f"{empty[0]}: null is no value")
    for key in found.keys() & _CHECKS.keys() - set(empty):
        found[key] = _CHECKS[key](found[key], terms)
    if not fragment:
        _check_whole(found)
    _check_together(found, terms=terms, now=now)
    return found


def shown_subscription(definition: Mapping[str, Any], *, terms: Terms) -> dict[str, Any]:
    """Return a kept subscription with the names of a context."""
    found = dict(definition)
    if "entities" in found:
        found["entities"] = [
            {**item, "type": _compacted(item["type"], terms)} if "type" in item else item for item in found["entities"]
        ]
    for key in ("watchedAttributes", "expandValues"):
        if key in found:
            found[key] = [terms.compact(iri) for iri in found[key]]
    if "geoproperty" in found.get("geoQ", {}):
        found["geoQ"] = {**found["geoQ"], "geoproperty": terms.compact(found["geoQ"]["geoproperty"])}
    if "notification" in found:
        own = {key: [_member(iri, terms) for iri in found["notification"][key]]
               for key in ("attributes", "pick", "omit") if key in found["notification"]}  # fmt: skip
        found["notification"] = {**found["notification"], **own}
    return found


def entity_selectors(value: object, terms: Terms) -> list[dict[str, Any]]:
    """Return entity selectors with whole IRIs.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 5.2.8, 5.2.33.
    """
    if not isinstance(value, list) or not value:
        raise BadRequestData("entities: not a list of selectors")
    found = []
    for item in value:
        if not isinstance(item, dict) or not ("type" in item or "id" in item or "idPattern" in item):
            raise BadRequestData("entities: a selector names a type")
        kinds = item.get("type")
        if kinds is not None and kinds != "*":
            several = kinds if isinstance(kinds, list) else [kinds]
            if not several or not all(isinstance(kind, str) and kind for kind in several):
                raise BadRequestData("entities: type is not a name")
            kinds = _written(parse_types(",".join(several), terms=terms))
        ids = item.get("id")
        for one in ids if isinstance(ids, list) else [] if ids is None else [ids]:
            names.uri(one, where="entities.id")
        if not isinstance(item.get("idPattern", ""), str):
            raise BadRequestData("entities: idPattern is not a text")
        others = {key: item[key] for key in ("id", "idPattern") if key in item}
        found.append({**others, **({"type": kinds} if kinds not in (None, "*") else {})})
    return found


def check_expiry(text: object, *, now: datetime) -> None:
    """Refuse what has ended already.

    Raises: BadRequestData.
    """
    if text not in (None, names.NULL) and moments.instant(text, where="expiresAt") <= now:
        raise BadRequestData("expiresAt: is past")


def _check_whole(found: Mapping[str, Any]) -> None:
    if "notification" not in found:
        raise BadRequestData("notification is missing")
    if not found.get("entities") and not found.get("watchedAttributes"):
        raise BadRequestData("entities or watchedAttributes is missing")


def _check_together(found: dict[str, Any], *, terms: Terms, now: datetime) -> None:
    if "timeInterval" in found and ("watchedAttributes" in found or "throttling" in found):
        raise BadRequestData("timeInterval goes with neither watchedAttributes nor throttling")
    check_expiry(found.get("expiresAt"), now=now)
    expanded = frozenset(found.get("expandValues", ()))
    if found.get("q") not in (None, names.NULL):
        parse_query(_text(found["q"], terms), terms=terms, expanded=expanded)


def _text(value: object, terms: Terms) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRequestData("not a text")
    return value


def _names(value: object, terms: Terms) -> list[str]:
    if not isinstance(value, list) or not value:
        raise BadRequestData("not a list of names")
    return [_iri(names.name(item), terms) for item in value]


def _iri(item: str, terms: Terms) -> str:
    return item if item in {"id", "type", "scope"} else terms.expand(item)


def _member(iri: str, terms: Terms) -> str:
    return iri if iri in {"id", "type", "scope"} else terms.compact(iri)


def _triggers(value: object, terms: Terms) -> list[str]:
    if not isinstance(value, list) or not value or not all(item in TRIGGERS for item in value):
        raise BadRequestData("notificationTrigger: not a trigger of the standard")
    return value


def _interval(value: object, terms: Terms) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < SHORTEST_INTERVAL_S:
        raise BadRequestData("an interval is a number of seconds above zero")
    return value


def _flag(value: object, terms: Terms) -> bool:
    if not isinstance(value, bool):
        raise BadRequestData("neither true nor false")
    return value


def _place(value: object, terms: Terms) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequestData("geoQ: not an object")
    attribute = value.get("geoproperty")
    iri = terms.expand(names.name(attribute, where="geoproperty")) if attribute else geometry.LOCATION
    geometry.query(value, attribute=iri)
    return {**value, "geoproperty": iri} if attribute else value


def _scopes(value: object, terms: Terms) -> str:
    parse_scopes(_text(value, terms))
    return _text(value, terms)


def _notification(value: object, terms: Terms) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequestData("notification: not an object")
    found = {key: item for key, item in value.items() if key not in _COMPUTED}
    for key in ("attributes", "pick", "omit"):
        if key in found:
            found[key] = _names(found[key], terms)
    if found.get("format", "normalized") not in _FORMATS:
        raise BadRequestData("notification.format: not a form of the standard")
    if found.get("showChanges") and found.get("format") in {"keyValues", "simplified"}:
        raise BadRequestData("notification: showChanges does not go with the simplified form")
    for key in ("sysAttrs", "showChanges"):
        _flag(found.get(key, False), terms)
    _check_endpoint(found.get("endpoint"))
    return found


def _check_endpoint(endpoint: object) -> None:
    if not isinstance(endpoint, dict):
        raise BadRequestData("notification.endpoint is missing")
    address = names.uri(endpoint.get("uri"), where="notification.endpoint.uri")
    if not address.startswith(_SCHEMES):
        raise BadRequestData("notification.endpoint.uri: http, https, mqtt or mqtts")
    if endpoint.get("accept", "application/json") not in _ACCEPTED:
        raise BadRequestData("notification.endpoint.accept: not a media type of the standard")
    for key in ("receiverInfo", "notifierInfo"):
        pairs = endpoint.get(key, [])
        good = isinstance(pairs, list) and all(
            isinstance(item, dict) and isinstance(item.get("key"), str) and isinstance(item.get("value"), str)
            for item in pairs
        )
        if not good:
            raise BadRequestData(f"notification.endpoint.{key}: not a list of keys and values")
    for key in ("timeout", "cooldown"):
        if key in endpoint and (isinstance(endpoint[key], bool) or not isinstance(endpoint[key], int | float)):
            raise BadRequestData(f"notification.endpoint.{key}: not a number of milliseconds")


def _written(selection: Selection) -> str:
    """Return a selection as text, so that it is read again later."""
    if isinstance(selection, One):
        return selection.name
    mark = ";" if isinstance(selection, Every) else ","
    return mark.join(item.name if isinstance(item, One) else f"({_written(item)})" for item in selection.parts)


def _compacted(text: str, terms: Terms) -> str:
    """Return a selection written with whole IRIs with the names of a context."""
    word, out = "", []
    for letter in text + ",":
        if letter in ",;()":
            out.append(terms.compact(word) if word else "")
            out.append(letter)
            word = ""
        else:
            word += letter
    return "".join(out)[:-1]


_CHECKS: Final = {
    "entities": entity_selectors,
    "watchedAttributes": _names,
    "expandValues": _names,
    "notificationTrigger": _triggers,
    "timeInterval": _interval,
    "throttling": _interval,
    "isActive": _flag,
    "geoQ": _place,
    "scopeQ": _scopes,
    "notification": _notification,
    "subscriptionName": _text,
    "description": _text,
    "lang": _text,
}
