"""What digital urban management hears of: sensors' alarms, and how its cases go on."""

from onecity.domains.urban_management.services import alarms, records
from onecity.kernel import bus, clock
from onecity.platform.cases import events as cases
from onecity.platform.iot import events as iot


def _raised(payload: bus.Payload) -> None:
    alarms.open_alarm_case(payload, now=clock.city_now())


def _cleared(payload: bus.Payload) -> None:
    alarms.note_alarm_over(payload, now=clock.city_now())


def _wanted(payload: bus.Payload) -> None:
    alarms.open_wanted_case(payload, now=clock.city_now())


bus.subscribe(iot.ALARM_RAISED, code="urban_management.open_alarm_case", handler=_raised)
bus.subscribe(iot.ALARM_CLEARED, code="urban_management.note_alarm_over", handler=_cleared)
bus.subscribe(iot.CASE_WANTED, code="urban_management.open_wanted_case", handler=_wanted)
bus.subscribe(cases.CASE_OPENED, code="urban_management.note_case_opened", handler=records.note_case)
bus.subscribe(cases.CASE_CLOSED, code="urban_management.note_case_closed", handler=records.note_case)
bus.subscribe(cases.CASE_REOPENED, code="urban_management.note_case_reopened", handler=records.note_case)
bus.subscribe(cases.REQUEST_DECIDED, code="urban_management.note_request_decided", handler=records.note_request)
bus.subscribe(cases.CASE_MERGED, code="urban_management.note_case_merged", handler=records.note_merged)
bus.subscribe(cases.TASK_OPENED, code="urban_management.note_step_begun", handler=records.note_step_begun)
bus.subscribe(cases.TASK_COMPLETED, code="urban_management.note_step_ended", handler=records.note_step_ended)
