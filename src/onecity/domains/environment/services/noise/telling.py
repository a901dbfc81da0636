"""By how much hours passed their limits goes back to iot, so that its rules judge it like any other reading."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import NoiseHour
from onecity.domains.environment.rules.noise.codes import EXCESS, PEAK_EXCESS
from onecity.domains.environment.rules.times import HOUR
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue
from onecity.platform.iot.declare import Period

MOST: Final = 5_000


def tell(*, now: datetime) -> int:
    """Tell iot the whole hours that it does not know yet; return how many. now: city time."""
    rows = NoiseHour.objects.filter(told_at__isnull=True, excess_db__isnull=False, begins_at__lte=now - HOUR)
    untold = list(rows.order_by("begins_at", "station_id")[:MOST])
    if not untold:
        return 0
    with transaction.atomic():
        numbers = {row.station_id for row in untold}
        keys = [DatastreamKey(number, code, Period.HOUR) for number in numbers for code in (EXCESS, PEAK_EXCESS)]
        streams = iot.datastreams_for(keys, now=now)
        values = [
            DerivedValue(streams[DatastreamKey(row.station_id, code, Period.HOUR)], row.begins_at, float(value))
            for row in untold
            for code, value in ((EXCESS, row.excess_db), (PEAK_EXCESS, row.peak_excess_db))
            if value is not None
        ]
        iot.record_derived(values, now=now)
        NoiseHour.objects.filter(id__in=[row.id for row in untold]).update(told_at=now)
    return len(untold)
