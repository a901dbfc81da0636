"""Water stations: what they measure, how it travels, rules of the first day, their layer and figures."""

from typing import Final

from onecity.domains.environment.permissions import MANAGE_WATER, VIEW_STANDARDS
from onecity.domains.environment.rules.water.codes import CLASS, GAP, WATER_STATION
from onecity.domains.environment.rules.water.items import CLASSES
from onecity.domains.environment.selectors.water.figures import good_share, section_rows, target_share
from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.kernel.units import DEGREE_CELSIUS, MICROSIEMENS_PER_CENTIMETRE, MILLIGRAM_PER_LITRE, ONE, PH, TURBIDITY
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.identity.declare import Permission
from onecity.platform.indicators.declare import Indicator
from onecity.platform.iot.declare import (
    AlarmRule,
    Command,
    DeviceType,
    Limits,
    ObservationWatch,
    ObservedProperty,
    Period,
    Protocol,
    ProtocolMapping,
    Severity,
    WireField,
)
from onecity.web.declare import HomeEntry, Menu

_HOUR_S: Final = 3600
_WIRE: Final = {
    "w01001": "ph",
    "w01009": "do",
    "w01019": "codmn",
    "w21003": "nh3n",
    "w21011": "tp",
    "w21001": "tn",
    "w01010": "water_temperature",
    "w01014": "conductivity",
    "w01003": "turbidity",
}
"""Source: HJ 212-2017, appendix B; w01003 as field software uses it."""
STATION: Final = DeviceType(
    code=WATER_STATION,
    name=zh("地表水自动站"),
    properties=(
        ObservedProperty("ph", zh("pH值"), PH, decimals=2),
        ObservedProperty("do", zh("溶解氧"), MILLIGRAM_PER_LITRE, decimals=2),
        ObservedProperty("codmn", zh("高锰酸盐指数"), MILLIGRAM_PER_LITRE, decimals=2),
        ObservedProperty("nh3n", zh("氨氮"), MILLIGRAM_PER_LITRE, decimals=3),
        ObservedProperty("tp", zh("总磷"), MILLIGRAM_PER_LITRE, decimals=3),
        ObservedProperty("tn", zh("总氮"), MILLIGRAM_PER_LITRE, decimals=2),
        ObservedProperty("water_temperature", zh("水温"), DEGREE_CELSIUS),
        ObservedProperty("conductivity", zh("电导率"), MICROSIEMENS_PER_CENTIMETRE),
        ObservedProperty("turbidity", zh("浊度"), TURBIDITY),
        ObservedProperty(CLASS, zh("水质类别"), ONE, decimals=0),
        ObservedProperty(GAP, zh("劣于水质目标的级数"), ONE, decimals=0),
    ),
    mappings=(ProtocolMapping(Protocol.HJ212, tuple(WireField(wire, code) for wire, code in _WIRE.items())),),
    commands=(Command("set_time", zh("校时")),),
    silent_after_s=10 * _HOUR_S,
    icon="droplet",
)
_RULES: Final = (
    AlarmRule(
        code="environment.water_below_target",
        name=zh("水质劣于目标"),
        device_type=WATER_STATION,
        property_code=GAP,
        kind="above",
        limits=Limits(upper=0, hold_count=2, gap_s=24 * _HOUR_S),
        text=zh("{device}连续两次水质劣于目标{value}级（{time}）"),
        period=Period.HOUR,
        severity=Severity.MINOR,
        source="GB 3838-2002",
    ),
    AlarmRule(
        code="environment.water_worst",
        name=zh("水质为劣Ⅴ类"),
        device_type=WATER_STATION,
        property_code=CLASS,
        kind="above",
        limits=Limits(upper=5),
        text=zh("{device}水质为劣Ⅴ类（{time}）"),
        period=Period.HOUR,
        severity=Severity.MAJOR,
        source="GB 3838-2002",
    ),
    AlarmRule(
        code="environment.water_no_data",
        name=zh("水站数据中断"),
        device_type=WATER_STATION,
        property_code=CLASS,
        kind="no_data",
        limits=Limits(silent_s=12 * _HOUR_S),
        text=zh("{device}超过12小时没有完整的监测数据"),
        period=Period.HOUR,
        severity=Severity.NOTICE,
    ),
)
"""Classes are the standard's; how long, how many times is a house rule, and data that staff edit."""
_LAYER: Final = Layer(
    code="environment.water_sections",
    name=zh("地表水水质"),
    group=zh("生态环境"),
    source="""
        SELECT s.id, s.location AS geom, s.name, s.river, COALESCE(x.water_class::text, '') AS level,
            array_to_string(x.worst, ', ') AS worst, x.measured_at
        FROM environment_watersection s
        LEFT JOIN environment_watersample x ON x.section_id = s.id AND x.measured_at = s.current_at
        WHERE s.in_service AND s.location IS NOT NULL
    """,
    geometry="point",
    fields=(
        LayerField("name", zh("断面名称")),
        LayerField("river", zh("所在水体")),
        LayerField("level", zh("水质类别"), "code"),
        LayerField("worst", zh("定类项目")),
        LayerField("measured_at", zh("监测时间"), "moment"),
    ),
    live=True,
    colour="--tone-grey",
    style_field="level",
    classes=tuple(StyleClass(str(item.number), item.numeral, item.css) for item in CLASSES),
    label_field="name",
    link="/water/sections/{id}",
    order=31,
)
_GROUP: Final = zh("地表水")
_FIGURES: Final = (
    Indicator(
        code="environment.water_good_share",
        name=zh("优良水体比例"),
        definition=zh("本月月均水质为Ⅰ类至Ⅲ类的断面数 ÷ 本月有月均水质的断面数"),
        unit="%",
        compute=good_share,
        rows=section_rows,
        group=_GROUP,
        better="higher",
        target=90,
        decimals=1,
        source="GB 3838-2002",
        every_s=60.0,
        order=33,
    ),
    Indicator(
        code="environment.water_target_share",
        name=zh("断面水质达标率"),
        definition=zh("本月月均水质不劣于水质目标的断面数 ÷ 本月有月均水质的断面数"),
        unit="%",
        compute=target_share,
        rows=section_rows,
        group=_GROUP,
        better="higher",
        target=95,
        decimals=1,
        source="GB 3838-2002",
        every_s=60.0,
        order=34,
    ),
)
_ENTRIES: Final = (
    Menu("environment.water", zh("水环境"), "environment:water", portal="citizen", icon="droplet", order=21),
    Menu(
        "environment.water_sections",
        zh("水质断面"),
        "environment:water_sections",
        permission=VIEW_STANDARDS,
        group=zh("生态环境"),
        icon="droplet",
        order=62,
    ),
    Menu(
        "environment.water_limits",
        zh("水质与噪声限值"),
        "environment:limits",
        permission=VIEW_STANDARDS,
        group=zh("生态环境"),
        icon="file-text",
        order=64,
    ),
    HomeEntry(
        "environment.water_citizen",
        zh("水环境"),
        zh("看看身边的河流湖库水质如何"),
        "environment:water",
        portal="citizen",
        icon="droplet",
        order=21,
        fragment="environment:water_card",
    ),
)
ITEMS: Final[tuple[Declared, ...]] = (
    STATION,
    ObservationWatch("environment.watch_water", WATER_STATION, (Period.HOUR,)),
    *_RULES,
    _LAYER,
    *_FIGURES,
    *_ENTRIES,
    Permission(VIEW_STANDARDS, zh("查看水质断面、噪声站点和限值管理"), scoped=False),
    Permission(MANAGE_WATER, zh("管理水质断面、限值和发布数据导入"), scoped=False),
)
