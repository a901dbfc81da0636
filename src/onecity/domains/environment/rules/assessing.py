"""From hourly means to what is shown of an hour or a day, of a station or of the city."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from onecity.domains.environment.rules.air_quality import AirQuality, air_quality
from onecity.domains.environment.rules.averages import HOURS_OF_DAY, daily_concentrations
from onecity.domains.environment.rules.editions import Pollutant, ReportKind
from onecity.domains.environment.rules.methods import Method
from onecity.kernel.rounding import Exact

Means = Mapping[Pollutant, Exact]
"""Concentrations by pollutant, µg/m³ (CO mg/m³); a pollutant without a valid mean is not in it."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the figures of an hour or a day come to.

    aqi, level: None where a pollutant is lacking that the method needs. means: what the index was made of.
    indices: individual index of each mean. primary, exceeding: as in `AirQuality`. missing: pollutants without a mean.
    """

    edition_code: str
    aqi: int | None
    level: int | None
    means: Means
    indices: Mapping[Pollutant, int]
    primary: tuple[Pollutant, ...]
    exceeding: tuple[Pollutant, ...]
    missing: tuple[Pollutant, ...]


def assess_hour(means: Means, *, method: Method) -> Assessment:
    """Return the real-time report of an hour's means.

    Raises: InvalidConcentration.
    Source: HJ 633-2012 and HJ 633-2026, real-time report.
    """
    return _assessed(means, kind=ReportKind.REALTIME, method=method)


def assess_day(means: Means, *, method: Method) -> Assessment:
    """Return the daily report of a day's means; for O3 the highest 8-hour mean.

    Raises: InvalidConcentration.
    Source: HJ 633-2012 and HJ 633-2026, daily report.
    """
    return _assessed(means, kind=ReportKind.DAILY, method=method)


def day_means(hours: Mapping[int, Means], *, method: Method) -> Means:
    """Return a station's means of a day from its hourly ones.

    hours: by the hour of the day at which each begins, 0-23; absent where there is none.
    Source: GB 3095-2012, table 4.
    """
    series = {
        pollutant: [hours.get(hour, {}).get(pollutant) for hour in range(HOURS_OF_DAY)] for pollutant in Pollutant
    }
    found = daily_concentrations(series, validity=method.validity)
    return {factor.pollutant: mean for factor, mean in found.items() if mean is not None}


def city_means(stations: Sequence[Means], *, of: int, share: int) -> Means:
    """Return the city's means: for each pollutant the mean of its stations', if enough of them have one.

    of: stations in service. share: per cent of them that a mean needs; at least one is always needed.
    Source: HJ 663-2013, evaluation of a city from its stations.
    """
    needed = max(1, math.ceil(Fraction(of * share, 100)))
    result: dict[Pollutant, Exact] = {}
    for pollutant in Pollutant:
        values = [Fraction(means[pollutant]) for means in stations if pollutant in means]
        if len(values) >= needed:
            result[pollutant] = sum(values, start=Fraction(0)) / len(values)
    return result


def _assessed(means: Means, *, kind: ReportKind, method: Method) -> Assessment:
    needs = method.daily_needs if kind is ReportKind.DAILY else method.realtime_needs
    factors = {factor.pollutant: factor for factor in method.edition.factors(kind)}
    concentrations = {factors[pollutant]: mean for pollutant, mean in means.items()}
    result = air_quality(concentrations, kind=kind, edition=method.edition, required=needs)
    whole = result if isinstance(result, AirQuality) else None
    return Assessment(
        edition_code=result.edition_code,
        aqi=whole.aqi if whole else None,
        level=whole.level.number if whole else None,
        means=means,
        indices=result.indices,
        primary=whole.primary if whole else (),
        exceeding=whole.exceeding if whole else (),
        missing=tuple(pollutant for pollutant in Pollutant if pollutant not in means),
    )
