"""What environment hears of: new readings of its stations and outlets, alarms of outlets, and how their cases go on."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from onecity.domains.environment.rules.codes import AIR_STATION
from onecity.domains.environment.rules.noise.codes import NOISE_STATION
from onecity.domains.environment.rules.outlets.codes import TYPES
from onecity.domains.environment.rules.water.codes import WATER_STATION
from onecity.domains.environment.services.assessing import assess
from onecity.domains.environment.services.noise.assessing import assess_noise
from onecity.domains.environment.services.outlets import handling
from onecity.domains.environment.services.outlets.assessing import assess_outlets
from onecity.domains.environment.services.water.assessing import assess_water
from onecity.kernel import bus, clock
from onecity.platform.cases import events as cases
from onecity.platform.iot import events as iot

_COMPUTE: Final[dict[str, Callable[[list[int], list[datetime]], object]]] = {
    AIR_STATION: lambda ids, hours: assess(ids, hours=hours, now=clock.city_now()),
    WATER_STATION: lambda ids, hours: assess_water(ids, hours=hours, now=clock.city_now()),
    NOISE_STATION: lambda ids, hours: assess_noise(ids, at=hours, now=clock.city_now()),
    **{code: lambda ids, hours: assess_outlets(ids, at=hours, now=clock.city_now()) for code in TYPES},
}


def assess_recorded(payload: bus.Payload) -> None:
    """Compute what follows from the hours that readings came for; it may run twice."""
    devices, hours = payload["device_ids"], payload["hours"]
    compute = _COMPUTE.get(str(payload["device_type"]))
    if compute is None or not isinstance(devices, list) or not isinstance(hours, list):
        return
    compute([int(number) for number in devices], [datetime.fromisoformat(str(hour)) for hour in hours])


def _case_closed(payload: bus.Payload) -> None:
    handling.note_case_closed(payload, now=clock.city_now())


bus.subscribe(iot.OBSERVATIONS_RECORDED, code="environment.assess_air", handler=assess_recorded)
bus.subscribe(iot.ALARM_RAISED, code="environment.link_alarm", handler=handling.link_alarm)
bus.subscribe(cases.CASE_OPENED, code="environment.link_case", handler=handling.link_case)
bus.subscribe(cases.CASE_CLOSED, code="environment.note_case_closed", handler=_case_closed)
