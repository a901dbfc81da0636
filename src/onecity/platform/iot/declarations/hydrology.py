"""Types of devices of the water's side: stations of SL 651, and the transparent units behind which meters hang."""

from typing import Final

from onecity.kernel.text import zh
from onecity.kernel.units import DEGREE_CELSIUS, METRE, METRE_PER_SECOND, MILLIMETRE, ONE, VOLT, Unit
from onecity.platform.iot.declare import (
    Command,
    DeviceType,
    ObservedProperty,
    Protocol,
    ProtocolMapping,
    WireField,
)

_FLOW: Final = Unit("m3/s", zh("立方米每秒"), "m³/s")
_FIELDS: Final = (
    ("Z", "level"),
    ("ZU", "upstream_level"),
    ("ZB", "downstream_level"),
    ("DRZ1", "level"),
    ("DRP", "rain_5min"),
    ("PJ", "rain_day"),
    ("PT", "rain_total"),
    ("P1", "rain_hour"),
    ("Q", "flow"),
    ("VJ", "velocity"),
    ("AI", "air_temperature"),
    ("C", "water_temperature"),
    ("VT", "supply_voltage"),
    ("door_closed", "door_closed"),
    ("battery_low", "battery_low"),
    ("level_alarm", "level_alarm"),
)
STATION: Final = DeviceType(
    code="iot.hydrology_station",
    name=zh("水文遥测站"),
    properties=(
        ObservedProperty("level", zh("水位"), METRE, decimals=2),
        ObservedProperty("upstream_level", zh("库上水位"), METRE, decimals=2),
        ObservedProperty("downstream_level", zh("库下水位"), METRE, decimals=2),
        ObservedProperty("rain_5min", zh("5分钟降水量"), MILLIMETRE),
        ObservedProperty("rain_day", zh("当日降水量"), MILLIMETRE),
        ObservedProperty("rain_total", zh("累计降水量"), MILLIMETRE),
        ObservedProperty("rain_hour", zh("1小时降水量"), MILLIMETRE),
        ObservedProperty("flow", zh("流量"), _FLOW, decimals=3),
        ObservedProperty("velocity", zh("流速"), METRE_PER_SECOND, decimals=3),
        ObservedProperty("air_temperature", zh("气温"), DEGREE_CELSIUS),
        ObservedProperty("water_temperature", zh("水温"), DEGREE_CELSIUS),
        ObservedProperty("supply_voltage", zh("电源电压"), VOLT, decimals=2),
        ObservedProperty("door_closed", zh("箱门关闭"), ONE, decimals=0),
        ObservedProperty("battery_low", zh("电池电压低"), ONE, decimals=0),
        ObservedProperty("level_alarm", zh("水位超限"), ONE, decimals=0),
    ),
    mappings=(ProtocolMapping(Protocol.SL651, tuple(WireField(wire, code) for wire, code in _FIELDS)),),
    commands=(
        Command("set_time", zh("校时")),
        Command("query_now", zh("召测实时数据")),
        Command("query_status", zh("查询状态")),
        Command("query_version", zh("查询软件版本")),
        Command("query_clock", zh("查询时钟")),
    ),
    silent_after_s=7_200,
    icon="droplet",
)
"""Names on the wire are the letters of SL 651-2014, appendix C; the last three are bits of its status word."""
CONCENTRATOR: Final = DeviceType("iot.dtu", zh("透传终端"), properties=(), silent_after_s=3_600, icon="router")
ITEMS: Final = (STATION, CONCENTRATOR)
