"""Ending tasks and adding files with the files themselves: stored and noted in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.tasks import attach
from onecity.platform.documents import api as documents
from onecity.platform.documents.contracts import Upload

HOLDER: Final = "cases.case"


def complete_with_files(
    actor: Actor, *, task_id: int, answer: TaskAnswer, uploads: Sequence[Upload], now: datetime
) -> CompletedTask:
    """End a task with files that belong to the answer; neither stands without the other.

    Raises: what `complete_task` and `documents.api.attach` raise.
    """
    if not uploads:
        return complete_task(actor, task_id=task_id, answer=answer, now=now)
    task = Task.objects.filter(id=task_id).values("case_id", "division_code").first()
    if task is None:
        raise NotFound(zh("没有这个任务"))
    with transaction.atomic():
        stored = documents.attach(
            actor,
            holder=HOLDER,
            holder_id=task["case_id"],
            uploads=uploads,
            now=now,
            division_code=task["division_code"][:12],
        )
        whole = replace(answer, files=(*answer.files, *(item.id for item in stored)))
        return complete_task(actor, task_id=task_id, answer=whole, now=now)


def add_files(actor: Actor, *, case_id: int, uploads: Sequence[Upload], now: datetime) -> int:
    """Add files to an open case; returns how many.

    Raises: NotFound; NotPermitted; CaseIsOver; what `documents.api.attach` raises.
    """
    with transaction.atomic():
        case = Case.objects.filter(id=case_id).values("division_code").first()
        if case is None:
            raise NotFound(zh("没有这个案件"))
        stored = documents.attach(
            actor, holder=HOLDER, holder_id=case_id, uploads=uploads, now=now, division_code=case["division_code"][:12]
        )
        attach(actor, case_id=case_id, files=[item.id for item in stored], now=now)
    return len(stored)
