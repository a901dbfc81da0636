"""How far the city keeps its noise limits, with the rows behind each figure."""

from datetime import date, timedelta
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from onecity.domains.environment.models import NoiseDay
from onecity.domains.environment.rules.times import day_of
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Evidence, Measure, Period

SPAN: Final = timedelta(days=30)


def day_share(_actor: Actor, period: Period) -> Measure:
    """Return the per cent of days of stations in thirty days whose level kept its limit; None without any."""
    rows = _days(period).filter(ld_db__isnull=False)
    return _share(rows.filter(day_exceeds_db__lte=0).count(), rows.count())


def night_share(_actor: Actor, period: Period) -> Measure:
    """Return the per cent of nights of stations in thirty days whose level kept its limit; None without any."""
    rows = _days(period).filter(ln_db__isnull=False)
    return _share(rows.filter(night_exceeds_db__lte=0).count(), rows.count())


def kept_rows(_actor: Actor, period: Period, most: int) -> Evidence:
    """Return the days of thirty days, the newest first."""
    found = list(_days(period).select_related("station").order_by("-date", "station__name")[:most])
    columns = (
        zh("日期"),
        zh("站点"),
        zh("功能区"),
        zh("昼间（分贝）"),
        zh("夜间（分贝）"),
        zh("昼间限值"),
        zh("夜间限值"),
    )
    cells = [
        [
            row.date.isoformat(),
            row.station.name,
            row.area_code,
            None if row.ld_db is None else float(row.ld_db),
            None if row.ln_db is None else float(row.ln_db),
            float(row.day_limit_db),
            float(row.night_limit_db),
        ]
        for row in found
    ]
    return Evidence(columns, cells, [reverse("environment:noise_station", args=[row.station_id]) for row in found])


def _days(period: Period) -> QuerySet[NoiseDay]:
    last: date = day_of(period.end)
    return NoiseDay.objects.filter(date__gt=last - SPAN, date__lte=last)


def _share(part: int, of: int) -> Measure:
    return Measure(100 * part / of, part, of) if of else Measure(None, 0, 0)
