"""Noise stations, their hours and days. All of it is open to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from onecity.domains.environment.models import NoiseDay, NoiseHour, NoiseStation
from onecity.domains.environment.rules.times import day_of, day_start
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

FRESH: Final = timedelta(hours=3)
"""An hour counts as the noise now until so long after its start. House rule."""


@dataclass(frozen=True, slots=True)
class StationNow:
    """A station with its newest hour, None if it is not fresh."""

    station: NoiseStation
    hour: NoiseHour | None


def stations(*, now: datetime) -> list[StationNow]:
    """Return the stations in service, those that pass their limit most first. now: city time."""
    found = _with_hours(list(NoiseStation.objects.filter(in_service=True)), now=now)
    return sorted(found, key=lambda item: (-_excess(item), item.station.name, item.station.device_id))


def stations_page(query: Query, *, now: datetime) -> Page[StationNow]:
    """Return the stations in service that the query asks for: search in name and key, filter `area`. now: city time."""
    wanted, area = query.search.lower(), query.filters.get("area", "")
    found = [
        item
        for item in stations(now=now)
        if wanted in f"{item.station.name} {item.station.key}".lower() and area in {"", item.station.area_code}
    ]
    return Page(found, None, Count(len(found)))


def station_by_id(station_id: int, *, now: datetime) -> StationNow:
    """Return one station. now: city time. Raises: NotFound."""
    row = NoiseStation.objects.filter(device_id=station_id).first()
    if row is None:
        raise NotFound(zh("没有这个噪声站"))
    return _with_hours([row], now=now)[0]


def hours_between(station_id: int, *, since: datetime, until: datetime) -> list[NoiseHour]:
    """Return a station's hours with since ≤ start < until, the oldest first."""
    rows = NoiseHour.objects.filter(station=station_id, begins_at__gte=since, begins_at__lt=until)
    return list(rows.order_by("begins_at"))


def days_page(station_id: int, query: Query) -> Page[NoiseDay]:
    """Return a station's days, the newest first; filters `since`, `until` are days."""
    rows = NoiseDay.objects.filter(station=station_id)
    if query.filters.get("since"):
        rows = rows.filter(date__gte=date.fromisoformat(query.filters["since"]))
    if query.filters.get("until"):
        rows = rows.filter(date__lte=date.fromisoformat(query.filters["until"]))
    if query.after is not None:
        rows = rows.filter(date__lt=day_of(query.after.at))
    found = list(rows.order_by("-date")[: query.size + 1])
    page = found[: query.size]
    return Page(page, Cursor(day_start(page[-1].date), 0) if len(found) > query.size else None)


def days_between(station_id: int, *, first: date, last: date) -> list[NoiseDay]:
    """Return a station's days from first to last, both included, the oldest first."""
    return list(NoiseDay.objects.filter(station=station_id, date__gte=first, date__lte=last).order_by("date"))


def _with_hours(rows: Sequence[NoiseStation], *, now: datetime) -> list[StationNow]:
    current = {row.device_id: row.current_at for row in rows if row.current_at and row.current_at > now - FRESH}
    hours = NoiseHour.objects.filter(station__in=list(current), begins_at__in=set(current.values()))
    found = {row.station_id: row for row in hours if current[row.station_id] == row.begins_at}
    return [StationNow(row, found.get(row.device_id)) for row in rows]


def _excess(item: StationNow) -> float:
    excess = item.hour.excess_db if item.hour else None
    return float(excess) if excess is not None else -1000.0
