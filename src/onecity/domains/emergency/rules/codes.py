"""Grades, levels and what they are called."""

from collections.abc import Mapping
from typing import Final

from onecity.kernel.text import zh

GRADES: Final[Mapping[int, str]] = {
    1: zh("Ⅰ级（特别重大）"),
    2: zh("Ⅱ级（重大）"),
    3: zh("Ⅲ级（较大）"),
    4: zh("Ⅳ级（一般）"),
}
LOWEST: Final = 4
RESPONSE_LEVELS: Final[Mapping[int, str]] = {
    1: zh("一级响应"),
    2: zh("二级响应"),
    3: zh("三级响应"),
    4: zh("四级响应"),
}
"""What the authority starts; another thing than the grade of what happened or the colour of what may come."""
BODY_LEVELS: Final[Mapping[str, str]] = {
    "unit": zh("单位"),
    "county": zh("县（区）"),
    "city": zh("市"),
    "province": zh("省"),
    "state": zh("国家"),
}
"""From the lowest to the highest."""
CLOCKS: Final[Mapping[str, str]] = {"receipt": zh("自接报起"), "occurrence": zh("自事发起")}
REPORT_KINDS: Final[Mapping[str, str]] = {"first": zh("首报"), "follow_up": zh("续报"), "final": zh("终报")}
DRILL: Final = zh("【演练】")


def incident_number(day: str, *, serial: int) -> str:
    """Return the number of an incident: `SJ`, the day of receipt (YYYYMMDD), six digits running through the years.

    Source: House rule.
    """
    return f"SJ{day}{serial:06d}"


def titled(title: str, *, is_drill: bool) -> str:
    """Return a title as people are told it: an exercise says so first.

    Source: House rule.
    """
    return f"{DRILL}{title}" if is_drill else title
