"""Hours and days of the city's air.

Devices name an hour by its start (DataTime of HJ 212), and so do the tables here; the national platform prints the end
of the hour on what it publishes. A day has the hours that begin at 00:00 … 23:00 and so end at 01:00 … 24:00.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from onecity.kernel.clock import CITY_ZONE, city_date

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def hour_start(at: datetime) -> datetime:
    """Return the start of the hour in which an instant lies."""
    return at.replace(minute=0, second=0, microsecond=0)


def day_of(begins_at: datetime) -> date:
    """Return the city's day to which an hour belongs.

    begins_at: start of the hour, aware.
    Source: GB 3095-2012, 3; HJ 212-2017, 6.3 (DataTime of hourly data is the start of the hour).
    """
    return city_date(begins_at)


def day_start(day: date) -> datetime:
    """Return the instant at which a day begins in the city."""
    return datetime.combine(day, time.min, CITY_ZONE)


def published_hour(label: datetime) -> datetime:
    """Return the start of the hour that the national platform publishes under a label: the label is its end."""
    return label - HOUR
