"""What crosses the border of environment: the air of hours and days, of stations and of the city."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AirFigures:
    """An index and what it was made of. Pollutants are named by code: SO2, NO2, CO, O3, PM10, PM2.5.

    aqi, level: None where the method lacks a pollutant. concentrations: µg/m³, CO mg/m³. missing: without a valid mean.
    """

    edition_code: str
    aqi: int | None
    level: int | None
    primary: tuple[str, ...]
    exceeding: tuple[str, ...]
    missing: tuple[str, ...]
    concentrations: Mapping[str, Decimal]
    indices: Mapping[str, int]
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class HourAir:
    """An hour's real-time report. stations: how many the city's figures were made of; None for a station's own."""

    begins_at: datetime
    figures: AirFigures
    stations: int | None = None

    @property
    def ends_at(self) -> datetime:
        """The end of the hour, by which the national platform names it."""
        return self.begins_at + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DayAir:
    """A day's report. O3 is the highest 8-hour mean. count: hours a station has, stations the city has."""

    day: date
    figures: AirFigures
    count: int


@dataclass(frozen=True, slots=True)
class StationAir:
    """A station and its air now. hour: None while it has no fresh index. longitude, latitude: WGS 84."""

    id: int
    key: str
    name: str
    address: str
    organisation_id: int
    division_code: str
    in_service: bool
    longitude: float | None
    latitude: float | None
    hour: HourAir | None = None


@dataclass(frozen=True, slots=True)
class CityAir:
    """The city's air now. hour: the newest hour with an index that is fresh; None while there is none.

    stations, reporting: in service, and of those with a fresh index.
    """

    hour: HourAir | None
    stations: int
    reporting: int
