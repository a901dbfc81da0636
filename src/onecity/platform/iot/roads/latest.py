"""The newest values of all devices of a type as one map tile: a point for each, with its value, none left out."""

from typing import Final

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.geo.api import parse_tile
from onecity.platform.identity.api import row_scope_on, scope_sql
from onecity.platform.iot.declare import PERIOD_NAMES
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
EXTENT: Final = 4096
_X: Final = f"((ST_X(d.location) + 180) / 360 * (1 << $1::int) - $2::int) * {EXTENT}"
_Y: Final = f"((1 - asinh(tan(radians(ST_Y(d.location)))) / pi()) / 2 * (1 << $1::int) - $3::int) * {EXTENT}"
LATEST_SQL: Final = f"""
    SELECT COALESCE(ST_AsMVT(t, 'latest', {EXTENT}, 'geom', 'id'), ''::bytea) FROM (
        SELECT d.id, ST_MakePoint(round({_X}), round({_Y})) AS geom, l.result AS value, chr(l.quality) AS quality,
            (extract(epoch FROM l.phenomenon_at))::bigint AS at, d.state
        FROM iot_device d
        JOIN iot_datastream s ON s.device_id = d.id AND s.property_code = $5 AND s.period = $6 AND s.sub_value = $7
        JOIN iot_latest l ON l.datastream_id = s.id
        WHERE d.type_code = $4 AND d.state <> 'retired' AND d.location && ST_MakeEnvelope($8, $9, $10, $11, 4326)
            AND {scope_sql(first=12, organisation="d.organisation_id", division="d.division_code")}
    ) t
"""
"""$1–$3 zoom, column, row; $4–$7 type, property, period, kind of value; $8–$11 the degrees shown; then the scope.

Points are put into the tile's own units by arithmetic: `ST_Transform` and `ST_AsMVTGeom` cost three times as much.
Source: Mapbox Vector Tile specification 2.1; OGC 17-083r4, annex D.1 (WebMercatorQuad).
"""


async def latest_tile(request: HotRequest) -> HotResponse:
    """Answer one tile; 204 when no such device lies in it.

    Raises: NoSuchTile; NotFound for a period or kind of value that there is not.
    """
    named = request.path_values
    tile = parse_tile(named["z"], named["x"], named["y"])
    period, kind = request.query.get("period", "real_time"), request.query.get("sub_value", "")
    if period not in PERIOD_NAMES or kind not in SUB_VALUES:
        raise NotFound
    scope = await row_scope_on(request.pool, request.actor, permission=VIEW_DEVICES)
    body = await request.pool.fetchval(
        LATEST_SQL,
        *(tile.z, tile.x, tile.y, named["type"], named["property"], period, kind),
        *(*tile.box, *scope.parameters()),
    )
    assert isinstance(body, bytes)
    if not body:
        return HotResponse(status=204, content_type=MEDIA_TYPE)
    return HotResponse(body, content_type=MEDIA_TYPE)


_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 0}
LATEST_ROADS: Final = (
    Road(
        "GET",
        "/api/iot/v1/latest/{type}/{property}/{z}/{x}/{y}",
        permission(VIEW_DEVICES),
        latest_tile,
        {
            "summary": zh("一类设备某监测项最新值的矢量瓦片，不抽稀"),
            "tags": ["iot"],
            "parameters": [
                *({"name": name, "in": "path", "required": True, "schema": _TEXT} for name in ("type", "property")),
                *({"name": name, "in": "path", "required": True, "schema": _NUMBER} for name in ("z", "x", "y")),
                *({"name": name, "in": "query", "schema": _TEXT} for name in ("period", "sub_value")),
            ],
            "responses": {
                "200": {"description": zh("瓦片"), "content": {MEDIA_TYPE: {}}},
                "204": {"description": zh("瓦片内没有内容")},
            },
        },
    ),
)
