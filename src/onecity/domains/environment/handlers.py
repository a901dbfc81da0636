"""What environment hears of: new hourly readings of air stations."""

from datetime import datetime

from onecity.domains.environment.rules.codes import AIR_STATION
from onecity.domains.environment.services.assessing import assess
from onecity.kernel import bus, clock
from onecity.platform.iot.events import OBSERVATIONS_RECORDED


def assess_recorded(payload: bus.Payload) -> None:
    """Compute the air of the hours that readings came for; it may run twice."""
    devices, hours = payload["device_ids"], payload["hours"]
    if payload["device_type"] != AIR_STATION or not isinstance(devices, list) or not isinstance(hours, list):
        return
    instants = [datetime.fromisoformat(str(hour)) for hour in hours]
    assess([int(number) for number in devices], hours=instants, now=clock.city_now())


bus.subscribe(OBSERVATIONS_RECORDED, code="environment.assess_air", handler=assess_recorded)
