"""The air of the city and its stations: now, hour by hour, day by day. All of it is open to everybody."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from onecity.domains.environment.contracts import CityAir, DayAir, HourAir, StationAir
from onecity.domains.environment.models import AirStation, CityDay, CityHour, StationDay, StationHour
from onecity.domains.environment.rules.times import HOUR, day_of, day_start
from onecity.domains.environment.selectors.figures import day_air, hour_air
from onecity.kernel.errors import NotFound
from onecity.web.paging import Cursor, Page

FRESH: Final = timedelta(hours=3)
"""An hour's report counts as the air now from its end until so long after its start. House rule."""


def city_now(*, now: datetime) -> CityAir:
    """Return the city's air now. now: city time."""
    fresh = CityHour.objects.filter(begins_at__gt=now - FRESH, begins_at__lte=now - HOUR, aqi__isnull=False)
    newest = fresh.order_by("-begins_at").first()
    in_service = AirStation.objects.filter(in_service=True).values_list("current_at", flat=True)
    states = [is_fresh(at, now=now) for at in in_service]
    return CityAir(hour_air(newest) if newest else None, len(states), sum(states))


def is_fresh(begins_at: datetime | None, *, now: datetime) -> bool:
    """Say whether an hour is over and began less than `FRESH` ago. now: city time."""
    return begins_at is not None and now - FRESH < begins_at <= now - HOUR


def stations(*, now: datetime) -> list[StationAir]:
    """Return the stations in service with their air now, the worst first, those without at the end. now: city time."""
    rows = list(AirStation.objects.filter(in_service=True))
    hours = _current_hours(rows, now=now)
    found = [station_air(row, hours.get(row.device_id)) for row in rows]
    return sorted(found, key=lambda item: (-_aqi(item), item.name, item.id))


def station(station_id: int, *, now: datetime) -> StationAir:
    """Return one station with its air now. now: city time.

    Raises: NotFound.
    """
    row = AirStation.objects.filter(device_id=station_id).first()
    if row is None:
        raise NotFound
    return station_air(row, _current_hours([row], now=now).get(station_id))


def city_hours(*, since: datetime, until: datetime) -> list[HourAir]:
    """Return the city's hours with since ≤ start < until, the oldest first."""
    rows = CityHour.objects.filter(begins_at__gte=since, begins_at__lt=until).order_by("begins_at")
    return [hour_air(row) for row in rows]


def city_days(*, first: date, last: date) -> list[DayAir]:
    """Return the city's days from first to last, both included, the oldest first."""
    rows = CityDay.objects.filter(date__gte=first, date__lte=last).order_by("date")
    return [day_air(row) for row in rows]


def station_hours(station_id: int, *, since: datetime, until: datetime) -> list[HourAir]:
    """Return a station's hours with since ≤ start < until, the oldest first."""
    rows = StationHour.objects.filter(station_id=station_id, begins_at__gte=since, begins_at__lt=until)
    return [hour_air(row) for row in rows.order_by("begins_at")]


def hours_page(
    station_id: int | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Cursor | None = None,
    size: int = 20,
) -> Page[HourAir]:
    """Return hours of a station, or of the city, the newest first. The cursor is the start of a page's last hour."""
    rows: QuerySet[StationHour] | QuerySet[CityHour] = (
        CityHour.objects.all() if station_id is None else StationHour.objects.filter(station_id=station_id)
    )
    if since is not None:
        rows = rows.filter(begins_at__gte=since)
    for end in (until, after.at if after else None):
        if end is not None:
            rows = rows.filter(begins_at__lt=end)
    found = [hour_air(row) for row in rows.order_by("-begins_at")[: size + 1]]
    return Page(found[:size], Cursor(found[size - 1].begins_at, 0) if len(found) > size else None)


def days_page(
    station_id: int | None,
    *,
    first: date | None = None,
    last: date | None = None,
    after: Cursor | None = None,
    size: int = 20,
) -> Page[DayAir]:
    """Return days of a station, or of the city, the newest first. The cursor is the start of a page's last day."""
    rows: QuerySet[StationDay] | QuerySet[CityDay] = (
        CityDay.objects.all() if station_id is None else StationDay.objects.filter(station_id=station_id)
    )
    if first is not None:
        rows = rows.filter(date__gte=first)
    if last is not None:
        rows = rows.filter(date__lte=last)
    if after is not None:
        rows = rows.filter(date__lt=day_of(after.at))
    found = [day_air(row) for row in rows.order_by("-date")[: size + 1]]
    return Page(found[:size], Cursor(day_start(found[size - 1].day), 0) if len(found) > size else None)


def station_air(row: AirStation, hour: HourAir | None) -> StationAir:
    """Return a station's row as others see it."""
    return StationAir(
        id=row.device_id,
        key=row.key,
        name=row.name,
        address=row.address,
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        in_service=row.in_service,
        longitude=row.location.x if row.location else None,
        latitude=row.location.y if row.location else None,
        hour=hour,
    )


def _current_hours(rows: Sequence[AirStation], *, now: datetime) -> dict[int, HourAir]:
    current = {row.device_id: row.current_at for row in rows if is_fresh(row.current_at, now=now)}
    found = StationHour.objects.filter(station_id__in=list(current), begins_at__in=set(current.values()))
    return {row.station_id: hour_air(row) for row in found if current[row.station_id] == row.begins_at}


def _aqi(item: StationAir) -> int:
    aqi = item.hour.figures.aqi if item.hour else None
    return -1 if aqi is None else aqi
