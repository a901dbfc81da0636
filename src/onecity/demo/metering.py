"""Zones, customers, two months of readings and their bills for the simulated meters, so that pages have a past."""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from onecity.demo.simulators.cjt188_host import HOUSEHOLDS as PIPES
from onecity.demo.simulators.cjt188_host import INLET, OLD_PERSON
from onecity.demo.simulators.dlt645_host import HOUSEHOLDS as WIRES
from onecity.demo.simulators.meter_figures import Household
from onecity.domains.metering import api as metering
from onecity.domains.metering.contracts import MeterFacts, NewZone
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue, DeviceInfo
from onecity.platform.iot.declare import Period

PAST: Final = timedelta(days=62)
STILL: Final = timedelta(hours=30)
_HOUR: Final = timedelta(hours=1)
_TYPES: Final = {
    "metering.water_meter": ("volume", 2),
    "metering.gas_meter": ("volume", 2),
    "metering.heat_meter": ("heat", 2),
    "metering.electricity_meter": ("energy", 2),
}
_STAIRWELL: Final = next(iter(WIRES))
_WATER_ZONE, _POWER_ZONE = "DMA-HPL-01", "TQ-0101"
_RADIUS_DEG: Final = 0.0016


def load_metering(actor: Actor, *, now: datetime) -> int:
    """Enter zones, customers and the past of the simulated meters; what is there stays. now: city time.

    Returns how many meters there are.
    """
    households: Mapping[str, Household] = {**PIPES, **WIRES}
    devices = [item for code in _TYPES for item in iot.devices_of_type(code) if item.key in households]
    metering.refresh_meters(now=now)
    ids = metering.meter_ids([item.id for item in devices])
    if not devices or metering.has_days(list(ids.values())):
        return len(devices)
    by_key = {item.key: item for item in devices}
    zones = _zones(actor, by_key, now=now)
    metering.describe_meters(actor, facts={ids[item.id]: _facts(item, zones) for item in devices})
    for code, key in ((_WATER_ZONE, INLET), (_POWER_ZONE, _STAIRWELL)):
        if key in by_key and code in zones:
            metering.set_borders(actor, zone_id=zones[code], inlets=[ids[by_key[key].id]])
    _record(devices, households, now=now)
    days = [city_date(now - PAST + timedelta(days=number)) for number in range(PAST.days + 1)]
    metering.assess([item.id for item in devices], days_touched=days, now=now)
    metering.bill_meters(list(ids.values()), months=list(_whole_months(days)), reason="month_end", now=now)
    return len(devices)


def _zones(actor: Actor, devices: Mapping[str, DeviceInfo], *, now: datetime) -> dict[str, int]:
    wanted = (
        (_WATER_ZONE, "和平里小区供水分区", "water", INLET),
        (_POWER_ZONE, "1号楼1单元台区", "electricity", _STAIRWELL),
    )
    found = {}
    for code, name, supply, key in wanted:
        device = devices.get(key)
        if device is None:
            continue
        new = NewZone(
            code,
            name,
            supply,
            device.organisation_id,
            division_code=device.division_code,
            outline=_outline(device),
        )
        found[code] = metering.add_zone(actor, new=new, now=now)
    return found


def _outline(device: DeviceInfo) -> str:
    """Return a hexagon round a device as WKT; a made-up outline."""
    if device.longitude is None or device.latitude is None:
        return ""
    wide = _RADIUS_DEG / math.cos(math.radians(device.latitude))
    turns = [math.pi / 3 * (number % 6) for number in range(7)]
    points = [
        f"{device.longitude + wide * math.cos(turn):.6f} {device.latitude + _RADIUS_DEG * math.sin(turn):.6f}"
        for turn in turns
    ]
    return f"POLYGON(({', '.join(points)}))"


def _facts(device: DeviceInfo, zones: Mapping[str, int]) -> MeterFacts:
    if device.key in {INLET, _STAIRWELL}:
        return MeterFacts()
    zone = {"metering.water_meter": _WATER_ZONE, "metering.electricity_meter": _POWER_ZONE}.get(device.type_code, "")
    return MeterFacts(
        category="居民",
        customer_number=f"H{device.key[-8:]}",
        persons=1 if device.key == OLD_PERSON else 3,
        zone_code=zone if zone in zones else "",
        watched=device.key == OLD_PERSON,
    )


def _record(devices: list[DeviceInfo], households: Mapping[str, Household], *, now: datetime) -> None:
    keys = {item.key: DatastreamKey(item.id, _TYPES[item.type_code][0], Period.REAL_TIME) for item in devices}
    streams = iot.datastreams_for(list(keys.values()), now=now)
    last = now.replace(minute=0, second=0, microsecond=0)
    moments = [last - number * _HOUR for number in range(PAST // _HOUR, -1, -1)]
    iot.record_derived(
        [
            DerivedValue(streams[keys[item.key]], at, _past(item.key, households[item.key], at, now=now))
            for item in devices
            for at in moments
        ],
        now=now,
    )


def _past(key: str, household: Household, at: datetime, *, now: datetime) -> float:
    """Return the register at a time; the old person's stood still a while ago and moved before that."""
    if key == OLD_PERSON:
        hours = max((now - STILL - at) / _HOUR, 0.0)
        return float(round(Decimal(household.before) - Decimal(hours) * Decimal("0.0046"), 2))
    return round(household.register(at), 2)


def _whole_months(days: list[date]) -> Iterator[date]:
    firsts = sorted({day.replace(day=1) for day in days})
    yield from (month for month in firsts if month >= days[0] and month < firsts[-1])
