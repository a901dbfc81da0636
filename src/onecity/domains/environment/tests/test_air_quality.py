import csv
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.rules.air_quality import (
    AirQuality,
    Incomplete,
    InvalidConcentration,
    air_quality,
    iaqi,
    rounded_concentration,
)
from onecity.domains.environment.rules.editions import (
    EDITIONS,
    HJ_633_2012,
    HJ_633_2012_PUBLISHED,
    HJ_633_2026,
    INDEX_POINTS,
    Averaging,
    Concentrations,
    Edition,
    Factor,
    Pollutant,
    ReportKind,
)
from onecity.kernel.rounding import Exact

VECTORS = Path(__file__).parent / "data" / "aqi-vectors.csv"
BY_CODE = {edition.code: edition for edition in EDITIONS}
NAMES = {"PM25": Pollutant.PM2_5}

rows_of_table = st.sampled_from([(edition, factor) for edition in EDITIONS for factor in edition.breakpoints])
concentrations = st.decimals(0, 5000, places=3)


def vectors() -> Iterator[tuple[Edition, Factor, Decimal, int]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, averaging = row["item"].split("_")
            factor = Factor(NAMES.get(name) or Pollutant(name), Averaging(averaging))
            yield BY_CODE[row["standard"]], factor, Decimal(row["concentration"]), int(row["iaqi"])


def daily(**values: str) -> Concentrations:
    """Name each pollutant's daily value; PM2_5="50"."""
    factors = {factor.pollutant.name: factor for factor in HJ_633_2026.factors(ReportKind.DAILY)}
    return {factors[name]: Decimal(value) for name, value in values.items()}


def clean(**values: str) -> Concentrations:
    """The same, with every pollutant that is not named at nought."""
    return daily(**{pollutant.name: "0" for pollutant in Pollutant} | values)


def report(concentrations: Concentrations, *, edition: Edition = HJ_633_2026) -> AirQuality:
    result = air_quality(concentrations, kind=ReportKind.DAILY, edition=edition)
    assert isinstance(result, AirQuality)
    return result


@pytest.mark.parametrize(("edition", "factor", "concentration", "index"), list(vectors()))
def test_published_index_is_reproduced(edition: Edition, factor: Factor, concentration: Decimal, index: int) -> None:
    assert iaqi(factor, concentration=concentration, edition=edition) == index


WORKED = daily(PM2_5="50", PM10="110", SO2="60", NO2="52", CO="1.2", O3="161")


def test_worked_example_by_the_edition_in_force() -> None:
    result = report(WORKED)
    assert result.indices == {
        Pollutant.PM2_5: 80,
        Pollutant.PM10: 93,
        Pollutant.SO2: 55,
        Pollutant.NO2: 65,
        Pollutant.CO: 30,
        Pollutant.O3: 101,
    }
    assert (result.aqi, result.level.category, result.edition_code) == (101, "轻度污染", "HJ 633-2026")
    assert result.primary == result.exceeding == (Pollutant.O3,)


def test_worked_example_by_the_first_edition() -> None:
    result = report(WORKED, edition=HJ_633_2012)
    assert result.indices[Pollutant.PM2_5] == 69
    assert result.indices[Pollutant.PM10] == 80
    assert (result.aqi, result.primary, result.edition_code) == (101, (Pollutant.O3,), "HJ 633-2012")


@given(rows_of_table, concentrations)
def test_index_is_the_exact_value_rounded_up(row: tuple[Edition, Factor], concentration: Decimal) -> None:
    edition, factor = row
    points = edition.breakpoints[factor]
    index = iaqi(factor, concentration=concentration, edition=edition)
    if concentration >= points[-1]:
        assert index == INDEX_POINTS[len(points) - 1]
        return
    segment = next(place for place in range(1, len(points)) if concentration < points[place])
    share = Fraction(Fraction(concentration) - points[segment - 1], points[segment] - points[segment - 1])
    exact = INDEX_POINTS[segment - 1] + share * (INDEX_POINTS[segment] - INDEX_POINTS[segment - 1])
    assert exact <= index < exact + 1


@given(rows_of_table, concentrations, concentrations)
def test_more_never_means_a_lower_index(row: tuple[Edition, Factor], first: Decimal, second: Decimal) -> None:
    edition, factor = row
    low, high = sorted((first, second))
    assert iaqi(factor, concentration=low, edition=edition) <= iaqi(factor, concentration=high, edition=edition) <= 500


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.code)
def test_every_breakpoint_has_its_own_index_and_a_grain_more_the_next(edition: Edition) -> None:
    for factor, points in edition.breakpoints.items():
        for place, point in enumerate(points):
            assert iaqi(factor, concentration=point, edition=edition) == INDEX_POINTS[place]
            above = iaqi(factor, concentration=point + Fraction(1, 10**9), edition=edition)
            assert above == INDEX_POINTS[place] + (1 if place < len(points) - 1 else 0)


def test_rows_that_end_early_cap_the_index() -> None:
    for edition in EDITIONS:
        assert iaqi(Factor(Pollutant.SO2, Averaging.HOUR), concentration=5000, edition=edition) == 200
        assert iaqi(Factor(Pollutant.O3, Averaging.EIGHT_HOURS), concentration=5000, edition=edition) == 300


def test_row_that_the_edition_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        iaqi(Factor(Pollutant.PM10, Averaging.HOUR), concentration=1, edition=HJ_633_2012)


@pytest.mark.parametrize(
    ("pollutant", "concentration", "rounded"),
    [
        (Pollutant.PM2_5, Decimal("35.49"), Fraction(35)),
        (Pollutant.PM2_5, Decimal("35.5"), Fraction(36)),
        (Pollutant.PM2_5, Decimal("36.5"), Fraction(37)),
        (Pollutant.CO, Decimal("1.25"), Fraction("1.3")),
        (Pollutant.CO, Decimal("1.249"), Fraction("1.2")),
        (Pollutant.SO2, 7, Fraction(7)),
    ],
)
def test_concentration_is_rounded_half_up_before_the_formula(
    pollutant: Pollutant, concentration: Exact, rounded: Fraction
) -> None:
    assert rounded_concentration(concentration, pollutant=pollutant, edition=HJ_633_2026) == rounded


def test_rounding_belongs_to_the_edition() -> None:
    raw = clean(PM2_5="35.4")
    assert report(raw).aqi == 50
    assert report(raw, edition=replace(HJ_633_2026, decimals=None)).aqi == 51


@pytest.mark.parametrize("value", [Decimal("-0.001"), Decimal("NaN"), Decimal("Infinity"), -1, Fraction(-1, 3)])
def test_concentration_without_sense_is_refused(value: Exact) -> None:
    factor = Factor(Pollutant.CO, Averaging.DAY)
    with pytest.raises(InvalidConcentration, match="一氧化碳的浓度"):
        iaqi(factor, concentration=value, edition=HJ_633_2026)
    with pytest.raises(InvalidConcentration):
        air_quality({factor: value}, kind=ReportKind.DAILY, edition=HJ_633_2026)


def test_missing_pollutant_means_no_index_and_is_named() -> None:
    given_values = daily(SO2="60", NO2="52", O3="161", PM10="110")
    result = air_quality(given_values, kind=ReportKind.DAILY, edition=HJ_633_2026)
    assert isinstance(result, Incomplete)
    assert result.missing == (Pollutant.CO, Pollutant.PM2_5)
    assert result.indices == {Pollutant.SO2: 55, Pollutant.NO2: 65, Pollutant.O3: 101, Pollutant.PM10: 93}
    assert (result.kind, result.edition_code) == (ReportKind.DAILY, "HJ 633-2026")


def test_nothing_written_is_missing_and_nought_is_a_value() -> None:
    factor = Factor(Pollutant.CO, Averaging.DAY)
    result = air_quality({**WORKED, factor: None}, kind=ReportKind.DAILY, edition=HJ_633_2026)
    assert isinstance(result, Incomplete)
    assert result.missing == (Pollutant.CO,)
    assert report({**WORKED, factor: 0}).indices[Pollutant.CO] == 0


def test_mean_over_another_time_does_not_stand_in() -> None:
    hourly: Concentrations = dict.fromkeys(HJ_633_2026.factors(ReportKind.REALTIME), 10)
    by_2012 = air_quality(hourly, kind=ReportKind.REALTIME, edition=HJ_633_2012)
    assert isinstance(by_2012, Incomplete)
    assert by_2012.missing == (Pollutant.PM10, Pollutant.PM2_5)
    assert isinstance(air_quality(hourly, kind=ReportKind.REALTIME, edition=HJ_633_2012_PUBLISHED), AirQuality)
    assert isinstance(air_quality(hourly, kind=ReportKind.REALTIME, edition=HJ_633_2026), AirQuality)
    assert isinstance(air_quality(hourly, kind=ReportKind.DAILY, edition=HJ_633_2026), Incomplete)


def test_required_pollutants_are_a_parameter() -> None:
    part = daily(PM10="110")
    required = frozenset({Pollutant.PM10})
    result = air_quality(part, kind=ReportKind.DAILY, edition=HJ_633_2026, required=required)
    assert isinstance(result, AirQuality)
    assert (result.aqi, result.primary) == (93, (Pollutant.PM10,))
    nothing = air_quality({}, kind=ReportKind.DAILY, edition=HJ_633_2026, required=frozenset())
    assert isinstance(nothing, Incomplete)
    assert nothing.missing == tuple(Pollutant)


def test_tied_pollutants_are_primary_together() -> None:
    result = report(clean(PM2_5="60", PM10="120", O3="160", NO2="79"))
    assert result.aqi == 100
    assert result.primary == (Pollutant.O3, Pollutant.PM10, Pollutant.PM2_5)
    assert result.exceeding == ()


def test_no_pollutant_is_primary_up_to_fifty() -> None:
    assert report(clean(PM2_5="35")).primary == ()
    assert report(clean(PM2_5="36")).primary == (Pollutant.PM2_5,)


def test_every_pollutant_above_a_hundred_exceeds() -> None:
    result = report(clean(PM2_5="61", PM10="151", CO="4"))
    assert result.exceeding == (Pollutant.PM10, Pollutant.PM2_5)
    assert result.primary == (Pollutant.PM10,)


@given(st.fixed_dictionaries({pollutant.name: st.decimals(0, 900, places=2).map(str) for pollutant in Pollutant}))
def test_index_is_the_highest_and_its_pollutants_are_primary(values: dict[str, str]) -> None:
    result = report(daily(**values))
    assert result.aqi == max(result.indices.values())
    assert result.level.last >= result.aqi
    assert all(result.indices[pollutant] == result.aqi for pollutant in result.primary)
    assert bool(result.primary) == (result.aqi > 50)
    assert set(result.exceeding) == {pollutant for pollutant, index in result.indices.items() if index > 100}


@pytest.mark.parametrize(("values", "aqi"), [({"O3": "801"}, 300), ({"SO2": "2621", "O3": "801"}, 500)])
def test_highest_value_reaches_its_cap(values: dict[str, str], aqi: int) -> None:
    assert report(clean(**values)).aqi == aqi
