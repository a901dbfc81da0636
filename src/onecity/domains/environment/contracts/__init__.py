"""What crosses the border of environment."""

from onecity.domains.environment.contracts.air import AirFigures, CityAir, DayAir, HourAir, StationAir
from onecity.domains.environment.contracts.noise import NewNoiseLimit
from onecity.domains.environment.contracts.outlets import NewEnterprise, NewLimit, NewOutlet, NewStandstill
from onecity.domains.environment.contracts.water import NewWaterLimit, SectionFacts

__all__ = [
    "AirFigures",
    "CityAir",
    "DayAir",
    "HourAir",
    "NewEnterprise",
    "NewLimit",
    "NewNoiseLimit",
    "NewOutlet",
    "NewStandstill",
    "NewWaterLimit",
    "SectionFacts",
    "StationAir",
]
