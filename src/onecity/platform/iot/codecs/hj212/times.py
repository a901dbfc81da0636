"""Times on the wire: Beijing time without a zone, as digits; inside, aware instants in UTC."""

import re
from datetime import UTC, datetime
from typing import Final

from onecity.kernel.clock import CITY_ZONE

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL's own zero of `timestamptz`, from which its binary COPY counts microseconds."""

# Hours are spelled out because later Pythons take 24:00 for the next day's midnight.
_DIGITS = re.compile(r"([0-9]{8})((?:[01][0-9]|2[0-3])[0-9]{4})([0-9]{3})?")


def instant(text: str) -> datetime | None:
    """Read `YYYYMMDDhhmmss` or, with milliseconds, `YYYYMMDDhhmmsszzz` as an instant in UTC; None if it is no time.

    Source: HJ 212-2017, 6 (字段对照表).
    """
    match = _DIGITS.fullmatch(text)
    if match is None:
        return None
    day, time, thousandths = match.groups("000")
    try:
        return datetime.fromisoformat(f"{day}T{time}.{thousandths}").replace(tzinfo=CITY_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def seconds_text(at: datetime) -> str:
    """Write an aware instant as Beijing time, `YYYYMMDDhhmmss`."""
    local = at.astimezone(CITY_ZONE)
    return f"{local.year:04d}{local:%m%d%H%M%S}"


def milliseconds_text(at: datetime) -> str:
    """Write an aware instant as Beijing time, `YYYYMMDDhhmmsszzz`: the form of a request number (QN)."""
    return f"{seconds_text(at)}{at.microsecond // 1000:03d}"


def microseconds(at: datetime) -> int:
    """Return the microseconds from 2000-01-01 UTC to an aware instant."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
