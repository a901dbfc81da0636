"""Rules of indicators: periods in city time, verdicts, how a value is written."""

from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from onecity.platform.indicators.declare import Period

Verdict = Literal["good", "near", "bad", "none"]

NEAR: Final = 0.1  # within a tenth of the target: shown as nearly reached
HOUR: Final = timedelta(hours=1)


def period(kind: Literal["now", "today", "month"], *, now: datetime, zone: ZoneInfo) -> Period:
    """Return the period that an indicator's value stands for at `now`: an instant, today so far, this month so far."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    match kind:
        case "now":
            return Period(now, now)
        case "today":
            return Period(midnight, now)
        case "month":
            return Period(midnight.replace(day=1), now)


def hour_of(moment: datetime) -> datetime:
    """Return the hour in which `moment` lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


def verdict(value: float | None, *, target: float | None, better: Literal["higher", "lower", "neither"]) -> Verdict:
    """Compare a value with its target: good when reached, near within a tenth, else bad.

    Without value, target or direction there is nothing to say.
    Source: house rule.
    """
    if value is None or target is None or better == "neither":
        return "none"
    short = target - value if better == "higher" else value - target
    if short <= 0:
        return "good"
    return "near" if short <= NEAR * abs(target) else "bad"


def written(value: float | None, *, decimals: int) -> str:
    """Return a value as people read it: grouped by thousands, or a dash when it is not known."""
    return "—" if value is None else f"{value:,.{decimals}f}"
