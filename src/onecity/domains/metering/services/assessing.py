"""Days of meters, computed anew from the readings as they stand, and everything that follows from them.

    readings of iot ─▶ days of meters ─▶ days of zones
                              ├────────▶ bills of months that were billed already: a further revision
                              └────────▶ abnormal use ─▶ event ─▶ case

A reading that comes late changes the days up to the next reading, and so on. Computing takes turns; running twice
changes nothing. A fixed number of statements for any number of meters.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from onecity.domains.metering.contracts import Assessed
from onecity.domains.metering.models import Meter, MeterDay, MeterExchange
from onecity.domains.metering.rules.codes import Evidence
from onecity.domains.metering.rules.times import DAY, day_start
from onecity.domains.metering.rules.usage import LONGEST_GAP, DayShape, DayUsage, Exchange, Points, days, shape
from onecity.domains.metering.selectors.readings import Registers, registers
from onecity.domains.metering.services.billing import rebill
from onecity.domains.metering.services.following import follow
from onecity.domains.metering.services.judging import judge_meters
from onecity.domains.metering.services.moving import note_registers
from onecity.domains.metering.services.writing import put
from onecity.domains.metering.services.zone_days import assess_zones
from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.platform.iot import api as iot

_LOCK: Final = 0x0A1_0A02
_KEY: Final = ("meter_id", "date")
LONGEST_ESTIMATE: Final = 62 * DAY
"""After so long without a reading nothing is estimated any more. Source: House rule."""
RECENT: Final = 10 * DAY
AT_ONCE: Final = 500
Changed = Mapping[int, set[date]]


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """The days with a reading around those that are computed anew. usages: of the days before, the newest last."""

    before: MeterDay | None
    after: MeterDay | None
    usages: Sequence[Decimal]


def assess(device_ids: Collection[int], *, days_touched: Collection[date], now: datetime) -> Assessed:
    """Compute the days of meters that readings came for, and all that follows from them.

    device_ids: of any devices; those that are no meters are left out. days_touched: of the city. now: city time.
    """
    if not days_touched:
        return Assessed()
    with transaction.atomic():
        take_turn()
        follow(iot.devices_by_id(sorted(device_ids)), now=now)
        meters = list(Meter.objects.filter(device_id__in=device_ids).order_by("id"))
        first, last = min(days_touched), max(days_touched)
        found = registers(meters, since=day_start(first) - LONGEST_GAP, until=day_start(last + DAY) + LONGEST_GAP)
        changed = _meter_days(meters, found, span=(first, last), now=now)
        note_registers(meters, found)
        return Assessed(
            days=sum(map(len, changed.values())),
            zones=assess_zones(changed, now=now),
            bills=rebill(changed, reason="late_reading", now=now),
            found=judge_meters(meters, days_touched=[day for day in days_touched if day < city_date(now)], now=now),
        )


def take_turn() -> None:
    """Wait until nobody else computes, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _meter_days(meters: Sequence[Meter], found: Registers, *, span: tuple[date, date], now: datetime) -> Changed:
    neighbours = _neighbours(meters, span)
    exchanges = _exchanges(meters)
    rows: list[dict[str, object]] = []
    for meter in meters:
        points = found.get(meter.device_id, [])
        readings = {city_date(at): register for at, register in points if span[0] <= city_date(at) <= span[1]}
        around = neighbours[meter.id]
        for item in _days(meter, readings, around, exchanges[meter.id], yesterday=city_date(now) - DAY):
            rows.append(_row(meter, item, _shape(meter, item.day, readings, points, around)))
    changed: dict[int, set[date]] = defaultdict(set)
    for meter_id, day in put(MeterDay, rows, key=_KEY, now=now):
        assert isinstance(day, date)
        changed[int(str(meter_id))].add(day)
    return changed


def _days(
    meter: Meter,
    readings: Mapping[date, Decimal],
    around: _Neighbours,
    exchanges: Sequence[Exchange],
    *,
    yesterday: date,
) -> list[DayUsage]:
    """Compute from the day after the last known one before to the next known one, or to yesterday."""
    known, before, after = dict(readings), around.before, around.after
    for row in (before, after):
        if row is not None and row.register is not None:
            known[row.date] = row.register
    if not known:
        return []
    found = days(
        known,
        until=after.date if after else min(yesterday, max(known) + LONGEST_ESTIMATE),
        capacity=meter.capacity,
        multiplier=meter.multiplier,
        exchanges=exchanges,
        before=around.usages,
    )
    return [item for item in found if before is None or item.day > before.date]


def _shape(meter: Meter, day: date, readings: Mapping[date, Decimal], points: Points, around: _Neighbours) -> DayShape:
    if day in readings:
        return shape(points, day=day, multiplier=meter.multiplier)
    if around.after is not None and around.after.date == day:
        return DayShape(around.after.night_usage, around.after.least_hour)
    return DayShape(None, None)


def _row(meter: Meter, item: DayUsage, form: DayShape) -> dict[str, object]:
    return {
        "meter_id": meter.id,
        "date": item.day.isoformat(),
        "register": item.register,
        "usage": item.usage,
        "evidence": item.evidence.value,
        "night_usage": form.night,
        "least_hour": form.least_hour,
        "reversed_by": item.reversed_by,
    }


def _neighbours(meters: Sequence[Meter], span: tuple[date, date]) -> dict[int, _Neighbours]:
    rows = MeterDay.objects.filter(meter__in=[meter.id for meter in meters], register__isnull=False)
    before = {row.meter_id: row for row in rows.filter(date__lt=span[0]).order_by("meter", "-date").distinct("meter")}
    after = {row.meter_id: row for row in rows.filter(date__gt=span[1]).order_by("meter", "date").distinct("meter")}
    usages: dict[int, list[Decimal]] = defaultdict(list)
    recent = MeterDay.objects.filter(
        meter__in=[meter.id for meter in meters], date__lt=span[0], date__gte=span[0] - RECENT, usage__isnull=False
    )
    for row in recent.exclude(evidence=Evidence.ESTIMATED).order_by("date"):
        if row.usage is not None:
            usages[row.meter_id].append(row.usage)
    return {meter.id: _Neighbours(before.get(meter.id), after.get(meter.id), usages[meter.id]) for meter in meters}


def _exchanges(meters: Sequence[Meter]) -> dict[int, list[Exchange]]:
    found: dict[int, list[Exchange]] = defaultdict(list)
    for row in MeterExchange.objects.filter(meter__in=[meter.id for meter in meters]):
        found[row.meter_id].append(Exchange(city_date(row.at), row.last_register, row.first_register))
    return found


def close_days() -> None:
    """Estimate yesterday where no reading came; a tick. What comes late puts it right."""
    now = clock.city_now()
    yesterday = city_date(now) - DAY
    known = MeterDay.objects.filter(meter=OuterRef("id"), date__gte=yesterday)
    begun = MeterDay.objects.filter(
        meter=OuterRef("id"), date__gte=yesterday - LONGEST_ESTIMATE, register__isnull=False
    )
    rows = Meter.objects.filter(~Exists(known), Exists(begun), in_service=True)
    assess(list(rows.values_list("device_id", flat=True)[:AT_ONCE]), days_touched=[yesterday], now=now)
