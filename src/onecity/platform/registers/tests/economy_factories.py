"""The smallest valid objects of the macro-economic register."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from onecity.kernel.actor import system_actor
from onecity.platform.geo.tests.factories import make_city, make_division
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.registers.contracts.economy import NewSeries, NewValue, Period, SeriesInfo, SeriesKind
from onecity.platform.registers.services.economy.series import define_series
from onecity.platform.registers.services.economy.values import Publication, record_values
from onecity.platform.registers.tests.moments import NOON

ACTOR: Final = system_actor("test")
CITY, CHAOYANG, NANGUAN = "220100", "220104", "220102"
Y2021, Y2022, Y2023 = Period(2021, "year"), Period(2022, "year"), Period(2023, "year")
EARLY, LATE = date(2024, 1, 20), date(2024, 10, 20)


def make_series(
    code: str = "gdp",
    name: str = "地区生产总值",
    *,
    kind: SeriesKind = "flow",
    unit: str = "亿元",
    organisation: Organisation | None = None,
    whole: str = "",
    parts_are_complete: bool = False,
    sums_over_divisions: bool = False,
    is_population: bool = False,
) -> SeriesInfo:
    """Make a series."""
    new = NewSeries(
        code=code,
        name=name,
        kind=kind,
        unit=unit,
        organisation_id=(organisation or make_organisation("统计局")).id,
        whole=whole,
        parts_are_complete=parts_are_complete,
        sums_over_divisions=sums_over_divisions,
        is_population=is_population,
    )
    return define_series(ACTOR, new=new, now=NOON)


def make_value(
    value: str | None,
    *,
    series: str = "gdp",
    period: Period = Y2023,
    division: str = CITY,
    published_on: date = EARLY,
    stage: str = "preliminary",
    mark: str = "",
    now: datetime = NOON,
) -> tuple[int, int]:
    """Record one figure as published; None with a mark."""
    number = None if value is None else Decimal(value)
    new = NewValue(series=series, division_code=division, period=period, value=number, mark=mark)
    return record_values(ACTOR, values=[new], publication=Publication(published_on, stage), now=now)


def make_places() -> None:
    """Make the test city with two counties."""
    make_city()
    make_division(CITY, "试验市")
    make_division(CHAOYANG, "朝阳区")
    make_division(NANGUAN, "南关区")
