"""Taking a case for a change: the row is locked, then what must hold is checked.

The lock is `FOR NO KEY UPDATE`: two changes of one case wait for each other, while history rows of others may still
refer to the case.
"""

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.permissions import SUPERVISE
from onecity.platform.cases.rules.states import Deed, Status, check_deed
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


def locked_case(case_id: int, *, deed: Deed, revision: int | None = None) -> Case:
    """Return a case locked for a deed.

    Raises: NotFound; CaseIsOver; CaseChanged if `revision` is given and is not the current one.
    """
    case = Case.objects.select_for_update(no_key=True).filter(id=case_id).first()
    if case is None:
        raise NotFound(zh("没有这个案件"))
    check_deed(_STATUSES[case.status], deed)
    if revision is not None and revision != case.revision:
        raise CaseChanged
    return case


def locked_task(task_id: int, *, deed: Deed, revision: int | None = None) -> tuple[Case, Task, list[Task]]:
    """Return a task's case, locked, the task itself, and the case's other waiting tasks.

    Raises: NotFound; TaskIsOver; CaseIsOver; CaseChanged.
    """
    case = Case.objects.select_for_update(no_key=True).filter(id=_case_of(task_id)).first()
    if case is None:
        raise NotFound(zh("没有这个任务"))
    waiting = list(Task.objects.filter(case_id=case.id, state=Task.State.OPEN))
    task = next((item for item in waiting if item.id == task_id), None)
    if task is None:
        raise TaskIsOver
    check_deed(_STATUSES[case.status], deed)
    if revision is not None and revision != case.revision:
        raise CaseChanged
    return case, task, [item for item in waiting if item.id != task_id]


def _case_of(task_id: int) -> object:
    return Task.objects.filter(id=task_id).values("case_id")[:1]


def task_keys(task: Task) -> frozenset[str]:
    """Return the scope keys under which a task may be done."""
    return frozenset({*organisation_keys(task.organisation_id), *division_keys(task.division_code)})


def check_may_do(actor: Actor, task: Task) -> None:
    """Let an actor end or claim a task: whoever holds its post where it belongs, unless another has claimed it.

    Raises: NotPermitted; ClaimedByOther.
    """
    keys = task_keys(task)
    if covers(actor, SUPERVISE, keys=keys) and covers(actor, task.post, keys=keys):
        return
    if not covers(actor, task.post, keys=keys):
        raise NotPermitted
    if task.assignee_id is not None and not (actor.kind == "account" and actor.id == task.assignee_id):
        raise ClaimedByOther
