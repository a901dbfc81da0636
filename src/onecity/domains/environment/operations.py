"""The programming interface of the air: open to everybody, without conditions."""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from onecity.domains.environment.contracts import AirFigures, DayAir, HourAir, StationAir
from onecity.domains.environment.rules.levels import LEVELS
from onecity.domains.environment.selectors import air
from onecity.kernel import clock
from onecity.kernel.text import zh
from onecity.web.api import for_everyone
from onecity.web.paging import LARGEST_PAGE, Cursor, Page

router = Router(tags=["environment"])
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class FiguresOut(Schema):
    """An index with its parts. Concentrations in µg/m³, CO in mg/m³; pollutants by code."""

    edition: str
    aqi: int | None
    level: int | None
    category: str
    primary_pollutants: list[str]
    exceeding_pollutants: list[str]
    missing_pollutants: list[str]
    concentrations: dict[str, float]
    indices: dict[str, int]


class HourOut(FiguresOut):
    """An hour. begins_at, ends_at: the national platform names it by its end."""

    begins_at: datetime
    ends_at: datetime
    stations: int | None


class DayOut(FiguresOut):
    """A day. O3 is the highest 8-hour mean. count: hours of a station, stations of the city."""

    date: date
    count: int


class StationOut(Schema):
    """A station with its fresh hour, if it has one. longitude, latitude: WGS 84."""

    id: int
    code: str
    name: str
    address: str
    longitude: float | None
    latitude: float | None
    now: HourOut | None


class CityOut(Schema):
    """The city now. stations: in service; reporting: of those with a fresh hour."""

    now: HourOut | None
    stations: int
    reporting: int


class HoursOut(Schema):
    """A page of hours, the newest first. next: what to pass as `after`; null on the last page."""

    items: list[HourOut]
    next: str | None


class DaysOut(Schema):
    """A page of days, the newest first. next: what to pass as `after`; null on the last page."""

    items: list[DayOut]
    next: str | None


@router.get("/air/city", response=CityOut, auth=for_everyone(), summary=zh("全市当前空气质量"))
def city(request: HttpRequest) -> CityOut:
    """Return the city's air now."""
    found = air.city_now(now=clock.city_now())
    return CityOut(now=_hour(found.hour) if found.hour else None, stations=found.stations, reporting=found.reporting)


@router.get("/air/stations", response=list[StationOut], auth=for_everyone(), summary=zh("各站点当前空气质量"))
def stations(request: HttpRequest) -> list[StationOut]:
    """Return the stations in service with their air now, the worst first."""
    return [_station(item) for item in air.stations(now=clock.city_now())]


@router.get("/air/city/hours", response=HoursOut, auth=for_everyone(), summary=zh("全市小时空气质量"))
def city_hours(
    request: HttpRequest,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    size: Size = 48,
) -> HoursOut:
    """Return the city's hours with since ≤ start < until."""
    return _hours(air.hours_page(None, since=since, until=until, after=Cursor.decode(after), size=size))


@router.get("/air/city/days", response=DaysOut, auth=for_everyone(), summary=zh("全市日空气质量"))
def city_days(
    request: HttpRequest, first: date | None = None, last: date | None = None, after: str = "", size: Size = 31
) -> DaysOut:
    """Return the city's days from first to last."""
    return _days(air.days_page(None, first=first, last=last, after=Cursor.decode(after), size=size))


@router.get("/air/stations/{station_id}/hours", response=HoursOut, auth=for_everyone(), summary=zh("站点小时空气质量"))
def station_hours(
    request: HttpRequest,
    station_id: int,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    size: Size = 48,
) -> HoursOut:
    """Return a station's hours with since ≤ start < until."""
    found = air.station(station_id, now=clock.city_now())
    return _hours(air.hours_page(found.id, since=since, until=until, after=Cursor.decode(after), size=size))


@router.get("/air/stations/{station_id}/days", response=DaysOut, auth=for_everyone(), summary=zh("站点日空气质量"))
def station_days(
    request: HttpRequest,
    station_id: int,
    first: date | None = None,
    last: date | None = None,
    after: str = "",
    size: Size = 31,
) -> DaysOut:
    """Return a station's days from first to last."""
    found = air.station(station_id, now=clock.city_now())
    return _days(air.days_page(found.id, first=first, last=last, after=Cursor.decode(after), size=size))


def _hours(page: Page[HourAir]) -> HoursOut:
    return HoursOut(items=[_hour(item) for item in page.rows], next=page.next.encode() if page.next else None)


def _days(page: Page[DayAir]) -> DaysOut:
    items = [DayOut(date=item.day, count=item.count, **_figures(item.figures).model_dump()) for item in page.rows]
    return DaysOut(items=items, next=page.next.encode() if page.next else None)


def _hour(item: HourAir) -> HourOut:
    return HourOut(
        begins_at=item.begins_at, ends_at=item.ends_at, stations=item.stations, **_figures(item.figures).model_dump()
    )


def _station(item: StationAir) -> StationOut:
    return StationOut(
        id=item.id,
        code=item.key,
        name=item.name,
        address=item.address,
        longitude=item.longitude,
        latitude=item.latitude,
        now=_hour(item.hour) if item.hour else None,
    )


def _figures(figures: AirFigures) -> FiguresOut:
    return FiguresOut(
        edition=figures.edition_code,
        aqi=figures.aqi,
        level=figures.level,
        category=LEVELS[figures.level - 1].category if figures.level else "",
        primary_pollutants=list(figures.primary),
        exceeding_pollutants=list(figures.exceeding),
        missing_pollutants=list(figures.missing),
        concentrations={code: float(value) for code, value in figures.concentrations.items()},
        indices=dict(figures.indices),
    )
