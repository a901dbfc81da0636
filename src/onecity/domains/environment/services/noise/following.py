"""Noise stations follow the devices that iot keeps."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.gis.geos import Point
from django.db import connection, transaction

from onecity.domains.environment.models import NoiseStation
from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.rules.noise.codes import NOISE_STATION
from onecity.kernel import clock
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DeviceInfo

_FOLLOWED = ("key", "name", "address", "organisation_id", "division_code", "location", "in_service")
_ADVANCE = """
    UPDATE environment_noisestation s SET current_at = x.newest
    FROM (SELECT station_id, max(begins_at) AS newest FROM environment_noisehour
        WHERE begins_at <= %s AND leq_db IS NOT NULL GROUP BY station_id) x
    WHERE x.station_id = s.device_id AND s.current_at IS DISTINCT FROM x.newest
"""


def follow(devices: Sequence[DeviceInfo]) -> dict[int, NoiseStation]:
    """Enter or change the stations of these devices, where they differ; return them by device."""
    ids = [item.id for item in devices]
    known = NoiseStation.objects.in_bulk(ids)
    told = [_row(item) for item in devices]
    NoiseStation.objects.bulk_create(
        [row for row in told if row.device_id not in known or _differs(known[row.device_id], row)],
        update_conflicts=True,
        unique_fields=["device_id"],
        update_fields=list(_FOLLOWED),
    )
    return NoiseStation.objects.in_bulk(ids)


def advance(*, now: datetime) -> None:
    """Give every station its newest hour up to now. now: city time."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [now])


def refresh_stations(*, now: datetime) -> int:
    """Follow all devices of the type and take out what is in service no longer; return how many there are."""
    devices = iot.devices_of_type(NOISE_STATION)
    with transaction.atomic():
        follow(devices)
        gone = NoiseStation.objects.filter(in_service=True).exclude(device_id__in=[item.id for item in devices])
        gone.update(in_service=False)
        advance(now=now)
    return len(devices)


def refresh_now() -> None:
    """Refresh the stations at the city's present time; a tick."""
    refresh_stations(now=clock.city_now())


def _row(device: DeviceInfo) -> NoiseStation:
    place = None
    if device.longitude is not None and device.latitude is not None:
        place = Point(device.longitude, device.latitude, srid=SRID)
    return NoiseStation(
        device_id=device.id,
        key=device.key,
        name=device.name,
        address=device.address,
        organisation_id=device.organisation_id,
        division_code=device.division_code,
        location=place,
        in_service=device.state != "retired",
    )


def _differs(known: NoiseStation, told: NoiseStation) -> bool:
    return any(getattr(known, name) != getattr(told, name) for name in _FOLLOWED)
