"""When flows are due: five cron fields on the city's clocks, and when a run is late."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

CITY: Final = ZoneInfo("Asia/Shanghai")


class BadSchedule(Invalid):
    """The text is not a schedule, or names no day that ever comes."""

    code = "exchange.bad_schedule"
    message = zh("定时写法不正确，应为“分 时 日 月 周”五项，例如 30 2 * * * 表示每天2时30分")


def check_cron(cron: str, *, now: datetime) -> None:
    """Raises: BadSchedule if `cron` is not five fields or has no instant to come."""
    next_due(cron, after=now)


def next_due(cron: str, *, after: datetime) -> datetime:
    """Return the first instant of the schedule later than `after`, in the zone of the city.

    Raises: BadSchedule.
    """
    return due_times(cron, after=after, count=1)[0]


def due_times(cron: str, *, after: datetime, count: int) -> list[datetime]:
    """Return the next instants of a schedule.

    Raises: BadSchedule.
    """
    if len(cron.split()) != 5:
        raise BadSchedule(fields={"cron": BadSchedule.message})
    try:
        found = list(islice(CronSim(cron, after.astimezone(CITY)), count))
    except CronSimError:
        raise BadSchedule(fields={"cron": BadSchedule.message}) from None
    if len(found) < count:
        raise BadSchedule(fields={"cron": BadSchedule.message})
    return found


def is_late(*, awaited_since: datetime | None, late_after: timedelta, now: datetime) -> bool:
    """Say whether something awaited since an instant ought to be there by `now`; nothing awaited is never late."""
    return awaited_since is not None and now > awaited_since + late_after


def pause_before_try(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` failed tries (≥ 1): 30 s, 1 min, 2 min … at most an hour.

    Source: House rule.
    """
    return min(timedelta(seconds=30 << min(attempts - 1, 10)), timedelta(hours=1))
