"""How much of each month's hourly values came from each outlet, counted anew whenever something came, and by a tick."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from onecity.domains.environment.models import Outlet, Standstill, TransmissionMonth
from onecity.domains.environment.rules.outlets.transmission import expected_hours
from onecity.domains.environment.rules.times import HOUR, day_start, hour_start
from onecity.domains.environment.services.writing import put
from onecity.kernel import clock
from onecity.kernel.clock import city_date

PATIENCE: Final = timedelta(minutes=20)
"""So long after its end an hour is not yet missed. Source: House rule."""
_KEY: Final = ("outlet_id", "date")
_COUNT: Final = """
    SELECT count(*), count(*) FILTER (WHERE h.is_valid) FROM environment_outlethour h
    WHERE h.outlet_id = %s AND h.factor = ANY(%s) AND h.begins_at >= %s AND h.begins_at < %s
        AND NOT EXISTS (SELECT 1 FROM environment_standstill s WHERE s.outlet_id = h.outlet_id
            AND s.begins_at < h.begins_at + interval '1 hour' AND s.ends_at > h.begins_at)
"""


def count_months(months: Collection[tuple[int, date]], *, now: datetime) -> int:
    """Count these outlets' months; return how many became different.

    months: outlet and first day. An outlet counts from the first whole hour after it began. now: city time.
    """
    outlets = Outlet.objects.in_bulk({number for number, _ in months})
    rows = [_row(outlets[number], first, now=now) for number, first in sorted(months)]
    return len(put(TransmissionMonth, rows, key=_KEY, now=now))


def count_now() -> None:
    """Count the present month of every outlet in service; a tick."""
    now = clock.city_now()
    first = city_date(now).replace(day=1)
    count_months(
        {(number, first) for number in Outlet.objects.filter(in_service=True).values_list("id", flat=True)}, now=now
    )


def _row(outlet: Outlet, first: date, *, now: datetime) -> dict[str, object]:
    begins = max(day_start(first), hour_start(outlet.begun_at + HOUR - timedelta(microseconds=1)))
    ends = min(day_start((first + timedelta(days=31)).replace(day=1)), hour_start(now - PATIENCE))
    stops = Standstill.objects.filter(outlet=outlet).values_list("begins_at", "ends_at")
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [outlet.id, outlet.factors, begins, ends])
        received, effective = cursor.fetchone()
    return {
        "outlet_id": outlet.id,
        "date": first.isoformat(),
        "expected": expected_hours((begins, ends), stops=stops) * len(outlet.factors),
        "received": received,
        "effective": effective,
    }
