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
from onecity.domains.environment.selectors.water.sections import section_ids
from onecity.domains.environment.services.assessing import assess, assess_whole_day
from onecity.domains.environment.services.noise.assessing import assess_noise
from onecity.domains.environment.services.noise.describing import place_station
from onecity.domains.environment.services.outlets.assessing import assess_outlets
from onecity.domains.environment.services.outlets.permitting import report_standstill, set_limit
from onecity.domains.environment.services.outlets.registering import register_enterprise, register_outlet
from onecity.domains.environment.services.stations import refresh_stations
from onecity.domains.environment.services.surroundings import refresh_surroundings
from onecity.domains.environment.services.water.assessing import assess_water
from onecity.domains.environment.services.water.describing import describe_section
from onecity.domains.environment.services.water.importing import import_published

__all__ = [
    "AIR_STATION",
    "AQI",
    "assess",
    "assess_noise",
    "assess_outlets",
    "assess_water",
    "assess_whole_day",
    "city_days",
    "city_hours",
    "city_now",
    "days_page",
    "describe_section",
    "hours_page",
    "import_published",
    "place_station",
    "published_hour",
    "refresh_stations",
    "refresh_surroundings",
    "register_enterprise",
    "register_outlet",
    "report_standstill",
    "section_ids",
    "set_limit",
    "station",
    "station_hours",
    "stations",
]
