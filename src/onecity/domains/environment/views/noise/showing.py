"""Noise ready for templates: badges and charts."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from onecity.domains.environment.models import NoiseDay, NoiseHour
from onecity.kernel.text import zh
from onecity.web.listing import Badge

_HOUR = timedelta(hours=1)


def hour_badge(hour: NoiseHour | None) -> Badge:
    """Return whether an hour kept the limit that held then."""
    if hour is None:
        return Badge(zh("无数据"))
    return excess_badge(hour.excess_db)


def excess_badge(excess: Decimal | None) -> Badge:
    """Return whether a limit was kept. excess: by how much it was passed; None where that cannot be said."""
    if excess is None:
        return Badge(zh("不评价"))
    return Badge(zh("超标"), "red") if excess > 0 else Badge(zh("达标"), "green")


def day_badge(day: NoiseDay) -> Badge:
    """Return whether a day and its night kept their limits."""
    known = [item for item in (day.day_exceeds_db, day.night_exceeds_db, day.peak_exceeds_db) if item is not None]
    return excess_badge(max(known)) if known else Badge(zh("数据不足"))


def level(value: Decimal | None) -> str:
    """Return a level as people read it; a dash for none."""
    return "—" if value is None else f"{value:.1f}"


def hours_chart(hours: Sequence[NoiseHour]) -> dict[str, object]:
    """Return the chart of levels beside what was allowed; hours are named by their end, gaps stay gaps.

    hours: the oldest first.
    """
    known = {row.begins_at: row for row in hours}
    count = (hours[-1].begins_at - hours[0].begins_at) // _HOUR + 1 if hours else 0
    times = [hours[0].begins_at + number * _HOUR for number in range(count)]
    rows = [known.get(at) for at in times]
    return {
        "kind": "line",
        "unit": "dB(A)",
        "at": [timezone.localtime(at + _HOUR).strftime("%m-%d %H:%M") for at in times],
        "series": [
            {"name": gettext("等效声级"), "values": [_float(row.leq_db) if row else None for row in rows]},
            {"name": gettext("限值"), "values": [_float(row.limit_db) if row else None for row in rows]},
            {"name": gettext("最大声级"), "values": [_float(row.peak_db) if row else None for row in rows]},
        ],
        "target": None,
    }


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
