"""Notifications as their receivers get them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import orjson

from onecity.platform.iot.ngsild.http.negotiation import link_to_context
from onecity.platform.iot.ngsild.rules import geometry, moments
from onecity.platform.iot.ngsild.rules.core import URL
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.projections import Projection
from onecity.platform.iot.ngsild.rules.rendering import Form, Style, show_entity, to_feature
from onecity.platform.iot.ngsild.rules.terms import Terms

_FORMS: Final[Mapping[str, Form]] = {
    "normalized": "normalized", "concise": "concise", "keyValues": "simplified", "simplified": "simplified",
}  # fmt: skip
_CORE: Final = frozenset({"id", "type", "scope"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A notification, written out. headers: of HTTP; the same stand in the metadata of an MQTT message."""

    address: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    timeout_s: float
    notifier: Mapping[str, str]

    def mqtt(self) -> bytes:
        """Return the MQTT message. Source: ETSI GS CIM 009 V1.8.1, clause 7.2."""
        return orjson.dumps({"metadata": self.headers, "body": self.body})


def compose(
    uri: str, definition: Mapping[str, Any], entities: Sequence[Mapping[str, Any]], *, terms: Terms, now: str,
    tenant: str = "",
) -> Letter:  # fmt: skip
    """Return the notification of a subscription about entities as the outbox keeps them.

    Source: ETSI GS CIM 009 V1.8.1, clauses 5.2.14, 5.2.15, 5.3.1, 5.8.6, 6.3.9.
    """
    wanted = definition["notification"]
    endpoint = wanted["endpoint"]
    accept = endpoint.get("accept", "application/json")
    style = _style(definition, terms)
    shown = [_entity(item) for item in entities]
    data: Any = [show_entity(item, style) for item in shown]
    if accept == "application/geo+json":
        place = terms.expand(definition.get("geometryProperty", "location")) or geometry.LOCATION
        data = {"type": "FeatureCollection", "features": [to_feature(item, style, place=place) for item in shown]}
    body: dict[str, Any] = {
        "id": f"urn:ngsi-ld:Notification:{uuid4()}",
        "type": "Notification",
        "subscriptionId": uri,
        "notifiedAt": moments.shown(now),
        "data": data,
    }
    headers = {"Content-Type": accept}
    if accept == "application/ld+json":
        body["@context"] = terms.shown()
    else:
        headers["Link"] = link_to_context(_context(definition, terms))
    headers |= {item["key"]: item["value"] for item in endpoint.get("receiverInfo", ())}
    if tenant:
        headers["NGSILD-Tenant"] = tenant
    notifier = {item["key"]: item["value"] for item in endpoint.get("notifierInfo", ())}
    return Letter(endpoint["uri"], headers, body, float(endpoint.get("timeout", 5_000)) / 1_000, notifier)


def _style(definition: Mapping[str, Any], terms: Terms) -> Style:
    wanted = definition["notification"]
    attributes = wanted.get("attributes")
    projection = Projection(
        wanted=frozenset(attributes) - _CORE if attributes else None,
        picked=frozenset(wanted["pick"]) if wanted.get("pick") else None,
        omitted=frozenset(wanted.get("omit", ())),
    )
    form = _FORMS[wanted.get("format", "normalized")]
    return Style(terms, form, bool(wanted.get("sysAttrs")), definition.get("lang", ""), projection)


def _entity(item: Mapping[str, Any]) -> Entity:
    return Entity(
        item["uri"], item["types"], item["attributes"], item["scopes"], item["created_at"], item["modified_at"],
        item["deleted_at"],
    )  # fmt: skip


def _context(definition: Mapping[str, Any], terms: Terms) -> str:
    named = definition.get("jsonldContext")
    if isinstance(named, str):
        return named
    return terms.written if isinstance(terms.written, str) else URL
