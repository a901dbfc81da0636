"""Alarms in Chinese."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.codecs.gb32960.layouts import ALARMS

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    dict(
        zip(
            ALARMS,
            (
                zh("温度差异报警"),
                zh("电池高温报警"),
                zh("车载储能装置类型过压报警"),
                zh("车载储能装置类型欠压报警"),
                zh("SOC低报警"),
                zh("单体电池过压报警"),
                zh("单体电池欠压报警"),
                zh("SOC过高报警"),
                zh("SOC跳变报警"),
                zh("可充电储能系统不匹配报警"),
                zh("电池单体一致性差报警"),
                zh("绝缘报警"),
                zh("DC-DC温度报警"),
                zh("制动系统报警"),
                zh("DC-DC状态报警"),
                zh("驱动电机控制器温度报警"),
                zh("高压互锁状态报警"),
                zh("驱动电机温度报警"),
                zh("车载储能装置类型过充"),
                zh("驱动电机超速报警"),
                zh("过流报警"),
                zh("超级电容过温报警"),
                zh("超级电容过压报警"),
                zh("电池热事件报警"),
                zh("氢泄漏异常报警"),
                zh("氢系统压力异常报警"),
                zh("氢系统温度异常报警"),
                zh("燃料电池电堆超温报警"),
            ),
            strict=True,
        )
    )
)
"""By the code of the alarm. Source: GB/T 32960.3-2016, 7 and GB/T 32960.3-2025, 7 (通用报警标志)."""
