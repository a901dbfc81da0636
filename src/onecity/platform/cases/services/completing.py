"""Ending a task: the process runs on to whoever is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor, ScopeKey
from onecity.platform.cases.contracts import CompletedTask, TaskAnswer
from onecity.platform.cases.events import TASK_COMPLETED
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.process.checks import CASE_CLOCK
from onecity.platform.cases.process.elements import UserTask
from onecity.platform.cases.process.running import Step, advance
from onecity.platform.cases.rules.clocks import LIGHTS, Light, TimedLimit, read_clock, worst
from onecity.platform.cases.rules.forms import check_form
from onecity.platform.cases.rules.outcomes import Answer, OutcomeRule, check_answer
from onecity.platform.cases.rules.states import stage_of
from onecity.platform.cases.rules.terms import scope_term
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.scopes import organisation_keys
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.announcing import announce_closed, announce_tasks
from onecity.platform.cases.services.locking import check_may_do, locked_task
from onecity.platform.cases.services.opening import COUNTED_EVERYWHERE
from onecity.platform.cases.services.rows import (
    NewTask,
    Row,
    clock_columns,
    completed_entry,
    entry,
    status_entry,
    task_opened_entry,
    task_row,
)
from onecity.platform.cases.services.stepping import (
    CaseState,
    clock_of,
    context_of,
    organisation_of,
    standing_clocks,
)
from onecity.platform.cases.services.writing import END_SQL, STEP_SQL, run, task_ids, written, written_lines
from onecity.platform.identity.api import organisation, record


@dataclass(slots=True)
class Progress:
    """A case while its step is worked out: rows as read, what the process did, clocks as they will stand."""

    actor: Actor
    case: Case
    task: Task
    others: list[Task]
    state: CaseState
    step: Step
    tasks: list[NewTask]
    case_clock: TimedLimit | None
    lines: list[Row]

    @property
    def remaining(self) -> list[Task]:
        """Return the tasks that waited before and wait still."""
        return [item for item in self.others if item.token not in self.step.gone]

    @property
    def light(self) -> Light:
        """Return the case's light: the worst of its own clock and its waiting tasks; at the end its own alone."""
        own = self.case_clock.light(now=self.state.now) if self.case_clock else None
        if self.step.result:
            return own or _light(self.case.light)
        lights = [_light(item.light) for item in self.remaining]
        lights += [task.clock.light(now=self.state.now) for task in self.tasks if task.clock]
        return worst([*lights, own] if own else lights)


def complete_task(actor: Actor, *, task_id: int, answer: TaskAnswer, now: datetime) -> CompletedTask:
    """End a task with an outcome, run the process on, and write the step.

    now: city time.
    Raises: NotFound; NotPermitted; TaskIsOver; CaseIsOver; CaseChanged; ClaimedByOther; OutcomeRefused; FormRefused.
    """
    with transaction.atomic():
        case, task, others = locked_task(task_id, deed="complete", revision=answer.revision)
        check_may_do(actor, task)
        state = _state_of(case, now=now)
        element = state.version.process.diagram.user_tasks[task.node]
        outcome, values = _accepted(answer, element=element, state=state)
        step = advance(state.version.process, case.workflow, task_id=task.token, context=context_of(state))
        progress = Progress(actor, case, task, others, state, step, [], _clock_of_case(case), [])
        _note_outcome(progress, element=element, outcome=outcome, answer=answer, values=values)
        _open_tasks(progress)
        _settle_clocks(progress)
        revision = _write(progress, outcome=outcome)
    return CompletedTask(
        case.id, case.number, step.result or "open", revision, tuple(item.element.name for item in progress.tasks)
    )


def _state_of(case: Case, *, now: datetime) -> CaseState:
    return CaseState(
        version=version(case.version_id),
        id=case.id,
        number=case.number,
        class_code=case.class_code,
        source_code=case.source_code,
        urgency=case.urgency,
        organisation_id=case.organisation_id,
        handler_id=case.handler_id,
        reporter_organisation_id=case.reporter_organisation_id,
        division_code=case.division_code,
        opened_at=case.opened_at,
        now=now,
        outcomes=dict(case.outcomes),
        data=dict(case.data),
    )


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


def _clock_of_case(case: Case) -> TimedLimit | None:
    return read_clock(case.clock, due_at=case.due_at, warn_at=case.warn_at, paused_at=case.paused_at)


def _note_outcome(
    progress: Progress, *, element: UserTask, outcome: OutcomeRule, answer: TaskAnswer, values: Mapping[str, Any]
) -> None:
    data: Row = {"handler_id": progress.state.handler_id} if outcome.organisation else {}
    if values:
        data["form"] = dict(values)
    if answer.files:
        data["files"] = list(answer.files)
    at, actor = progress.state.now, progress.actor
    progress.lines.append(
        completed_entry(
            actor, element=element, outcome=outcome, note=answer.note, at=at, task_id=progress.task.id, data=data
        )
    )
    services = progress.state.version.process.diagram.service_tasks
    for node in progress.state.acted:
        progress.lines.append(entry("acted", actor, at=at, data={"node": node, "name": services[node].name}))
    for other in progress.others:
        if other.token in progress.step.gone:
            progress.lines.append(entry("cancelled", actor, at=at, data={"name": other.name}, task_id=other.id))


def _open_tasks(progress: Progress) -> None:
    elements, state = progress.state.version.process.diagram.user_tasks, progress.state
    calendar = calendar_of(state.division_code)
    for opened in progress.step.opened:
        element = elements[opened.node]
        earlier = _earlier(progress, element) if element.continues else ()
        clock = clock_of(element, state, calendar=calendar, earlier=earlier)
        task = NewTask(opened.id, element, organisation_of(element, state), clock)
        progress.tasks.append(task)
        progress.lines.append(task_opened_entry(task, progress.actor, at=state.now))
    if progress.step.result:
        progress.lines.append(
            status_entry(
                progress.actor, status=progress.step.result, ends=progress.step.ends, light=progress.light, at=state.now
            )
        )


def _earlier(progress: Progress, element: UserTask) -> Sequence[tuple[datetime, datetime]]:
    """Return begin and end of the task's earlier instances."""
    rows = Task.objects.filter(case_id=progress.case.id, node=element.id).order_by("opened_at", "id")
    now = progress.state.now
    return [(row.opened_at, row.ended_at or now) for row in rows]


def _settle_clocks(progress: Progress) -> None:
    """Stop the clocks that the waiting tasks want to stand, and let the others run."""
    elements, now = progress.state.version.process.diagram.user_tasks, progress.state.now
    calendar = calendar_of(progress.state.division_code)
    waiting = [item.node for item in progress.remaining] + [item.element.id for item in progress.tasks]
    standing = standing_clocks(elements, waiting)
    progress.tasks = [
        NewTask(
            item.token, item.element, item.organisation_id, item.clock.paused(wanted=True, now=now, calendar=calendar)
        )
        if item.clock and item.element.id in standing
        else item
        for item in progress.tasks
    ]
    for item in progress.remaining:
        timed = read_clock(item.clock, due_at=item.due_at, warn_at=item.warn_at, paused_at=item.paused_at)
        if timed and (item.paused_at is not None) is not (item.node in standing):
            turned = timed.paused(wanted=item.node in standing, now=now, calendar=calendar)
            _turn_task(item, turned, now=now)
            progress.lines.append(_turned_line(progress, stands=item.node in standing, name=item.name, task_id=item.id))
    if progress.case_clock and not progress.step.result:
        stands = CASE_CLOCK in standing
        if (progress.case_clock.clock.paused_at is not None) is not stands:
            progress.lines.append(_turned_line(progress, stands=stands, name="", task_id=None))
        progress.case_clock = progress.case_clock.paused(wanted=stands, now=now, calendar=calendar)


def _turned_line(progress: Progress, *, stands: bool, name: str, task_id: int | None) -> Row:
    kind = "paused" if stands else "resumed"
    return entry(kind, progress.actor, at=progress.state.now, data={"name": name}, task_id=task_id)


def _turn_task(task: Task, timed: TimedLimit, *, now: datetime) -> None:
    task.due_at, task.warn_at, task.paused_at = timed.clock.due_at, timed.clock.warn_at, timed.clock.paused_at
    task.next_light_at, task.light, task.clock = timed.next_change(now=now), timed.light(now=now), timed.kept()
    task.save(update_fields=["due_at", "warn_at", "paused_at", "next_light_at", "light", "clock"])


def _write(progress: Progress, *, outcome: OutcomeRule) -> int:
    case, state, step = progress.case, progress.state, progress.step
    new_keys = sorted(set(organisation_keys(state.handler_id)).difference(case.scope_keys))
    status = step.result or "open"
    if step.result:
        _end(progress, status=status)
    row = run(STEP_SQL, _step_values(progress, new_keys=new_keys, status=status, outcome=outcome))
    assert row is not None
    revision: int = row[0]
    details = {"number": case.number, "task": progress.task.id, "outcome": outcome.code, "status": status}
    record(progress.actor, action="cases.complete_task", target=f"cases.case:{case.id}", details=details)
    bus.announce(
        TASK_COMPLETED,
        case_id=case.id,
        task_id=progress.task.id,
        type_code=state.version.type_code,
        node=progress.task.node,
        outcome=outcome.code,
        handler_id=state.handler_id,
        at=state.now,
    )
    announce_tasks(state, tasks=progress.tasks, ids=task_ids(row[1]))
    if step.result:
        announce_closed(state, status=status, light=progress.light, origin=case.origin or "")
    return revision


def _end(progress: Progress, *, status: str) -> None:
    """Turn the case's rows of lists and counters over to its last status."""
    case = progress.case
    values = {
        "status": status,
        "old_keys": case.scope_keys,
        "old_counted": [*case.scope_keys, COUNTED_EVERYWHERE],
        "opened_at": case.opened_at,
        "case_id": case.id,
        "case_type_id": case.case_type_id,
    }
    run(END_SQL, values)


def _step_values(progress: Progress, *, new_keys: list[ScopeKey], status: str, outcome: OutcomeRule) -> dict[str, Any]:
    case, state, step, now = progress.case, progress.state, progress.step, progress.state.now
    waiting = [item.stage_code for item in progress.remaining] + [item.element.stage for item in progress.tasks]
    columns = clock_columns(progress.case_clock, now=now)
    gone = [item.id for item in progress.others if item.token in step.gone]
    actor = progress.actor
    return {
        "case_id": case.id,
        "task_id": progress.task.id,
        "ended_ids": [progress.task.id, *gone],
        "ended_by": actor.key[:60],
        "assignee_id": actor.id if actor.kind == "account" else None,
        "outcome": outcome.code,
        "now": now,
        "status": status,
        "stage_code": stage_of(
            waiting, order=[stage.code for stage in state.version.settings.stages], current=case.stage_code
        ),
        "light": progress.light,
        "handler_id": state.handler_id,
        "due_at": columns["due_at"],
        "warn_at": columns["warn_at"],
        "paused_at": columns["paused_at"],
        "next_light_at": None if step.result else columns["next_light_at"],
        "closed_at": now if step.result else None,
        "clock": written(columns["clock"]),
        "data": written(state.data),
        "outcomes": written(state.outcomes),
        "workflow": written(step.state),
        "scope_keys": [*case.scope_keys, *new_keys],
        "new_keys": new_keys,
        "new_terms": [scope_term(key) for key in new_keys],
        "tasks": written([task_row(task, division_code=state.division_code, now=now) for task in progress.tasks]),
        "entries": written_lines(progress.lines),
    }


def _light(text: str) -> Light:
    return next(light for light in LIGHTS if light == text)
