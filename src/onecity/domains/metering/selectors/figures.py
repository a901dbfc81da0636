"""What metering is measured by, with the rows behind each figure."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Sum
from django.urls import reverse

from onecity.domains.metering.models import Abnormality, Meter, ZoneDay
from onecity.domains.metering.permissions import STATISTICS
from onecity.domains.metering.rules.codes import ABNORMAL_NAMES, Supply
from onecity.domains.metering.rules.times import DAY
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.indicators.declare import Evidence, Measure, Period

MONTH: Final = 30 * DAY
FRESH: Final = timedelta(hours=48)


def water_loss(actor: Actor, period: Period) -> Measure:
    """Return the per cent of water lost in the last thirty whole days, by the zones at the top of the tree."""
    return _loss(actor, period, Supply.WATER)


def electricity_loss(actor: Actor, period: Period) -> Measure:
    """Return the per cent of electricity lost in the last thirty whole days, by the zones at the top of the tree."""
    return _loss(actor, period, Supply.ELECTRICITY)


def _loss(actor: Actor, period: Period, supply: Supply) -> Measure:
    last = city_date(period.end) - DAY
    scope = identity.row_scope(actor, STATISTICS).q(
        organisation="zone__organisation_id", division="zone__division_code"
    )
    rows = ZoneDay.objects.filter(
        scope, zone__supply=supply, zone__parent=None, date__gt=last - MONTH, date__lte=last, loss__isnull=False
    )
    total = rows.aggregate(supplied=Sum("supplied"), loss=Sum("loss"))
    supplied, loss = total["supplied"], total["loss"]
    if not supplied:
        return Measure(None, 0, 0)
    return Measure(float(100 * loss / supplied), float(loss), float(supplied))


def zone_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the zones with their newest day."""
    last = city_date(period.end) - DAY
    scope = identity.row_scope(actor, STATISTICS).q(
        organisation="zone__organisation_id", division="zone__division_code"
    )
    rows = ZoneDay.objects.filter(scope, date__gt=last - MONTH, date__lte=last).select_related("zone")
    newest = rows.order_by("zone", "-date").distinct("zone")[:most]
    columns = (zh("计量分区"), zh("日期"), zh("供入量"), zh("售出量"), zh("损失量"), zh("夜间最小流量"))
    cells = [
        [
            row.zone.name,
            row.date.isoformat(),
            _float(row.supplied),
            _float(row.used),
            _float(row.loss),
            _float(row.night_flow),
        ]
        for row in newest
    ]
    return Evidence(columns, cells, [reverse("metering:zone", args=[row.zone_id]) for row in newest])


def read_share(actor: Actor, period: Period) -> Measure:
    """Return the per cent of meters in service that were read within two days."""
    rows = Meter.objects.filter(identity.row_scope(actor, STATISTICS).q(), in_service=True)
    total = rows.count()
    read = rows.filter(read_at__gt=period.end - FRESH).count()
    return Measure(100 * read / total, read, total) if total else Measure(None, 0, 0)


def meter_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the meters that were read longest ago."""
    rows = Meter.objects.filter(identity.row_scope(actor, STATISTICS).q(), in_service=True)
    found = rows.order_by("read_at")[:most]
    columns = (zh("表号"), zh("名称"), zh("最近抄表时间"))
    links = [reverse("metering:meter", args=[row.id]) for row in found]
    return Evidence(columns, [[row.key, row.name, row.read_at] for row in found], links)


def open_abnormal(actor: Actor, _: Period) -> Measure:
    """Return how much abnormal use is not closed."""
    rows = Abnormality.objects.filter(identity.row_scope(actor, STATISTICS).q())
    return Measure(float(rows.exclude(state=Abnormality.State.CLOSED).count()))


def abnormal_rows(actor: Actor, _: Period, most: int) -> Evidence:
    """Return what is not closed, the newest first."""
    rows = Abnormality.objects.filter(identity.row_scope(actor, STATISTICS).q()).exclude(state=Abnormality.State.CLOSED)
    found = rows.select_related("meter").order_by("-created_at", "-id")[:most]
    columns = (zh("计量表"), zh("异常类型"), zh("首次出现"), zh("最近出现"), zh("数值"))
    cells = [
        [
            row.meter.name,
            ABNORMAL_NAMES[row.kind],
            row.first_date.isoformat(),
            row.last_date.isoformat(),
            _float(row.value),
        ]
        for row in found
    ]
    return Evidence(columns, cells, [reverse("metering:abnormality", args=[row.id]) for row in found])


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
