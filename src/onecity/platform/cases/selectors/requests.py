"""The requests of a case: those that were made, and what a case's state allows now."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import CaseInfo, RequestInfo
from onecity.platform.cases.models import Case, Request, Task
from onecity.platform.cases.rules.joint import in_diagram
from onecity.platform.cases.rules.requests import OF_TASKS, RequestRule, Situation, may_ask
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.versions import version


def requests_of(case_id: int) -> list[RequestInfo]:
    """Return the requests of a case that the actor has been shown, the latest first."""
    return [_info(row) for row in Request.objects.filter(case_id=case_id).order_by("-id")]


def situation_of(
    case: Case, rule: RequestRule, task: Task | None, *, requests: Sequence[Request], now: datetime
) -> Situation:
    """Return how a case stands for a request under `rule`. requests: all of the case."""
    same = [row for row in requests if row.rule_code == rule.code]
    granted = [row for row in same if row.state == Request.State.GRANTED]
    task_id = task.id if task else None
    return Situation(
        now=now,
        granted=len(granted),
        pending=any(row.state == Request.State.PENDING and row.task_id == task_id for row in same),
        used=sum((Fraction(row.amount) for row in granted if row.amount), Fraction(0)),
        since=task.opened_at if task else case.closed_at,
        late=_late(task, now) if task else False,
        suspended=case.suspended_until is not None,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A request that an actor may make now. task_id, task_name: what it is about; None and empty for the case."""

    rule: RequestRule
    task_id: int | None = None
    task_name: str = ""


def offers(actor: Actor, shown: CaseInfo, *, now: datetime) -> list[Offer]:
    """Return the requests that an actor may make in a case that he has been shown."""
    case = Case.objects.get(id=shown.row.id)
    requests = list(Request.objects.filter(case=case))
    waiting = Task.objects.filter(case=case, state=Task.State.OPEN)
    tasks = {item.id: item for item in waiting if in_diagram(item.node)}
    mine = {item.id for item in shown.tasks if item.mine and in_diagram(item.node)}
    calendar, found = calendar_of(case.division_code), []
    for rule in version(case.version_id).settings.requests.values():
        if (rule.kind == "reopen") is (case.status == Case.Status.OPEN):
            continue
        if rule.asker and not covers(actor, rule.asker, keys=frozenset(case.scope_keys)):
            continue
        for task in _subjects(rule, tasks, mine):
            situation = situation_of(case, rule, task, requests=requests, now=now)
            if may_ask(rule, situation=situation, calendar=calendar):
                found.append(Offer(rule, task.id if task else None, task.name if task else ""))
    return found


def _subjects(rule: RequestRule, tasks: Mapping[int, Task], mine: Set[int]) -> Sequence[Task | None]:
    """Return what a request may be about: tasks, or with None the whole case."""
    if rule.kind not in OF_TASKS:
        return [None] if rule.asker or mine else []
    return [item for item in tasks.values() if rule.covers(item.node) and (rule.asker or item.id in mine)]


def _late(task: Task, now: datetime) -> bool | None:
    return None if task.due_at is None else (task.paused_at or now) >= task.due_at


def _info(row: Request) -> RequestInfo:
    return RequestInfo(
        id=row.id,
        rule_code=row.rule_code,
        name=row.name,
        kind=row.kind,
        state=row.state,
        reason=row.reason,
        reason_code=row.reason_code,
        amount=row.amount,
        unit=row.unit,
        until=row.until,
        task_id=row.task_id,
        approval_id=row.approval_id,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        asked_by_name=row.asked_by_name,
        organisation_id=row.organisation_id,
        decided_at=row.decided_at,
        decided_by_name=row.decided_by_name,
        note=row.note,
    )
