"""Samples, days and months of surface water, computed anew from the readings as they stand.

    hour data of iot ─▶ samples ─▶ days
    published lines ──▶         └▶ months

A fixed number of statements for any number of sections; running twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from onecity.domains.environment.models import WaterDay, WaterMonth, WaterSample, WaterSection
from onecity.domains.environment.rules.times import HOUR, day_of, day_start, hour_start
from onecity.domains.environment.rules.water.codes import WATER_STATION
from onecity.domains.environment.rules.water.items import Body
from onecity.domains.environment.rules.water.judging import Judgement, Method, Values, judge, mean_of, method_on
from onecity.domains.environment.rules.water.limits import ItemLimits, limits_on
from onecity.domains.environment.selectors.water.columns import ITEM_COLUMNS, values_of
from onecity.domains.environment.selectors.water.methods import water_limits, water_methods
from onecity.domains.environment.selectors.water.readings import samples
from onecity.domains.environment.services.turns import WATER, take_turn
from onecity.domains.environment.services.water.following import advance, follow
from onecity.domains.environment.services.water.telling import tell
from onecity.domains.environment.services.writing import put
from onecity.platform.iot import api as iot

SAMPLE: Final = ("section_id", "measured_at")
_DAY: Final = ("section_id", "date")
_OTHERS: Final = ("temperature_c", "conductivity_us_cm", "turbidity_ntu")
Touched = Mapping[int, set[datetime]]


@dataclass(frozen=True, slots=True)
class Book:
    """Limits and methods of all times."""

    limits: Sequence[ItemLimits]
    methods: Sequence[Method]

    def judge(self, values: Values, *, day: date, body: str) -> Judgement:
        """Return what values of a day come to."""
        method = method_on(day, methods=self.methods)
        return judge(values, limits=limits_on(day, limits=self.limits), method=method, body=Body(body))


@dataclass(frozen=True, slots=True)
class Assessed:
    """How many reports became new or different, and how many classes were told to iot."""

    samples: int = 0
    days: int = 0
    months: int = 0
    told: int = 0


def book() -> Book:
    """Return what stands in the tables."""
    return Book(water_limits(), water_methods())


def assess_water(device_ids: Collection[int], *, hours: Iterable[datetime], now: datetime) -> Assessed:
    """Compute the samples of these devices in these hours, and all that follows from them.

    device_ids: of any devices; those that are no water stations are left out. now: city time.
    """
    asked = sorted({hour_start(at) for at in hours})
    if not asked:
        return Assessed()
    with transaction.atomic():
        take_turn(WATER)
        devices = [item for item in iot.devices_by_id(sorted(device_ids)) if item.type_code == WATER_STATION]
        sections = follow(devices, now=now)
        ids = list(sections)
        standing = book()
        rows = [
            {
                **sample_row(sections[device], at, values=found.values, book=standing),
                **{name: found.others.get(name) for name in _OTHERS},
            }
            for (device, at), found in samples(ids, since=asked[0], until=asked[-1] + HOUR).items()
        ]
        return put_samples(rows, book=standing, now=now)


def sample_row(section: WaterSection, at: datetime, *, values: Values, book: Book) -> dict[str, object]:
    """Return the columns of a sample but for what is no item; it counts as sent by a device."""
    return {
        "section_id": section.id,
        "measured_at": at.isoformat(),
        "origin": WaterSample.Origin.DEVICE,
        "published_class": None,
        **_columns(values, book.judge(values, day=day_of(at), body=section.body)),
    }


def put_samples(rows: Sequence[dict[str, object]], *, book: Book, now: datetime) -> Assessed:
    """Write samples, and their days and months anew. now: city time."""
    changed: dict[int, set[datetime]] = defaultdict(set)
    for section, at in put(WaterSample, rows, key=SAMPLE, now=now, told_by=["water_class"]):
        assert isinstance(at, datetime)
        changed[int(str(section))].add(at)
    if not changed:
        return Assessed(told=tell(now=now))
    days = _means(WaterDay, _days(changed), book=book, now=now)
    months = _means(WaterMonth, _months(changed), book=book, now=now)
    advance(now=now)
    return Assessed(sum(map(len, changed.values())), days, months, tell(now=now))


def reassess(section: WaterSection, *, now: datetime) -> Assessed:
    """Compute all samples, days and months of a section anew, as when it counts as other water. now: city time."""
    standing = book()
    rows = []
    for sample in WaterSample.objects.filter(section=section):
        row = sample_row(section, sample.measured_at, values=values_of(sample), book=standing)
        kept = {name: getattr(sample, name) for name in (*_OTHERS, "origin", "published_class")}
        rows.append({**row, **kept})
    return put_samples(rows, book=standing, now=now)


def _days(changed: Touched) -> dict[tuple[int, date], tuple[datetime, datetime]]:
    one = timedelta(days=1)
    return {
        (section, day_of(at)): (day_start(day_of(at)), day_start(day_of(at)) + one)
        for section, times in changed.items()
        for at in times
    }


def _months(changed: Touched) -> dict[tuple[int, date], tuple[datetime, datetime]]:
    found = {}
    for section, times in changed.items():
        for first in {day_of(at).replace(day=1) for at in times}:
            after = (first + timedelta(days=31)).replace(day=1)
            found[section, first] = (day_start(first), day_start(after))
    return found


def _means(
    model: type[WaterDay] | type[WaterMonth],
    spans: Mapping[tuple[int, date], tuple[datetime, datetime]],
    *,
    book: Book,
    now: datetime,
) -> int:
    sections = {section for section, _ in spans}
    begins, ends = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    found: dict[int, list[WaterSample]] = defaultdict(list)
    kept = Q(section__in=sections, measured_at__gte=begins, measured_at__lt=ends)
    for row in WaterSample.objects.filter(kept).select_related("section"):
        found[row.section_id].append(row)
    rows = []
    for (section, first), (begin, end) in spans.items():
        inside = [row for row in found[section] if begin <= row.measured_at < end and values_of(row)]
        if inside:
            rows.append(_mean_row(section, first, inside, monthly=model is WaterMonth, book=book))
    return len(put(model, rows, key=_DAY, now=now))


def _mean_row(
    section: int, first: date, inside: Sequence[WaterSample], *, monthly: bool, book: Book
) -> dict[str, object]:
    method = method_on(first, methods=book.methods)
    values = mean_of([values_of(row) for row in inside], method=method)
    judgement = book.judge(values, day=first, body=inside[0].section.body)
    columns = _columns(values, judgement)
    if len(inside) < (method.month_samples if monthly else method.day_samples):
        columns["water_class"] = None
    return {"section_id": section, "date": first.isoformat(), "count": len(inside), **columns}


def _columns(values: Values, judgement: Judgement) -> dict[str, object]:
    return {
        "edition_code": judgement.edition_code,
        "water_class": judgement.water_class,
        "worst": [item.value for item in judgement.worst],
        "exceeding": [item.value for item in judgement.exceeding],
        "main": [row.item.value for row in judgement.main],
        "multiples": [row.multiple for row in judgement.main],
        "missing": [item.value for item in judgement.missing],
        **{column: values.get(item) for item, column in ITEM_COLUMNS.items()},
    }
