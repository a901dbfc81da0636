"""Instants, intervals and durations as SensorThings writes them (ISO 8601)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.sensorthings.expressions import Interval

INSTANT: Final = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+ -]\d\d(?::?\d\d)?)"
_WHOLE: Final = re.compile(INSTANT)
_DURATION: Final = re.compile(
    r"([+-]?)P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


class BadTime(Invalid):
    """A time that ISO 8601 does not know, or that says no zone."""

    code = "iot.sensorthings_time"
    message = zh("时间应为带时区的 ISO 8601 时间：{text}")


def instant_of(text: str) -> datetime:
    """Return an instant, UTC. An instant must say its zone; `+` may have become a blank on its way through a URL.

    Raises: BadTime.
    Source: OGC 18-088, 8.2 (times as ISO 8601); ISO 8601 zones without a colon are taken, too.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if _is_plain(text) else _odd_instant(text)
    except (ValueError, OverflowError):
        raise BadTime(params={"text": text[:60]}) from None


def _is_plain(text: str) -> bool:
    return len(text) in {20, 24, 25, 29} and text[10] == "T" and (text[-1] == "Z" or text[-6] in "+-")


def _odd_instant(text: str) -> datetime:
    """Read what `datetime.fromisoformat` does not: blanks for `+`, long fractions, a comma."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    clean = text.upper().replace(",", ".")
    clean = clean[:16] + clean[16:].replace(" ", "+")
    clean = re.sub(r"(\.\d{1,6})\d*", r"\1", clean)
    return datetime.fromisoformat(clean).astimezone(UTC)


def period_of(text: str) -> Interval:
    """Return an interval `begin/end`, or an instant as an interval of no length.

    Raises: BadTime, also for an interval that ends before it begins.
    """
    begin, slash, end = text.partition("/")
    first = instant_of(begin)
    last = instant_of(end) if slash else first
    if last < first:
        raise BadTime(params={"text": text[:60]})
    return Interval(first, last)


def duration_of(text: str) -> timedelta:
    """Return a duration such as `P1DT2H`; a year counts 365 days, a month 30.

    Raises: BadTime.
    """
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()[1:]):
        raise BadTime(params={"text": text[:60]})
    years, months, weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
    try:
        length = timedelta(
            days=365 * years + 30 * months + 7 * weeks + days, hours=hours, minutes=minutes, seconds=seconds
        )
    except OverflowError:
        raise BadTime(params={"text": text[:60]}) from None
    return -length if found.group(1) == "-" else length


def written(at: datetime) -> str:
    """Return an instant as the interface writes it: UTC, milliseconds, microseconds only where there are any."""
    moment = at.astimezone(UTC)
    exact = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
    return moment.replace(tzinfo=None).isoformat(timespec=exact) + "Z"
