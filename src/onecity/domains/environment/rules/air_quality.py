"""Individual and overall air-quality index, primary and exceeding pollutants."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from onecity.domains.environment.rules.editions import (
    INDEX_POINTS,
    Concentrations,
    Edition,
    Factor,
    Pollutant,
    ReportKind,
)
from onecity.domains.environment.rules.levels import Level, level_of
from onecity.kernel.errors import Invalid
from onecity.kernel.rounding import Exact, round_half_up
from onecity.kernel.text import zh

ALL_POLLUTANTS: Final = frozenset(Pollutant)

_EXCEEDS_ABOVE = 100
_PRIMARY_ABOVE = 50


class InvalidConcentration(Invalid):
    """A concentration is negative or not a number."""

    code = "environment.concentration"
    message = zh("{pollutant}的浓度不能为负数，且必须是有限的数值")


@dataclass(frozen=True, slots=True)
class AirQuality:
    """An index that all required pollutants went into.

    edition_code: by which edition. indices: individual index of each pollutant that had a value.
    primary: pollutants with the highest individual index, tied ones together; empty up to an index of 50.
    exceeding: pollutants with an individual index above 100.
    """

    kind: ReportKind
    edition_code: str
    indices: Mapping[Pollutant, int]
    aqi: int
    level: Level
    primary: tuple[Pollutant, ...]
    exceeding: tuple[Pollutant, ...]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """There is no index, because required pollutants have no value.

    missing: which. indices: individual index of each pollutant that had a value.
    """

    kind: ReportKind
    edition_code: str
    indices: Mapping[Pollutant, int]
    missing: tuple[Pollutant, ...]


def iaqi(factor: Factor, *, concentration: Exact, edition: Edition) -> int:
    """Return the individual air-quality index (空气质量分指数), by the formula alone: nothing is rounded before it.

    concentration: mean over the factor's averaging time; µg/m³, CO mg/m³; ≥ 0.
    Result: 0-500, rounded up; the index of the factor's last breakpoint above it (SO2 1 h 200, O3 8 h 300).
    Raises: InvalidConcentration; KeyError if the edition has no such row.
    Source: HJ 633-2012 and HJ 633-2026, formula (1), table 1; the two early caps are read so for 2012 too.
    """
    points = edition.breakpoints[factor]
    value = _exact(concentration, pollutant=factor.pollutant)
    upper = bisect_left(points, value)
    if upper == len(points):
        return INDEX_POINTS[upper - 1]
    if upper == 0:
        return 0
    low, high = points[upper - 1], points[upper]
    index_low, index_high = INDEX_POINTS[upper - 1], INDEX_POINTS[upper]
    return math.ceil(Fraction(index_high - index_low, high - low) * (value - low) + index_low)


def rounded_concentration(concentration: Exact, *, pollutant: Pollutant, edition: Edition) -> Fraction:
    """Return a concentration as it enters the formula: whole µg/m³, CO to one decimal, half up, if the edition rounds.

    Raises: InvalidConcentration.
    Source: HJ 633-2012 and HJ 633-2026 as implementations apply them; the clause was not seen.
    """
    value = _exact(concentration, pollutant=pollutant)
    return value if edition.decimals is None else round_half_up(value, places=edition.decimals[pollutant])


def air_quality(
    concentrations: Concentrations,
    *,
    kind: ReportKind,
    edition: Edition,
    required: frozenset[Pollutant] = ALL_POLLUTANTS,
) -> AirQuality | Incomplete:
    """Return the air-quality index (空气质量指数), or which pollutants it lacks.

    concentrations: the edition's factors are picked out; a mean over another time does not stand in for a missing one.
    required: pollutants without which there is no index. The national platform's own real-time reports take whatever
        there is; with none required and none given the result is `Incomplete` all the same.
    Raises: InvalidConcentration.
    Source: HJ 633-2012 and HJ 633-2026, formula (2), primary and exceeding pollutants.
    """
    indices: dict[Pollutant, int] = {}
    for factor in edition.factors(kind):
        concentration = concentrations.get(factor)
        if concentration is not None:
            value = rounded_concentration(concentration, pollutant=factor.pollutant, edition=edition)
            indices[factor.pollutant] = iaqi(factor, concentration=value, edition=edition)
    missing = tuple(item for item in Pollutant if item not in indices and (item in required or not indices))
    frozen = MappingProxyType(indices)
    if missing:
        return Incomplete(kind=kind, edition_code=edition.code, indices=frozen, missing=missing)
    aqi = max(indices.values())
    return AirQuality(
        kind=kind,
        edition_code=edition.code,
        indices=frozen,
        aqi=aqi,
        level=level_of(aqi),
        primary=tuple(item for item in indices if indices[item] == aqi > _PRIMARY_ABOVE),
        exceeding=tuple(item for item in indices if indices[item] > _EXCEEDS_ABOVE),
    )


def _exact(concentration: Exact, *, pollutant: Pollutant) -> Fraction:
    finite = not isinstance(concentration, Decimal) or concentration.is_finite()
    if not finite or concentration < 0:
        raise InvalidConcentration(params={"pollutant": pollutant.label})
    return Fraction(concentration)
