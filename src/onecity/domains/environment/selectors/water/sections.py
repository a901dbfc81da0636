"""Sections of surface water and what was measured there. All of it is open to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from onecity.domains.environment.models import WaterDay, WaterMonth, WaterSample, WaterSection
from onecity.domains.environment.models.water import WaterFigures
from onecity.domains.environment.rules.water.items import CLASSES
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

FRESH: Final = timedelta(hours=24)
"""A sample counts as the water now for so long; stations measure every four hours. House rule."""


@dataclass(frozen=True, slots=True)
class SectionNow:
    """A section with its newest sample, None if it is not fresh."""

    section: WaterSection
    sample: WaterSample | None


def sections_page(query: Query, *, now: datetime) -> Page[SectionNow]:
    """Return sections in service by river and name. now: city time.

    query: search in name, river, city and key; filters `level` (class of the fresh sample), `body`, `below` (worse than
    the target).
    """
    rows = _filtered(query, now=now)
    count = None
    if query.after is None:
        count = Count(rows.count())
    else:
        rows = rows.filter(Q(id__gt=query.after.id))
    found = list(rows.order_by("id")[: query.size + 1])
    page = found[: query.size]
    following = Cursor(page[-1].created_at, page[-1].id) if len(found) > query.size else None
    return Page(with_samples(page, now=now), following, count)


def with_samples(rows: Sequence[WaterSection], *, now: datetime) -> list[SectionNow]:
    """Return sections with their fresh samples, in the order given. now: city time."""
    found = _current(now=now).filter(section__in=[row.id for row in rows])
    samples = {row.section_id: row for row in found}
    return [SectionNow(row, samples.get(row.id)) for row in rows]


def worst_sections(*, now: datetime, most: int) -> list[SectionNow]:
    """Return sections in service, those with the worst fresh samples first. now: city time."""
    fresh = _current(now=now).filter(section=OuterRef("id")).values("water_class")[:1]
    rows = WaterSection.objects.filter(in_service=True)
    rows = rows.order_by(Subquery(fresh).desc(nulls_last=True), "name", "id")
    return with_samples(list(rows[:most]), now=now)


def class_counts(*, now: datetime) -> list[int]:
    """Return how many sections in service have a fresh sample of class I, II … worse than V. now: city time."""
    found = list(_current(now=now).filter(section__in_service=True).values_list("water_class", flat=True))
    return [found.count(item.number) for item in CLASSES]


def section_count() -> int:
    """Return how many sections are in service."""
    return WaterSection.objects.filter(in_service=True).count()


def section_by_id(section_id: int, *, now: datetime) -> SectionNow:
    """Return one section. now: city time. Raises: NotFound."""
    row = WaterSection.objects.filter(id=section_id).first()
    if row is None:
        raise NotFound(zh("没有这个断面"))
    return with_samples([row], now=now)[0]


def section_ids(device_ids: Sequence[int]) -> dict[int, int]:
    """Return the ids of sections by those of their devices, for the platform's own work."""
    rows = WaterSection.objects.filter(device_id__in=device_ids).values_list("device_id", "id")
    return {device: number for device, number in rows if device is not None}


def samples_between(section_id: int, *, since: datetime, until: datetime) -> list[WaterSample]:
    """Return a section's samples with since ≤ time < until, the oldest first."""
    rows = WaterSample.objects.filter(section=section_id, measured_at__gte=since, measured_at__lt=until)
    return list(rows.order_by("measured_at"))


def samples_page(section_id: int, *, query: Query, until: datetime) -> Page[WaterSample]:
    """Return a section's samples before `until`, the newest first; filters `since`, `until` are days."""
    rows = WaterSample.objects.filter(section=section_id, measured_at__lt=until)
    begin, end = query.instant("since"), query.instant("until")
    if begin is not None:
        rows = rows.filter(measured_at__gte=begin)
    if end is not None:
        rows = rows.filter(measured_at__lt=end + timedelta(days=1))
    if query.after is not None:
        rows = rows.filter(measured_at__lt=query.after.at)
    found = list(rows.order_by("-measured_at")[: query.size + 1])
    page = found[: query.size]
    return Page(page, Cursor(page[-1].measured_at, page[-1].id) if len(found) > query.size else None)


def days_between(section_id: int, *, first: date, last: date) -> list[WaterDay]:
    """Return a section's days from first to last, both included, the oldest first."""
    return list(WaterDay.objects.filter(section=section_id, date__gte=first, date__lte=last).order_by("date"))


def months_of(section_id: int, *, last: date, most: int = 12) -> list[WaterMonth]:
    """Return a section's newest months up to the one that holds `last`, the newest first."""
    return list(WaterMonth.objects.filter(section=section_id, date__lte=last).order_by("-date")[:most])


def main_with_multiples(row: WaterFigures) -> list[tuple[str, str]]:
    """Return main pollutants by code with their multiples as people read them."""
    return [(code, f"{times:f}") for code, times in zip(row.main, row.multiples, strict=True)]


def _current(*, now: datetime) -> QuerySet[WaterSample]:
    """Return the fresh samples of all sections, at most one for each."""
    return WaterSample.objects.filter(measured_at=F("section__current_at"), measured_at__gt=now - FRESH)


def _filtered(query: Query, *, now: datetime) -> QuerySet[WaterSection]:
    rows, words = WaterSection.objects.filter(in_service=True), query.search
    if words:
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(river__icontains=words)
            | Q(city_name__icontains=words)
            | Q(key__icontains=words)
        )
    if query.filters.get("level"):
        wanted = _current(now=now).filter(water_class=int(query.filters["level"]))
        rows = rows.filter(id__in=wanted.values("section"))
    if query.filters.get("body"):
        rows = rows.filter(body=query.filters["body"])
    if query.filters.get("below"):
        worse = _current(now=now).filter(water_class__gt=F("section__target_class"))
        rows = rows.filter(id__in=worse.values("section"))
    return rows
