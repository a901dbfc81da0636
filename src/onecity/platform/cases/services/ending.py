"""The step that ends one task of the diagram: the answer is taken, the process runs on to whoever is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.events import TASK_COMPLETED
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.process.elements import UserTask
from onecity.platform.cases.process.running import advance
from onecity.platform.cases.rules.forms import check_form
from onecity.platform.cases.rules.outcomes import Answer, OutcomeRule, check_answer
from onecity.platform.cases.services.announcing import announce_closed, announce_tasks
from onecity.platform.cases.services.lapsing import lapse
from onecity.platform.cases.services.progress import (
    Progress,
    clock_of_row,
    open_tasks,
    settle_clocks,
    state_of,
    write_step,
)
from onecity.platform.cases.services.rows import Row, completed_entry, entry
from onecity.platform.cases.services.stepping import CaseState, context_of
from onecity.platform.identity.api import organisation, record


@dataclass(frozen=True, slots=True)
class Locked:
    """A task with its case, locked, and the case's other waiting tasks. behalf: for whom the actor stands in."""

    case: Case
    task: Task
    others: list[Task]
    behalf: Actor | None = None

    @property
    def note(self) -> Row:
        """Return what a line of history says of the person for whom the actor stands in."""
        return {"for": self.behalf.name} if self.behalf else {}

    @property
    def details(self) -> Row:
        """Return what the audit says of him."""
        return {"for": self.behalf.key} if self.behalf else {}


def end_task(actor: Actor, locked: Locked, *, answer: TaskAnswer, now: datetime) -> CompletedTask:
    """End a task of the diagram in the caller's transaction; the caller has checked that the actor may.

    Raises: OutcomeRefused; FormRefused.
    """
    case, task = locked.case, locked.task
    state = state_of(case, now=now)
    element = state.version.process.diagram.user_tasks[task.node]
    outcome, values = _accepted(answer, element=element, state=state)
    step = advance(state.version.process, case.workflow, task_id=task.token, context=context_of(state))
    progress = Progress(actor, case, task, locked.others, state, step, clock_of_row(case), outcome.code)
    lapse(progress, overruled=bool(answer.overrule.strip()))
    _note_outcome(progress, locked, outcome=outcome, answer=answer, values=values)
    open_tasks(progress)
    settle_clocks(progress)
    revision, ids = write_step(progress)
    _leave_trace(progress, locked)
    announce_tasks(state, tasks=progress.tasks, ids=ids)
    if step.result:
        announce_closed(state, status=step.result, light=progress.light, origin=case.origin or "")
    opened = tuple(item.element.name for item in progress.tasks)
    return CompletedTask(case.id, case.number, step.result or "open", revision, opened)


def _accepted(answer: TaskAnswer, *, element: UserTask, state: CaseState) -> tuple[OutcomeRule, Mapping[str, Any]]:
    """Check an answer and put what it says into the state; returns the outcome and the form's values."""
    outcome = check_answer(
        Answer(answer.outcome, answer.note, len(answer.files), answer.organisation_id), element.outcomes
    )
    form = state.version.settings.forms.get(element.form)
    values = check_form(form, answer.data) if form else {}
    declared = {item.code for item in state.version.settings.data}
    state.data.update({name: value for name, value in values.items() if name in declared})
    state.outcome = state.outcomes[element.id] = outcome.code
    if outcome.organisation and answer.organisation_id is not None:
        state.handler_id = organisation(answer.organisation_id).id
    return outcome, values


def _note_outcome(
    progress: Progress, locked: Locked, *, outcome: OutcomeRule, answer: TaskAnswer, values: Mapping[str, Any]
) -> None:
    data = locked.note
    if outcome.organisation:
        data["handler_id"] = progress.state.handler_id
    if values:
        data["form"] = dict(values)
    if answer.files:
        data["files"] = list(answer.files)
    at, actor, task = progress.state.now, progress.actor, locked.task
    element = progress.state.version.process.diagram.user_tasks[task.node]
    progress.lines.append(
        completed_entry(actor, element=element, outcome=outcome, note=answer.note, at=at, task_id=task.id, data=data)
    )
    progress.lines += acted_lines(progress.state, actor)
    lapsing = {item.id for item in progress.lapsing}
    for other in progress.gone:
        if other.id not in lapsing:
            progress.lines.append(entry("cancelled", actor, at=at, data={"name": other.name}, task_id=other.id))


def acted_lines(state: CaseState, actor: Actor) -> Sequence[Row]:
    """Return the lines that tell of the service tasks that ran."""
    services = state.version.process.diagram.service_tasks
    return [
        entry("acted", actor, at=state.now, data={"node": node, "name": services[node].name}) for node in state.acted
    ]


def _leave_trace(progress: Progress, locked: Locked) -> None:
    task = locked.task
    case, state, status = progress.case, progress.state, progress.step.result or "open"
    details = {"number": case.number, "task": task.id, "outcome": progress.outcome, "status": status, **locked.details}
    record(progress.actor, action="cases.complete_task", target=f"cases.case:{case.id}", details=details)
    bus.announce(
        TASK_COMPLETED,
        case_id=case.id,
        task_id=task.id,
        type_code=state.version.type_code,
        node=task.node,
        outcome=progress.outcome,
        handler_id=state.handler_id,
        at=state.now,
    )
