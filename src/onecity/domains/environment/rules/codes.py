"""Codes that declarations, services and selectors of environment share."""

from collections.abc import Mapping
from typing import Final

from onecity.domains.environment.rules.editions import Pollutant

AIR_STATION: Final = "environment.air_station"
AQI: Final = "aqi"
PROPERTY_OF: Final[Mapping[Pollutant, str]] = {
    Pollutant.SO2: "so2",
    Pollutant.NO2: "no2",
    Pollutant.CO: "co",
    Pollutant.O3: "o3",
    Pollutant.PM10: "pm10",
    Pollutant.PM2_5: "pm2_5",
}
"""The observed property that holds a pollutant."""
POLLUTANT_OF: Final[Mapping[str, Pollutant]] = {code: pollutant for pollutant, code in PROPERTY_OF.items()}
RECOMPUTE: Final = "environment.recompute_air"
