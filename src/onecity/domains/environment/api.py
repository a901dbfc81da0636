"""The only functions that others may call."""

from onecity.domains.environment.rules.codes import AIR_STATION, AQI
from onecity.domains.environment.rules.times import published_hour
from onecity.domains.environment.selectors.air import (
    city_days,
    city_hours,
    city_now,
    days_page,
    hours_page,
    station,
    station_hours,
    stations,
)
from onecity.domains.environment.services.assessing import assess, assess_whole_day
from onecity.domains.environment.services.stations import refresh_stations

__all__ = [
    "AIR_STATION",
    "AQI",
    "assess",
    "assess_whole_day",
    "city_days",
    "city_hours",
    "city_now",
    "days_page",
    "hours_page",
    "published_hour",
    "refresh_stations",
    "station",
    "station_hours",
    "stations",
]
