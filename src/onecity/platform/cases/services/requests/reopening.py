"""Reopening (重新办理): an ended case goes on at a task that its version names, with its own clock begun anew."""

from datetime import datetime

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.platform.cases.events import CASE_REOPENED
from onecity.platform.cases.models import Case, Subcase
from onecity.platform.cases.process.running import go_on_at
from onecity.platform.cases.selectors.calendars import calendar_of
from onecity.platform.cases.services.announcing import announce_tasks
from onecity.platform.cases.services.progress import Progress, open_tasks, settle_clocks, state_of, write_step
from onecity.platform.cases.services.rows import entry
from onecity.platform.cases.services.stepping import case_clock


def reopen(actor: Actor, case: Case, *, node: str, reason: str, now: datetime) -> tuple[str, ...]:
    """Open a locked ended case again at a task, in the caller's transaction; returns the names of tasks that open."""
    state = state_of(case, now=now)
    step = go_on_at(state.version.process, node)
    clock = case_clock(state, calendar=calendar_of(state.division_code), open_nodes=[node])
    progress = Progress(actor, case, None, [], state, step, clock)
    progress.lines.append(entry("reopened", actor, at=now, text=reason))
    open_tasks(progress)
    settle_clocks(progress)
    _, ids = write_step(progress)
    Subcase.objects.filter(child=case).update(ended_at=None, result="")
    bus.announce(CASE_REOPENED, case_id=case.id, number=case.number, type_code=state.version.type_code, at=now)
    announce_tasks(state, tasks=progress.tasks, ids=ids)
    return tuple(item.element.name for item in progress.tasks)
