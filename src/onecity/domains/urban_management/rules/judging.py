"""What a report turned out to be: well founded, wrong, told twice, not ours, not to be filed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from onecity.kernel.text import zh

Verdict = Literal["", "wrong", "repeated", "not_ours", "unfit"]
CAUSES: Final[tuple[tuple[Verdict, str], ...]] = (
    ("wrong", zh("误报：现场情况不属实")),
    ("repeated", zh("重复上报：同一问题已有案件")),
    ("not_ours", zh("不属于城市管理受理范围")),
    ("unfit", zh("未达到立案条件")),
)
"""Why a report is not filed, as the acceptor says it."""
CAUSE_CODES: Final = frozenset(code for code, _ in CAUSES)


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """When a supervisor's report repeats one of his own. metres, hours: how near and how old it may be; both ≥ 0."""

    metres: float
    hours: float


FIRST_REPEAT_RULE: Final = RepeatRule(50.0, 24.0)
"""House rule (no standard sets it): holds until the city sets its own."""


def verdict_of(*, status: str, cause: Verdict, verified: str, told_twice: bool) -> Verdict:
    """Return what a report turned out to be; "" while it is open, was filed, or nobody said why it was not.

    status: of the case. cause: the acceptor's. verified: the last outcome of the look on site before filing.
    told_twice: the case was merged into another one that the same person had reported.
    Source: House rule (names 误报 and 重复上报 seen, formulas not).
    """
    if status == "merged":
        return "repeated" if told_twice else ""
    if status != "void":
        return ""
    return cause or ("wrong" if verified == "unreal" else "")


def repeats(rule: RepeatRule, *, metres: float, told_at: datetime, now: datetime) -> bool:
    """Say whether a report of the same class so far away and told then is the same problem told again.

    Source: House rule.
    """
    return metres <= rule.metres and now - told_at <= timedelta(hours=rule.hours)
