"""Requests inside a case: more time, standing still, giving back, ending by force, beginning anew. What may be asked.

A version of a case type says which requests there are, who asks, who consents within what time, and the bounds. None
of the bounds is a constant: they are settings of the version.
Source: house rule; the kinds are those of urban management and hotline practice (延期、挂账、退回、强制结案、重新办理).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.declare import RequestKind
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.outcomes import LONGEST_NOTE, OutcomeRule
from onecity.platform.cases.rules.spans import Span

PREFIX: Final = "request:"
GRANT: Final = OutcomeRule("grant", zh("同意"), "green")
REFUSE: Final = OutcomeRule("refuse", zh("不同意"), "red", reason=True)
ANSWERS: Final = (GRANT, REFUSE)
OF_TASKS: Final[frozenset[RequestKind]] = frozenset({"postpone", "return"})


@dataclass(frozen=True, slots=True)
class RequestRule:
    """A request that a version allows.

    asker: permission, empty for whoever may end the task (or any waiting task of the case). approver: post that
    decides, empty for nobody. limit: how long that may take. most: grants in one case, 0 for any number. longest: all
    grants together (postpone), or how far the review lies ahead (suspend). within: after the task began (return), or
    the case ended (reopen). tasks: nodes, empty for all. outcome: that a granted return gives its task. target: node
    where a reopened case goes on. reasons: (code, Chinese name) pairs, empty where a sentence is enough.
    """

    code: str
    name: str
    kind: RequestKind
    asker: str = ""
    approver: str = ""
    limit: LimitRule | None = None
    most: int = 0
    longest: Span | None = None
    within: Span | None = None
    tasks: tuple[str, ...] = ()
    outcome: str = ""
    target: str = ""
    extends_case: bool = True
    reasons: tuple[tuple[str, str], ...] = ()

    def covers(self, node: str) -> bool:
        """Say whether a task of this node may be asked for."""
        return self.kind in OF_TASKS and (not self.tasks or node in self.tasks)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for. amount: units of the rule's `longest`. until: the review, for a suspension."""

    reason: str
    reason_code: str = ""
    amount: Fraction | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """How the case stands when somebody asks.

    granted: how often before. pending: whether the same is being decided. used: units granted before. since: when the
    task began, or the case ended. late: whether the task's limit has run out; None for a task without one.
    """

    now: datetime
    granted: int = 0
    pending: bool = False
    used: Fraction = Fraction(0)
    since: datetime | None = None
    late: bool | None = False
    suspended: bool = False


class RequestRefused(Invalid):
    """The request does not fit the rule; the fields say why."""

    code = "request_refused"
    message = zh("申请不符合规定")


def node_of(rule_code: str) -> str:
    """Return the node under which the approval of a request waits among the tasks."""
    return f"{PREFIX}{rule_code}"


def is_approval(node: str) -> bool:
    """Say whether a task is the approval of a request, which no diagram knows."""
    return node.startswith(PREFIX)


def check_asking(rule: RequestRule, asked: Asked, *, situation: Situation, calendar: WorkCalendar) -> None:
    """Accept a request.

    Raises: RequestRefused naming each field at fault; the field `request` for what the case's state forbids.
    Source: house rule (more time is asked for before the limit has run out, as hotline rules have it).
    """
    faults: dict[str, str] = {}
    if not asked.reason.strip() or len(asked.reason) > LONGEST_NOTE:
        faults["reason"] = zh("请写明理由（至多2000字）")
    if rule.reasons and asked.reason_code not in dict(rule.reasons):
        faults["reason_code"] = zh("请选择原因")
    standing = _standing_fault(rule, situation, calendar)
    if standing:
        faults["request"] = standing
    if rule.kind == "postpone":
        faults |= _amount_fault(rule, asked, situation)
    if rule.kind == "suspend":
        faults |= _review_fault(rule, asked, situation, calendar)
    if faults:
        raise RequestRefused(fields=faults)


def may_ask(rule: RequestRule, *, situation: Situation, calendar: WorkCalendar) -> bool:
    """Say whether the case's state allows the request at all, whatever a person writes."""
    return not _standing_fault(rule, situation, calendar)


def _standing_fault(rule: RequestRule, situation: Situation, calendar: WorkCalendar) -> str:
    if situation.pending:
        return zh("同样的申请正在审批")
    if rule.most and situation.granted >= rule.most:
        return zh("此项申请的次数已用完")
    if situation.suspended:
        return zh("案件已挂账，请先恢复办理")
    if rule.kind == "postpone":
        return _clock_fault(situation)
    if rule.within and situation.since and situation.now > rule.within.after(situation.since, calendar=calendar):
        return zh("已超过可以申请的期限")
    return ""


def _clock_fault(situation: Situation) -> str:
    if situation.late is None:
        return zh("此任务没有时限，不需要延期")
    return zh("已超过时限，不能再申请延期") if situation.late else ""


def _amount_fault(rule: RequestRule, asked: Asked, situation: Situation) -> Mapping[str, str]:
    if asked.amount is None or asked.amount <= 0:
        return {"amount": zh("请填写大于零的延期时间")}
    if rule.longest and situation.used + asked.amount > rule.longest.amount:
        return {"amount": zh("超过可以延期的总时间")}
    return {}


def _review_fault(rule: RequestRule, asked: Asked, situation: Situation, calendar: WorkCalendar) -> Mapping[str, str]:
    if asked.until is None or asked.until <= situation.now:
        return {"until": zh("请选择今后的复查日期")}
    if rule.longest and asked.until > rule.longest.after(situation.now, calendar=calendar):
        return {"until": zh("复查日期超过最长挂账时间")}
    return {}
