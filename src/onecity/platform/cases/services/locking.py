"""Taking a case for a change: the row is locked, then what must hold is checked.

The lock is `FOR NO KEY UPDATE`: two changes of one case wait for each other, while history rows of others may still
refer to the case.
"""

from datetime import datetime
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.permissions import SUPERVISE
from onecity.platform.cases.rules.requests import is_approval
from onecity.platform.cases.rules.states import Deed, Status, check_deed
from onecity.platform.cases.selectors.deputies import stood_in_for
from onecity.platform.cases.selectors.scopes import covers, division_keys, organisation_keys

_STATUSES: dict[str, Status] = {"open": "open", "closed": "closed", "void": "void", "merged": "merged"}


class CaseChanged(Conflict):
    """Somebody else changed the case after the person had read it."""

    code = "case_changed"
    message = zh("案件已被他人处理，请刷新后查看最新情况")


class TaskIsOver(Conflict):
    """The task has been ended, by somebody else or by the process."""

    code = "task_is_over"
    message = zh("此任务已经办理完毕或已取消")


class ClaimedByOther(Conflict):
    """Somebody else has claimed the task."""

    code = "claimed_by_other"
    message = zh("此任务已由他人签收")


class CaseIsSuspended(Conflict):
    """The case is suspended: nobody works on it before it is taken up again."""

    code = "case_is_suspended"
    message = zh("案件已挂账，请先恢复办理")


# Written out: composing the two reads anew for each step would take longer than running them.
_CASE: Final = """
    SELECT id, number, case_type_id, version_id, title, class_code, source_code, urgency, status, stage_code, light,
           organisation_id, handler_id, reporter_organisation_id, division_code, origin, opened_at, due_at, warn_at,
           paused_at, suspended_until, clock, data, outcomes, workflow, revision, scope_keys
    FROM cases_case WHERE id = {case} FOR NO KEY UPDATE
"""
_CASE_BY_ID: Final = _CASE.format(case="%s")
_CASE_BY_TASK: Final = _CASE.format(case="(SELECT case_id FROM cases_task WHERE id = %s)")
_WAITING: Final = "SELECT * FROM cases_task WHERE case_id = %s AND state = 'open' ORDER BY id"


def locked_case(case_id: int, *, deed: Deed, revision: int | None = None) -> Case:
    """Return a case locked for a deed.

    Raises: NotFound; CaseIsOver; CaseChanged if `revision` is given and is not the current one.
    """
    case = next(iter(Case.objects.raw(_CASE_BY_ID, [case_id])), None)
    if case is None:
        raise NotFound(zh("没有这个案件"))
    _check(case, deed, revision)
    return case


def locked_task(task_id: int, *, deed: Deed, revision: int | None = None) -> tuple[Case, Task, list[Task]]:
    """Return a task's case, locked, the task itself, and the case's other waiting tasks.

    What would end a task of the diagram decides a request, when the task is the approval of one.
    Raises: NotFound; TaskIsOver; CaseIsOver; CaseIsSuspended; CaseChanged.
    """
    case = next(iter(Case.objects.raw(_CASE_BY_TASK, [task_id])), None)
    if case is None:
        raise NotFound(zh("没有这个任务"))
    waiting = waiting_tasks(case.id)
    task = next((item for item in waiting if item.id == task_id), None)
    if task is None:
        raise TaskIsOver
    _check(case, "decide" if deed == "complete" and is_approval(task.node) else deed, revision)
    return case, task, [item for item in waiting if item.id != task_id]


def waiting_tasks(case_id: int) -> list[Task]:
    """Return a locked case's waiting tasks."""
    return list(Task.objects.raw(_WAITING, [case_id]))


def _check(case: Case, deed: Deed, revision: int | None) -> None:
    check_deed(_STATUSES[case.status], deed)
    if deed == "complete" and case.suspended_until is not None:
        raise CaseIsSuspended
    if revision is not None and revision != case.revision:
        raise CaseChanged


def task_keys(task: Task) -> frozenset[str]:
    """Return the scope keys under which a task may be done."""
    return frozenset({*organisation_keys(task.organisation_id), *division_keys(task.division_code)})


def supervised_keys(case: Case, task: Task) -> frozenset[str]:
    """Return the scope keys under which a task is supervised: where it belongs, and where the case does."""
    return task_keys(task) | frozenset({*organisation_keys(case.organisation_id), *division_keys(case.division_code)})


def check_may_do(actor: Actor, task: Task, *, now: datetime) -> Actor | None:
    """Let an actor end or claim a task; returns for whom he stands in, None where he acts by his own right.

    Whoever holds the task's post where it belongs may, unless another has claimed it; and who stands in for such a
    person, also for the one who has claimed it. now: city time, for deputies.
    Raises: NotPermitted; ClaimedByOther.
    """
    refusal = _refusal(actor, task)
    if refusal is None:
        return None
    for principal in stood_in_for(actor, now=now):
        if _refusal(principal, task) is None:
            return principal
    raise refusal


def may_do(actor: Actor, task: Task, *, now: datetime) -> bool:
    """Say whether an actor may end a task."""
    try:
        check_may_do(actor, task, now=now)
    except (NotPermitted, ClaimedByOther):
        return False
    return True


def _refusal(actor: Actor, task: Task) -> NotPermitted | ClaimedByOther | None:
    keys = task_keys(task)
    if not covers(actor, task.post, keys=keys):
        return NotPermitted()
    if covers(actor, SUPERVISE, keys=keys) or task.assignee_id is None:
        return None
    return None if actor.kind == "account" and actor.id == task.assignee_id else ClaimedByOther()
