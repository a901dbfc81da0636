"""The editions of the air-quality index standard: breakpoints, averaging times and the dates they hold for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from onecity.kernel.rounding import Exact
from onecity.kernel.text import zh
from onecity.kernel.units import MICROGRAM_PER_CUBIC_METRE, MILLIGRAM_PER_CUBIC_METRE, Unit


class Pollutant(StrEnum):
    """The six pollutants that the index is made of."""

    SO2 = "SO2"
    NO2 = "NO2"
    CO = "CO"
    O3 = "O3"
    PM10 = "PM10"
    PM2_5 = "PM2.5"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _NAMES[self]

    @property
    def unit(self) -> Unit:
        """The unit of its concentration."""
        return MILLIGRAM_PER_CUBIC_METRE if self is Pollutant.CO else MICROGRAM_PER_CUBIC_METRE


_NAMES: Final = {
    Pollutant.SO2: zh("二氧化硫"),
    Pollutant.NO2: zh("二氧化氮"),
    Pollutant.CO: zh("一氧化碳"),
    Pollutant.O3: zh("臭氧"),
    Pollutant.PM10: zh("颗粒物（PM10）"),
    Pollutant.PM2_5: zh("细颗粒物（PM2.5）"),
}


PARTICULATES: Final = frozenset({Pollutant.PM10, Pollutant.PM2_5})


class Averaging(StrEnum):
    """The time a concentration is the mean of; for O3 a day's `EIGHT_HOURS` is the highest of the day."""

    HOUR = "1h"
    EIGHT_HOURS = "8h"
    DAY = "24h"


class ReportKind(StrEnum):
    """The two reports of the index."""

    REALTIME = "realtime"
    DAILY = "daily"


class Factor(NamedTuple):
    """What is looked up in the table: a pollutant over an averaging time."""

    pollutant: Pollutant
    averaging: Averaging


INDEX_POINTS: Final = (0, 50, 100, 150, 200, 300, 400, 500)
Breakpoints = Mapping[Factor, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the standard, as it is applied.

    code: stored with every index. valid_from: first day of the data it is for.
    breakpoints: concentrations at `INDEX_POINTS`, µg/m³ (CO mg/m³); a row that ends early caps the index there.
    realtime_particulates: the mean that real-time reports use for PM10 and PM2.5.
    decimals: places that a concentration is rounded to, half up, before the formula; None leaves it as it is.
    """

    code: str
    valid_from: date
    breakpoints: Breakpoints
    realtime_particulates: Averaging
    decimals: Mapping[Pollutant, int] | None

    def factors(self, kind: ReportKind) -> tuple[Factor, ...]:
        """Return the six factors of a report, in the order of `Pollutant`."""
        return tuple(Factor(pollutant, self._averaging(pollutant, kind)) for pollutant in Pollutant)

    def _averaging(self, pollutant: Pollutant, kind: ReportKind) -> Averaging:
        if kind is ReportKind.DAILY:
            return Averaging.EIGHT_HOURS if pollutant is Pollutant.O3 else Averaging.DAY
        if pollutant in PARTICULATES:
            return self.realtime_particulates
        return Averaging.HOUR


_ROUNDED: Final = MappingProxyType({pollutant: 1 if pollutant is Pollutant.CO else 0 for pollutant in Pollutant})
_PM10_2012: Final = (0, 50, 150, 250, 350, 420, 500, 600)
_PM2_5_2012: Final = (0, 35, 75, 115, 150, 250, 350, 500)
_PM10_2026: Final = (0, 50, 120, 250, 350, 420, 500, 600)
_PM2_5_2026: Final = (0, 35, 60, 115, 150, 250, 350, 500)
_GASES: Final[Breakpoints] = {
    Factor(Pollutant.SO2, Averaging.DAY): (0, 50, 150, 475, 800, 1600, 2100, 2620),
    Factor(Pollutant.SO2, Averaging.HOUR): (0, 150, 500, 650, 800),
    Factor(Pollutant.NO2, Averaging.DAY): (0, 40, 80, 180, 280, 565, 750, 940),
    Factor(Pollutant.NO2, Averaging.HOUR): (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    Factor(Pollutant.CO, Averaging.DAY): (0, 2, 4, 14, 24, 36, 48, 60),
    Factor(Pollutant.CO, Averaging.HOUR): (0, 5, 10, 35, 60, 90, 120, 150),
    Factor(Pollutant.O3, Averaging.HOUR): (0, 160, 200, 300, 400, 800, 1000, 1200),
    Factor(Pollutant.O3, Averaging.EIGHT_HOURS): (0, 100, 160, 215, 265, 800),
}


def _with_particulates(pm10: tuple[int, ...], pm2_5: tuple[int, ...], *averagings: Averaging) -> Breakpoints:
    rows = dict(_GASES)
    for averaging in averagings:
        rows[Factor(Pollutant.PM10, averaging)] = pm10
        rows[Factor(Pollutant.PM2_5, averaging)] = pm2_5
    return MappingProxyType(rows)


HJ_633_2012: Final = Edition(
    code="HJ 633-2012",
    valid_from=date.min,  # older years are judged by it afterwards
    breakpoints=_with_particulates(_PM10_2012, _PM2_5_2012, Averaging.DAY),
    realtime_particulates=Averaging.DAY,
    decimals=_ROUNDED,
)
"""The first edition as written: real-time reports use the particulates' sliding 24-hour mean."""

HJ_633_2012_PUBLISHED: Final = replace(
    HJ_633_2012,
    code="HJ 633-2012 (PM 1h)",
    breakpoints=_with_particulates(_PM10_2012, _PM2_5_2012, Averaging.DAY, Averaging.HOUR),
    realtime_particulates=Averaging.HOUR,
)
"""The first edition as the national platform applied it: real-time indices from the particulates' 1-hour mean."""

HJ_633_2026: Final = Edition(
    code="HJ 633-2026",
    valid_from=date(2026, 3, 1),
    breakpoints=_with_particulates(_PM10_2026, _PM2_5_2026, Averaging.DAY, Averaging.HOUR),
    realtime_particulates=Averaging.HOUR,
    decimals=_ROUNDED,
)
"""The edition in force: tighter particulates, and their 1-hour mean in real-time reports."""

EDITIONS: Final = (HJ_633_2012, HJ_633_2026)
PUBLISHED_EDITIONS: Final = (HJ_633_2012_PUBLISHED, HJ_633_2026)
"""The editions to compare with what the national platform published."""


def edition_on(data_date: date, *, editions: tuple[Edition, ...] = EDITIONS) -> Edition:
    """Return the edition for readings of a day; it goes by the day measured, not by the day of computing.

    Source: HJ 633-2026, in force from 2026-03-01; HJ 633-2012 before.
    """
    begun = (edition for edition in editions if edition.valid_from <= data_date)
    return max(begun, key=lambda edition: edition.valid_from)


Concentrations = Mapping[Factor, Exact | None]
"""Means by pollutant and averaging time, µg/m³ (CO mg/m³); None or absence is a missing value, never zero."""
