"""What OGC API Features says of itself: landing page, conformance, collections, and its OpenAPI definition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext

from onecity.platform.geo.contracts import Box
from onecity.platform.geo.declare import Layer
from onecity.platform.geo.rules.feature_query import DEFAULT_LIMIT, LARGEST_LIMIT

GEOJSON: Final = "application/geo+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
JSON: Final = "application/json"
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_CONF: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS_TO: Final = [f"{_CONF}/core", f"{_CONF}/geojson", f"{_CONF}/oas30"]

Document = dict[str, object]


def link(href: str, rel: str, *, media_type: str = JSON, title: str = "") -> Document:
    """Return one link object."""
    return {"href": href, "rel": rel, "type": media_type, **({"title": title} if title else {})}


def landing(base: str, *, title: str) -> Document:
    """Return the landing page.

    Source: OGC 17-069r4, 7.2 (API landing page).
    """
    return {
        "title": title,
        "description": gettext("城市一张图的要素服务（OGC API – Features）"),
        "links": [
            link(f"{base}/", "self"),
            link(f"{base}/api", "service-desc", media_type=OPENAPI),
            link(f"{base}/conformance", "conformance"),
            link(f"{base}/collections", "data"),
        ],
    }


def collection(layer: Layer, *, base: str, box: Box) -> Document:
    """Return a layer as a collection.

    Source: OGC 17-069r4, 7.14 (feature collection).
    """
    here = f"{base}/collections/{layer.code}"
    return {
        "id": layer.code,
        "title": gettext(layer.name),
        "description": gettext(layer.group),
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(box)], "crs": CRS84}},
        "crs": [CRS84],
        "links": [link(here, "self"), link(f"{here}/items", "items", media_type=GEOJSON)],
    }


def collections(layers: Iterable[Layer], *, base: str, box: Box) -> Document:
    """Return the list of collections.

    Source: OGC 17-069r4, 7.13 (feature collections).
    """
    return {
        "links": [link(f"{base}/collections", "self"), link(f"{base}/api", "service-desc", media_type=OPENAPI)],
        "collections": [collection(layer, base=base, box=box) for layer in layers],
    }


def openapi(layers: Sequence[Layer], *, base: str, title: str) -> Document:
    """Return the OpenAPI definition: every collection with its own parameters.

    Source: OGC 17-069r4, 9 (requirements class OpenAPI 3.0).
    """
    paths: Document = {
        "/": _operation("landingPage", "服务首页", {"200": _ok(JSON)}),
        "/conformance": _operation("conformance", "符合性声明", {"200": _ok(JSON)}),
        "/collections": _operation("collections", "图层列表", {"200": _ok(JSON)}),
    }
    for layer in layers:
        paths.update(_collection_paths(layer))
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"parameters": _PARAMETERS, "schemas": _SCHEMAS, "responses": {"Problem": _PROBLEM}},
    }


_PROBLEM: Final[Document] = {
    "description": "problem+json",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
_SCHEMAS: Final[Document] = {"Any": {"type": "object"}}
_PARAMETERS: Final[Document] = {
    "limit": {
        "name": "limit", "in": "query", "required": False, "style": "form", "explode": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
    },
    "bbox": {
        "name": "bbox", "in": "query", "required": False, "style": "form", "explode": False,
        "schema": {
            "type": "array", "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": {"type": "number"},
        },
    },
    "datetime": {
        "name": "datetime", "in": "query", "required": False, "style": "form", "explode": False,
        "schema": {"type": "string"},
    },
    "after": {"name": "after", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0}},
    "f": {"name": "f", "in": "query", "required": False, "schema": {"type": "string", "enum": ["json", "geojson"]}},
    "featureId": {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer"}},
}  # fmt: skip


def _collection_paths(layer: Layer) -> Document:
    here, name = f"/collections/{layer.code}", layer.code.replace(".", "_")
    own = [
        {"name": item.name, "in": "query", "required": False, "schema": {"type": "string"}, "description": item.title}
        for item in layer.fields
        if item.kind != "moment"
    ]
    errors: Document = {"400": _refer("responses", "Problem"), "404": _refer("responses", "Problem")}
    shared = [_refer("parameters", key) for key in ("limit", "bbox", "datetime", "after", "f")]
    items = {"200": _ok(GEOJSON), **errors}
    return {
        here: _operation(f"{name}_collection", layer.name, {"200": _ok(JSON), **errors}),
        f"{here}/items": _operation(f"{name}_items", layer.name, items, [*shared, *own]),
        f"{here}/items/{{featureId}}": _operation(
            f"{name}_item", layer.name, items, [_refer("parameters", "featureId")]
        ),
    }


def _operation(
    operation_id: str, summary: str, responses: Document, parameters: Sequence[Mapping[str, object]] = ()
) -> Document:
    get: Document = {
        "operationId": operation_id, "summary": summary, "tags": ["features"], "responses": responses,
        "parameters": list(parameters),
    }  # fmt: skip
    return {"get": get}


def _ok(media_type: str) -> Document:
    return {"description": "OK", "content": {media_type: {"schema": _refer("schemas", "Any")}}}


def _refer(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}
