"""Registers the air stations of the demonstration with the platform; one without a place stays unknown to it."""

from datetime import datetime
from typing import Final

from onecity.demo.air.feed import AirFeed
from onecity.demo.simulators.station_line import PASSWORD
from onecity.kernel.actor import Actor
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import NewDevice
from onecity.platform.iot.declare import Protocol

TYPE: Final = "environment.air_station"
OWNER: Final = "ecology"


def load_stations(actor: Actor, *, feed: AirFeed, now: datetime) -> int:
    """Register the stations that have a place and are not registered yet; returns how many were. now: city time."""
    owner = next(item.id for item in identity.organisations() if item.code == OWNER)
    new = []
    for station in feed.stations:
        if station.place is None:
            continue
        longitude, latitude = station.place
        where = geo.describe(longitude=longitude, latitude=latitude)
        new.append(
            NewDevice(
                key=station.mn,
                name=station.name,
                type_code=TYPE,
                protocol=Protocol.HJ212,
                organisation_id=owner,
                division_code=where.grid_code or where.division_code,
                place=station.place,
                address=where.description,
                password=PASSWORD,
            )
        )
    return len(iot.register_devices(actor, new=new, now=now).made)
