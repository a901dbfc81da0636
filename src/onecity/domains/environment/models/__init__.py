"""Tables of environment."""

from onecity.domains.environment.models.air import (
    AirMethod,
    AirStation,
    CityDay,
    CityHour,
    StationDay,
    StationHour,
)
from onecity.domains.environment.models.enterprises import Enterprise, Outlet, PermitLimit, Standstill
from onecity.domains.environment.models.noise import NoiseDay, NoiseHour, NoiseLimit, NoiseMethod, NoiseStation
from onecity.domains.environment.models.outlets import (
    Excess,
    ExcessNote,
    MonitorMethod,
    OutletDay,
    OutletHour,
    TransmissionMonth,
)
from onecity.domains.environment.models.water import WaterDay, WaterMonth, WaterSample, WaterSection
from onecity.domains.environment.models.water_limits import WaterLimit, WaterMethod

__all__ = [
    "AirMethod",
    "AirStation",
    "CityDay",
    "CityHour",
    "Enterprise",
    "Excess",
    "ExcessNote",
    "MonitorMethod",
    "NoiseDay",
    "NoiseHour",
    "NoiseLimit",
    "NoiseMethod",
    "NoiseStation",
    "Outlet",
    "OutletDay",
    "OutletHour",
    "PermitLimit",
    "Standstill",
    "StationDay",
    "StationHour",
    "TransmissionMonth",
    "WaterDay",
    "WaterLimit",
    "WaterMethod",
    "WaterMonth",
    "WaterSample",
    "WaterSection",
]
