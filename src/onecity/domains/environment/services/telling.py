"""Indices go back to iot as readings of their stations, so that its rules judge them like any other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from onecity.domains.environment.models import StationHour
from onecity.domains.environment.rules.codes import AQI
from onecity.domains.environment.rules.times import HOUR
from onecity.kernel import clock
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue
from onecity.platform.iot.declare import Period

PATIENCE: Final = timedelta(minutes=20)
"""So long after its end an hour waits for the pollutants that it lacks: an index once judged is not judged again."""
MOST: Final = 10_000


def tell(station_ids: Sequence[int] | None = None, *, now: datetime) -> int:
    """Tell iot the indices that it does not know yet, of these stations or of all; return how many.

    Whole hours are told at once, others when they have waited `PATIENCE`. now: city time.
    Source: House rule.
    """
    waited = Q(missing=[]) | Q(begins_at__lte=now - HOUR - PATIENCE)
    rows = StationHour.objects.filter(waited, told_at__isnull=True, aqi__isnull=False)
    if station_ids is not None:
        rows = rows.filter(station_id__in=station_ids)
    untold = list(rows.order_by("begins_at", "station_id").values_list("id", "station_id", "begins_at", "aqi")[:MOST])
    if not untold:
        return 0
    with transaction.atomic():
        keys = {row[1]: DatastreamKey(row[1], AQI, Period.HOUR) for row in untold}
        streams = iot.datastreams_for(list(keys.values()), now=now)
        values = [
            DerivedValue(streams[keys[station]], at, float(aqi)) for _, station, at, aqi in untold if aqi is not None
        ]
        iot.record_derived(values, now=now)
        StationHour.objects.filter(id__in=[row[0] for row in untold]).update(told_at=now)
    return len(untold)


def tell_late() -> None:
    """Tell what has waited long enough by the city's present time; a tick."""
    tell(now=clock.city_now())
