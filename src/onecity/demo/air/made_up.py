"""Air that was never measured: a deterministic fortnight with days, nights, weather and one smoky evening a week."""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from onecity.demo.air.feed import CO, HOUR, NO2, O3, PM2_5, PM10, SO2, AirFeed, AirHour, AirStation, sorted_feed
from onecity.kernel.clock import CITY_ZONE

HOURS: Final = 24 * 14
NOON: Final = 14.0
RUSH: Final = (8.0, 18.5)
SMOKE_FROM_H, SMOKE_FOR_H = 29, 9  # after the beginning: the second evening, and the same evening a week later
WEEK_H: Final = 24 * 7


def made_up_feed(stations: Sequence[AirStation], *, begins: datetime, seed: int) -> AirFeed:
    """Return a fortnight of hours from `begins`, a full hour; equal for equal seeds."""
    hours = [hour for number, station in enumerate(stations) for hour in _hours(station, begins, seed + number)]
    return sorted_feed(stations, hours)


def _hours(station: AirStation, begins: datetime, seed: int) -> Iterator[AirHour]:
    chance = random.Random(seed)  # noqa: S311  # a demonstration that can be repeated
    drift = 0.0
    for step in range(HOURS):
        hour = begins + HOUR * step
        drift = 0.9 * drift + chance.gauss(0.0, 0.06)
        yield AirHour(station.mn, hour, _values(hour, smoke=_smoke(step), weather=math.exp(drift), chance=chance))


def _smoke(step: int) -> float:
    """Return how thick the straw smoke is, 0 to 1: it rises and goes within one evening."""
    since = (step - SMOKE_FROM_H) % WEEK_H
    return math.sin(math.pi * (since + 0.5) / SMOKE_FOR_H) if since < SMOKE_FOR_H else 0.0


def _values(hour: datetime, *, smoke: float, weather: float, chance: random.Random) -> dict[str, float]:
    clock = hour.astimezone(CITY_ZONE).hour
    sun = max(0.0, math.cos((clock - NOON) / 24 * 2 * math.pi))
    traffic = sum(math.exp(-(((clock - peak) / 2.0) ** 2)) for peak in RUSH)
    fine = (28 + 10 * traffic) * weather + 150 * smoke
    values = {
        PM2_5: fine,
        PM10: fine * 1.5 + 12,
        CO: 0.4 + 0.25 * traffic + 1.2 * smoke,
        NO2: 18 + 26 * traffic + 12 * smoke,
        O3: 40 + 80 * sun,
        SO2: 8 + 4 * traffic + 10 * smoke,
    }
    return {factor: round(value * chance.uniform(0.94, 1.06), 1) for factor, value in values.items()}
