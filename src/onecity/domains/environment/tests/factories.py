"""The smallest valid objects of environment, for its own tests and its neighbours'."""

from datetime import datetime
from itertools import count

from onecity.domains.environment.rules.codes import AIR_STATION, PROPERTY_OF
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.services.assessing import Changed, assess
from onecity.domains.environment.services.stations import refresh_stations
from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue, NewDevice
from onecity.platform.iot.declare import Period, Protocol

_numbers = count(1)
CLEAN = {
    Pollutant.SO2: 8.0,
    Pollutant.NO2: 20.0,
    Pollutant.CO: 0.5,
    Pollutant.O3: 60.0,
    Pollutant.PM10: 40.0,
    Pollutant.PM2_5: 20.0,
}
"""Good air: 40 by PM10 under either edition."""


def make_station(
    name: str = "净月潭", *, now: datetime, place: tuple[float, float] | None = (125.46, 43.79), key: str = ""
) -> int:
    """Register an air station that iot and environment know; return its id."""
    new = NewDevice(
        key=key or f"AIR{next(_numbers):011d}",
        name=name,
        type_code=AIR_STATION,
        protocol=Protocol.HJ212,
        organisation_id=make_organisation().id,
        place=place,
    )
    number = iot.register_device(system_actor("test"), new=new, now=now)
    refresh_stations(now=now)
    return number


def measure(
    station_id: int,
    begins_at: datetime,
    *,
    now: datetime,
    values: dict[Pollutant, float] | None = None,
    quality: str = "N",
    sub_value: str = "avg",
) -> None:
    """Record an hour's means of a station; an hour recorded before is put right. values: clean air without them."""
    given = CLEAN if values is None else values
    keys = {item: DatastreamKey(station_id, PROPERTY_OF[item], Period.HOUR, sub_value) for item in given}
    streams = iot.datastreams_for(list(keys.values()), now=now)
    readings = [DerivedValue(streams[keys[item]], begins_at, value, quality) for item, value in given.items()]
    iot.record_derived(readings, now=now)


def assessed(station_id: int, begins_at: datetime, *, now: datetime, **values: float) -> Changed:
    """Record an hour of clean air but for some pollutants (by property code), and compute it."""
    changed = {pollutant: values[code] for pollutant, code in PROPERTY_OF.items() if code in values}
    measure(station_id, begins_at, now=now, values=CLEAN | changed)
    return assess([station_id], hours=[begins_at], now=now)
