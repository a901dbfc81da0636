"""What a map on a page is told: the base map, the city's view, the layers the visitor may see, the words it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.platform.geo.contracts import Box, CityInfo, GeoJSON, MapSettings
from onecity.platform.geo.declare import Layer
from onecity.platform.geo.registries import BASE_LAYERS, layers
from onecity.platform.geo.selectors.city import city

DEEPEST_SOURCE: Final = 16
"""Tiles are asked for down to this zoom; deeper views enlarge them, to a tenth of a metre."""
_NOWHERE: Final = CityInfo(
    code="",
    name="",
    division_code="",
    longitude=104.0,
    latitude=35.0,
    zoom=3.5,
    bounds=(73.0, 18.0, 135.0, 54.0),
    plane_epsg=4544,
    attribution="",
    is_synthetic=False,
)
"""The whole country, for a map before a city pack was loaded."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What the map is about: a box to show, a pin (longitude, latitude), a shape to stress. Without a box or a pin the
    map shows the city.
    """

    box: Box | None = None
    mark: tuple[float, float] | None = None
    outline: GeoJSON | None = None


def map_settings(
    actor: Actor,
    *,
    name: str,
    shown: Sequence[str] = (),
    offered: Sequence[str] | None = None,
    focus: Focus | None = None,
    picks: bool = False,
    keeps_view: bool = False,
) -> MapSettings:
    """Return the settings of one map, for the template `geo/map.html`.

    name: unique on the page. offered: codes of the layers in the legend; None for all that the actor may see.
    shown: codes switched on at first, beside those that ask for it. picks: it chooses a
    position (see `position_map`). keeps_view: view and layers stand in the address.
    """
    here, about = city() or _NOWHERE, focus or Focus()
    seen = [layer for layer in _visible(actor) if offered is None or layer.code in offered]
    settings: dict[str, object] = {
        "city": _city(here),
        "layers": [
            _layer(layer, shown=layer.code in shown or (offered is None and layer.shown_at_first)) for layer in seen
        ],
        "base": {"tiles": "/tiles/base/{z}/{x}/{y}", "deepest": DEEPEST_SOURCE},
        "box": list(about.box) if about.box else None,
        "mark": list(about.mark) if about.mark else None,
        "outline": orjson.loads(about.outline) if about.outline else None,
        "picks": picks,
        "hash": "map" if keeps_view else "",
        "words": _words(),
    }
    return MapSettings(name=name, settings=settings)


def live_layers(actor: Actor) -> tuple[str, ...]:
    """Return the codes of the layers that change all the time and that the actor may see: what goes on in the city."""
    return tuple(layer.code for layer in _visible(actor) if layer.live)


def position_map(actor: Actor, *, name: str = "position") -> MapSettings:
    """Return the settings of a map that chooses a form's position, for the template `geo/position_field.html`.

    name: unique on the page.
    """
    return map_settings(actor, name=name, offered=(), picks=True)


def legend(settings: MapSettings) -> list[tuple[str, list[dict[str, object]]]]:
    """Return a map's layers as (heading, layers), for the legend."""
    groups: dict[str, list[dict[str, object]]] = {}
    found = settings.settings["layers"]
    assert isinstance(found, list)
    for layer in found:
        groups.setdefault(str(layer["group"]), []).append(layer)
    return list(groups.items())


def _visible(actor: Actor) -> list[Layer]:
    seen = [
        layer
        for layer in layers()
        if layer.code not in BASE_LAYERS and (not layer.permission or actor.may(layer.permission))
    ]
    return sorted(seen, key=lambda layer: (layer.order, layer.code))


def _city(here: CityInfo) -> dict[str, object]:
    notes = [gettext(here.attribution)] if here.attribution else []
    if here.is_synthetic:
        notes.append(gettext("示意图，非真实城市"))
    return {
        "name": here.name,
        "centre": [here.longitude, here.latitude],
        "zoom": here.zoom,
        "bounds": list(here.bounds),
        "attribution": notes,
        "synthetic": here.is_synthetic,
    }


def _layer(layer: Layer, *, shown: bool) -> dict[str, object]:
    return {
        "code": layer.code,
        "name": gettext(layer.name),
        "group": gettext(layer.group),
        "geometry": layer.geometry,
        "fields": [{"name": item.name, "title": gettext(item.title), "kind": item.kind} for item in layer.fields],
        "colour": layer.colour,
        "styleField": layer.style_field,
        "classes": [
            {"value": item.value, "title": gettext(item.title), "colour": item.colour} for item in layer.classes
        ],
        "label": layer.label_field,
        "link": layer.link,
        "live": layer.live,
        "from": layer.min_zoom,
        "to": layer.max_zoom,
        "tiles": f"/tiles/{layer.code}/{{z}}/{{x}}/{{y}}",
        "items": f"/ogc/collections/{layer.code}/items",
        "shown": shown,
    }


def _words() -> dict[str, str]:
    return {
        "map": gettext("地图"),
        "details": gettext("查看详情"),
        "close": gettext("关闭"),
        "zoomIn": gettext("放大"),
        "zoomOut": gettext("缩小"),
        "north": gettext("转回正北"),
        "noPosition": gettext("无法取得您的位置，请在地图上点选"),
        "refused": gettext("未获得定位授权，请在地图上点选或查找地址"),
        "locating": gettext("正在定位……"),
        "rough": gettext("定位误差约{metres}米，请在地图上核对"),
        "pickFirst": gettext("请先确定位置"),
        "pickHere": gettext("点选地图确定位置；也可用方向键移动地图后按回车，选取中心点"),
        "picked": gettext("已选位置"),
        "outside": gettext("该位置不在本市范围内"),
        "nothing": gettext("没有找到"),
        "none": gettext("当前范围内没有内容"),
        "more": gettext("范围内内容较多，请放大地图查看全部"),
        "closer": gettext("放大后显示"),
        "yes": gettext("是"),
        "no": gettext("否"),
        "failed": gettext("地图数据暂时无法读取"),
        "noMap": gettext("此浏览器无法显示地图，请使用下方列表"),
        "division": gettext("行政区划"),
        "grid": gettext("单元网格"),
        "road": gettext("道路"),
        "place": gettext("地点"),
        "point": gettext("坐标"),
    }
