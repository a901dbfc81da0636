"""Hours and days of outlets, computed anew from the readings as they stand.

    minutes and hours of iot ─▶ hours ─▶ days
                                  │        │
                                  ▼        ▼
                             exceedances, month's transmission, shares of limits told to iot

A fixed number of statements for any number of outlets, but for exceedances; running twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import Outlet, OutletDay, OutletHour, Standstill
from onecity.domains.environment.rules.outlets.factors import Factor, Kind
from onecity.domains.environment.rules.outlets.judging import Limit, Span, judge, limit_on
from onecity.domains.environment.rules.outlets.means import (
    Method,
    PeriodMean,
    Sample,
    is_normal,
    method_on,
    period_mean,
)
from onecity.domains.environment.rules.times import DAY, HOUR, day_of, day_start, hour_start
from onecity.domains.environment.selectors.outlets.methods import limits_of, monitor_methods
from onecity.domains.environment.selectors.outlets.readings import HourReadings, hour_readings
from onecity.domains.environment.services.outlets.exceeding import note_days, note_hours
from onecity.domains.environment.services.outlets.telling import tell
from onecity.domains.environment.services.outlets.transmitting import count_months
from onecity.domains.environment.services.turns import OUTLETS, take_turn
from onecity.domains.environment.services.writing import put
from onecity.kernel.clock import city_date

_HOUR: Final = ("outlet_id", "begins_at", "factor")
_DAY: Final = ("outlet_id", "date", "factor")
_STOPPED: Final = "F"
_KG_PER_HOUR: Final = Decimal("0.0036")
"""Kilograms an hour of one milligram a second."""
_PLACES: Final = Decimal("0.0001")
DayKey = tuple[int, str, date]


@dataclass(frozen=True, slots=True)
class Assessed:
    """How many means became new or different, how many exceedances are new, and how many hours were told to iot."""

    hours: int = 0
    days: int = 0
    exceedances: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """Limits, methods and standstills of the outlets at hand."""

    outlets: Mapping[int, Outlet]
    limits: Mapping[int, Sequence[Limit]]
    methods: Sequence[Method]
    stops: Mapping[int, Sequence[tuple[datetime, datetime]]]

    def stopped(self, outlet_id: int, at: datetime) -> bool:
        """Say whether a reported standstill touches the hour that begins at `at`."""
        return any(first < at + HOUR and last > at for first, last in self.stops.get(outlet_id, ()))


def assess_outlets(device_ids: Collection[int], *, at: Iterable[datetime], now: datetime) -> Assessed:
    """Compute the hours of these devices in which the instants lie, and all that follows from them. now: city time.

    device_ids: of any devices; those of no outlet are left out.
    """
    asked = sorted({hour_start(moment) for moment in at})
    outlets = {row.id: row for row in Outlet.objects.filter(device_id__in=device_ids)}
    if not asked or not outlets:
        return Assessed()
    with transaction.atomic():
        take_turn(OUTLETS)
        return compute(outlets, span=(asked[0], asked[-1] + HOUR), now=now)


def compute_since(outlet: Outlet, *, since: datetime, now: datetime) -> Assessed:
    """Compute all hours of an outlet from `since` to now anew, within the caller's transaction. now: city time."""
    take_turn(OUTLETS)
    return compute({outlet.id: outlet}, span=(hour_start(since), hour_start(now) + HOUR), now=now)


def compute(outlets: Mapping[int, Outlet], *, span: tuple[datetime, datetime], now: datetime) -> Assessed:
    """Compute outlets' hours of a span of time anew, and all that follows; the caller has the turn. now: city time."""
    book = Book(outlets, limits_of(list(outlets)), monitor_methods(), _stops(list(outlets)))
    by_device = {row.device_id: row for row in outlets.values()}
    rows = []
    for (device, at, factor), found in hour_readings(list(by_device), since=span[0], until=span[1]).items():
        outlet = by_device[device]
        if factor.value in outlet.factors:
            rows.append(_hour(outlet, at, factor, found, book=book))
    changed: set[DayKey] = set()
    count = 0
    for number, begins_at, name in put(OutletHour, rows, key=_HOUR, now=now, told_by=["share"]):
        assert isinstance(begins_at, datetime)
        changed.add((int(str(number)), str(name), day_of(begins_at)))
        count += 1
    if not changed:
        return Assessed(told=tell(now=now))
    new = note_hours(changed, outlets=outlets, now=now)
    days = _days(changed, book=book, now=now)
    new += note_days(days, outlets=outlets, now=now)
    _hear(rows, outlets)
    count_months({(number, day.replace(day=1)) for number, _, day in changed}, now=now)
    return Assessed(count, len(days), new, tell(now=now))


def _hour(outlet: Outlet, at: datetime, factor: Factor, found: HourReadings, *, book: Book) -> dict[str, object]:
    kind, method = Kind(outlet.kind), method_on(day_of(at), methods=book.methods)
    if found.own is not None:
        normal = is_normal(found.own, method=method)
        mean = PeriodMean(found.own.value, found.own.converted, found.own.mark or "N", normal, 0, 0)
        flow = found.flow
    else:
        mean = period_mean(found.parts, kind=kind, factor=factor, method=method)
        known = [part.flow for part in found.parts if part.flow is not None]
        flow = (sum(known, start=Decimal(0)) / len(known)).quantize(_PLACES, ROUND_HALF_UP) if known else None
    if book.stopped(outlet.id, at):
        mean = PeriodMean(mean.mean, mean.converted, _STOPPED, valid=False, count=mean.count, normal=mean.normal)
    total = found.total_kg if found.total_kg is not None else _let_out(mean, factor, flow)
    limit = limit_on(day_of(at), factor=factor, span=Span.HOUR, limits=book.limits.get(outlet.id, ()))
    key = {"outlet_id": outlet.id, "begins_at": at.isoformat(), "factor": factor.value, "flow": flow}
    return {**key, **_columns(mean, total, limit)}


def _let_out(mean: PeriodMean, factor: Factor, flow: Decimal | None) -> Decimal | None:
    """Return kilograms of an hour from concentration and flow, where the device sent none."""
    if factor is Factor.PH or mean.mean is None or flow is None or not mean.valid:
        return None
    return (mean.mean * flow * _KG_PER_HOUR).quantize(_PLACES, ROUND_HALF_UP)


def _columns(mean: PeriodMean, total: Decimal | None, limit: Limit | None) -> dict[str, object]:
    verdict = judge(mean, limit=limit) if limit is not None else None
    return {
        "mean": mean.mean,
        "converted": mean.converted,
        "total_kg": total,
        "mark": mean.mark,
        "is_valid": mean.valid,
        "count": mean.count,
        "normal": mean.normal,
        "limit_upper": limit.upper if limit else None,
        "limit_lower": limit.lower if limit else None,
        "judged": verdict.value if verdict else None,
        "share": verdict.share if verdict else None,
        "exceeds": bool(verdict and verdict.exceeds),
        "multiple": verdict.multiple if verdict else None,
    }


def _days(changed: Collection[DayKey], *, book: Book, now: datetime) -> set[DayKey]:
    first, last = min(day for *_, day in changed), max(day for *_, day in changed)
    hours: dict[DayKey, list[OutletHour]] = defaultdict(list)
    kept = OutletHour.objects.filter(
        outlet__in={number for number, *_ in changed},
        begins_at__gte=day_start(first),
        begins_at__lt=day_start(last) + DAY,
    )
    for row in kept.order_by("begins_at"):
        hours[row.outlet_id, row.factor, day_of(row.begins_at)].append(row)
    rows = [_day(key, hours[key], book=book, over=key[2] < city_date(now)) for key in changed if hours[key]]
    found = set()
    for number, day, name in put(OutletDay, rows, key=_DAY, now=now):
        assert isinstance(day, date)
        found.add((int(str(number)), str(name), day))
    return found


def _day(key: DayKey, hours: Sequence[OutletHour], *, book: Book, over: bool) -> dict[str, object]:
    number, name, day = key
    outlet, factor = book.outlets[number], Factor(name)
    kind, method = Kind(outlet.kind), method_on(day, methods=book.methods)
    working = [row for row in hours if not book.stopped(number, row.begins_at)]
    samples = [Sample(row.mean, row.mark, row.converted, row.flow) for row in working]
    mean = period_mean(samples, kind=kind, factor=factor, method=method, needed=method.hours(kind))
    totals = [row.total_kg for row in working if row.total_kg is not None]
    limit = limit_on(day, factor=factor, span=Span.DAY, limits=book.limits.get(number, ())) if over else None
    key_columns = {"outlet_id": number, "date": day.isoformat(), "factor": name}
    return {**key_columns, **_columns(mean, sum(totals, start=Decimal(0)) if totals else None, limit)}


def _stops(outlet_ids: Sequence[int]) -> dict[int, list[tuple[datetime, datetime]]]:
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in Standstill.objects.filter(outlet__in=outlet_ids):
        found[row.outlet_id].append((row.begins_at, row.ends_at))
    return found


def _hear(rows: Sequence[Mapping[str, object]], outlets: Mapping[int, Outlet]) -> None:
    """Note each outlet's newest hour."""
    newest: dict[int, datetime] = {}
    for row in rows:
        number, at = int(str(row["outlet_id"])), datetime.fromisoformat(str(row["begins_at"]))
        newest[number] = max(newest.get(number, at), at)
    for number, at in newest.items():
        heard = outlets[number].heard_at
        if heard is None or heard < at:
            Outlet.objects.filter(id=number).update(heard_at=at)
