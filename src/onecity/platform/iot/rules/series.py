"""Parts of a datastream's identity that codes on the wire stand for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh
from onecity.kernel.units import HOUR
from onecity.platform.iot.declare import ObservedProperty, Period

SUB_VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": zh("测量值"),
        "min": zh("最小值"),
        "avg": zh("平均值"),
        "max": zh("最大值"),
        "total": zh("累计值"),
        "converted": zh("折算值"),
        "converted_min": zh("折算最小值"),
        "converted_avg": zh("折算平均值"),
        "converted_max": zh("折算最大值"),
        "daytime": zh("昼间值"),
        "night": zh("夜间值"),
        "state": zh("运行状态"),
        "running_hours": zh("运行时间"),
    }
)
"""What may be told of a property, by code."""

HJ212_KINDS: Final = MappingProxyType(
    {
        "Rtd": "",
        "Min": "min",
        "Avg": "avg",
        "Max": "max",
        "Cou": "total",
        "ZsRtd": "converted",
        "ZsMin": "converted_min",
        "ZsAvg": "converted_avg",
        "ZsMax": "converted_max",
        "Data": "",
        "DayData": "daytime",
        "NightData": "night",
        "RS": "state",
        "RT": "running_hours",
    }
)
"""Source: HJ 212-2017, 6.4 (字段对照表)."""

HJ212_PERIODS: Final = MappingProxyType(
    {
        "2011": Period.REAL_TIME,
        "2021": Period.REAL_TIME,
        "2051": Period.MINUTE,
        "2061": Period.HOUR,
        "2031": Period.DAY,
        "2041": Period.DAY,
    }
)
"""Source: HJ 212-2017, table 9 (命令编码表)."""

_UNSCALED: Final = frozenset({"total", "state", "running_hours"})
_SEPARATOR: Final = "-"


def is_scaled(sub_value: str) -> bool:
    """Say whether a value of this kind is in the property's own unit, and so follows a change of it on the wire."""
    return sub_value not in _UNSCALED


def unit_of(observed: ObservedProperty | None, sub_value: str) -> str:
    """Return the unit (UCUM) in which a value of this kind is told; "" where it is not known."""
    if sub_value == "running_hours":
        return HOUR.code
    if observed is None or sub_value == "state":
        return ""
    if sub_value == "total":
        return observed.total_unit.code if observed.total_unit else ""
    return observed.unit.code


def split_name(name: str) -> tuple[str, str]:
    """Split a name in JSON, `pm2_5` or `pm2_5-avg`, into name and sub-value; an unknown ending stays in the name."""
    head, _, tail = name.rpartition(_SEPARATOR)
    return (head, tail) if head and tail in SUB_VALUES else (name, "")
