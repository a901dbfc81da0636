"""Registers the simulated devices of every field protocol with the platform."""

import math
from datetime import datetime
from typing import Final

from onecity.demo.air.feed import AirFeed
from onecity.demo.simulators.hosts import DemoDevice, Place, hosts
from onecity.kernel.actor import Actor
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import NewDevice

_METRES_PER_DEGREE: Final = 111_320.0


def centre_of(feed: AirFeed) -> Place:
    """Return the middle of a city's air stations, which stands for its centre, WGS 84."""
    places = [station.place for station in feed.stations if station.place is not None]
    return sum(place[0] for place in places) / len(places), sum(place[1] for place in places) / len(places)


def place_of(device: DemoDevice, *, centre: Place) -> Place:
    """Return where a device stands, WGS 84."""
    longitude, latitude = centre
    per_degree = _METRES_PER_DEGREE * math.cos(math.radians(latitude))
    east, north = device.east_m / per_degree, device.north_m / _METRES_PER_DEGREE
    return round(longitude + east, 6), round(latitude + north, 6)


def load_field_devices(actor: Actor, *, feed: AirFeed, now: datetime) -> int:
    """Register the devices that are not registered yet; returns how many were. now: city time."""
    owners = {item.code: item.id for item in identity.organisations()}
    centre = centre_of(feed)
    devices = [device for host in hosts() for device in host.devices]
    made = 0
    for hang_on in (False, True):  # gateways before what hangs on them
        round_ = [device for device in devices if bool(device.parent) is hang_on]
        new = [
            described(device, owner=owners[device.owner], place=place_of(device, centre=centre)) for device in round_
        ]
        made += len(iot.register_devices(actor, new=new, now=now).made)
    return made


def described(device: DemoDevice, *, owner: int, place: Place) -> NewDevice:
    """Return what is told of a device when it is registered; outside the city it has no place. owner: an id."""
    try:
        where = geo.describe(longitude=place[0], latitude=place[1])
    except geo.OutsideCity:
        where = None
    return NewDevice(
        key=device.key,
        name=device.name,
        type_code=device.type_code,
        protocol=device.protocol,
        organisation_id=owner,
        division_code=(where.grid_code or where.division_code) if where else "",
        place=place if where else None,
        address=where.description if where else "",
        password=device.password,
        parent_key=device.parent,
        link=device.link,
    )
