"""What the city's waters are measured by, with the rows behind each figure."""

from django.db.models import F
from django.urls import reverse

from onecity.domains.environment.models import WaterMonth
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.rules.water.items import CLASSES, GOOD_UP_TO
from onecity.domains.environment.selectors.water.wording import items
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Evidence, Measure, Period


def good_share(_actor: Actor, period: Period) -> Measure:
    """Return the per cent of sections whose mean of this month is of class I to III; None without any mean."""
    rows = WaterMonth.objects.filter(date=day_of(period.end).replace(day=1), water_class__isnull=False)
    return _share(rows.filter(water_class__lte=GOOD_UP_TO).count(), rows.count())


def target_share(_actor: Actor, period: Period) -> Measure:
    """Return the per cent of sections whose mean of this month keeps the target; None without any mean."""
    rows = WaterMonth.objects.filter(date=day_of(period.end).replace(day=1), water_class__isnull=False)
    return _share(rows.filter(water_class__lte=F("section__target_class")).count(), rows.count())


def section_rows(_actor: Actor, period: Period, most: int) -> Evidence:
    """Return the sections with their mean of this month, the worst first."""
    rows = WaterMonth.objects.filter(date=day_of(period.end).replace(day=1)).select_related("section")
    found = list(rows.order_by(F("water_class").desc(nulls_last=True), "section__name")[:most])
    columns = (zh("断面名称"), zh("所在水体"), zh("水质类别"), zh("水质目标"), zh("主要污染指标"), zh("监测次数"))
    cells = [
        [
            row.section.name,
            row.section.river,
            CLASSES[row.water_class - 1].numeral if row.water_class else None,
            CLASSES[row.section.target_class - 1].numeral,
            items(row.main),
            row.count,
        ]
        for row in found
    ]
    return Evidence(columns, cells, [reverse("environment:water_section", args=[row.section_id]) for row in found])


def _share(part: int, of: int) -> Measure:
    return Measure(100 * part / of, part, of) if of else Measure(None, 0, 0)
