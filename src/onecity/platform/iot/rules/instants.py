"""Instants as whole numbers: microseconds since 2000-01-01 UTC, as PostgreSQL stores and copies them."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR
UNIX_EPOCH: Final = -946_684_800 * SECOND
"""1970-01-01 UTC in this count."""
NEVER: Final = -(2**63)
"""Earlier than every instant."""


def micros(at: datetime) -> int:
    """Return an aware instant as microseconds since 2000-01-01 UTC."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def instant(value: int) -> datetime:
    """Return the instant, UTC, of a number of microseconds since 2000-01-01 UTC.

    Raises: OverflowError outside the years 1 to 9999.
    """
    return EPOCH + timedelta(microseconds=value)


def day_date(day: int) -> date:
    """Return a day (days since 2000-01-01, UTC) as a date."""
    return date(2000, 1, 1) + timedelta(days=day)


def day_number(day: date) -> int:
    """Return a date (UTC) as days since 2000-01-01."""
    return (day - date(2000, 1, 1)).days


def covered_s(period: str) -> int:
    """Return how many seconds a reading of `period` covers from its phenomenon time on.

    Minute data say nothing of their interval (1 to 30 minutes), so they count as instants.
    Source: House rule.
    """
    return {"hour": 3600, "day": 86_400}.get(period, 0)
