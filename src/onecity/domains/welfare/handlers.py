"""What welfare hears of: how its cases go on."""

from onecity.domains.welfare.services.following import note_closed, note_task
from onecity.kernel import bus, clock
from onecity.platform.cases import events as cases


def _task(payload: bus.Payload) -> None:
    note_task(payload, now=clock.city_now())


def _closed(payload: bus.Payload) -> None:
    note_closed(payload, now=clock.city_now())


bus.subscribe(cases.TASK_OPENED, code="welfare.note_task", handler=_task)
bus.subscribe(cases.CASE_CLOSED, code="welfare.note_closed", handler=_closed)
