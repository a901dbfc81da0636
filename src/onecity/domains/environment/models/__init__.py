"""Tables of environment."""

from onecity.domains.environment.models.air import (
    AirMethod,
    AirStation,
    CityDay,
    CityHour,
    StationDay,
    StationHour,
)

__all__ = ["AirMethod", "AirStation", "CityDay", "CityHour", "StationDay", "StationHour"]
