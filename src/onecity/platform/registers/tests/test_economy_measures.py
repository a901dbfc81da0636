"""Series compared between divisions, with their whole, with the population; what does not fit together."""

from decimal import Decimal

import pytest

from onecity.platform.registers.contracts.economy import Period
from onecity.platform.registers.selectors.economy_measures import Asked, compared, findings
from onecity.platform.registers.tests.economy_factories import (
    ACTOR,
    CHAOYANG,
    CITY,
    NANGUAN,
    Y2022,
    Y2023,
    make_places,
    make_series,
    make_value,
)

pytestmark = pytest.mark.django_db


def test_growth_is_computed_for_each_division() -> None:
    series = make_series()
    for division, before, now in ((CITY, "100", "110"), (CHAOYANG, "50", "45")):
        make_value(before, division=division, period=Y2022)
        make_value(now, division=division)
    found = compared(ACTOR, series, Asked([CITY, CHAOYANG], measure="year_on_year"))
    assert found == {CITY: {Y2023: Decimal(10)}, CHAOYANG: {Y2023: Decimal(-10)}}


def test_share_is_taken_of_the_whole_of_the_same_division() -> None:
    make_series("all", "总量")
    part = make_series("part", "分项", whole="all")
    make_value("200", series="all")
    make_value("25", series="part")
    make_value("9", series="part", period=Y2022)
    assert compared(ACTOR, part, Asked([CITY], measure="share")) == {CITY: {Y2023: Decimal("12.5")}}


def test_figure_per_head_takes_the_population() -> None:
    series = make_series()
    make_series("people", "常住人口", kind="stock", unit="万人", is_population=True)
    make_value("7000")
    make_value("900", series="people", period=Y2022)
    make_value("910", series="people")
    found = compared(ACTOR, series, Asked([CITY], measure="per_head"))
    assert found[CITY][Y2023] == Decimal(7000) / Decimal(905)


def test_without_a_population_nothing_is_told_per_head() -> None:
    series = make_series()
    make_value("7000")
    assert compared(ACTOR, series, Asked([CITY], measure="per_head")) == {CITY: {}}


def test_quarter_is_compared_with_the_quarter_before() -> None:
    series = make_series()
    make_value("10", period=Period(2023, "quarter", 1))
    make_value("12", period=Period(2023, "quarter", 2))
    asked = Asked([CITY], kind="quarter", measure="period_on_period")
    assert compared(ACTOR, series, asked) == {CITY: {Period(2023, "quarter", 2): Decimal(20)}}


def test_parts_that_miss_the_whole_are_found() -> None:
    make_series("all", "总量", parts_are_complete=True)
    make_series("a", "甲", whole="all")
    make_series("b", "乙", whole="all")
    for series, value in (("all", "100"), ("a", "60"), ("b", "39")):
        make_value(value, series=series)
    found = findings(ACTOR, series="all", division_code=CITY)
    assert [(item.check, item.expected, item.found, item.of) for item in found] == [
        ("parts", Decimal(100), Decimal(99), ("a", "b"))
    ]


def test_counties_that_miss_the_city_are_found() -> None:
    make_places()
    make_series(sums_over_divisions=True)
    for division, value in ((CITY, "100"), (CHAOYANG, "60"), (NANGUAN, "30")):
        make_value(value, division=division)
    found = findings(ACTOR, series="gdp", division_code=CITY)
    assert [(item.check, item.found) for item in found] == [("divisions", Decimal(90))]


def test_told_growth_is_held_against_what_is_stored() -> None:
    make_series()
    make_value("100", period=Y2022)
    make_value("110")
    stated = {("gdp", CITY): {Y2023: Decimal("3.0")}}
    found = findings(ACTOR, series="gdp", division_code=CITY, stated=stated)
    assert [(item.check, item.found) for item in found] == [("growth", Decimal(10))]


def test_stock_is_not_held_to_quarters() -> None:
    make_series(kind="stock")
    make_value("10", period=Period(2023, "cumulative", 3))
    make_value("5", period=Period(2023, "cumulative", 6))
    assert findings(ACTOR, series="gdp", division_code=CITY) == []
