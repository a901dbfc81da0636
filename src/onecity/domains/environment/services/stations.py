"""Air stations follow the devices that iot keeps."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.models import Q

from onecity.domains.environment.models import AirStation
from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.rules.codes import AIR_STATION
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.air import FRESH
from onecity.kernel import clock
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DeviceInfo

_FOLLOWED = ("key", "name", "address", "organisation_id", "division_code", "location", "in_service")
_ADVANCE = """
    UPDATE environment_airstation s SET current_at = h.newest
    FROM (SELECT station_id, max(begins_at) AS newest FROM environment_stationhour
        WHERE begins_at > %s AND begins_at <= %s AND aqi IS NOT NULL GROUP BY station_id) h
    WHERE h.station_id = s.device_id AND s.current_at IS DISTINCT FROM h.newest
"""


def follow(devices: Sequence[DeviceInfo]) -> None:
    """Enter or change the stations of these devices, where they differ."""
    known = AirStation.objects.in_bulk([item.id for item in devices])
    told = [_row(item) for item in devices]
    AirStation.objects.bulk_create(
        [row for row in told if row.device_id not in known or _differs(known[row.device_id], row)],
        update_conflicts=True,
        unique_fields=["device_id"],
        update_fields=list(_FOLLOWED),
    )


def advance(*, now: datetime) -> None:
    """Give every station the newest fresh hour that has an index, and take away what is not fresh. now: city time."""
    AirStation.objects.filter(Q(current_at__lte=now - FRESH) | Q(current_at__gt=now - HOUR)).update(current_at=None)
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [now - FRESH, now - HOUR])


def refresh_stations(*, now: datetime) -> int:
    """Follow all devices of the type, take out what is in service no longer, and find each one's air now anew.

    now: city time. Returns how many stations are in service.
    """
    devices = iot.devices_of_type(AIR_STATION)
    with transaction.atomic():
        follow(devices)
        gone = AirStation.objects.filter(in_service=True).exclude(device_id__in=[item.id for item in devices])
        gone.update(in_service=False)
        advance(now=now)
    return len(devices)


def refresh_now() -> None:
    """Refresh the stations at the city's present time; a tick."""
    refresh_stations(now=clock.city_now())


def _row(device: DeviceInfo) -> AirStation:
    place = None
    if device.longitude is not None and device.latitude is not None:
        place = Point(device.longitude, device.latitude, srid=SRID)
    return AirStation(
        device_id=device.id,
        key=device.key,
        name=device.name,
        address=device.address,
        organisation_id=device.organisation_id,
        division_code=device.division_code,
        location=place,
        in_service=device.state != "retired",
    )


def _differs(known: AirStation, told: AirStation) -> bool:
    return any(getattr(known, name) != getattr(told, name) for name in _FOLLOWED)
