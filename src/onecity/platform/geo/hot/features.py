"""OGC API Features, Part 1: Core, under `/ogc`: every declared layer is a collection."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import asyncpg
import orjson
from django.utils.translation import gettext

from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import Box
from onecity.platform.geo.declare import Layer
from onecity.platform.geo.hot import feature_documents as documents
from onecity.platform.geo.hot.feature_documents import GEOJSON, OPENAPI, link
from onecity.platform.geo.registries import layers
from onecity.platform.geo.rules.boxes import WHOLE_WORLD
from onecity.platform.geo.rules.feature_query import (
    BadParameter,
    FeatureQuery,
    parse_feature_query,
    parse_key,
    refuse_unknown,
)
from onecity.platform.geo.selectors.feature_sql import Statement, item_sql, page_sql
from onecity.platform.identity.api import RowScope, row_scope_on
from onecity.web.access import PUBLIC, permission
from onecity.web.errors import problem
from onecity.web.hot import HotHandler, HotRequest, HotResponse, Road, origin

ROOT: Final = "/ogc"
_OPEN: Final = {"access-control-allow-origin": "*"}
_TYPES: Final[dict[str, Mapping[str, str]]] = {}
_BOX: Final = """
    SELECT ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g)
    FROM (SELECT COALESCE(d.geom, c.built_up) AS g FROM geo_city c
          LEFT JOIN geo_division d ON d.code = c.division_code) AS city
"""

Handler = Callable[[HotRequest], Awaitable[HotResponse]]


async def landing(request: HotRequest) -> HotResponse:
    """Answer the landing page."""
    refuse_unknown(request.query)
    return _json(documents.landing(_base(request), title=_title()))


async def conformance(request: HotRequest) -> HotResponse:
    """Answer the conformance classes."""
    refuse_unknown(request.query)
    return _json({"conformsTo": documents.CONFORMS_TO})


async def definition(request: HotRequest) -> HotResponse:
    """Answer the OpenAPI definition of the collections that the actor may see."""
    refuse_unknown(request.query)
    document = documents.openapi(_visible(request), base=_base(request), title=_title())
    return _json(document, media_type=OPENAPI)


async def collections(request: HotRequest) -> HotResponse:
    """Answer the collections that the actor may see."""
    refuse_unknown(request.query)
    box = await _city_box(request.pool)
    return _json(documents.collections(_visible(request), base=_base(request), box=box))


async def collection(request: HotRequest) -> HotResponse:
    """Answer one collection."""
    refuse_unknown(request.query)
    box = await _city_box(request.pool)
    return _json(documents.collection(_layer(request), base=_base(request), box=box))


async def items(request: HotRequest) -> HotResponse:
    """Answer one page of features, with a link to the next one when there is more.

    Source: OGC 17-069r4, 7.15 and 7.16 (features, response).
    """
    layer = _layer(request)
    types = await _types(request.pool, layer)
    query = parse_feature_query(request.query, properties=types)
    statement = page_sql(layer, query=query, scope=await _scope(request, layer), types=types)
    try:
        rows = await request.pool.fetch(statement.sql, *statement.values)
    except asyncpg.DataError:
        raise BadParameter(fields={name: zh("参数值的类型不对") for name, _ in query.equal}) from None
    return HotResponse(orjson.dumps(_page(request, layer, query, rows)), content_type=GEOJSON, headers=_OPEN)


async def item(request: HotRequest) -> HotResponse:
    """Answer one feature.

    Source: OGC 17-069r4, 7.17 (feature).
    """
    refuse_unknown(request.query)
    layer = _layer(request)
    feature_id = parse_key(request.path_values["feature"])
    statement: Statement = item_sql(layer, feature_id=feature_id, scope=await _scope(request, layer))
    row = await request.pool.fetchrow(statement.sql, *statement.values)
    if row is None:
        raise NotFound(zh("没有这个要素"))
    here = f"{_base(request)}/collections/{layer.code}"
    links = [link(f"{here}/items/{row['id']}", "self", media_type=GEOJSON), link(here, "collection")]
    if layer.link:
        links.append(link(origin(request) + layer.link.format(id=row["id"]), "alternate", media_type="text/html"))
    return HotResponse(orjson.dumps({**_feature(row), "links": links}), content_type=GEOJSON, headers=_OPEN)


def _page(request: HotRequest, layer: Layer, query: FeatureQuery, rows: list[asyncpg.Record]) -> documents.Document:
    more = len(rows) > query.limit
    shown = rows[: query.limit]
    here = f"{_base(request)}/collections/{layer.code}"
    links = [
        link(_with(f"{here}/items", request.query), "self", media_type=GEOJSON),
        link(here, "collection"),
    ]
    page: documents.Document = {"type": "FeatureCollection", "features": [_feature(row) for row in shown]}
    if more:
        following = {**request.query, "after": str(shown[-1]["id"])}
        links.append(link(_with(f"{here}/items", following), "next", media_type=GEOJSON))
    elif query.after is None:
        page["numberMatched"] = len(shown)  # known without counting, since everything is on this page
    timestamp = clock.real_now().isoformat(timespec="seconds").replace("+00:00", "Z")
    return {**page, "links": links, "timeStamp": timestamp, "numberReturned": len(shown)}


def _feature(row: asyncpg.Record) -> documents.Document:
    geometry = row["geometry"]
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": orjson.Fragment(geometry) if geometry else None,
        "properties": orjson.Fragment(row["properties"]),
    }


def _layer(request: HotRequest) -> Layer:
    found = layers().get(request.path_values["collection"])
    if found is None:
        raise NotFound(zh("没有这个图层"))
    if found.permission:
        permission(found.permission).check(request.actor)
    return found


def _visible(request: HotRequest) -> list[Layer]:
    seen = [layer for layer in layers() if not layer.permission or request.actor.may(layer.permission)]
    return sorted(seen, key=lambda layer: (layer.order, layer.code))


async def _scope(request: HotRequest, layer: Layer) -> RowScope | None:
    return await row_scope_on(request.pool, request.actor, permission=layer.permission) if layer.scoped else None


async def _types(pool: asyncpg.Pool, layer: Layer) -> Mapping[str, str]:
    """Return the types of a layer's properties by which features may be picked, as the database describes them."""
    if layer.code not in _TYPES:
        async with pool.acquire() as connection:
            statement = await connection.prepare(f"SELECT * FROM ({layer.source}) s LIMIT 0")
            known = {attribute.name: attribute.type.name for attribute in statement.get_attributes()}
        _TYPES[layer.code] = {item.name: known[item.name] for item in layer.fields if item.kind != "moment"}
    return _TYPES[layer.code]


async def _city_box(pool: asyncpg.Pool) -> Box:
    row = await pool.fetchrow(_BOX)
    return (row[0], row[1], row[2], row[3]) if row else WHOLE_WORLD


def _title() -> str:
    return gettext("一城 · 一张图")


def _base(request: HotRequest) -> str:
    return origin(request) + ROOT


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def _json(document: documents.Document, *, media_type: str = documents.JSON) -> HotResponse:
    return HotResponse(orjson.dumps(document), content_type=media_type, headers=_OPEN)


def _strict(handler: Handler) -> HotHandler:
    """Answer bad parameters with 400, as the standard asks; the rest of the city says 422."""

    async def answer(request: HotRequest) -> HotResponse:
        try:
            return await handler(request)
        except Invalid as error:
            body = {**problem(error, instance=request.path), "status": 400}
            return HotResponse(orjson.dumps(body), status=400, content_type="application/problem+json", headers=_OPEN)

    return answer


# Every layer has a rule of its own, which the handlers check.
FEATURE_ROADS: Final = tuple(
    Road("GET", f"{ROOT}{path}", PUBLIC, _strict(handler))
    for path, handler in (
        ("", landing),
        ("/", landing),
        ("/conformance", conformance),
        ("/api", definition),
        ("/collections", collections),
        ("/collections/{collection}", collection),
        ("/collections/{collection}/items", items),
        ("/collections/{collection}/items/{feature}", item),
    )
)
