"""Suspension (挂账): every clock of the case stands until it is taken up again, by hand or on the day of its review."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.permissions import SUPERVISE
from onecity.platform.cases.process.checks import CASE_CLOCK
from onecity.platform.cases.rules.requests import is_approval
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.locking import locked_case, may_do, waiting_tasks
from onecity.platform.cases.services.progress import clock_of_row, turn_task
from onecity.platform.cases.services.requests.turning import save_case_clock
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.stepping import standing_clocks
from onecity.platform.cases.services.telling import TELLER, Holders, link_of, responsible
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record
from onecity.platform.messages.api import send

CASE_RESUMED: Final = "cases.case_resumed"
CALENDAR: Final = system_actor("calendar")
BATCH: Final = 20


class NotSuspended(Conflict):
    """The case is not suspended."""

    code = "not_suspended"
    message = zh("案件没有挂账")


def suspend(actor: Actor, case: Case, *, until: datetime, reason: str, waiting: Sequence[Task], now: datetime) -> None:
    """Let every clock of a locked case stand, in the caller's transaction; approvals go on."""
    calendar = calendar_of(case.division_code)
    for task in waiting:
        timed = clock_of_row(task)
        if timed and not is_approval(task.node):
            turn_task(task, timed.paused(wanted=True, now=now, calendar=calendar), now=now)
    own = clock_of_row(case)
    case.suspended_until = until
    stands = own.paused(wanted=True, now=now, calendar=calendar) if own else None
    save_case_clock(case, stands, waiting=waiting, now=now)
    data = {"due_at": until.isoformat()}
    write_entries(case.id, entry("suspended", actor, at=now, text=reason, data=data))


def resume(actor: Actor, *, case_id: int, reason: str, now: datetime) -> None:
    """Take a suspended case up again before its review. now: city time.

    Raises: NotFound; NotSuspended; NotPermitted unless the actor may end a waiting task, approves suspensions of this
    case, or supervises it.
    """
    with transaction.atomic():
        case = locked_case(case_id, deed="ask")
        waiting = waiting_tasks(case.id)
        if case.suspended_until is None:
            raise NotSuspended
        if not may_resume(actor, case, waiting, now=now):
            raise NotPermitted
        _resume(actor, case, waiting, reason=reason.strip(), now=now)


def may_resume(actor: Actor, case: Case, waiting: Sequence[Task], *, now: datetime) -> bool:
    """Say whether an actor may take a suspended case up again."""
    keys = frozenset(case.scope_keys)
    rules = version(case.version_id).settings.requests.values()
    posts = {SUPERVISE, *(rule.approver for rule in rules if rule.kind == "suspend")}
    if any(covers(actor, post, keys=keys) for post in posts):
        return True
    return any(may_do(actor, task, now=now) for task in waiting)


def resumable(actor: Actor, case_id: int, *, now: datetime) -> bool:
    """Say whether an actor may take a case, which he has been shown suspended, up again."""
    return may_resume(actor, Case.objects.get(id=case_id), waiting_tasks(case_id), now=now)


def resume_reviewed(*, now: datetime) -> int:
    """Take up again every case whose review has come, and tell who works on it; returns how many. now: city time."""
    count = 0
    while True:
        batch = _resume_batch(now)
        count += batch
        if batch < BATCH:
            return count


def resume_now() -> int:
    """Take up again what is due by the city's time; the tick."""
    return resume_reviewed(now=clock.city_now())


def _resume_batch(now: datetime) -> int:
    with transaction.atomic():
        due = Case.objects.select_for_update(no_key=True, skip_locked=True).filter(suspended_until__lte=now)
        cases = list(due.order_by("suspended_until")[:BATCH])
        holders = Holders(now=now)
        for case in cases:
            waiting = waiting_tasks(case.id)
            _resume(CALENDAR, case, waiting, reason="", now=now)
            _tell(holders, case, waiting, now=now)
    return len(cases)


def _resume(actor: Actor, case: Case, waiting: Sequence[Task], *, reason: str, now: datetime) -> None:
    calendar = calendar_of(case.division_code)
    elements = version(case.version_id).process.diagram.user_tasks
    standing = standing_clocks(elements, [item.node for item in waiting])
    for task in waiting:
        timed = clock_of_row(task)
        if timed and not is_approval(task.node):
            turn_task(task, timed.paused(wanted=task.node in standing, now=now, calendar=calendar), now=now)
    own = clock_of_row(case)
    case.suspended_until = None
    runs = own.paused(wanted=CASE_CLOCK in standing, now=now, calendar=calendar) if own else None
    save_case_clock(case, runs, waiting=waiting, now=now)
    write_entries(case.id, entry("resumed", actor, at=now, text=reason, data={"suspension": True}))
    record(actor, action="cases.resume", target=f"cases.case:{case.id}", details={"number": case.number})


def _tell(holders: Holders, case: Case, waiting: Sequence[Task], *, now: datetime) -> None:
    for task in waiting:
        if is_approval(task.node):
            continue
        to = responsible(
            post=task.post,
            organisation_id=task.organisation_id,
            division_code=task.division_code,
            assignee_id=task.assignee_id,
            late=False,
        )
        params, link = {"number": case.number, "name": task.name}, link_of(case.number, task.id)
        send(TELLER, to=to(holders), template=CASE_RESUMED, params=params, link=link, now=now)
