"""How much of their limits hours took goes back to iot, so that its rules judge it like any other reading."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import OutletHour
from onecity.domains.environment.rules.outlets.factors import Factor
from onecity.domains.environment.rules.times import HOUR
from onecity.platform.iot import api as iot
from onecity.platform.iot.contracts import DatastreamKey, DerivedValue
from onecity.platform.iot.declare import Period

MOST: Final = 5_000


def tell(*, now: datetime) -> int:
    """Tell iot the shares of whole hours that it does not know yet; return how many. now: city time."""
    rows = OutletHour.objects.filter(told_at__isnull=True, share__isnull=False, begins_at__lte=now - HOUR)
    untold = list(rows.select_related("outlet").order_by("begins_at", "outlet_id")[:MOST])
    if not untold:
        return 0
    with transaction.atomic():
        keys = {row.id: _key(row) for row in untold}
        streams = iot.datastreams_for(list(keys.values()), now=now)
        values = [
            DerivedValue(streams[keys[row.id]], row.begins_at, float(row.share))
            for row in untold
            if row.share is not None
        ]
        iot.record_derived(values, now=now)
        OutletHour.objects.filter(id__in=list(keys)).update(told_at=now)
    return len(untold)


def _key(row: OutletHour) -> DatastreamKey:
    return DatastreamKey(row.outlet.device_id, Factor(row.factor).share_code, Period.HOUR)
