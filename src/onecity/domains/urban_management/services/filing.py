"""Filing: a case gets its class and goes on, in one step."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from onecity.domains.urban_management.selectors.classes import filing_class_name
from onecity.domains.urban_management.services.records import keep_case
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, classify_case, complete_with_files
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.documents.contracts import Upload

FILING_NODES = ("accept", "classify")


def file_case(
    actor: Actor,
    *,
    number: str,
    class_code: str,
    note: str,
    revision: int | None,
    now: datetime,
    uploads: Sequence[Upload] = (),
) -> CompletedTask:
    """Put a case under a condition of filing and accept it; neither stands without the other. now: city time.

    revision: as the acceptor saw it.
    Raises: NotFound where nothing waits to be accepted; Invalid naming the field; what `complete_task` raises.
    """
    if not filing_class_name(class_code):
        raise Invalid(fields={"class_code": zh("请选择立案类别（到立案条件一级）")})
    with transaction.atomic():
        found = case(actor, number, now=now)
        task = next((item for item in found.tasks if item.state == "open" and item.node in FILING_NODES), None)
        if task is None:
            raise NotFound(zh("该案件没有等待受理的任务"))
        before = found.revision
        after = classify_case(actor, case_id=found.row.id, class_code=class_code, now=now)
        known = None if revision is None else revision + (after - before)
        outcome = "accept" if task.node == "accept" else "done"
        answer = TaskAnswer(outcome, note, revision=known)
        done = complete_with_files(actor, task_id=task.id, answer=answer, uploads=uploads, now=now)
        keep_case(number, now=now)
    return done
