"""Types of devices that speak the field protocols of vehicles and of fire protection."""

from onecity.kernel.text import zh
from onecity.kernel.units import (
    AMPERE,
    DEGREE,
    DEGREE_CELSIUS,
    KILOHM,
    KILOMETRE,
    KILOMETRE_PER_HOUR,
    LITRE,
    METRE,
    MILLIVOLT,
    ONE,
    PERCENT,
    REVOLUTION_PER_MINUTE,
    VOLT,
)
from onecity.platform.iot.codecs.gb26875.tables import SYSTEM_STATES, TRANSMITTER_STATES
from onecity.platform.iot.codecs.gb32960.layouts import ALARMS as VEHICLE_ALARMS
from onecity.platform.iot.codecs.gb32960.titles import TITLES
from onecity.platform.iot.codecs.jt808.flags import ALARMS, STATES
from onecity.platform.iot.declare import AlarmRule, DeviceType, Limits, ObservedProperty, Severity
from onecity.platform.iot.gateways.field.gb26875.orders import COMMANDS as GB26875_COMMANDS
from onecity.platform.iot.gateways.field.gb32960.orders import COMMANDS as GB32960_COMMANDS
from onecity.platform.iot.gateways.field.jt808.orders import COMMANDS as JT808_COMMANDS

_PLACE = (
    ObservedProperty("longitude", zh("经度"), DEGREE, decimals=6),
    ObservedProperty("latitude", zh("纬度"), DEGREE, decimals=6),
)

VEHICLE_TERMINAL = DeviceType(
    code="iot.vehicle_terminal",
    name=zh("车载终端"),
    properties=(
        *_PLACE,
        ObservedProperty("speed", zh("速度"), KILOMETRE_PER_HOUR),
        ObservedProperty("direction", zh("行驶方向"), DEGREE, decimals=0),
        ObservedProperty("altitude", zh("海拔"), METRE, decimals=0),
        ObservedProperty("mileage", zh("里程"), KILOMETRE),
        ObservedProperty("fuel", zh("油量"), LITRE),
        ObservedProperty("recorder_speed", zh("行驶记录仪速度"), KILOMETRE_PER_HOUR),
        ObservedProperty("load", zh("载货状态"), ONE, decimals=0),
        ObservedProperty("signal_strength", zh("无线信号强度"), ONE, decimals=0),
        ObservedProperty("satellites", zh("定位卫星数"), ONE, decimals=0),
        *(ObservedProperty(flag.code, flag.title, ONE, decimals=0) for flag in (*STATES, *ALARMS)),
    ),
    commands=JT808_COMMANDS,
    silent_after_s=1_800,
    icon="truck",
)
"""Names on the wire are the properties' codes. Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (位置信息汇报)."""

ELECTRIC_VEHICLE = DeviceType(
    code="iot.electric_vehicle",
    name=zh("新能源汽车"),
    properties=(
        *_PLACE,
        ObservedProperty("vehicle_state", zh("车辆状态"), ONE, decimals=0),
        ObservedProperty("charge_state", zh("充电状态"), ONE, decimals=0),
        ObservedProperty("drive_mode", zh("运行模式"), ONE, decimals=0),
        ObservedProperty("speed", zh("速度"), KILOMETRE_PER_HOUR),
        ObservedProperty("mileage", zh("里程"), KILOMETRE),
        ObservedProperty("voltage", zh("总电压"), VOLT),
        ObservedProperty("current", zh("总电流"), AMPERE),
        ObservedProperty("soc", zh("荷电状态"), PERCENT, decimals=0),
        ObservedProperty("insulation", zh("绝缘电阻"), KILOHM, decimals=0),
        ObservedProperty("crank_speed", zh("曲轴转速"), REVOLUTION_PER_MINUTE, decimals=0),
        ObservedProperty("motor_1_speed", zh("驱动电机转速"), REVOLUTION_PER_MINUTE, decimals=0),
        ObservedProperty("motor_1_temperature", zh("驱动电机温度"), DEGREE_CELSIUS, decimals=0),
        ObservedProperty("highest_cell_voltage", zh("电池单体电压最高值"), MILLIVOLT, decimals=0),
        ObservedProperty("lowest_cell_voltage", zh("电池单体电压最低值"), MILLIVOLT, decimals=0),
        ObservedProperty("highest_temperature", zh("电池最高温度"), DEGREE_CELSIUS, decimals=0),
        ObservedProperty("lowest_temperature", zh("电池最低温度"), DEGREE_CELSIUS, decimals=0),
        ObservedProperty("alarm_level", zh("最高报警等级"), ONE, decimals=0),
        *(ObservedProperty(f"alarm_{name}", TITLES[name], ONE, decimals=0) for name in VEHICLE_ALARMS),
    ),
    commands=GB32960_COMMANDS,
    silent_after_s=3_600,
    icon="car",
)
"""Single cells and probes are kept under their names on the wire. Source: GB/T 32960.3-2016, 7 (信息体)."""

VEHICLE_PLATFORM = DeviceType(
    code="iot.vehicle_platform", name=zh("车辆企业平台"), properties=(), silent_after_s=3_600, icon="server"
)
"""Speaks for its vehicles, which are registered as its children. Source: GB/T 32960.3-2016, 7 (平台登入)."""

_FIRE_STATES = {
    bit.code: bit for bit in (*SYSTEM_STATES.values(), *TRANSMITTER_STATES.values()) if bit.code != "normal"
}

FIRE_TRANSMITTER = DeviceType(
    code="iot.fire_transmitter",
    name=zh("用户信息传输装置"),
    properties=tuple(ObservedProperty(bit.code, bit.title, ONE, decimals=0) for bit in _FIRE_STATES.values()),
    commands=GB26875_COMMANDS,
    silent_after_s=300,
    icon="flame",
)
"""States of systems and components keep their names on the wire. Source: GB/T 26875.3-2011, 8 (应用数据单元)."""

_ABOVE_ZERO = Limits(upper=0.5, clear_upper=0.5)
RULES = (
    AlarmRule(
        code="iot.fire",
        name=zh("消防火警"),
        device_type=FIRE_TRANSMITTER.code,
        property_code="fire",
        kind="above",
        limits=_ABOVE_ZERO,
        text=zh("{device}发出火警（{time}）"),
        severity=Severity.CRITICAL,
        source="GB/T 26875.3-2011, 8",
    ),
    AlarmRule(
        code="iot.fire_main_power",
        name=zh("消防传输装置主电故障"),
        device_type=FIRE_TRANSMITTER.code,
        property_code="main_power_fault",
        kind="above",
        limits=_ABOVE_ZERO,
        text=zh("{device}主电故障（{time}）"),
        source="GB/T 26875.3-2011, 8",
    ),
    AlarmRule(
        code="iot.vehicle_sos",
        name=zh("车辆紧急报警"),
        device_type=VEHICLE_TERMINAL.code,
        property_code="alarm_sos",
        kind="above",
        limits=_ABOVE_ZERO,
        text=zh("{device}触发紧急报警（{time}）"),
        severity=Severity.CRITICAL,
        source="JT/T 808-2019, 8",
    ),
    AlarmRule(
        code="iot.vehicle_thermal_event",
        name=zh("电池热事件"),
        device_type=ELECTRIC_VEHICLE.code,
        property_code="alarm_thermal_event",
        kind="above",
        limits=_ABOVE_ZERO,
        text=zh("{device}发生电池热事件（{time}）"),
        severity=Severity.CRITICAL,
        source="GB/T 32960.3-2025, 7",
    ),
)
ITEMS = (VEHICLE_TERMINAL, ELECTRIC_VEHICLE, VEHICLE_PLATFORM, FIRE_TRANSMITTER, *RULES)
