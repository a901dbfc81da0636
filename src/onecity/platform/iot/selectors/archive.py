"""What lies in the database and what in files, for the page that shows it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Count, Max, Min, Sum

from onecity.platform.iot.models import ClosedDay, LateObservation, RollupDue, StoreMark

_HOT: Final = """
    SELECT count(*), COALESCE(sum(pg_total_relation_size(i.inhrelid)), 0) FROM pg_inherits i
    WHERE i.inhparent = 'iot_observation'::regclass
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """How much lies where. Sizes in megabytes. due: stretches that wait to be rolled up."""

    hot_days: int
    hot_mb: float
    cold_days: int
    cold_readings: int
    cold_mb: float
    first_cold: date | None
    last_cold: date | None
    frozen_days: int
    late: int
    due: int
    settled: datetime | None


def archive() -> Archive:
    """Return how much lies where at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_HOT)
        hot_days, hot_bytes = cursor.fetchone()
    cold = ClosedDay.objects.filter(state=ClosedDay.State.COLD)
    facts = cold.aggregate(days=Count("day"), readings=Sum("readings"), first=Min("day"), last=Max("day"))
    size = sum(file["bytes"] for files in cold.values_list("files", flat=True) for file in files)
    mark = StoreMark.objects.first()
    return Archive(
        hot_days=hot_days,
        hot_mb=float(hot_bytes) / 1e6,
        cold_days=facts["days"],
        cold_readings=facts["readings"] or 0,
        cold_mb=size / 1e6,
        first_cold=facts["first"],
        last_cold=facts["last"],
        frozen_days=ClosedDay.objects.filter(state=ClosedDay.State.FROZEN).count(),
        late=LateObservation.objects.count(),
        due=RollupDue.objects.count(),
        settled=mark.settled_at if mark else None,
    )
