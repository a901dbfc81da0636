"""Noise stations: what they measure, how it travels, rules of the first day, their layer and figures."""

from typing import Final

from onecity.domains.environment.permissions import MANAGE_NOISE, VIEW_STANDARDS
from onecity.domains.environment.rules.noise.codes import EXCESS, LEQ, NOISE_STATION, PEAK, PEAK_EXCESS
from onecity.domains.environment.selectors.noise.figures import day_share, kept_rows, night_share
from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.kernel.units import DECIBEL
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
STATION: Final = DeviceType(
    code=NOISE_STATION,
    name=zh("声环境自动站"),
    properties=(
        ObservedProperty(LEQ, zh("等效声级"), DECIBEL),
        ObservedProperty(PEAK, zh("最大声级"), DECIBEL),
        ObservedProperty("l10", zh("累积百分声级L10"), DECIBEL),
        ObservedProperty("l50", zh("累积百分声级L50"), DECIBEL),
        ObservedProperty("l90", zh("累积百分声级L90"), DECIBEL),
        ObservedProperty(EXCESS, zh("等效声级超出限值"), DECIBEL),
        ObservedProperty(PEAK_EXCESS, zh("夜间突发噪声超出限值"), DECIBEL),
    ),
    mappings=(
        ProtocolMapping(
            Protocol.HJ212,
            (
                WireField("Leq", LEQ),
                WireField("LMx", PEAK),
                WireField("L10", "l10"),
                WireField("L50", "l50"),
                WireField("L90", "l90"),
            ),
        ),
    ),
    commands=(Command("set_time", zh("校时")),),
    silent_after_s=_HOUR_S,
    icon="volume",
)
"""JSON over MQTT and HTTP names the properties by their codes. Source: HJ 212-2017, appendix B (声环境)."""
_RULES: Final = (
    AlarmRule(
        code="environment.noise_excess",
        name=zh("噪声超标"),
        device_type=NOISE_STATION,
        property_code=EXCESS,
        kind="above",
        limits=Limits(upper=0, hold_s=2 * _HOUR_S, hold_count=2, gap_s=2 * _HOUR_S),
        text=zh("{device}等效声级超出限值{value}分贝（{time}）"),
        period=Period.HOUR,
        severity=Severity.MINOR,
        source="GB 3096-2008",
    ),
    AlarmRule(
        code="environment.noise_peak",
        name=zh("夜间突发噪声"),
        device_type=NOISE_STATION,
        property_code=PEAK_EXCESS,
        kind="above",
        limits=Limits(upper=0),
        text=zh("{device}夜间突发噪声超出允许值{value}分贝（{time}）"),
        period=Period.HOUR,
        severity=Severity.MINOR,
        source="GB 3096-2008",
    ),
)
"""Limits are the standard's and kept as dated rows; how long is a house rule, and data that staff edit."""
_LAYER: Final = Layer(
    code="environment.noise_stations",
    name=zh("声环境"),
    group=zh("生态环境"),
    source="""
        SELECT s.device_id AS id, s.location AS geom, s.name, s.area_code, h.leq_db::text AS leq, h.limit_db::text
            AS limit_db, h.begins_at + interval '1 hour' AS ends_at,
            CASE WHEN h.excess_db IS NULL THEN '' WHEN h.excess_db > 0 THEN 'loud' ELSE 'kept' END AS verdict
        FROM environment_noisestation s
        LEFT JOIN environment_noisehour h ON h.station_id = s.device_id AND h.begins_at = s.current_at
        WHERE s.in_service AND s.location IS NOT NULL
    """,
    geometry="point",
    fields=(
        LayerField("name", zh("站点")),
        LayerField("area_code", zh("声环境功能区"), "code"),
        LayerField("leq", zh("等效声级（分贝）")),
        LayerField("limit_db", zh("当时限值（分贝）")),
        LayerField("verdict", zh("评价"), "code"),
        LayerField("ends_at", zh("小时结束"), "moment"),
    ),
    live=True,
    colour="--tone-grey",
    style_field="verdict",
    classes=(
        StyleClass("kept", zh("达标"), "--tone-green"),
        StyleClass("loud", zh("超标"), "--tone-red"),
    ),
    label_field="leq",
    link="/noise/stations/{id}",
    order=32,
)
_GROUP: Final = zh("声环境")
_FIGURES: Final = (
    Indicator(
        code="environment.noise_day_share",
        name=zh("昼间声环境达标率"),
        definition=zh("最近30天昼间等效声级不超过限值的站点日数 ÷ 有昼间等效声级的站点日数"),
        unit="%",
        compute=day_share,
        rows=kept_rows,
        group=_GROUP,
        better="higher",
        target=95,
        decimals=1,
        source="GB 3096-2008",
        every_s=60.0,
        order=35,
    ),
    Indicator(
        code="environment.noise_night_share",
        name=zh("夜间声环境达标率"),
        definition=zh("最近30天夜间等效声级不超过限值的站点日数 ÷ 有夜间等效声级的站点日数"),
        unit="%",
        compute=night_share,
        rows=kept_rows,
        group=_GROUP,
        better="higher",
        target=85,
        decimals=1,
        source="GB 3096-2008",
        every_s=60.0,
        order=36,
    ),
)
_ENTRIES: Final = (
    Menu("environment.noise", zh("声环境"), "environment:noise", portal="citizen", icon="volume", order=22),
    Menu(
        "environment.noise_stations",
        zh("噪声站点"),
        "environment:noise_stations",
        permission=VIEW_STANDARDS,
        group=zh("生态环境"),
        icon="volume",
        order=63,
    ),
    HomeEntry(
        "environment.noise_citizen",
        zh("声环境"),
        zh("看看附近有多吵，夜里有没有超标"),
        "environment:noise",
        portal="citizen",
        icon="volume",
        order=22,
    ),
)
ITEMS: Final[tuple[Declared, ...]] = (
    STATION,
    ObservationWatch("environment.watch_noise", NOISE_STATION, (Period.MINUTE, Period.HOUR)),
    *_RULES,
    _LAYER,
    *_FIGURES,
    *_ENTRIES,
    Permission(MANAGE_NOISE, zh("管理噪声站点功能区和限值"), scoped=False),
)
