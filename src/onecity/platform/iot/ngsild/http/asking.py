"""What a request asks of entities: which ones, and how they are shown."""

from collections.abc import Mapping
from typing import Any, Final

from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.negotiation import GEO
from onecity.platform.iot.ngsild.rules import geometry, names
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.projections import CORE_MEMBERS, Projection, projection
from onecity.platform.iot.ngsild.rules.queries import All, Either, Node, parse_query
from onecity.platform.iot.ngsild.rules.rendering import Style, show_entity, to_feature
from onecity.platform.iot.ngsild.rules.selections import parse_scopes, parse_types
from onecity.platform.iot.ngsild.store.reading import EntityQuery

SHOWING: Final = "attrs pick omit datasetId lang geometryProperty join joinLevel containedBy entityMap"
ASKING: Final = (
    "id type idPattern q csf georel geometry coordinates geoproperty scopeQ limit offset count expandValues jsonKeys"
    f" {SHOWING}"
)
_STAMPS: Final = frozenset({f"{names.NGSI}createdAt", f"{names.NGSI}modifiedAt", f"{names.NGSI}deletedAt"})
LONGEST_LIST: Final = 1_000


def shown_of(call: Call, given: Mapping[str, Any]) -> Projection:
    """Return which members of entities are shown. given: parameters, or members of a query in a body.

    Raises: BadRequestData.
    """
    attrs = listed(given.get("attrs"), where="attrs")
    return projection(
        attrs=attrs,
        pick=",".join(listed(given.get("pick"), where="pick", whole=True)),
        omit=",".join(listed(given.get("omit"), where="omit", whole=True)),
        dataset=",".join(listed(given.get("datasetId"), where="datasetId")),
        terms=call.terms,
    )


def style_of(call: Call, given: Mapping[str, Any], *, shown: Projection) -> Style:
    """Return how entities are written."""
    language = given.get("lang", "")
    if not isinstance(language, str):
        raise BadRequestData("lang: not a text")
    return Style(call.terms, call.form(), "sysAttrs" in call.options, language, shown)


def query_of(call: Call, given: Mapping[str, Any], *, shown: Projection) -> EntityQuery:
    """Return which entities are wanted.

    Raises: BadRequestData, also where the query names nothing to go by.
    Source: ETSI GS CIM 009 V1.8.1, clause 5.7.2.
    """
    limit, offset, count = call.page()
    uris = tuple(names.uri(item) for item in listed(given.get("id"), where="id"))
    kinds, pattern = given.get("type"), given.get("idPattern", "")
    node = node_of(call, given)
    place = place_of(call, given)
    found = EntityQuery(
        uris=uris,
        pattern=_text(pattern, "idPattern"),
        types=parse_types(_text(kinds, "type"), terms=call.terms) if kinds and kinds != "*" else None,
        needed=frozenset(iri for iri in shown.needed() if iri not in CORE_MEMBERS),
        query=node,
        place=place,
        scopes=parse_scopes(_text(given["scopeQ"], "scopeQ")) if given.get("scopeQ") else None,
        limit=limit,
        offset=offset,
        count=count,
    )
    enough = found.types or found.needed or _speaks_of_attributes(node) or place or uris or found.scopes or kinds == "*"
    if not enough and not call.flag("local"):
        raise BadRequestData("a query names a type, an attribute, a query, a place, or local=true")
    return found


def node_of(call: Call, given: Mapping[str, Any]) -> Node | None:
    """Return the condition on attributes, None if there is none."""
    text = given.get("q")
    if text is None:
        return None
    expanded = frozenset(call.terms.expand(item) for item in listed(given.get("expandValues"), where="expandValues"))
    return parse_query(_text(text, "q").strip(), terms=call.terms, expanded=expanded)


def place_of(call: Call, given: Mapping[str, Any]) -> geometry.GeoQuery | None:
    """Return the condition on the place, None if there is none.

    Raises: BadRequestData where only parts of one are given.
    """
    if not any(given.get(name) is not None for name in ("georel", "geometry", "coordinates")):
        return None
    attribute = given.get("geoproperty")
    iri = call.terms.expand(names.name(attribute, where="geoproperty")) if attribute else geometry.LOCATION
    return geometry.query(given, attribute=iri)


def listed(value: object, *, where: str, whole: bool = False) -> tuple[str, ...]:
    """Return the texts of a list, or of a text with commas; `whole`: a text stays as it is.

    Raises: BadRequestData.
    """
    if value is None:
        return ()
    items = [value] if isinstance(value, str) and whole else value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > LONGEST_LIST or not all(isinstance(item, str) for item in items):
        raise BadRequestData(f"{where}: not a list of texts")
    found = tuple(item.strip() for item in items)
    if not all(found):
        raise BadRequestData(f"{where}: is empty")
    return found


def shown_entities(call: Call, entities: list[Entity], style: Style, given: Mapping[str, Any]) -> Any:
    """Return a list of entities as the answer's media type has them."""
    if call.media != GEO:
        return [show_entity(entity, style) for entity in entities]
    place = place_shown(call, given)
    return {"type": "FeatureCollection", "features": [to_feature(entity, style, place=place) for entity in entities]}


def place_shown(call: Call, given: Mapping[str, Any]) -> str:
    """Return the attribute that gives a feature its geometry."""
    name = given.get("geometryProperty") or "location"
    return call.terms.expand(names.name(name, where="geometryProperty"))


def _speaks_of_attributes(node: Node | None) -> bool:
    if node is None:
        return False
    if isinstance(node, All | Either):
        return any(_speaks_of_attributes(part) for part in node.parts)
    return node.path.chain[0] not in _STAMPS


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadRequestData(f"{where}: not a text")
    return value
