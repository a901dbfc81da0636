"""Air stations: what they measure, how it travels, and the rules that hold from the first day."""

from typing import Final

from onecity.domains.environment.rules.codes import AIR_STATION, AQI, PROPERTY_OF
from onecity.domains.environment.rules.editions import Pollutant
from onecity.kernel.text import zh
from onecity.kernel.units import DEGREE, DEGREE_CELSIUS, KILOPASCAL, METRE_PER_SECOND, ONE, PERCENT
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

_HOUR_S: Final = 3600
_POLLUTANTS: Final = tuple(
    ObservedProperty(PROPERTY_OF[item], item.label, item.unit, decimals=1 if item is Pollutant.CO else 0)
    for item in Pollutant
)

STATION: Final = DeviceType(
    code=AIR_STATION,
    name=zh("环境空气站"),
    properties=(
        *_POLLUTANTS,
        ObservedProperty("temperature", zh("气温"), DEGREE_CELSIUS),
        ObservedProperty("humidity", zh("相对湿度"), PERCENT, decimals=0),
        ObservedProperty("pressure", zh("气压"), KILOPASCAL),
        ObservedProperty("wind_speed", zh("风速"), METRE_PER_SECOND),
        ObservedProperty("wind_direction", zh("风向"), DEGREE, decimals=0),
        ObservedProperty(AQI, zh("空气质量指数"), ONE, decimals=0),
    ),
    mappings=(
        ProtocolMapping(
            Protocol.HJ212,
            (
                WireField("a21026", PROPERTY_OF[Pollutant.SO2]),
                WireField("a21004", PROPERTY_OF[Pollutant.NO2]),
                WireField("a21005", PROPERTY_OF[Pollutant.CO]),
                WireField("a05024", PROPERTY_OF[Pollutant.O3]),
                WireField("a34002", PROPERTY_OF[Pollutant.PM10]),
                WireField("a34004", PROPERTY_OF[Pollutant.PM2_5]),
                WireField("a01001", "temperature"),
                WireField("a01002", "humidity"),
                WireField("a01006", "pressure"),
                WireField("a01007", "wind_speed"),
                WireField("a01008", "wind_direction"),
            ),
        ),
    ),
    commands=(Command("set_time", zh("校时")),),
    silent_after_s=2 * _HOUR_S,
    icon="wind",
)
"""Frames carry no units: a station that sends CO in µg/m³ is registered with a scale of its own.

JSON over MQTT and HTTP names the properties by their codes. Source: HJ 212-2017 and HJ 524-2009, codes of air factors.
"""

WATCH: Final = ObservationWatch("environment.watch_air", AIR_STATION, (Period.HOUR,))

_TEXT: Final = zh("{device}{property}达到{value}，高于{limit}（{time}）")
RULES: Final = (
    AlarmRule(
        code="environment.aqi_polluted",
        name=zh("空气轻度污染"),
        device_type=AIR_STATION,
        property_code=AQI,
        kind="above",
        limits=Limits(upper=100, clear_upper=90, hold_s=2 * _HOUR_S, hold_count=2, gap_s=2 * _HOUR_S),
        text=_TEXT,
        period=Period.HOUR,
        severity=Severity.MINOR,
        source="HJ 633-2026; HJ 633-2012",
    ),
    AlarmRule(
        code="environment.aqi_heavy",
        name=zh("空气重度污染"),
        device_type=AIR_STATION,
        property_code=AQI,
        kind="above",
        limits=Limits(upper=200, clear_upper=180),
        text=_TEXT,
        period=Period.HOUR,
        severity=Severity.MAJOR,
        source="HJ 633-2026; HJ 633-2012",
    ),
    AlarmRule(
        code="environment.aqi_severe",
        name=zh("空气严重污染"),
        device_type=AIR_STATION,
        property_code=AQI,
        kind="above",
        limits=Limits(upper=300, clear_upper=280),
        text=_TEXT,
        period=Period.HOUR,
        severity=Severity.CRITICAL,
        source="HJ 633-2026; HJ 633-2012",
    ),
    AlarmRule(
        code="environment.no_hours",
        name=zh("空气站小时数据中断"),
        device_type=AIR_STATION,
        property_code=AQI,
        kind="no_data",
        limits=Limits(silent_s=4 * _HOUR_S),
        text=zh("{device}超过4小时没有小时数据"),
        period=Period.HOUR,
        severity=Severity.NOTICE,
    ),
)
"""The levels are the standard's; how long and how far back is a house rule, and data that staff edit."""
