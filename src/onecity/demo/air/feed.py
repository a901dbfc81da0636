"""What a feed of air readings is: stations and their hours, whatever file or formula they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
WEEK: Final = timedelta(weeks=1)

# Factor codes that air stations use on the wire: HJ 212-2017, table B.2; ozone by HJ 524, as field software does.
PM2_5: Final = "a34004"
PM10: Final = "a34002"
CO: Final = "a21005"
NO2: Final = "a21004"
O3: Final = "a05024"
SO2: Final = "a21026"


@dataclass(frozen=True, slots=True)
class AirStation:
    """A station. mn: what it calls itself. place: longitude and latitude; a station without one is not registered."""

    mn: str
    name: str
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class AirHour:
    """One station's means of one hour. hour: its START. values: by factor code; CO in mg/m³, all others in µg/m³."""

    mn: str
    hour: datetime
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AirFeed:
    """Stations and their hours, sorted by hour and station."""

    stations: tuple[AirStation, ...]
    hours: tuple[AirHour, ...]

    @property
    def cycle(self) -> timedelta:
        """Return after how long the feed may begin anew: whole weeks, so that days of the week stay."""
        span = self.hours[-1].hour - self.hours[0].hour + HOUR
        return WEEK * -(-span // WEEK)

    def of(self, mn: str) -> Sequence[AirHour]:
        """Return one station's hours in their order."""
        return [item for item in self.hours if item.mn == mn]


def sorted_feed(stations: Sequence[AirStation], hours: Sequence[AirHour]) -> AirFeed:
    """Put a feed together from hours in any order; stations that never measured anything are left out."""
    speaking = {item.mn for item in hours}
    return AirFeed(
        tuple(item for item in stations if item.mn in speaking),
        tuple(sorted(hours, key=lambda item: (item.hour, item.mn))),
    )
