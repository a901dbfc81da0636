"""Where the air has its place: on the map, in menus, on home pages."""

from typing import Final

from onecity.domains.environment.permissions import VIEW_AIR
from onecity.domains.environment.rules.levels import LEVELS
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.web.declare import HomeEntry, Menu

STATIONS_SQL: Final = """
    SELECT s.device_id AS id, s.location AS geom, s.name, COALESCE(h.aqi::text, '—') AS aqi,
        COALESCE(h.level::text, '') AS level, array_to_string(h.primary, ', ') AS primary_pollutants,
        h.begins_at + interval '1 hour' AS ends_at
    FROM environment_airstation s
    LEFT JOIN environment_stationhour h ON h.station_id = s.device_id AND h.begins_at = s.current_at
    WHERE s.in_service AND s.location IS NOT NULL
"""
STATIONS: Final = Layer(
    code="environment.air_stations",
    name=zh("空气质量"),
    group=zh("生态环境"),
    source=STATIONS_SQL,
    geometry="point",
    fields=(
        LayerField("name", zh("站点")),
        LayerField("aqi", zh("空气质量指数")),
        LayerField("level", zh("级别"), "code"),
        LayerField("primary_pollutants", zh("首要污染物")),
        LayerField("ends_at", zh("小时结束"), "moment"),
    ),
    live=True,
    colour="--tone-grey",
    style_field="level",
    classes=tuple(StyleClass(str(item.number), item.category, f"--air-{item.number}") for item in LEVELS),
    label_field="aqi",
    link="/air/stations/{id}",
    order=30,
    shown_at_first=True,
)

_TEXT: Final = zh("看看现在的空气：指数、首要污染物和健康提示")
ENTRIES: Final = (
    Menu("environment.air", zh("空气质量"), "environment:air", portal="citizen", icon="wind", order=20),
    Menu(
        "environment.stations",
        zh("空气站点"),
        "environment:stations",
        permission=VIEW_AIR,
        group=zh("生态环境"),
        icon="wind",
        order=60,
    ),
    Menu(
        "environment.method",
        zh("评价方法"),
        "environment:method",
        permission=VIEW_AIR,
        group=zh("生态环境"),
        icon="file-text",
        order=61,
    ),
    HomeEntry(
        "environment.citizen",
        zh("空气质量"),
        _TEXT,
        "environment:air",
        portal="citizen",
        icon="wind",
        order=20,
        fragment="environment:air_card",
    ),
    HomeEntry(
        "environment.workbench",
        zh("空气质量"),
        zh("全市和各站点最近一小时的空气质量"),
        "environment:stations",
        portal="workbench",
        permission=VIEW_AIR,
        icon="wind",
        order=40,
        fragment="environment:air_card",
    ),
    HomeEntry(
        "environment.cockpit",
        zh("空气质量"),
        zh("全市和各站点最近一小时的空气质量"),
        "environment:air",
        portal="cockpit",
        icon="wind",
        order=40,
        fragment="environment:air_stream",
    ),
)
