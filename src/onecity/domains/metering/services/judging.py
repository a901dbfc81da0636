"""Abnormal use: found by rules in force, once for as long as it lasts; ended by people, or by itself."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from onecity.domains.metering.events import ABNORMALITY_FOUND
from onecity.domains.metering.models import Abnormality, AbnormalRule, Meter, MeterDay, ZoneBorder
from onecity.domains.metering.rules.abnormal import Day, Finding, Rule, Use, judge
from onecity.domains.metering.rules.codes import Abnormal
from onecity.domains.metering.rules.times import DAY
from onecity.kernel import bus, clock
from onecity.kernel.clock import city_date

_HISTORY: Final = 31 * DAY
_FOUND_NOW: Final = frozenset({Abnormal.STANDING_STILL})
"""Kinds that are judged by the newest reading; the others by a whole day."""
_OF_BORDERS: Final = frozenset({Abnormal.SUDDEN_RISE, Abnormal.REVERSE})
"""Kinds that make sense at a zone's border, where something always flows."""
AT_ONCE: Final = 2000


def judge_meters(meters: Sequence[Meter], *, days_touched: Collection[date], now: datetime) -> int:
    """Judge these meters on these whole days, and their newest reading; returns how many findings are new.

    now: city time.
    """
    book = rule_book(city_date(now))
    uses = _uses(meters, days_touched)
    borders = set(
        ZoneBorder.objects.filter(meter__in=[meter.id for meter in meters]).values_list("meter_id", flat=True)
    )
    found = 0
    for meter in meters:
        rules = book.get(meter.supply, ())
        for rule in (item for item in rules if meter.id not in borders or item.kind in _OF_BORDERS):
            days = [city_date(now)] if rule.kind in _FOUND_NOW else sorted(days_touched)
            found += sum(_judge(meter, rule, uses.get(meter.id, []), day, now=now) for day in days)
    return found


def watch_homes() -> None:
    """Judge watched homes at the city's present time; a tick. What moves again is over by itself."""
    now = clock.city_now()
    rules = [rule for rules in rule_book(city_date(now)).values() for rule in rules if rule.kind in _FOUND_NOW]
    if not rules:
        return
    judge_meters(list(Meter.objects.filter(watched=True, in_service=True)[:AT_ONCE]), days_touched=(), now=now)


def rule_book(day: date) -> Mapping[str, Sequence[Rule]]:
    """Return by supply the rules in force on a day."""
    newest: dict[tuple[str, str], AbnormalRule] = {}
    for row in AbnormalRule.objects.filter(valid_from__lte=day).order_by("valid_from"):
        newest[row.supply, row.kind] = row
    book: dict[str, list[Rule]] = defaultdict(list)
    for (supply, kind), row in newest.items():
        if row.is_active:
            book[supply].append(Rule(Abnormal(kind), row.threshold, row.days, row.factor, row.severity))
    return book


def _uses(meters: Sequence[Meter], days_touched: Collection[date]) -> dict[int, list[Day]]:
    if not days_touched:
        return {}
    rows = MeterDay.objects.filter(
        meter__in=[meter.id for meter in meters], date__gte=min(days_touched) - _HISTORY, date__lte=max(days_touched)
    )
    found: dict[int, list[Day]] = defaultdict(list)
    for row in rows.order_by("meter", "date"):
        found[row.meter_id].append(Day(row.date, row.usage, row.night_usage, row.least_hour, row.reversed_by))
    return found


def _judge(meter: Meter, rule: Rule, days: Sequence[Day], day: date, *, now: datetime) -> bool:
    known = [item for item in days if item.date <= day]
    if rule.kind not in _FOUND_NOW and (not known or known[-1].date != day):
        return False
    finding = judge(rule, Use(known, meter.watched, meter.moved_at, meter.read_at))
    if finding is not None:
        return _keep(meter, rule, finding, day, now=now)
    if rule.kind in _FOUND_NOW and meter.watched:
        _end(meter, rule.kind, now=now)
    return False


def _keep(meter: Meter, rule: Rule, finding: Finding, day: date, *, now: datetime) -> bool:
    """Prolong what stands, or note and announce what is new. A day that was closed already is not opened again."""
    standing = Abnormality.objects.filter(Q(last_date__gte=day) | ~Q(state="closed"), meter=meter, kind=rule.kind)
    row = standing.order_by("-first_date").first()
    if row is not None:
        if row.state != Abnormality.State.CLOSED and day >= row.last_date:
            row.last_date, row.value, row.usual = day, finding.value, finding.usual
            row.save(update_fields=["last_date", "value", "usual"])
        return False
    new = Abnormality.objects.create(
        meter=meter,
        kind=rule.kind,
        severity=rule.severity,
        first_date=day,
        last_date=day,
        value=finding.value,
        usual=finding.usual,
        organisation_id=meter.organisation_id,
        division_code=meter.division_code,
        created_at=now,
    )
    bus.announce(
        ABNORMALITY_FOUND,
        abnormality_id=new.id,
        meter_id=meter.id,
        device_id=meter.device_id,
        supply=meter.supply,
        kind=new.kind,
        severity=new.severity,
        date=day.isoformat(),
        organisation_id=meter.organisation_id,
        division_code=meter.division_code,
    )
    return True


def _end(meter: Meter, kind: Abnormal, *, now: datetime) -> None:
    """End what nobody has taken up yet and is over by itself; what people handle they end themselves."""
    Abnormality.objects.filter(meter=meter, kind=kind, state=Abnormality.State.OPEN, case_id__isnull=True).update(
        state=Abnormality.State.CLOSED, result=Abnormality.Result.OVER, closed_at=now
    )
