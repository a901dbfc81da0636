"""What an assisting body answers, and what a lead waits for."""

from datetime import datetime
from typing import Final

from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.models import Assistance, Case, Subcase, Task
from onecity.platform.cases.rules.joint import ASSIST_ANSWERS, ASSISTED, check_waiting
from onecity.platform.cases.rules.outcomes import Answer, check_answer
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.ending import Locked
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.telling import TELLER, Holders, link_of, responsible
from onecity.platform.cases.services.writing import write_entries
from onecity.platform.identity.api import record
from onecity.platform.messages.api import send

ASSISTANCE_ANSWERED: Final = "cases.assistance_answered"
State = Assistance.State


def assist(actor: Actor, locked: Locked, *, answer: TaskAnswer, now: datetime) -> CompletedTask:
    """End an assisting body's task with its answer, in the caller's transaction; who leads is told.

    The caller has checked that the actor holds the task.
    Raises: OutcomeRefused.
    """
    case, task = locked.case, locked.task
    given = Answer(answer.outcome, answer.note, len(answer.files), answer.organisation_id)
    outcome = check_answer(given, ASSIST_ANSWERS)
    row = Assistance.objects.select_related("task").get(assist_id=task.id)
    row.state = State.ASSISTED if outcome is ASSISTED else State.DECLINED
    row.note, row.ended_at, row.ended_by_name = answer.note.strip(), now, actor.name[:60]
    row.save(update_fields=["state", "note", "ended_at", "ended_by_name"])
    task.state, task.ended_at, task.next_light_at = Task.State.DONE, now, None
    task.ended_by, task.outcome = actor.key[:60], outcome.code
    if task.assignee_id is None and actor.kind == "account":
        task.assignee_id = actor.id
    task.save(update_fields=["state", "ended_at", "next_light_at", "ended_by", "outcome", "assignee"])
    data = {"name": row.name, "outcome_name": outcome.name, "assistance_id": row.id, **locked.note}
    if answer.files:
        data["files"] = list(answer.files)
    write_entries(case.id, entry("assisted", actor, at=now, text=row.note, data=data, task_id=task.id))
    details = {"number": case.number, "outcome": outcome.code, **locked.details}
    record(actor, action="cases.answer_assistance", target=f"cases.assistance:{row.id}", details=details)
    tell_lead(row.task, template=ASSISTANCE_ANSWERED, number=case.number, name=row.name, now=now)
    return CompletedTask(case.id, case.number, case.status, case.revision, ())


def check_free_of_others(actor: Actor, case: Case, task: Task, *, overrule: str, now: datetime) -> None:
    """Let a lead end his task in the caller's transaction, when all have answered or he says why he waits no longer.

    Raises: StillWaiting.
    """
    settings = version(case.version_id).settings
    joint = any(rule.covers(task.node) for rule in settings.joint.values())
    if not joint and not any(rule.covers(task.node) for rule in settings.subcases.values()):
        return
    assisting = Assistance.objects.filter(task=task, state=State.WAITING).count()
    running = Subcase.objects.filter(task=task, waits=True, child__status=Case.Status.OPEN)
    numbers = list(running.values_list("child__number", flat=True))
    check_waiting(assisting=assisting, subcases=len(numbers), overrule=overrule)
    if assisting or numbers:
        data = {"name": task.name, "assisting": assisting, "numbers": numbers}
        write_entries(case.id, entry("overruled", actor, at=now, text=overrule.strip(), data=data, task_id=task.id))
        record(actor, action="cases.overrule", target=f"cases.task:{task.id}", details={"number": case.number})


def tell_lead(task: Task, *, template: str, number: str, name: str, now: datetime) -> int:
    """Tell whoever holds a waiting task of what he waited for; returns how many people were told."""
    to = responsible(
        post=task.post,
        organisation_id=task.organisation_id,
        division_code=task.division_code,
        assignee_id=task.assignee_id,
        late=False,
    )
    params, link = {"number": number, "name": name}, link_of(number, task.id)
    return send(TELLER, to=to(Holders(now=now)), template=template, params=params, link=link, now=now)
