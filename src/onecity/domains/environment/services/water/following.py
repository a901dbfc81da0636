"""Sections follow the devices that iot keeps."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.gis.geos import Point
from django.db import connection, transaction

from onecity.domains.environment.models import WaterSection
from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.rules.water.codes import WATER_STATION
from onecity.kernel import clock
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DeviceInfo

_FOLLOWED = ("key", "name", "address", "organisation_id", "division_code", "location", "in_service")
_ADVANCE = """
    UPDATE environment_watersection s SET current_at = x.newest
    FROM (SELECT section_id, max(measured_at) AS newest FROM environment_watersample
        WHERE measured_at <= %s GROUP BY section_id) x
    WHERE x.section_id = s.id AND s.current_at IS DISTINCT FROM x.newest
"""


def follow(devices: Sequence[DeviceInfo], *, now: datetime) -> dict[int, WaterSection]:
    """Enter or change the sections of these devices, where they differ; return them by device. now: city time."""
    ids = [item.id for item in devices]
    known = {row.device_id: row for row in WaterSection.objects.filter(device_id__in=ids)}
    told = [_row(item, now=now) for item in devices]
    WaterSection.objects.bulk_create(
        [row for row in told if row.device_id not in known or _differs(known[row.device_id], row)],
        update_conflicts=True,
        unique_fields=["device_id"],
        update_fields=list(_FOLLOWED),
    )
    return {row.device_id: row for row in WaterSection.objects.filter(device_id__in=ids) if row.device_id is not None}


def advance(*, now: datetime) -> None:
    """Give every section the time of its newest sample up to now. now: city time."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [now])


def refresh_sections(*, now: datetime) -> int:
    """Follow all devices of the type and take out what is in service no longer; return how many there are."""
    devices = iot.devices_of_type(WATER_STATION)
    with transaction.atomic():
        follow(devices, now=now)
        gone = WaterSection.objects.filter(in_service=True, device_id__isnull=False)
        gone.exclude(device_id__in=[item.id for item in devices]).update(in_service=False)
        advance(now=now)
    return len(devices)


def refresh_now() -> None:
    """Refresh the sections at the city's present time; a tick."""
    refresh_sections(now=clock.city_now())


def _row(device: DeviceInfo, *, now: datetime) -> WaterSection:
    place = None
    if device.longitude is not None and device.latitude is not None:
        place = Point(device.longitude, device.latitude, srid=SRID)
    return WaterSection(
        device_id=device.id,
        key=device.key,
        name=device.name,
        address=device.address,
        organisation_id=device.organisation_id,
        division_code=device.division_code,
        location=place,
        in_service=device.state != "retired",
        created_at=now,
    )


def _differs(known: WaterSection, told: WaterSection) -> bool:
    return any(getattr(known, name) != getattr(told, name) for name in _FOLLOWED)
