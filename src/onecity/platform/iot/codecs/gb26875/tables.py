"""Code tables: kinds of systems, components, analogue values; bits of states and operations."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from onecity.kernel.text import zh


class Bit(NamedTuple):
    """One bit of a state. code: of the property."""

    code: str
    title: str


SYSTEM_STATES: Final[Mapping[int, Bit]] = MappingProxyType(
    {
        0: Bit("normal", zh("正常运行")),
        1: Bit("fire", zh("火警")),
        2: Bit("fault", zh("故障")),
        3: Bit("shielded", zh("屏蔽")),
        4: Bit("supervised", zh("监管")),
        5: Bit("started", zh("启动")),
        6: Bit("feedback", zh("反馈")),
        7: Bit("delayed", zh("延时")),
        8: Bit("main_power_fault", zh("主电故障")),
        9: Bit("backup_power_fault", zh("备电故障")),
        10: Bit("bus_fault", zh("总线故障")),
        11: Bit("manual", zh("手动状态")),
        12: Bit("configuration_changed", zh("配置改变")),
        13: Bit("reset", zh("复位")),
    }
)
"""Bit 0 is 1 in normal operation and 0 in test. Source: GB/T 26875.3-2011, 8 (建筑消防设施系统状态)."""

PART_STATES: Final[Mapping[int, Bit]] = MappingProxyType(
    {**{bit: SYSTEM_STATES[bit] for bit in range(8)}, 8: Bit("power_fault", zh("电源故障"))}
)
"""Source: GB/T 26875.3-2011, 8 (建筑消防设施部件运行状态)."""

TRANSMITTER_STATES: Final[Mapping[int, Bit]] = MappingProxyType(
    {
        0: Bit("normal", zh("正常监视")),
        1: Bit("fire", zh("火警")),
        2: Bit("fault", zh("故障")),
        3: Bit("main_power_fault", zh("主电故障")),
        4: Bit("backup_power_fault", zh("备电故障")),
        5: Bit("link_fault", zh("与监控中心通信信道故障")),
        6: Bit("line_fault", zh("监测连接线路故障")),
    }
)
"""Source: GB/T 26875.3-2011, 8 (用户信息传输装置运行状态)."""

OPERATIONS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: zh("复位"),
        1: zh("消音"),
        2: zh("手动报警"),
        3: zh("警情消除"),
        4: zh("自检"),
        5: zh("确认"),
        6: zh("测试"),
    }
)
"""Bit 5 of a transmitter's operation is the answer to a duty check. Source: GB/T 26875.3-2011, 8 (操作信息)."""

SYSTEMS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: zh("通用"),
        1: zh("火灾报警系统"),
        10: zh("消防联动控制器"),
        11: zh("消火栓系统"),
        12: zh("自动喷水灭火系统"),
        13: zh("气体灭火系统"),
        14: zh("水喷雾灭火系统（泵启动方式）"),
        15: zh("水喷雾灭火系统（压力容器启动方式）"),
        16: zh("泡沫灭火系统"),
        17: zh("干粉灭火系统"),
        18: zh("防烟排烟系统"),
        19: zh("防火门及卷帘系统"),
        20: zh("消防电梯"),
        21: zh("消防应急广播"),
        22: zh("消防应急照明和疏散指示系统"),
        23: zh("消防电源"),
        24: zh("消防电话"),
    }
)
"""Source: GB/T 26875.3-2011, 8 (建筑消防设施类型标志)."""

COMPONENTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: zh("通用"),
        1: zh("火灾报警控制器"),
        **dict.fromkeys(range(10, 14), zh("可燃气体探测器")),
        16: zh("电气火灾监控报警器"),
        17: zh("剩余电流式电气火灾监控探测器"),
        18: zh("测温式电气火灾监控探测器"),
        21: zh("探测回路"),
        22: zh("火灾显示盘"),
        23: zh("手动火灾报警按钮"),
        24: zh("消火栓按钮"),
        25: zh("火灾探测器"),
        **dict.fromkeys(range(30, 38), zh("感温火灾探测器")),
        **dict.fromkeys(range(40, 45), zh("感烟火灾探测器")),
        **dict.fromkeys(range(50, 54), zh("复合式火灾探测器")),
        61: zh("紫外火焰探测器"),
        62: zh("红外火焰探测器"),
        69: zh("感光火灾探测器"),
        74: zh("气体探测器"),
        78: zh("图像摄像方式火灾探测器"),
        79: zh("感声火灾探测器"),
        81: zh("气体灭火控制器"),
        91: zh("消防水泵"),
        92: zh("消防水箱"),
        95: zh("喷淋泵"),
        96: zh("水流指示器"),
        97: zh("信号阀"),
        98: zh("报警阀"),
        99: zh("压力开关"),
        111: zh("风机"),
        121: zh("警报装置"),
    }
)
"""Codes that are not here are shown as numbers. Source: GB/T 26875.3-2011, 8 (建筑消防设施部件类型)."""


class Quantity(NamedTuple):
    """An analogue value. code: of the property. unit: UCUM. scale: of the number on the wire."""

    code: str
    title: str
    unit: str
    scale: float


ANALOGUES: Final[Mapping[int, Quantity]] = MappingProxyType(
    {
        1: Quantity("events", zh("事件计数"), "1", 1),
        2: Quantity("height", zh("高度"), "m", 0.01),
        3: Quantity("temperature", zh("温度"), "Cel", 0.1),
        4: Quantity("pressure", zh("压力"), "MPa", 0.1),
        5: Quantity("pressure_kpa", zh("压力"), "kPa", 0.1),
        6: Quantity("gas", zh("气体浓度"), "%", 0.1),
        7: Quantity("duration", zh("时间"), "s", 1),
        8: Quantity("voltage", zh("电压"), "V", 0.1),
        9: Quantity("current", zh("电流"), "A", 0.1),
        10: Quantity("flow", zh("流量"), "L/s", 0.1),
        11: Quantity("air_volume", zh("风量"), "m3/min", 0.1),
        12: Quantity("wind_speed", zh("风速"), "m/s", 1),
    }
)
"""Source: GB/T 26875.3-2011, 8 (模拟量类型)."""


def system_name(code: int) -> str:
    """Return a kind of system in Chinese; its number if it is not known."""
    return SYSTEMS.get(code, f"类型{code}系统")


def component_name(code: int) -> str:
    """Return a kind of component in Chinese; its number if it is not known."""
    return COMPONENTS.get(code, f"类型{code}部件")


def set_bits(table: Mapping[int, Bit], state: int) -> list[str]:
    """Return in Chinese what stands in a state; that bit 0 means normal operation is not told."""
    return [item.title for bit, item in table.items() if bit and state >> bit & 1]


def operations(flags: int) -> str:
    """Return in Chinese what was done."""
    return "、".join(text for bit, text in OPERATIONS.items() if flags >> bit & 1) or f"操作{flags:02X}"
