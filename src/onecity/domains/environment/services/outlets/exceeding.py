"""Exceedances: found anew from the means as they stand; what people have taken up stays whatever readings become."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from onecity.domains.environment.models import Excess, Outlet, OutletDay, OutletHour
from onecity.domains.environment.models.outlets import OutletMean
from onecity.domains.environment.rules.outlets.judging import Span
from onecity.domains.environment.rules.times import DAY, day_of, day_start

DayKey = tuple[int, str, date]
_FIGURES = ("count", "first_at", "last_at", "highest", "limit_upper", "limit_lower", "multiple")


@dataclass(frozen=True, slots=True)
class _Found:
    at: datetime
    mean: OutletMean


def note_hours(touched: Collection[DayKey], *, outlets: Mapping[int, Outlet], now: datetime) -> int:
    """Note what exceeded in the hours of these days; return how many exceedances are new. now: city time."""
    first, last = min(day for *_, day in touched), max(day for *_, day in touched)
    found: dict[DayKey, list[_Found]] = defaultdict(list)
    rows = OutletHour.objects.filter(
        outlet__in={number for number, *_ in touched},
        begins_at__gte=day_start(first),
        begins_at__lt=day_start(last) + DAY,
        exceeds=True,
    )
    for row in rows.order_by("begins_at"):
        found[row.outlet_id, row.factor, day_of(row.begins_at)].append(_Found(row.begins_at, row))
    return _note(touched, found, span=Span.HOUR, outlets=outlets, now=now)


def note_days(touched: Collection[DayKey], *, outlets: Mapping[int, Outlet], now: datetime) -> int:
    """Note which of these days exceeded; return how many exceedances are new. now: city time."""
    found: dict[DayKey, list[_Found]] = defaultdict(list)
    rows = OutletDay.objects.filter(
        outlet__in={number for number, *_ in touched}, date__in={day for *_, day in touched}, exceeds=True
    )
    for row in rows:
        found[row.outlet_id, row.factor, row.date].append(_Found(day_start(row.date), row))
    return _note(touched, found, span=Span.DAY, outlets=outlets, now=now)


def _note(
    touched: Collection[DayKey],
    found: Mapping[DayKey, Sequence[_Found]],
    *,
    span: Span,
    outlets: Mapping[int, Outlet],
    now: datetime,
) -> int:
    known = {
        (row.outlet_id, row.factor, row.date): row
        for row in Excess.objects.select_for_update().filter(
            span=span, outlet__in={number for number, *_ in touched}, date__in={day for *_, day in touched}
        )
    }
    new = 0
    for key in sorted(touched):
        hits, row = found.get(key, ()), known.get(key)
        if hits and row is None:
            _enter(key, hits, span=span, outlet=outlets[key[0]], now=now)
            new += 1
        elif row is not None:
            _renew(row, hits)
    return new


def _enter(key: DayKey, hits: Sequence[_Found], *, span: Span, outlet: Outlet, now: datetime) -> None:
    number, factor, day = key
    Excess.objects.create(
        outlet_id=number,
        factor=factor,
        span=span,
        date=day,
        organisation_id=outlet.organisation_id,
        division_code=outlet.division_code,
        created_at=now,
        **_figures(hits),
    )


def _renew(row: Excess, hits: Sequence[_Found]) -> None:
    """Put an exceedance right. One without hits is taken back only while nobody, and no alarm, has taken it up."""
    if not hits:
        if row.state == Excess.State.OPEN and row.alarm_id is None:
            row.state = Excess.State.WITHDRAWN
            row.save(update_fields=["state"])
        return
    figures = _figures(hits)
    if row.state == Excess.State.WITHDRAWN:
        row.state = Excess.State.OPEN
    for name in _FIGURES:
        setattr(row, name, figures[name])
    row.save(update_fields=[*_FIGURES, "state"])


def _figures(hits: Sequence[_Found]) -> dict[str, object]:
    worst = max(hits, key=lambda item: item.mean.share or Decimal(0)).mean
    return {
        "count": len(hits),
        "first_at": hits[0].at,
        "last_at": hits[-1].at,
        "highest": worst.judged if worst.judged is not None else Decimal(0),
        "limit_upper": worst.limit_upper,
        "limit_lower": worst.limit_lower,
        "multiple": worst.multiple,
    }
