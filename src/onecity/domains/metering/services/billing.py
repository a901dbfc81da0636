"""Bills of months, and what they turn out to be later: never changed in silence, always a further revision."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from onecity.domains.metering.models import Bill, Meter, MeterDay, Tariff
from onecity.domains.metering.permissions import BILL
from onecity.domains.metering.rules.codes import BILL_MONTH, Evidence
from onecity.domains.metering.rules.prices import Charge, Price, charge
from onecity.domains.metering.rules.times import month_start, next_month
from onecity.domains.metering.selectors.prices import PriceBook
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress, Result

AT_ONCE: Final = 500
REASONS: Final[Mapping[str, str]] = {
    "month_end": zh("月度出账"),
    "late_reading": zh("补到读数，重新计算"),
    "exchange": zh("补登换表，重新计算"),
    "facts": zh("用户资料变更，重新计算"),
}


@dataclass(frozen=True, slots=True)
class _Computed:
    """A meter's month. before: usage since the year or month of the tiers began."""

    meter: Meter
    month: date
    tariff: Tariff
    usage: Decimal
    before: Decimal
    charge: Charge
    estimated: bool


def start_billing(actor: Actor, *, month: date, now: datetime) -> int:
    """Start billing a whole month as a job; returns the run's id. now: real time.

    Raises: Invalid for a month that is not over; NotPermitted.
    """
    if not actor.may(BILL):
        raise NotPermitted
    if next_month(month) > clock.city_date(clock.city_now()):
        raise Invalid(fields={"month": zh("该月尚未结束，不能出账")})
    arguments = {"month": month_start(month).isoformat()}
    identity.record(actor, action=BILL_MONTH, target="metering.bills", details=arguments)
    return jobs.start(actor, code=BILL_MONTH, title=zh("月度出账"), arguments=arguments, now=now)


def run_billing(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Bill meter by meter; bills written stay when it is cancelled, and running again adds nothing."""
    month = date.fromisoformat(str(arguments["month"]))
    ids = list(Meter.objects.exclude(category="").order_by("id").values_list("id", flat=True))
    made = 0
    for begin in range(0, len(ids), AT_ONCE):
        progress.step(begin, total=len(ids), note=f"{month:%Y-%m}")
        made += bill_meters(ids[begin : begin + AT_ONCE], months=[month], reason="month_end", now=clock.city_now())
    return {"计量表": len(ids), "账单": made}


def bill_meters(meter_ids: Sequence[int], *, months: Sequence[date], reason: str, now: datetime) -> int:
    """Bill these meters for these months (first days); returns how many revisions were written. now: city time.

    A bill that turns out as it stands is left alone. Meters without a category, a price in force or a usage get none.
    """
    book = PriceBook()
    with transaction.atomic():
        meters = list(Meter.objects.select_for_update().filter(id__in=meter_ids).exclude(category="").order_by("id"))
        computed = [item for month in sorted(months) for item in _computed(meters, month, book)]
        return _write(computed, reason=reason, now=now)


def rebill(changed: Mapping[int, Iterable[date]], *, reason: str, now: datetime) -> int:
    """Bill anew what was billed and may have become different: the months of these days and those after in the year.

    changed: by meter, the days whose usage became different. now: city time. Returns how many revisions were written.
    """
    first = {meter: month_start(min(days)) for meter, days in changed.items() if days}
    if not first:
        return 0
    billed: dict[date, list[int]] = defaultdict(list)
    rows = Bill.objects.filter(meter__in=first, is_current=True, month__gte=min(first.values()))
    for meter_id, month in rows.values_list("meter_id", "month"):
        if first[meter_id] <= month <= first[meter_id].replace(month=12):
            billed[month].append(meter_id)
    return sum(
        bill_meters(meter_ids, months=[month], reason=reason, now=now) for month, meter_ids in sorted(billed.items())
    )


def _computed(meters: Sequence[Meter], month: date, book: PriceBook) -> list[_Computed]:
    usages = _usages([meter.id for meter in meters], month)
    estimated = set(
        MeterDay.objects.filter(
            meter__in=[meter.id for meter in meters],
            date__gte=month,
            date__lt=next_month(month),
            evidence=Evidence.ESTIMATED,
        ).values_list("meter_id", flat=True)
    )
    found = []
    for meter in meters:
        held = book.on(month, supply=meter.supply, category=meter.category)
        months = usages.get(meter.id, {})
        if held is None or month not in months:
            continue
        tariff, price = held
        before = _before(months, month, price)
        cost = charge(price, usage=months[month], before=before, persons=meter.persons)
        found.append(_Computed(meter, month, tariff, months[month], before, cost, meter.id in estimated))
    return found


def _before(months: Mapping[date, Decimal], month: date, price: Price) -> Decimal:
    if not price.by_year:
        return Decimal(0)
    return sum((usage for each, usage in months.items() if each < month), Decimal(0))


def _usages(meter_ids: Sequence[int], month: date) -> dict[int, dict[date, Decimal]]:
    """Return the usage of each month of the year up to this one, by meter."""
    rows = (
        MeterDay.objects.filter(
            meter__in=meter_ids, date__gte=month.replace(month=1), date__lt=next_month(month), usage__isnull=False
        )
        .annotate(month=TruncMonth("date"))
        .values("meter_id", "month")
        .annotate(total=Sum("usage"))
        .values_list("meter_id", "month", "total")
    )
    found: dict[int, dict[date, Decimal]] = defaultdict(dict)
    for meter_id, each, total in rows:
        found[meter_id][each] = total
    return found


def _write(computed: Sequence[_Computed], *, reason: str, now: datetime) -> int:
    standing = {
        (row.meter_id, row.month): row
        for row in Bill.objects.filter(
            meter__in={item.meter.id for item in computed},
            month__in={item.month for item in computed},
            is_current=True,
        )
    }
    fresh = [_row(item, standing.get((item.meter.id, item.month)), reason=reason, now=now) for item in computed]
    new = [row for row in fresh if row is not None]
    replaced = [standing[row.meter_id, row.month].id for row in new if row.revision > 1]
    Bill.objects.filter(id__in=replaced).update(is_current=False)
    Bill.objects.bulk_create(new)
    return len(new)


def _row(item: _Computed, held: Bill | None, *, reason: str, now: datetime) -> Bill | None:
    lines = [
        {
            "tier": line.tier,
            "name": line.name,
            "quantity": str(line.quantity),
            "price": str(line.price),
            "amount": str(line.amount),
        }
        for line in item.charge.lines
    ]
    amount = item.charge.amount
    same = held is not None and (held.usage, held.used_before, held.amount, held.tariff_id, held.estimated) == (
        item.usage,
        item.before,
        amount,
        item.tariff.id,
        item.estimated,
    )
    if same:
        return None
    return Bill(
        meter=item.meter,
        month=item.month,
        revision=held.revision + 1 if held else 1,
        tariff=item.tariff,
        usage=item.usage,
        used_before=item.before,
        amount=amount,
        difference=amount - held.amount if held else amount,
        lines=lines,
        estimated=item.estimated,
        reason=reason,
        organisation_id=item.meter.organisation_id,
        division_code=item.meter.division_code,
        created_at=now,
    )
