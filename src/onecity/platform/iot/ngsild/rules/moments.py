"""Instants as the standard writes them, and as they are kept so that texts sort like times."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from onecity.platform.iot.ngsild.rules.problems import BadRequestData

_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([.,]\d{1,9})?(Z|[+-]\d{2}:?\d{2})")
_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SECONDS: Final = (365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3_600, 60, 1)


def kept(moment: datetime) -> str:
    """Return an instant as it is kept: UTC, six decimals, so that texts compare like times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shown(text: str) -> str:
    """Return a kept instant as it is shown: without decimals that are zero."""
    head, _, tail = text.removesuffix("Z").partition(".")
    tail = tail.rstrip("0")
    return f"{head}.{tail}Z" if tail else f"{head}Z"


def instant(text: object, *, where: str) -> datetime:
    """Return the instant of a DateTime.

    Raises: BadRequestData naming `where` for anything but a date and time with its zone.
    Source: ETSI GS CIM 009 V1.8.1, clause 4.6.3.
    """
    found = is_instant(text)
    if found is None:
        raise BadRequestData(f"{where}: not a date and time with a zone")
    return found


def is_instant(text: object) -> datetime | None:
    """Return the instant that a text denotes, None if it denotes none."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        return None
    decimals = re.sub(r"[.,](\d{1,9})", lambda found: "." + found[1][:6].ljust(6, "0"), text)
    try:
        return datetime.fromisoformat(decimals.replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_date(text: str) -> bool:
    """Say whether a text is a calendar date."""
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


def is_time(text: str) -> bool:
    """Say whether a text is a time of day."""
    try:
        return text.count(":") >= 1 and time.fromisoformat(text.replace("Z", "+00:00")) is not None
    except ValueError:
        return False


def seconds(text: object, *, where: str) -> float:
    """Return a duration in seconds; a year counts 365 days and a month 30.

    Raises: BadRequestData if it is no ISO 8601 duration.
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found or (not any(found.groups()) and text != "PT0S"):
        raise BadRequestData(f"{where}: not an ISO 8601 duration")
    return sum(float(part) * size for part, size in zip(found.groups(), _SECONDS, strict=True) if part)
