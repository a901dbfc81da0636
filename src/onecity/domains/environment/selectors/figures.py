"""Rows of reports as others see them, and as rules take them."""

from onecity.domains.environment.contracts import AirFigures, DayAir, HourAir
from onecity.domains.environment.models import CityDay, CityHour, StationDay, StationHour
from onecity.domains.environment.models.figures import INDEX_COLUMNS, MEAN_COLUMNS, Figures
from onecity.domains.environment.rules.assessing import Means


def means_of(row: Figures) -> Means:
    """Return a report's means, to the places that are kept."""
    values = {pollutant: getattr(row, column) for pollutant, column in MEAN_COLUMNS.items()}
    return {pollutant: value for pollutant, value in values.items() if value is not None}


def figures_of(row: Figures) -> AirFigures:
    """Return a report's figures."""
    indices = {pollutant.value: getattr(row, column) for pollutant, column in INDEX_COLUMNS.items()}
    return AirFigures(
        edition_code=row.edition_code,
        aqi=row.aqi,
        level=row.level,
        primary=tuple(row.primary),
        exceeding=tuple(row.exceeding),
        missing=tuple(row.missing),
        concentrations={pollutant.value: getattr(row, MEAN_COLUMNS[pollutant]) for pollutant in means_of(row)},
        indices={code: index for code, index in indices.items() if index is not None},
        computed_at=row.computed_at,
    )


def hour_air(row: StationHour | CityHour) -> HourAir:
    """Return an hour's report."""
    return HourAir(row.begins_at, figures_of(row), row.count if isinstance(row, CityHour) else None)


def day_air(row: StationDay | CityDay) -> DayAir:
    """Return a day's report."""
    return DayAir(row.date, figures_of(row), row.count)
