"""What pollution sources are measured by, with the rows behind each figure."""

from datetime import datetime
from typing import Final

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext

from onecity.domains.environment.models import Excess, TransmissionMonth
from onecity.domains.environment.permissions import VIEW_OUTLETS
from onecity.domains.environment.rules.outlets.factors import FACTOR_NAMES, Factor
from onecity.domains.environment.rules.outlets.transmission import Transmission
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.selectors.outlets.lists import transmission_months
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.indicators.declare import Evidence, Measure, Period

OPEN: Final = (Excess.State.OPEN, Excess.State.HANDLING)


def transmission_of(row: TransmissionMonth) -> Transmission:
    """Return a month's counts as rules take them."""
    return Transmission(row.expected, row.received, row.effective)


def transmission_rate(actor: Actor, period: Period) -> Measure:
    """Return the per cent of this month's expected values that came and count, over all outlets that he may see."""
    scope = identity.row_scope(actor, VIEW_OUTLETS).q(
        organisation="outlet__organisation_id", division="outlet__division_code"
    )
    rows = TransmissionMonth.objects.filter(scope, date=day_of(period.end).replace(day=1))
    total = rows.aggregate(expected=Sum("expected"), effective=Sum("effective"))
    expected, effective = total["expected"], total["effective"]
    if not expected:
        return Measure(None, 0, 0)
    return Measure(min(100.0, 100 * effective / expected), effective, expected)


def transmission_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return this month's outlets, the worst first."""
    found = transmission_months(actor, first=day_of(period.end).replace(day=1))[:most]
    columns = (zh("企业名称"), zh("排口名称"), zh("应收个数"), zh("实收个数"), zh("有效个数"), zh("有效传输率（%）"))
    cells: list[list[str | int | float | datetime | None]] = []
    for row in found:
        rate = transmission_of(row).effective_transmission_rate
        cells.append(
            [
                row.outlet.enterprise.name,
                row.outlet.name,
                row.expected,
                row.received,
                row.effective,
                None if rate is None else float(rate),
            ]
        )
    return Evidence(columns, cells, [reverse("environment:outlet", args=[row.outlet_id]) for row in found])


def open_excesses(actor: Actor, _period: Period) -> Measure:
    """Return how many exceedances that he may see are not closed."""
    return Measure(float(Excess.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q(), state__in=OPEN).count()))


def excess_rows(actor: Actor, _period: Period, most: int) -> Evidence:
    """Return the exceedances that are not closed, the newest first."""
    rows = Excess.objects.filter(identity.row_scope(actor, VIEW_OUTLETS).q(), state__in=OPEN)
    found = list(rows.select_related("outlet__enterprise").order_by("-date", "-id")[:most])
    columns = (zh("日期"), zh("企业名称"), zh("排口名称"), zh("监测因子"), zh("最高浓度"), zh("最大超标倍数"))
    cells = [
        [
            row.date.isoformat(),
            row.outlet.enterprise.name,
            row.outlet.name,
            gettext(FACTOR_NAMES[Factor(row.factor)]),
            float(row.highest),
            None if row.multiple is None else float(row.multiple),
        ]
        for row in found
    ]
    return Evidence(columns, cells, [reverse("environment:excess", args=[row.id]) for row in found])
