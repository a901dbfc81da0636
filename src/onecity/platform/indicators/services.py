"""Writing the series of the city's indicators."""

from datetime import datetime

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.clock import CITY_ZONE
from onecity.platform.indicators.models import Point
from onecity.platform.indicators.registries import indicators
from onecity.platform.indicators.rules import hour_of, period


def record_hour(*, now: datetime) -> int:
    """Write each indicator's value for the running hour of city time; returns how many. Running twice changes nothing.

    now: city time.
    """
    city = system_actor("indicators")
    points = []
    for item in indicators():
        measure = item.compute(city, period(item.period, now=now, zone=CITY_ZONE))
        points.append(
            Point(
                indicator_code=item.code,
                at=hour_of(now),
                value=measure.value,
                numerator=measure.numerator,
                denominator=measure.denominator,
                computed_at=clock.real_now(),
            )
        )
    Point.objects.bulk_create(
        points,
        update_conflicts=True,
        unique_fields=["indicator_code", "at"],
        update_fields=["value", "numerator", "denominator", "computed_at"],
    )
    return len(points)


def record_running_hour() -> int:
    """Write the running hour; a tick."""
    return record_hour(now=clock.city_now())
