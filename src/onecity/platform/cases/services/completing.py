"""Ending a task: the process runs on to whoever is next, a request is decided, or a body has assisted."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.rules.joint import is_assistance
from onecity.platform.cases.rules.requests import is_approval
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.ending import Locked, end_task
from onecity.platform.cases.services.joint.answering import assist, check_free_of_others
from onecity.platform.cases.services.locking import check_may_do, locked_task
from onecity.platform.cases.services.requests.deciding import decide


class NeedsRequest(Conflict):
    """The version lets this outcome be given by a request only."""

    code = "needs_request"
    message = zh("此处理结果须先提出申请")


def complete_task(actor: Actor, *, task_id: int, answer: TaskAnswer, now: datetime) -> CompletedTask:
    """End a task with an outcome, run the process on, and write the step; the approval of a request decides it.

    now: city time.
    Raises: NotFound; NotPermitted; TaskIsOver; CaseIsOver; CaseIsSuspended; CaseChanged; ClaimedByOther;
    OutcomeRefused; FormRefused; NeedsRequest; OwnRequest; StillWaiting.
    """
    with transaction.atomic():
        case, task, others = locked_task(task_id, deed="complete", revision=answer.revision)
        locked = Locked(case, task, others, check_may_do(actor, task, now=now))
        if is_approval(task.node):
            return decide(actor, locked, answer=answer, now=now)
        if is_assistance(task.node):
            return assist(actor, locked, answer=answer, now=now)
        _check_free(case, task, answer.outcome)
        check_free_of_others(actor, case, task, overrule=answer.overrule, now=now)
        return end_task(actor, locked, answer=answer, now=now)


def _check_free(case: Case, task: Task, outcome: str) -> None:
    for rule in version(case.version_id).settings.requests.values():
        if rule.kind == "return" and rule.outcome == outcome and rule.covers(task.node):
            raise NeedsRequest
