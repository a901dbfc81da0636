"""What the city's air is measured by, with the rows behind each figure."""

from datetime import date, datetime

from onecity.domains.environment.contracts import StationAir
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.selectors import air
from onecity.domains.environment.selectors.wording import category, pollutants
from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Evidence, Measure, Period

GOOD_UP_TO = 100
Cell = str | int | float | datetime | None


def city_aqi(_actor: Actor, period: Period) -> Measure:
    """Return the city's index now."""
    hour = air.city_now(now=period.end).hour
    return Measure(float(hour.figures.aqi) if hour and hour.figures.aqi is not None else None)


def reporting_share(_actor: Actor, period: Period) -> Measure:
    """Return the per cent of stations in service that have a fresh index; None while there is no station."""
    now = air.city_now(now=period.end)
    if not now.stations:
        return Measure(None, 0, 0)
    return Measure(100 * now.reporting / now.stations, now.reporting, now.stations)


def good_days(_actor: Actor, period: Period) -> Measure:
    """Return how many days of this year the city's index was 100 or less, of those that have one."""
    days = [
        day for day in air.city_days(first=_new_year(period), last=day_of(period.end)) if day.figures.aqi is not None
    ]
    good = sum(day.figures.aqi is not None and day.figures.aqi <= GOOD_UP_TO for day in days)
    return Measure(float(good), good, len(days)) if days else Measure(None, 0, 0)


def station_rows(_actor: Actor, period: Period, most: int) -> Evidence:
    """Return every station with its air now."""
    columns = (zh("站点"), zh("空气质量指数"), zh("级别"), zh("首要污染物"), zh("小时结束"))
    found = air.stations(now=period.end)[:most]
    return Evidence(columns, [_cells(item) for item in found], [f"/air/stations/{item.id}" for item in found])


def day_rows(_actor: Actor, period: Period, most: int) -> Evidence:
    """Return the days of this year, the newest first."""
    found = air.city_days(first=_new_year(period), last=day_of(period.end))[::-1][:most]
    cells = [
        [day.day.isoformat(), day.figures.aqi, category(day.figures.level), pollutants(day.figures.primary), day.count]
        for day in found
    ]
    columns = (zh("日期"), zh("空气质量指数"), zh("级别"), zh("首要污染物"), zh("站点数"))
    return Evidence(columns, cells, ["/air"] * len(cells))


def _cells(item: StationAir) -> list[Cell]:
    if item.hour is None:
        return [item.name, None, None, None, None]
    figures = item.hour.figures
    return [item.name, figures.aqi, category(figures.level), pollutants(figures.primary), item.hour.ends_at]


def _new_year(period: Period) -> date:
    return day_of(period.end).replace(month=1, day=1)
