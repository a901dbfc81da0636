"""Days and months of the city."""

from datetime import date, datetime, timedelta
from typing import Final

from onecity.kernel.clock import CITY_ZONE

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


def day_start(day: date) -> datetime:
    """Return the instant at which a day of the city begins."""
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)


def month_start(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the following month."""
    return (day.replace(day=1) + 32 * DAY).replace(day=1)
