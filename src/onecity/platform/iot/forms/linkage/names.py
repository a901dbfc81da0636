"""What people choose among when they write a rule."""

from collections.abc import Mapping
from typing import Final

from onecity.kernel.text import zh

MOST_ACTIONS: Final = 5
FUNCTION_NAMES: Final[Mapping[str, str]] = {
    "last": zh("最近值"),
    "mean": zh("平均值"),
    "max": zh("最大值"),
    "min": zh("最小值"),
    "sum": zh("合计"),
    "count": zh("数据条数"),
    "change": zh("变化量"),
    "rate": zh("每分钟变化"),
    "age": zh("无数据时长（分钟）"),
}
COMPARE_NAMES: Final[Mapping[str, str]] = {
    ">": zh("大于"),
    ">=": zh("不小于"),
    "<": zh("小于"),
    "<=": zh("不大于"),
}
ACTION_NAMES: Final[Mapping[str, str]] = {
    "alarm": zh("产生告警"),
    "case": zh("报送立案"),
    "message": zh("发送通知"),
    "command": zh("下达命令"),
    "webhook": zh("推送给应用"),
}
STEP_NAMES: Final[Mapping[int, str]] = {
    10: zh("10秒"),
    30: zh("30秒"),
    60: zh("1分钟"),
    300: zh("5分钟"),
    600: zh("10分钟"),
    900: zh("15分钟"),
    1800: zh("30分钟"),
    3600: zh("1小时"),
}
MODE_NAMES: Final[Mapping[str, str]] = {"each": zh("每台设备分别判断"), "together": zh("全部设备合起来判断")}
HOW_NAMES: Final = (("parts", zh("逐项选择")), ("expert", zh("直接写表达式（CEL）")))
JOIN_NAMES: Final = (("and", zh("全部成立")), ("or", zh("任一成立")))
QUANTITY_NAMES: Final = (
    ("exists", zh("任意一台设备成立")),
    ("all", zh("所有设备都成立")),
    ("filter", zh("至少若干台设备成立")),
)
SAID: Final = ("severity", "to", "text", "command", "arguments", "target", "subscription")
USED: Final[Mapping[str, tuple[str, ...]]] = {
    "alarm": ("severity", "text"),
    "case": ("text",),
    "message": ("to", "text"),
    "command": ("command", "arguments", "target"),
    "webhook": ("text", "subscription"),
}
"""What each kind of action says."""
