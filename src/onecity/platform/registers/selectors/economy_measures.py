"""Figures compared: with the year before, the period before, the whole, the population, and with one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from onecity.kernel.actor import Actor
from onecity.platform.geo import api as geo
from onecity.platform.registers.contracts.economy import Measure, Period, SeriesInfo
from onecity.platform.registers.rules.economy.checking import Finding, check_flow, check_growth, check_sums
from onecity.platform.registers.rules.economy.comparing import (
    Line,
    per_head,
    period_on_period,
    share_of,
    year_on_year,
)
from onecity.platform.registers.selectors.economy import (
    LineKey,
    Lines,
    lines,
    parts_of,
    population_series,
    series_by_code,
)

Stated = Mapping[tuple[str, str], Mapping[Period, Decimal]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to compare. measure: the figures themselves, or what they come to against others."""

    divisions: Sequence[str]
    kind: str = "year"
    measure: Measure = "value"
    known_on: date | None = None


def compared(actor: Actor, series: SeriesInfo, asked: Asked) -> dict[str, dict[Period, Decimal]]:
    """Return a series by division and period, as the actor may see it, measured as asked; periods ascend.

    Growth and shares in percent (rates: points); per head in the series' unit for one unit of the population's series.
    """
    others = [code for code in (series.whole, _population(asked.measure)) if code]
    found = lines(
        actor,
        series=[series.code, *others],
        divisions=asked.divisions,
        kind=asked.kind,
        known_on=asked.known_on,
    )
    shown = {}
    for division in asked.divisions:
        own = plain(found, series.code, division)
        measured = {period: _measured(series, found, division, period, asked.measure) for period in sorted(own)}
        shown[division] = {period: value for period, value in measured.items() if value is not None}
    return shown


def findings(actor: Actor, *, series: str, division_code: str, stated: Stated | None = None) -> list[Finding]:
    """Return what does not fit together about a series in a division, as the actor may see it.

    stated: growth that a table tells, to be held against the figures.
    Raises: UnknownSeries.
    """
    own, parts = series_by_code(series), parts_of(series)
    below = [item.code for item in geo.divisions(parent_code=division_code)] if own.sums_over_divisions else []
    codes = [series, *(item.code for item in parts)] if own.parts_are_complete else [series]
    found = lines(actor, series=codes, divisions=[division_code, *below])
    line = plain(found, series, division_code)
    told = (stated or {}).get((series, division_code), {})
    wrong: list[Finding] = []
    if own.parts_are_complete:
        pieces = {item.code: plain(found, item.code, division_code) for item in parts}
        wrong += check_sums(
            line, pieces, decimals=own.decimals, check="parts", series=series, division_code=division_code
        )
    if below:
        places = {code: plain(found, series, code) for code in below}
        wrong += check_sums(
            line, places, decimals=own.decimals, check="divisions", series=series, division_code=division_code
        )
    if own.kind == "flow":
        wrong += check_flow(line, decimals=own.decimals, series=series, division_code=division_code)
    return wrong + check_growth(
        line, told, kind=own.kind, decimals=own.decimals, series=series, division_code=division_code
    )


def plain(found: Lines, series: str, division_code: str) -> Line:
    """Return one line as numbers; figures without one are left out."""
    line = found.get(LineKey(series, division_code), {})
    return {period: info.value for period, info in line.items() if info.value is not None}


def _population(measure: Measure) -> str:
    series = population_series() if measure == "per_head" else None
    return series.code if series else ""


def _measured(series: SeriesInfo, found: Lines, division: str, period: Period, measure: Measure) -> Decimal | None:
    line = plain(found, series.code, division)
    if measure == "year_on_year":
        return year_on_year(line, period, kind=series.kind)
    if measure == "period_on_period":
        return period_on_period(line, period, kind=series.kind)
    if measure == "share":
        return share_of(line[period], plain(found, series.whole, division).get(period))
    if measure == "per_head":
        residents = plain(found, _population(measure), division)
        return per_head(line, residents, period, kind=series.kind)
    return line[period]
