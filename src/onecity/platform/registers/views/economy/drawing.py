"""A series between divisions: as a chart, as a table, as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http.response import HttpResponseBase

from onecity.kernel.text import zh
from onecity.platform.registers.contracts.economy import Period, SeriesInfo
from onecity.platform.registers.selectors.economy import population_series
from onecity.platform.registers.selectors.economy_measures import Asked
from onecity.platform.registers.views.economy.shown import figure_text, measure_decimals, measure_unit, period_text
from onecity.web.exports import export

MOST_BARS: Final = 16


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell of the page's table. period: its code, for the address of its history."""

    text: str
    period: str


def drawn(
    series: SeriesInfo, asked: Asked, found: Mapping[str, Mapping[Period, Decimal]], names: Mapping[str, str]
) -> dict[str, object]:
    """Return what the page's chart and table show."""
    periods = sorted({period for line in found.values() for period in line}, key=lambda period: period.ends_on)
    decimals = measure_decimals(series, asked.measure)
    population = population_series() if asked.measure == "per_head" else None
    unit = measure_unit(series, asked.measure, population_unit=population.unit if population else "")
    chart = {
        "kind": "bar" if len(periods) * len(found) <= MOST_BARS else "line",
        "unit": "",
        "at": [period_text(period) for period in periods],
        "series": [
            {"name": names[code], "values": [_plain(line.get(period), decimals) for period in periods]}
            for code, line in found.items()
        ],
        "target": None,
    }
    table = [
        (
            names[code],
            code,
            [Figure(figure_text(line.get(period), decimals=decimals), period.code) for period in periods],
        )
        for code, line in found.items()
    ]
    return {"chart": chart, "unit": unit, "periods": [period_text(period) for period in periods], "table": table}


def _plain(value: Decimal | None, decimals: int) -> float | None:
    return None if value is None else round(float(value), decimals)


def exported(
    kind: str, series: SeriesInfo, found: Mapping[str, Mapping[Period, Decimal]], names: Mapping[str, str]
) -> HttpResponseBase:
    """Give a file that can be taken in again: divisions in rows, periods in columns."""
    periods = sorted({period for line in found.values() for period in line}, key=lambda period: period.ends_on)
    rows = [
        [names[code], *(None if period not in line else float(line[period]) for period in periods)]
        for code, line in found.items()
    ]
    return export(
        kind,
        title=f"{series.name}（{series.unit}）",
        names=[zh("地区"), *(period_text(period) for period in periods)],
        rows=rows,
    )
