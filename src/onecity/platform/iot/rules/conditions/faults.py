"""What is wrong with a condition, at which place, in words that people understand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. line, column: from 1, in characters. message: Chinese, with places for `facts`."""

    line: int
    column: int
    message: str
    facts: dict[str, str] = field(default_factory=dict)


class BadCondition(Invalid):
    """The text is no condition; `faults` say what is wrong where."""

    code = "iot.bad_condition"
    message = zh("条件表达式有误：第{line}行第{column}个字处，{what}")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        what = first.message.format_map(first.facts)
        super().__init__(params={"line": first.line, "column": first.column, "what": what})


_PLACE: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_OVERLOAD: Final = re.compile(r"found no matching overload for '(.+)' applied to '(.*)'")
_UNDECLARED: Final = re.compile(r"undeclared reference to '(.+?)'")
_MIXED: Final = frozenset({"(double, int)", "(int, double)"})
MIXED: Final = zh("整数和小数不能放在一起比较或计算，监测值是小数，请写成 75.0 这样")
_UNKNOWN: Final = zh("没有“{name}”这个函数或变量")
_MISUSED: Final = zh("“{name}”不能用于{types}")
_SYNTAX: Final = zh("写法不完整或有多余的内容（{detail}）")
_TOO_DEEP: Final = zh("嵌套太深")
_OTHER: Final = zh("无法识别（{detail}）")


def faults_of(report: str) -> list[Fault]:
    """Return what the checker reports, place by place; a report without a place stands at the beginning."""
    found = [
        Fault(int(line), int(column) or 1, *_told(detail))
        for line, column, detail in (match.groups() for match in _PLACE.finditer(report))
    ]
    if found:
        return found
    if "recursion" in report:
        return [Fault(1, 1, _TOO_DEEP)]
    return [Fault(1, 1, _OTHER, {"detail": report.splitlines()[0][:120] if report else ""})]


def _told(detail: str) -> tuple[str, dict[str, str]]:
    overload = _OVERLOAD.search(detail)
    if overload:
        if overload[2] in _MIXED:
            return MIXED, {}
        return _MISUSED, {"name": overload[1].strip("_"), "types": overload[2]}
    undeclared = _UNDECLARED.search(detail)
    if undeclared:
        return _UNKNOWN, {"name": undeclared[1]}
    if detail.startswith("Syntax error"):
        return _SYNTAX, {"detail": detail.removeprefix("Syntax error: ")[:80]}
    return _OTHER, {"detail": detail[:120]}
