"""From means to reports, without any database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.rules.advice import ADVICE
from onecity.domains.environment.rules.assessing import Means, assess_day, assess_hour, city_means, day_means
from onecity.domains.environment.rules.averages import Validity
from onecity.domains.environment.rules.editions import HJ_633_2012_PUBLISHED, HJ_633_2026, Pollutant
from onecity.domains.environment.rules.levels import LEVELS
from onecity.domains.environment.rules.methods import Method, method_on
from onecity.domains.environment.rules.times import day_of, day_start, hour_start, published_hour

SIX = frozenset(Pollutant)
OLD = Method(date(1900, 1, 1), HJ_633_2012_PUBLISHED, frozenset(), SIX, Validity(), 50, 75)
NEW = Method(date(2026, 3, 1), HJ_633_2026, frozenset(), SIX, Validity(), 50, 75)
DAY_OF_THE_STANDARD: Means = {
    Pollutant.PM2_5: 50,
    Pollutant.PM10: 110,
    Pollutant.SO2: 60,
    Pollutant.NO2: 52,
    Pollutant.CO: Decimal("1.2"),
    Pollutant.O3: 161,
}


def test_worked_day_comes_out_as_worked() -> None:
    result = assess_day(DAY_OF_THE_STANDARD, method=NEW)
    assert (result.aqi, result.level, result.primary) == (101, 3, (Pollutant.O3,))
    assert dict(result.indices) == {
        Pollutant.PM2_5: 80,
        Pollutant.PM10: 93,
        Pollutant.SO2: 55,
        Pollutant.NO2: 65,
        Pollutant.CO: 30,
        Pollutant.O3: 101,
    }


def test_older_edition_judges_particulates_more_mildly() -> None:
    result = assess_day(DAY_OF_THE_STANDARD, method=OLD)
    assert (result.indices[Pollutant.PM2_5], result.indices[Pollutant.PM10], result.aqi) == (69, 80, 101)
    assert result.edition_code == "HJ 633-2012 (PM 1h)"


def test_day_without_a_needed_pollutant_has_parts_but_no_index() -> None:
    result = assess_day({Pollutant.PM10: 110}, method=NEW)
    assert (result.aqi, result.level, result.primary, result.exceeding) == (None, None, (), ())
    assert result.indices == {Pollutant.PM10: 93}
    assert result.missing == (Pollutant.SO2, Pollutant.NO2, Pollutant.CO, Pollutant.O3, Pollutant.PM2_5)


def test_hour_takes_what_there_is_where_nothing_is_needed() -> None:
    assert assess_hour({Pollutant.PM10: 110}, method=NEW).aqi == 93
    assert assess_hour({}, method=NEW).aqi is None


def test_method_in_force_is_the_last_that_has_begun() -> None:
    methods = [NEW, OLD]
    assert method_on(date(2026, 2, 28), methods=methods) is OLD
    assert method_on(date(2026, 3, 1), methods=methods) is NEW
    with pytest.raises(ValueError, match="no method"):
        method_on(date(1899, 12, 31), methods=methods)


def test_day_s_ozone_is_its_highest_eight_hours() -> None:
    hours: dict[int, Means] = {hour: {Pollutant.O3: 10, Pollutant.PM10: hour} for hour in range(24)}
    hours |= {hour: {Pollutant.O3: 90} for hour in range(8, 16)}
    means = day_means(hours, method=NEW)
    assert means == {Pollutant.O3: Fraction(90)}, "sixteen hours of PM10 are too few for a day"


def test_hours_that_are_absent_count_as_missing() -> None:
    hours: dict[int, Means] = {hour: {Pollutant.CO: Decimal("0.4")} for hour in range(20)}
    assert day_means(hours, method=NEW) == {Pollutant.CO: Fraction(2, 5)}
    del hours[0]
    assert day_means(hours, method=NEW) == {}


@pytest.mark.parametrize(
    ("of", "share", "needed"), [(4, 75, 3), (5, 75, 4), (10, 50, 5), (3, 50, 2), (0, 75, 1), (1, 1, 1)]
)
def test_city_s_mean_needs_its_share_of_stations(of: int, share: int, needed: int) -> None:
    one: Means = {Pollutant.PM10: 10}
    assert city_means([one] * needed, of=of, share=share) == {Pollutant.PM10: 10}
    assert city_means([one] * (needed - 1), of=of, share=share) == {}


def test_city_s_mean_is_exact() -> None:
    stations: list[Means] = [{Pollutant.CO: Decimal("0.1")}, {Pollutant.CO: Decimal("0.2")}, {Pollutant.PM10: 1}]
    assert city_means(stations, of=3, share=50) == {Pollutant.CO: Fraction(3, 20)}


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=20))
def test_city_s_mean_lies_between_its_stations(values: list[int]) -> None:
    stations: list[Means] = [{Pollutant.PM2_5: value} for value in values]
    mean = city_means(stations, of=len(values), share=100)[Pollutant.PM2_5]
    assert min(values) <= mean <= max(values)


@given(st.dictionaries(st.sampled_from(Pollutant), st.integers(0, 5_000)))
def test_index_is_the_largest_of_its_parts(means: dict[Pollutant, int]) -> None:
    result = assess_hour(means, method=NEW)
    assert result.aqi == max(result.indices.values(), default=None)
    assert set(result.missing) | set(result.indices) == set(Pollutant)


def test_day_has_the_hours_that_begin_in_it_in_the_city() -> None:
    assert day_of(datetime(2020, 3, 31, 16, 0, tzinfo=UTC)) == date(2020, 4, 1)
    assert day_of(datetime(2020, 3, 31, 15, 59, tzinfo=UTC)) == date(2020, 3, 31)
    assert day_start(date(2020, 4, 1)) == datetime(2020, 3, 31, 16, 0, tzinfo=UTC)


def test_published_label_is_the_end_of_its_hour() -> None:
    assert published_hour(day_start(date(2020, 4, 1))) == datetime(2020, 3, 31, 15, 0, tzinfo=UTC)
    assert day_of(published_hour(day_start(date(2020, 4, 1)))) == date(2020, 3, 31)


def test_instant_lies_in_the_hour_that_began_before_it() -> None:
    assert hour_start(datetime(2020, 4, 1, 7, 59, 59, 5, tzinfo=UTC)) == datetime(2020, 4, 1, 7, tzinfo=UTC)


def test_every_level_has_its_advice() -> None:
    assert [level.number for level in LEVELS] == list(ADVICE)
