"""When a dataset's next data are due (更新周期), and which are late."""

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.deadlines import TimeUnit, deadline

_SPANS: Final = {
    "realtime": timedelta(hours=3),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}
_MONTHS: Final = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


def due_at(last: datetime, *, cycle: str, grace_days: int, calendar: WorkCalendar) -> datetime | None:
    """Return the instant after which data whose newest are of `last` are overdue; None for cycles without a date.

    cycle: a word of `DatasetVersion.Cycle`. Real-time data are late after three hours, at any time of the day; for all
    others the grace of working days follows the end of the cycle. grace_days: ≥ 0.
    Source: house rule.
    """
    if cycle in _MONTHS:
        end = months_later(last, months=_MONTHS[cycle])
    elif cycle in _SPANS:
        end = last + _SPANS[cycle]
    else:
        return None
    if cycle == "realtime":
        return end
    return deadline(end, amount=grace_days, unit=TimeUnit.WORK_DAY, calendar=calendar)


def months_later(instant: datetime, *, months: int) -> datetime:
    """Return the same time of day so many months later in the city, on the month's last day where it is shorter."""
    local = instant.astimezone(CITY_ZONE)
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)
