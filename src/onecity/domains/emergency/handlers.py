"""What emergency management hears of: tasks that were ended on the page of their case."""

from datetime import datetime

from onecity.domains.emergency.process import TASK_TYPE
from onecity.domains.emergency.services.tasks import note_case_closed
from onecity.kernel import bus
from onecity.platform.cases import events as cases


def hear_case_closed(payload: bus.Payload) -> None:
    """Check the task off that a closed case carried."""
    if payload["type_code"] == TASK_TYPE:
        note_case_closed(str(payload["number"]), now=datetime.fromisoformat(str(payload["at"])))


bus.subscribe(cases.CASE_CLOSED, code="emergency.note_case_closed", handler=hear_case_closed)
