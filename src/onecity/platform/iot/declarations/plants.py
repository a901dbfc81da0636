"""Plants and rooms that devices of general protocols watch: Modbus, OPC UA, CoAP, LwM2M, Sparkplug B, ThingsBoard."""

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.kernel.units import CUBIC_METRE_PER_HOUR, DEGREE_CELSIUS, MEGAPASCAL, METRE, ONE, PERCENT
from onecity.platform.iot.declare import Command, DeviceType, ObservedProperty

PUMPING_STATION = DeviceType(
    code="iot.pumping_station",
    name=zh("泵站监测装置"),
    properties=(
        ObservedProperty("level", zh("水位"), METRE, decimals=2),
        ObservedProperty("flow", zh("流量"), CUBIC_METRE_PER_HOUR),
        ObservedProperty("pressure", zh("出口压力"), MEGAPASCAL, decimals=3),
        ObservedProperty("running", zh("水泵运行"), ONE, decimals=0),
    ),
    commands=(
        Command("start", zh("启泵")),
        Command("stop", zh("停泵")),
        Command("set_level", zh("设定停泵水位"), "centimetres", 10, 900),
    ),
    silent_after_s=600,
    icon="droplet",
)
CLIMATE_SENSOR = DeviceType(
    code="iot.climate_sensor",
    name=zh("温湿度传感器"),
    properties=(
        ObservedProperty("temperature", zh("温度"), DEGREE_CELSIUS),
        ObservedProperty("humidity", zh("湿度"), PERCENT),
        ObservedProperty("battery_level", zh("电池电量"), PERCENT, decimals=0),
    ),
    commands=(
        Command("set_interval", zh("设置上报间隔"), "seconds", 10, 86_400),
        Command("reboot", zh("重启")),
    ),
    silent_after_s=7200,
    icon="temperature",
)
ITEMS: tuple[Declared, ...] = (PUMPING_STATION, CLIMATE_SENSOR)
