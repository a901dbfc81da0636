"""Classes go back to iot as readings of their stations, so that its rules judge them like any other."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import WaterSample
from onecity.domains.environment.rules.water.codes import CLASS, GAP
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue
from onecity.platform.iot.declare import Period

MOST: Final = 5_000


def tell(*, now: datetime) -> int:
    """Tell iot the classes that it does not know yet; return how many. now: city time. Published ones are not told."""
    rows = WaterSample.objects.filter(
        told_at__isnull=True, water_class__isnull=False, origin=WaterSample.Origin.DEVICE
    ).select_related("section")
    untold = [row for row in rows.order_by("measured_at", "section_id")[:MOST] if row.section.device_id is not None]
    if not untold:
        return 0
    with transaction.atomic():
        devices = {row.section.device_id for row in untold}
        keys = [DatastreamKey(number or 0, code, Period.HOUR) for number in devices for code in (CLASS, GAP)]
        streams = iot.datastreams_for(keys, now=now)
        iot.record_derived([value for row in untold for value in _values(row, streams)], now=now)
        WaterSample.objects.filter(id__in=[row.id for row in untold]).update(told_at=now)
    return len(untold)


def _values(row: WaterSample, streams: dict[DatastreamKey, int]) -> list[DerivedValue]:
    told = {CLASS: row.water_class or 0, GAP: (row.water_class or 0) - row.section.target_class}
    return [
        DerivedValue(
            streams[DatastreamKey(row.section.device_id or 0, code, Period.HOUR)], row.measured_at, float(value)
        )
        for code, value in told.items()
    ]
