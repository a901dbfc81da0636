"""What a granted request does to its case."""

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.deadlines import TimeUnit
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.cases.models import Case, Request, Task
from onecity.platform.cases.rules.clocks import Extension
from onecity.platform.cases.rules.requests import RequestRule
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.services.ending import Locked, end_task
from onecity.platform.cases.services.locking import TaskIsOver
from onecity.platform.cases.services.progress import clock_of_row, turn_task
from onecity.platform.cases.services.requests.reopening import reopen
from onecity.platform.cases.services.requests.suspending import suspend
from onecity.platform.cases.services.requests.turning import save_case_clock
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.stopping import announce_stopped, stop_case
from onecity.platform.cases.services.writing import write_entries

Opened = tuple[str, ...]
Effect = Callable[[Actor, Request, Case, RequestRule, Sequence[Task], datetime], Opened]


def apply(
    actor: Actor, row: Request, *, case: Case, rule: RequestRule, waiting: Sequence[Task], now: datetime
) -> Opened:
    """Grant a request and do what it asks for, in the caller's transaction; returns the names of tasks that open.

    waiting: the case's waiting tasks without the approval itself.
    """
    row.state, row.decided_at = Request.State.GRANTED, now
    row.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "note"])
    return _EFFECTS[rule.kind](actor, row, case, rule, waiting, now)


def _postpone(
    actor: Actor, row: Request, case: Case, rule: RequestRule, waiting: Sequence[Task], now: datetime
) -> Opened:
    task = _subject(row, waiting)
    calendar, by = calendar_of(case.division_code), Extension(Fraction(row.amount), TimeUnit(row.unit))
    clock = clock_of_row(task)
    if clock:
        turn_task(task, clock.extended(by=by, calendar=calendar), now=now)
    own = clock_of_row(case)
    if own and rule.extends_case:
        own = own.extended(by=by, calendar=calendar)
    save_case_clock(case, own, waiting=waiting, now=now)
    data = {"name": task.name, "due_at": task.due_at.isoformat() if task.due_at else None}
    write_entries(case.id, entry("postponed", actor, at=now, data=data, task_id=task.id))
    return ()


def _suspend(actor: Actor, row: Request, case: Case, _: RequestRule, waiting: Sequence[Task], now: datetime) -> Opened:
    assert row.until is not None
    suspend(actor, case, until=row.until, reason=row.reason, waiting=waiting, now=now)
    return ()


def _return(
    actor: Actor, row: Request, case: Case, rule: RequestRule, waiting: Sequence[Task], now: datetime
) -> Opened:
    task = _subject(row, waiting)
    others = [item for item in waiting if item.id != task.id]
    answer = TaskAnswer(rule.outcome, note=row.reason)
    return end_task(actor, Locked(case, task, others), answer=answer, now=now).opened


def _close(actor: Actor, row: Request, case: Case, _: RequestRule, __: Sequence[Task], now: datetime) -> Opened:
    lines = stop_case(actor, case, status="closed", now=now)
    data = {"status": "closed", "light": case.light, "forced": True}
    write_entries(case.id, *lines, entry("closed", actor, at=now, text=row.reason, data=data))
    announce_stopped(case, now=now)
    return ()


def _reopen(actor: Actor, row: Request, case: Case, rule: RequestRule, _: Sequence[Task], now: datetime) -> Opened:
    return reopen(actor, case, node=rule.target, reason=row.reason, now=now)


def _subject(row: Request, waiting: Sequence[Task]) -> Task:
    task = next((item for item in waiting if item.id == row.task_id), None)
    if task is None:
        raise TaskIsOver
    return task


_EFFECTS: Final[dict[str, Effect]] = {
    "postpone": _postpone,
    "suspend": _suspend,
    "return": _return,
    "force_close": _close,
    "reopen": _reopen,
}
