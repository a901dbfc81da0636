"""What made-up water stations, outlets and noise stations measure: functions of the city's time alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final

from onecity.demo.simulators.waves import wave

_BEIJING: Final = timezone(timedelta(hours=8))
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Source:
    """One unit of HJ 212. means: usual value of each factor on the wire. st: system code. every_h: hours between data.

    burst: factor and how many times its mean it reaches at `burst_hours` of every `burst_days`-th day.
    """

    means: Mapping[str, float]
    st: str
    every_h: int = 1
    burst: tuple[str, float] = ("", 1.0)
    burst_days: int = 0
    burst_hours: tuple[int, ...] = ()
    total: tuple[str, ...] = field(default=())

    def due(self, hour: datetime) -> bool:
        """Say whether the unit measures in the hour that begins at `hour`."""
        return hour.astimezone(_BEIJING).hour % self.every_h == 0

    def flag(self, hour: datetime) -> str:
        """Return the data flag of an hour: analysers are calibrated at 03:00 of every fifth day."""
        local = hour.astimezone(_BEIJING)
        return "C" if self.every_h == 1 and local.hour == 3 and local.toordinal() % 5 == 0 else "N"

    def values(self, hour: datetime) -> dict[str, float]:
        """Return the hour's means by factor."""
        local = hour.astimezone(_BEIJING)
        found = {}
        for number, (factor, mean) in enumerate(self.means.items()):
            swing = 0.012 if mean > 5 and factor == "w01001" else 0.12
            found[factor] = wave(
                hour, mean=mean, swing=mean * swing, period_s=_DAY_S / (1 + number % 3), phase=number / 7
            )
        name, times = self.burst
        if name and self.burst_days and local.toordinal() % self.burst_days == 0 and local.hour in self.burst_hours:
            found[name] = self.means[name] * times
        return {factor: round(value, 4) for factor, value in found.items()}


def _water(ph: float, do: float, codmn: float, nh3n: float, tp: float, **more: object) -> Source:
    means = {
        "w01001": ph,
        "w01009": do,
        "w01019": codmn,
        "w21003": nh3n,
        "w21011": tp,
        "w21001": 3.2,
        "w01010": 12.0,
        "w01014": 420.0,
        "w01003": 22.0,
    }
    burst = more.get("burst", ("", 1.0))
    assert isinstance(burst, tuple)
    return Source(means, "21", every_h=4, burst=burst, burst_days=9, burst_hours=(8, 12))


RIVER_UP, RIVER_DOWN, RESERVOIR = "22ECOWATER0000000000001A", "22ECOWATER0000000000002A", "22ECOWATER0000000000003A"
SEWAGE, FOOD, HEAT = "22ECOOUTLET000000000001B", "22ECOOUTLET000000000002B", "22ECOOUTLET000000000003C"
SOURCES: Final[Mapping[str, Source]] = {
    RIVER_UP: _water(7.9, 9.1, 3.1, 0.21, 0.06),
    RIVER_DOWN: _water(7.6, 6.9, 4.9, 0.72, 0.15, burst=("w21003", 2.3)),
    RESERVOIR: _water(8.1, 9.8, 2.6, 0.12, 0.021),
    SEWAGE: Source(
        {"w00000": 460.0, "w01001": 7.2, "w01018": 31.0, "w21003": 2.1, "w21011": 0.28, "w21001": 10.4},
        "32",
        burst=("w21003", 3.1),
        burst_days=7,
        burst_hours=(9, 10, 11),
    ),
    FOOD: Source(
        {"w00000": 12.0, "w01001": 7.5, "w01018": 58.0, "w21003": 5.2},
        "32",
        burst=("w01018", 1.9),
        burst_days=11,
        burst_hours=(14, 15),
    ),
    HEAT: Source({"a00000": 95.0, "a21026": 21.0, "a21002": 34.0, "a34013": 6.1, "a19001": 7.4}, "31"),
}
"""By MN."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """How loud a place is. day, night: usual levels. loud_nights: every so many nights are ten decibels louder."""

    day: float
    night: float
    loud_nights: int = 0

    def leq(self, at: datetime) -> float:
        """Return the level of a minute or an hour."""
        local = at.astimezone(_BEIJING)
        dark = local.hour < 6 or local.hour >= 22
        level = self.night if dark else self.day
        evening = (local - timedelta(hours=6)).toordinal()
        if dark and self.loud_nights and evening % self.loud_nights == 0 and local.hour in {22, 23, 0}:
            level += 10
        return round(level + 1.6 * math.sin(at.timestamp() / 730), 1)

    def lmax(self, at: datetime) -> float:
        """Return the loudest moment of a minute or an hour."""
        return round(self.leq(at) + 8.5 + 2 * math.sin(at.timestamp() / 311), 1)


QUARTERS: Final[Mapping[str, Quarter]] = {
    "NOISE-01": Quarter(51.5, 41.0),
    "NOISE-02": Quarter(57.0, 46.5, loud_nights=10),
    "NOISE-03": Quarter(66.0, 53.0),
}
"""By device key."""
AREAS: Final[Mapping[str, str]] = {"NOISE-01": "1", "NOISE-02": "2", "NOISE-03": "4a"}
