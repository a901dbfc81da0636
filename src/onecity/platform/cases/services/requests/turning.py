"""A case's own clock written anew, with the light that it and its waiting tasks give."""

from collections.abc import Sequence
from datetime import datetime

from onecity.platform.cases.models import Case, Task
from onecity.platform.cases.rules.clocks import TimedLimit, worst
from onecity.platform.cases.services.progress import light_of


def save_case_clock(case: Case, timed: TimedLimit | None, *, waiting: Sequence[Task], now: datetime) -> None:
    """Write a locked case's clock, light, suspension and next revision. waiting: tasks as they stand now."""
    lights = [light_of(item.light) for item in waiting]
    if timed:
        lights.append(timed.light(now=now))
        clock = timed.clock
        case.due_at, case.warn_at, case.paused_at = clock.due_at, clock.warn_at, clock.paused_at
        case.next_light_at, case.clock = timed.next_change(now=now), timed.kept()
    case.light, case.revision = worst(lights), case.revision + 1
    fields = ["due_at", "warn_at", "paused_at", "next_light_at", "clock", "light", "suspended_until", "revision"]
    case.save(update_fields=fields)
