"""What metering hears of: readings of meters, its own findings, and how their cases go on."""

from datetime import datetime

from onecity.domains.metering.events import ABNORMALITY_FOUND
from onecity.domains.metering.rules.codes import SUPPLY_OF_TYPE
from onecity.domains.metering.services.assessing import assess
from onecity.domains.metering.services.handling import close_with_case, note_result, open_case_of
from onecity.kernel import bus, clock
from onecity.kernel.clock import city_date
from onecity.platform.cases import events as cases
from onecity.platform.iot.events import OBSERVATIONS_RECORDED


def assess_recorded(payload: bus.Payload) -> None:
    """Compute the days that readings came for; it may run twice."""
    devices, hours = payload["device_ids"], payload["hours"]
    if payload["device_type"] not in SUPPLY_OF_TYPE or not isinstance(devices, list) or not isinstance(hours, list):
        return
    touched = {city_date(datetime.fromisoformat(str(hour))) for hour in hours}
    assess([int(number) for number in devices], days_touched=touched, now=clock.city_now())


def _found(payload: bus.Payload) -> None:
    open_case_of(payload, now=clock.city_now())


def _closed(payload: bus.Payload) -> None:
    close_with_case(payload, now=clock.city_now())


bus.subscribe(OBSERVATIONS_RECORDED, code="metering.assess_days", handler=assess_recorded)
bus.subscribe(ABNORMALITY_FOUND, code="metering.open_inspection", handler=_found)
bus.subscribe(cases.TASK_COMPLETED, code="metering.note_result", handler=note_result)
bus.subscribe(cases.CASE_CLOSED, code="metering.close_with_case", handler=_closed)
