"""What stands beside the process and has lost its object: its task, or the whole case, is over."""

from onecity.platform.cases.models import Assistance, Request
from onecity.platform.cases.rules.joint import in_diagram
from onecity.platform.cases.services.progress import Progress
from onecity.platform.cases.services.rows import entry


def lapse(progress: Progress, *, overruled: bool = False) -> None:
    """End the approvals and assistances whose task or case ends with this step.

    overruled: whether the lead waits no longer for those that assist him.
    """
    beside = [item.id for item in progress.others if not in_diagram(item.node)]
    if not beside:
        return
    over = {item.id for item in progress.gone} | ({progress.task.id} if progress.task else set())
    ended = _lapse_requests(progress, beside, over) | _lapse_assistances(progress, beside, over, overruled=overruled)
    progress.lapsing = [item for item in progress.others if item.id in ended]


def _lapse_requests(progress: Progress, beside: list[int], over: set[int]) -> set[int]:
    pending = Request.objects.filter(approval__in=beside, state=Request.State.PENDING)
    lost = [row for row in pending if progress.step.result or row.task_id in over]
    Request.objects.filter(id__in=[row.id for row in lost]).update(
        state=Request.State.LAPSED, decided_at=progress.state.now
    )
    for row in lost:
        line = entry("lapsed", progress.actor, at=progress.state.now, data={"name": row.name}, task_id=row.approval_id)
        progress.lines.append(line)
    return {row.approval_id for row in lost if row.approval_id is not None}


def _lapse_assistances(progress: Progress, beside: list[int], over: set[int], *, overruled: bool) -> set[int]:
    waiting = Assistance.objects.filter(assist__in=beside, state=Assistance.State.WAITING)
    lost = [row for row in waiting if progress.step.result or row.task_id in over]
    state = Assistance.State.OVERRULED if overruled else Assistance.State.LAPSED
    Assistance.objects.filter(id__in=[row.id for row in lost]).update(state=state, ended_at=progress.state.now)
    for row in lost:
        data = {"name": row.name, "organisation_id": row.organisation_id}
        progress.lines.append(
            entry("cancelled", progress.actor, at=progress.state.now, data=data, task_id=row.assist_id)
        )
    return {row.assist_id for row in lost}
