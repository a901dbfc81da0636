"""What a step tells the modules above."""

from collections.abc import Mapping, Sequence

from onecity.kernel import bus
from onecity.platform.cases.events import CASE_CLOSED, TASK_OPENED
from onecity.platform.cases.services.rows import NewTask
from onecity.platform.cases.services.stepping import CaseState


def announce_tasks(state: CaseState, *, tasks: Sequence[NewTask], ids: Mapping[str, int]) -> None:
    """Tell of tasks that began to wait."""
    for task in tasks:
        bus.announce(
            TASK_OPENED,
            case_id=state.id,
            task_id=ids[task.token],
            type_code=state.version.type_code,
            node=task.element.id,
            post=task.element.post,
            organisation_id=task.organisation_id,
            division_code=state.division_code,
            due_at=task.clock.clock.due_at if task.clock else None,
            at=state.now,
        )


def announce_closed(state: CaseState, *, status: str, light: str, origin: str) -> None:
    """Tell that a case has ended."""
    bus.announce(
        CASE_CLOSED,
        case_id=state.id,
        number=state.number,
        type_code=state.version.type_code,
        status=status,
        light=light,
        origin=origin,
        organisation_id=state.organisation_id,
        at=state.now,
    )
