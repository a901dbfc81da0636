"""Who gets a task without asking: whoever is on duty, or has the least to do; and for whom people may stand in.

Source: house rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Pick = Literal["", "load", "duty"]
# How a task finds its person: from the pool, by load, by the roster.
PICKS: Final[tuple[Pick, ...]] = ("", "load", "duty")
LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Load:
    """What a person has to do. tasks: that he has claimed. latest: when he got the last of them."""

    account_id: int
    tasks: int = 0
    latest: datetime | None = None


class DeputationRefused(Invalid):
    """Nobody may stand in like this; the fields say why."""

    code = "deputation_refused"
    message = zh("代理设置不符合规定")


class ShiftRefused(Invalid):
    """Nobody can be on duty like this; the fields say why."""

    code = "shift_refused"
    message = zh("值班安排不符合规定")


def least_loaded(loads: Iterable[Load]) -> int | None:
    """Return who has the fewest tasks; of several, who has waited longest for one; None of nobody."""
    found = list(loads)
    if not found:
        return None
    least = min(item.tasks for item in found)
    few = [item for item in found if item.tasks == least]
    idle = [item.account_id for item in few if item.latest is None]
    if idle:
        return min(idle)
    return min((item.latest, item.account_id) for item in few if item.latest is not None)[1]


def check_deputation(
    *,
    principal_id: int,
    deputy_id: int,
    related: bool,
    reason: str,
    period: tuple[datetime, datetime],
    standing: Sequence[tuple[datetime, datetime]],
    now: datetime,
) -> None:
    """Accept that one person stands in for another.

    related: whether they belong to the same line of organisations. standing: periods of the same pair.
    Raises: DeputationRefused.
    """
    faults: dict[str, str] = {}
    if deputy_id == principal_id:
        faults["deputy"] = zh("不能由本人代理本人")
    elif not related:
        faults["deputy"] = zh("代理人应属于同一机构或其上下级机构")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        faults["reason"] = zh("请写明事由（至多200字）")
    start, end = period
    if end <= start or end <= now:
        faults["ends_at"] = zh("结束时间应晚于开始时间和当前时间")
    elif any(start < other_end and other_start < end for other_start, other_end in standing):
        faults["starts_at"] = zh("这段时间已由此人代理")
    if faults:
        raise DeputationRefused(fields=faults)


def check_shift(*, holds_post: bool, starts_at: datetime, ends_at: datetime, taken: bool) -> None:
    """Accept that a person is on duty. taken: whether he is on duty for the post at that time already.

    Raises: ShiftRefused.
    """
    faults: dict[str, str] = {}
    if not holds_post:
        faults["account"] = zh("此人在该机构没有这个岗位")
    if ends_at <= starts_at:
        faults["ends_at"] = zh("结束时间应晚于开始时间")
    elif taken:
        faults["starts_at"] = zh("此人这段时间已经排班")
    if faults:
        raise ShiftRefused(fields=faults)
