"""Types of meters: what they measure, how it travels over each protocol, and what the platform hears of."""

from typing import Final

from onecity.domains.metering.rules.codes import METER_TYPES, Supply
from onecity.kernel.text import zh
from onecity.kernel.units import (
    AMPERE,
    CUBIC_METRE,
    CUBIC_METRE_PER_HOUR,
    DEGREE_CELSIUS,
    HOUR,
    KILOWATT,
    KILOWATT_HOUR,
    ONE,
    VOLT,
)
from onecity.platform.iot.declare import (
    Argument,
    Command,
    Confirmation,
    DeviceType,
    ObservationWatch,
    ObservedProperty,
    Period,
    Protocol,
    ProtocolMapping,
    ValueKind,
    WireField,
)

_DAY_S: Final = 86_400
_STATE: Final = (
    ObservedProperty("valve_closed", zh("阀门关闭"), ONE, decimals=0),
    ObservedProperty("battery_low", zh("电池电量低"), ONE, decimals=0),
)
_VALVE: Final = (Command("open_valve", zh("开阀")), Command("close_valve", zh("关阀")))
_SET_TIME: Final = (Command("set_time", zh("校时")),)
_RIGHTS: Final = (
    Argument("level", zh("权限级别"), ValueKind.INTEGER, lowest=0, highest=9),
    Argument("password", zh("电表密码（6位数字）"), ValueKind.TEXT, longest=6),
    Argument("operator", zh("操作者代码（8位数字）"), ValueKind.TEXT, longest=8, needed=False),
)


def _cjt188(*names: str) -> ProtocolMapping:
    return ProtocolMapping(Protocol.CJT188, tuple(WireField(name, name) for name in names))


ELECTRICITY: Final = DeviceType(
    code=METER_TYPES[Supply.ELECTRICITY],
    name=zh("电能表"),
    properties=(
        ObservedProperty("energy", zh("正向有功总电能"), KILOWATT_HOUR, decimals=2),
        ObservedProperty("reverse_energy", zh("反向有功总电能"), KILOWATT_HOUR, decimals=2),
        ObservedProperty("power", zh("有功功率"), KILOWATT, decimals=3),
        ObservedProperty("voltage", zh("A相电压"), VOLT),
        ObservedProperty("current", zh("A相电流"), AMPERE, decimals=2),
    ),
    mappings=(
        ProtocolMapping(
            Protocol.DLT645,
            (
                WireField("00010000", "energy"),
                WireField("00020000", "reverse_energy"),
                WireField("02030000", "power"),
                WireField("02010100", "voltage"),
                WireField("02020100", "current"),
            ),
        ),
    ),
    commands=(
        Command("set_time", zh("校时"), confirmation=Confirmation.SENT),
        Command("trip", zh("拉闸"), arguments=_RIGHTS),
        Command("close_relay", zh("合闸"), arguments=_RIGHTS),
        Command("keep_power", zh("保电"), arguments=_RIGHTS),
        Command("keep_power_off", zh("解除保电"), arguments=_RIGHTS),
    ),
    silent_after_s=2 * _DAY_S,
    icon="bolt",
)
WATER: Final = DeviceType(
    code=METER_TYPES[Supply.WATER],
    name=zh("水表"),
    properties=(
        ObservedProperty("volume", zh("累计水量"), CUBIC_METRE, decimals=3),
        ObservedProperty("flow", zh("瞬时流量"), CUBIC_METRE_PER_HOUR, decimals=3),
        *_STATE,
    ),
    mappings=(_cjt188("volume", "valve_closed", "battery_low"),),
    commands=(*_SET_TIME, *_VALVE),
    silent_after_s=2 * _DAY_S,
    icon="droplet",
)
GAS: Final = DeviceType(
    code=METER_TYPES[Supply.GAS],
    name=zh("燃气表"),
    properties=(
        ObservedProperty("volume", zh("累计气量"), CUBIC_METRE, decimals=3),
        ObservedProperty("flow", zh("瞬时流量"), CUBIC_METRE_PER_HOUR, decimals=3),
        *_STATE,
    ),
    mappings=(_cjt188("volume", "valve_closed", "battery_low"),),
    commands=(*_SET_TIME, *_VALVE),
    silent_after_s=2 * _DAY_S,
    icon="flame",
)
HEAT: Final = DeviceType(
    code=METER_TYPES[Supply.HEAT],
    name=zh("热量表"),
    properties=(
        ObservedProperty("heat", zh("累计热量"), KILOWATT_HOUR, decimals=2),
        ObservedProperty("volume", zh("累计流量"), CUBIC_METRE, decimals=2),
        ObservedProperty("power", zh("热功率"), KILOWATT, decimals=2),
        ObservedProperty("flow", zh("瞬时流量"), CUBIC_METRE_PER_HOUR, decimals=3),
        ObservedProperty("supply_temperature", zh("供水温度"), DEGREE_CELSIUS),
        ObservedProperty("return_temperature", zh("回水温度"), DEGREE_CELSIUS),
        ObservedProperty("working_hours", zh("工作时间"), HOUR, decimals=0),
        *_STATE,
    ),
    mappings=(
        _cjt188(
            "heat",
            "volume",
            "power",
            "flow",
            "supply_temperature",
            "return_temperature",
            "working_hours",
            "valve_closed",
            "battery_low",
        ),
    ),
    commands=(*_SET_TIME, *_VALVE),
    silent_after_s=2 * _DAY_S,
    icon="temperature",
)
TYPES: Final = (ELECTRICITY, WATER, GAS, HEAT)
WATCHES: Final = tuple(
    ObservationWatch(f"metering.watch_{supply.value}", METER_TYPES[supply], (Period.REAL_TIME,)) for supply in Supply
)
