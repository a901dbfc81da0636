"""A case while its step is worked out: what the process did, clocks as they will stand, lines; then written."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from onecity.kernel.actor import Actor, ScopeKey
from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.process.checks import CASE_CLOCK
from onecity.platform.cases.process.elements import UserTask
from onecity.platform.cases.process.running import Step
from onecity.platform.cases.rules.clocks import LIGHTS, Light, TimedLimit, read_clock, worst
from onecity.platform.cases.rules.states import stage_of
from onecity.platform.cases.rules.terms import scope_term
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.selectors.scopes import organisation_keys
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.duties.picking import new_task
from onecity.platform.cases.services.rows import (
    NewTask,
    Row,
    clock_columns,
    entry,
    status_entry,
    task_opened_entry,
    task_row,
)
from onecity.platform.cases.services.stepping import (
    NOTHING_EARLIER,
    CaseState,
    Earlier,
    clock_of,
    standing_clocks,
)
from onecity.platform.cases.services.writing import STEP_SQL, run, task_ids, turn_lists, written, written_lines


@dataclass(slots=True)
class Progress:
    """A case while its step is worked out. task: the one that ends; None where the step ends none.

    lapsing: approvals that end with the step because what they were to decide is over.
    """

    actor: Actor
    case: Case
    task: Task | None
    others: list[Task]
    state: CaseState
    step: Step
    case_clock: TimedLimit | None
    outcome: str = ""
    tasks: list[NewTask] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    lapsing: list[Task] = field(default_factory=list)

    @property
    def gone(self) -> list[Task]:
        """Return the tasks beside the ended one that wait no longer."""
        return [item for item in self.others if item.token in self.step.gone or item in self.lapsing]

    @property
    def remaining(self) -> list[Task]:
        """Return the tasks that waited before and wait still."""
        gone = {item.id for item in self.gone}
        return [item for item in self.others if item.id not in gone]

    @property
    def light(self) -> Light:
        """Return the case's light: the worst of its own clock and its waiting tasks; at the end its own alone."""
        own = self.case_clock.light(now=self.state.now) if self.case_clock else None
        if self.step.result:
            return own or light_of(self.case.light)
        lights = [light_of(item.light) for item in self.remaining]
        lights += [task.clock.light(now=self.state.now) for task in self.tasks if task.clock]
        return worst([*lights, own] if own else lights)


def state_of(case: Case, *, now: datetime) -> CaseState:
    """Return a locked case as its process sees it."""
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


def clock_of_row(row: Case | Task) -> TimedLimit | None:
    """Return the clock of a case or a task; None where there is no limit."""
    return read_clock(row.clock, due_at=row.due_at, warn_at=row.warn_at, paused_at=row.paused_at)


def open_tasks(progress: Progress) -> None:
    """Make the tasks that the step opened, with their clocks, and tell of them in the history."""
    elements, state = progress.state.version.process.diagram.user_tasks, progress.state
    calendar = calendar_of(state.division_code)
    for opened in progress.step.opened:
        element = elements[opened.node]
        earlier = _earlier(progress, element) if element.continues else NOTHING_EARLIER
        clock = clock_of(element, state, calendar=calendar, earlier=earlier)
        task = new_task(opened.id, element, state, clock)
        progress.tasks.append(task)
        progress.lines.append(task_opened_entry(task, progress.actor, at=state.now))
    if progress.step.result:
        progress.lines.append(
            status_entry(
                progress.actor, status=progress.step.result, ends=progress.step.ends, light=progress.light, at=state.now
            )
        )


def _earlier(progress: Progress, element: UserTask) -> Earlier:
    """Return what the task's earlier instances leave: the last one carries what was granted before."""
    rows = list(Task.objects.filter(case_id=progress.case.id, node=element.id).order_by("opened_at", "id"))
    now, clocks = progress.state.now, [timed.clock for timed in map(clock_of_row, rows) if timed]
    return Earlier(
        spans=[(row.opened_at, row.ended_at or now) for row in rows],
        pauses=[pause for clock in clocks for pause in clock.pauses],
        extensions=clocks[-1].extensions if clocks else (),
    )


def settle_clocks(progress: Progress) -> None:
    """Stop the clocks that the waiting tasks want to stand, and let the others run."""
    elements, now = progress.state.version.process.diagram.user_tasks, progress.state.now
    calendar = calendar_of(progress.state.division_code)
    waiting = [item.node for item in progress.remaining] + [item.element.id for item in progress.tasks]
    standing = standing_clocks(elements, waiting)
    progress.tasks = [
        replace(item, clock=item.clock.paused(wanted=True, now=now, calendar=calendar))
        if item.clock and item.element.id in standing
        else item
        for item in progress.tasks
    ]
    for item in progress.remaining:
        timed = clock_of_row(item)
        if timed and (item.paused_at is not None) is not (item.node in standing):
            turn_task(item, timed.paused(wanted=item.node in standing, now=now, calendar=calendar), now=now)
            progress.lines.append(_turned_line(progress, stands=item.node in standing, name=item.name, task_id=item.id))
    if progress.case_clock and not progress.step.result:
        stands = CASE_CLOCK in standing
        if (progress.case_clock.clock.paused_at is not None) is not stands:
            progress.lines.append(_turned_line(progress, stands=stands, name="", task_id=None))
        progress.case_clock = progress.case_clock.paused(wanted=stands, now=now, calendar=calendar)


def _turned_line(progress: Progress, *, stands: bool, name: str, task_id: int | None) -> Row:
    kind = "paused" if stands else "resumed"
    return entry(kind, progress.actor, at=progress.state.now, data={"name": name}, task_id=task_id)


def turn_task(task: Task, timed: TimedLimit, *, now: datetime) -> None:
    """Write another clock to a waiting task."""
    task.due_at, task.warn_at, task.paused_at = timed.clock.due_at, timed.clock.warn_at, timed.clock.paused_at
    task.next_light_at, task.light, task.clock = timed.next_change(now=now), timed.light(now=now), timed.kept()
    late = task.light == "red" and task.paused_at is None
    task.watch_at, task.watch_step = (now if late else None), task.watch_step if task.light == "red" else 0
    fields = ["due_at", "warn_at", "paused_at", "next_light_at", "light", "clock", "watch_at", "watch_step"]
    task.save(update_fields=fields)


def write_step(progress: Progress) -> tuple[int, dict[str, int]]:
    """Write a step; returns the case's new revision and the ids of the new tasks by token."""
    case, state, step = progress.case, progress.state, progress.step
    new_keys = sorted(set(organisation_keys(state.handler_id)).difference(case.scope_keys))
    status = step.result or "open"
    if status != case.status:
        turn_lists(case, was=case.status, status=status)
    row = run(STEP_SQL, _step_values(progress, new_keys=new_keys, status=status))
    assert row is not None
    return row[0], task_ids(row[1])


def _step_values(progress: Progress, *, new_keys: list[ScopeKey], status: str) -> dict[str, Any]:
    case, state, step, now = progress.case, progress.state, progress.step, progress.state.now
    waiting = [item.stage_code for item in progress.remaining] + [item.element.stage for item in progress.tasks]
    columns = clock_columns(progress.case_clock, now=now)
    actor, task_id = progress.actor, progress.task.id if progress.task else None
    return {
        "case_id": case.id,
        "task_id": task_id,
        "ended_ids": [*([task_id] if task_id else []), *(item.id for item in progress.gone)],
        "ended_by": actor.key[:60],
        "assignee_id": actor.id if actor.kind == "account" else None,
        "outcome": progress.outcome,
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


def light_of(text: str) -> Light:
    """Return the light that a column holds."""
    return next(light for light in LIGHTS if light == text)
