"""To which day of noise an hour belongs: a night belongs to the day before it."""

from datetime import date, datetime, timedelta

from onecity.domains.environment.rules.noise.areas import Method
from onecity.domains.environment.rules.times import day_start
from onecity.kernel.clock import CITY_ZONE, city_date


def noise_day(begins_at: datetime, *, method: Method) -> date:
    """Return the day to which an hour belongs: hours before the day begins belong to the day before.

    Source: House rule: 22:00 to 06:00 is one night.
    """
    before = begins_at.astimezone(CITY_ZONE).hour < method.day_from
    return city_date(begins_at) - timedelta(days=int(before))


def span_of(day: date, *, method: Method) -> tuple[datetime, datetime]:
    """Return from when to when a day of noise lasts: until its night is over."""
    begins = day_start(day) + timedelta(hours=method.day_from)
    return begins, begins + timedelta(days=1)
