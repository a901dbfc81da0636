"""Changing the working calendar."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.models import CalendarDay, WorkPeriod
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.identity.api import record

_KINDS = {"放假": "holiday", "holiday": "holiday", "调休上班": "make_up", "make_up": "make_up"}


@dataclass(frozen=True, slots=True)
class NewDay:
    """A day that differs from the week. kind: holiday or make_up."""

    day: date
    kind: str
    name: str = ""


def set_day(actor: Actor, *, new: NewDay, division_code: str = "") -> None:
    """Say that a day is a holiday or a make-up work day; a day that had another kind is changed.

    Raises: Invalid for an unknown kind.
    """
    set_days(actor, days=[new], division_code=division_code)


def set_days(actor: Actor, *, days: "list[NewDay]", division_code: str = "") -> int:
    """Set several days at once, all or none; returns how many."""
    for item in days:
        if item.kind not in CalendarDay.Kind.values:
            raise Invalid(fields={"kind": zh("类别应为放假或调休上班")})
    with transaction.atomic():
        CalendarDay.objects.bulk_create(
            [CalendarDay(division_code=division_code, day=d.day, kind=d.kind, name=d.name[:40]) for d in days],
            update_conflicts=True,
            unique_fields=["division_code", "day"],
            update_fields=["kind", "name"],
        )
        record(actor, action="cases.set_calendar_days", details={"days": len(days), "division": division_code})
    forget_all()
    return len(days)


def load_calendar(
    actor: Actor, *, periods: "list[tuple[time, time]]", days: "list[NewDay]", division_code: str = ""
) -> None:
    """Make these the working periods, and set these days; days that are not named stay as they are.

    periods: in order, without overlap, at least one. Run again with the same, it changes nothing.
    Raises: Invalid for periods that overlap or a day of unknown kind.
    """
    if (
        not periods
        or any(start >= end for start, end in periods)
        or any(before[1] > after[0] for before, after in pairwise(periods))
    ):
        raise Invalid(zh("工作时段应至少有一个，按先后排列且不重叠"))
    with transaction.atomic():
        rows = WorkPeriod.objects.select_for_update().filter(division_code=division_code)
        if [(row.start, row.end) for row in rows.order_by("start")] != periods:
            rows.delete()
            WorkPeriod.objects.bulk_create(
                WorkPeriod(division_code=division_code, start=start, end=end) for start, end in periods
            )
            details = {"periods": len(periods), "division": division_code}
            record(actor, action="cases.load_work_periods", details=details)
        set_days(actor, days=days, division_code=division_code)


def remove_day(actor: Actor, *, day_id: int) -> None:
    """Let a day follow the week again; one that is gone already changes nothing."""
    with transaction.atomic():
        CalendarDay.objects.filter(id=day_id).delete()
        record(actor, action="cases.remove_calendar_day", target=f"cases.calendarday:{day_id}")
    forget_all()


def add_period(actor: Actor, *, start: time, end: time, division_code: str = "") -> None:
    """Add a working period.

    Raises: Invalid if it does not end after its start or overlaps another.
    """
    if start >= end:
        raise Invalid(fields={"end": zh("结束时刻应晚于开始时刻")})
    with transaction.atomic():
        rows = WorkPeriod.objects.select_for_update().filter(division_code=division_code)
        if any(row.start < end and start < row.end for row in rows):
            raise Invalid(fields={"start": zh("与已有时段重叠")})
        WorkPeriod.objects.create(division_code=division_code, start=start, end=end)
        record(actor, action="cases.add_work_period", details={"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"})
    forget_all()


def remove_period(actor: Actor, *, period_id: int) -> None:
    """Remove a working period.

    Raises: Conflict for the last general one: no deadline could be reckoned any more.
    """
    with transaction.atomic():
        general = list(WorkPeriod.objects.select_for_update().filter(division_code=""))
        if [row.id for row in general] == [period_id]:
            raise Conflict(zh("至少要保留一个工作时段"))
        WorkPeriod.objects.filter(id=period_id).delete()
        record(actor, action="cases.remove_work_period", target=f"cases.workperiod:{period_id}")
    forget_all()


def read_days(text: str) -> list[NewDay]:
    """Read a calendar file: one day a line, `date,kind,name`; a heading line is passed over.

    Raises: Invalid naming the first line that cannot be read.
    """
    return list(_days(text))


def _days(text: str) -> Iterator[NewDay]:
    for number, row in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff"))), start=1):
        if not any(row) or (number == 1 and not row[0][:1].isdigit()):
            continue
        kind = _KINDS.get(row[1].strip()) if len(row) > 1 else None
        try:
            day = date.fromisoformat(row[0].strip())
        except ValueError:
            kind = None
        if kind is None:
            raise Invalid(zh("第{line}行不是“日期,类别,名称”"), params={"line": number})
        yield NewDay(day, kind, row[2].strip() if len(row) > 2 else "")
