"""Computing days anew, as background work that can be watched and cancelled."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from onecity.domains.environment.permissions import MANAGE_AIR
from onecity.domains.environment.rules.codes import RECOMPUTE
from onecity.domains.environment.services.assessing import Changed, assess_whole_day
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress, Result

MOST_DAYS: Final = 3_700


def start_recomputing(actor: Actor, *, first: date, last: date, now: datetime) -> int:
    """Start computing the days from first to last, both included, anew; return the run's id.

    now: real time.
    Raises: Invalid if there is no such span, or it is longer than ten years; NotPermitted.
    """
    if not actor.may(MANAGE_AIR):
        raise NotPermitted
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise Invalid(fields={"last": zh("结束日期应不早于开始日期，且不超过十年")})
    arguments = {"first": first.isoformat(), "last": last.isoformat()}
    identity.record(actor, action="environment.recompute_air", target="environment.air", details=arguments)
    return jobs.start(actor, code=RECOMPUTE, title=zh("重新计算空气质量"), arguments=arguments, now=now)


def run_recompute(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Compute day by day; days done stay done when it is cancelled."""
    first, last = date.fromisoformat(str(arguments["first"])), date.fromisoformat(str(arguments["last"]))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    changed = Changed()
    for number, day in enumerate(days):
        progress.step(number, total=len(days), note=day.isoformat())
        changed += assess_whole_day(day=day, now=clock.city_now())
    return {"天数": len(days), "站点小时": changed.hours, "站点日": changed.days, "全市日": changed.city_days}
