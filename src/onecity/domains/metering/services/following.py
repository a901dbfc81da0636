"""Meters follow the devices that iot keeps: whoever registers a meter's device has nothing to enter here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.contrib.gis.geos import Point
from django.db import transaction

from onecity.domains.metering.models import Meter
from onecity.domains.metering.models.meters import SRID
from onecity.domains.metering.rules.codes import METER_TYPES, SUPPLY_OF_TYPE
from onecity.kernel import clock
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DeviceInfo

_FOLLOWED: Final = ("key", "name", "address", "organisation_id", "division_code", "location", "in_service")


def follow(devices: Sequence[DeviceInfo], *, now: datetime) -> None:
    """Enter or change the meters of these devices, where they differ. Devices of other types are left out."""
    told = [_row(item, now=now) for item in devices if item.type_code in SUPPLY_OF_TYPE]
    known = {row.device_id: row for row in Meter.objects.filter(device_id__in=[row.device_id for row in told])}
    Meter.objects.bulk_create(
        [row for row in told if row.device_id not in known or _differs(known[row.device_id], row)],
        update_conflicts=True,
        unique_fields=["device_id"],
        update_fields=list(_FOLLOWED),
    )


def refresh_meters(*, now: datetime) -> int:
    """Follow all devices of meters' types and take out what is in service no longer. now: city time.

    Returns how many are in service.
    """
    devices = [item for code in METER_TYPES.values() for item in iot.devices_of_type(code)]
    with transaction.atomic():
        follow(devices, now=now)
        gone = Meter.objects.filter(in_service=True).exclude(device_id__in=[item.id for item in devices])
        gone.update(in_service=False)
    return len(devices)


def refresh_now() -> None:
    """Refresh the meters at the city's present time; a tick."""
    refresh_meters(now=clock.city_now())


def _row(device: DeviceInfo, *, now: datetime) -> Meter:
    place = None
    if device.longitude is not None and device.latitude is not None:
        place = Point(device.longitude, device.latitude, srid=SRID)
    return Meter(
        device_id=device.id,
        supply=SUPPLY_OF_TYPE[device.type_code],
        key=device.key,
        name=device.name,
        address=device.address,
        organisation_id=device.organisation_id,
        division_code=device.division_code,
        location=place,
        in_service=device.state != "retired",
        created_at=now,
    )


def _differs(known: Meter, told: Meter) -> bool:
    return any(getattr(known, name) != getattr(told, name) for name in _FOLLOWED)
