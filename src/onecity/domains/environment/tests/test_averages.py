from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.rules.averages import (
    Series,
    Validity,
    daily_concentrations,
    day_mean,
    hour_mean,
    ozone_daily_maximum,
    realtime_concentrations,
    sliding_means,
    valid_mean,
)
from onecity.domains.environment.rules.editions import HJ_633_2012, Averaging, Factor, Pollutant, ReportKind

hour_values = st.none() | st.decimals(0, 900, places=1)


def test_mean_is_exact() -> None:
    assert valid_mean([Decimal("0.1"), Decimal("0.2"), None, 0], needed=3) == Fraction(1, 10)


@pytest.mark.parametrize("values", [[], [None], [None, 1]])
def test_mean_of_too_little_is_none(values: Series) -> None:
    assert valid_mean(values, needed=2) is None


def test_mean_of_nothing_is_none_even_when_nothing_is_needed() -> None:
    assert valid_mean([None], needed=0) is None


@pytest.mark.parametrize(("present", "valid"), [(45, True), (44, False)])
def test_hour_needs_three_quarters_of_its_minutes(present: int, valid: bool) -> None:
    assert (hour_mean([10] * present + [None] * (60 - present)) == 10) is valid


@pytest.mark.parametrize(("present", "valid"), [(24, True), (20, True), (19, False)])
def test_day_needs_twenty_hours(present: int, valid: bool) -> None:
    assert (day_mean([10] * present + [None] * (24 - present)) == 10) is valid


def test_needed_data_is_a_parameter() -> None:
    assert day_mean([10] * 12, validity=Validity(day_hours=12)) == 10
    assert hour_mean([10] * 30, validity=Validity(hour_minutes=30)) == 10


def test_sliding_mean_ends_with_its_hour() -> None:
    assert sliding_means([1, 2, 3, None, 5], width=2, needed=2) == [
        None,
        Fraction(3, 2),
        Fraction(5, 2),
        None,
        None,
    ]
    assert sliding_means([1, 2, 3, None, 5], width=2, needed=1)[0] == 1


@given(st.lists(hour_values, max_size=40), st.integers(1, 24), st.integers(1, 24))
def test_sliding_mean_lies_between_its_values(hours: list[Decimal | None], width: int, needed: int) -> None:
    means = sliding_means(hours, width=width, needed=needed)
    assert len(means) == len(hours)
    for last, mean in enumerate(means):
        window = [value for value in hours[max(0, last - width + 1) : last + 1] if value is not None]
        assert (mean is None) == (len(window) < needed)
        if mean is not None:
            assert min(window) <= mean <= max(window)


def test_ozone_maximum_is_the_highest_eight_hours_within_the_day() -> None:
    hours: list[int | None] = [0] * 24
    hours[12:20] = [80, 160, 160, 160, 160, 160, 160, 80]
    assert ozone_daily_maximum(hours) == 140


def test_ozone_of_the_night_before_does_not_count() -> None:
    # The mean that ends at 08:00 is the first; four high hours after midnight fill half of it.
    assert ozone_daily_maximum([160] * 4 + [0] * 20) == 80


def test_ozone_maximum_needs_fourteen_valid_means() -> None:
    # The first hours are missing, so the means that end at 08:00, 09:00 and 10:00 have five hours or less.
    assert ozone_daily_maximum([None] * 5 + [100] * 19) == 100
    assert ozone_daily_maximum([None] * 6 + [100] * 18) is None
    assert ozone_daily_maximum([None] * 6 + [100] * 18, validity=Validity(ozone_means=13)) == 100
    assert ozone_daily_maximum([None] * 24, validity=Validity(ozone_means=0)) is None


def test_eight_hour_mean_needs_six_hours() -> None:
    gappy = [100, 100, 100, 100, 100, 100, None, None] * 3
    assert ozone_daily_maximum(gappy) == 100
    assert ozone_daily_maximum(gappy, validity=Validity(eight_hours=7)) is None


@pytest.mark.parametrize("length", [0, 23, 25])
def test_day_of_another_length_is_refused(length: int) -> None:
    hours = [1] * length
    with pytest.raises(ValueError, match="24 hours"):
        ozone_daily_maximum(hours)
    with pytest.raises(ValueError, match="24 hours"):
        daily_concentrations({Pollutant.PM10: hours})
    if length > 24:
        with pytest.raises(ValueError, match="24 hours"):
            day_mean(hours)


def test_daily_concentrations_are_those_of_the_daily_report() -> None:
    day: dict[Pollutant, Series] = {pollutant: [place] * 24 for place, pollutant in enumerate(Pollutant)}
    found = daily_concentrations(day)
    assert tuple(found) == HJ_633_2012.factors(ReportKind.DAILY)
    assert list(found.values()) == [0, 1, 2, 3, 4, 5]


def test_daily_concentration_without_enough_hours_is_none() -> None:
    found = daily_concentrations({Pollutant.PM10: [1] * 19 + [None] * 5})
    assert found == {Factor(Pollutant.PM10, Averaging.DAY): None}


def test_realtime_concentrations_hold_the_present_hour_and_the_sliding_day() -> None:
    found = realtime_concentrations({Pollutant.PM10: [0] * 12 + [24] * 12, Pollutant.O3: [1, 2]})
    assert found == {
        Factor(Pollutant.PM10, Averaging.HOUR): 24,
        Factor(Pollutant.PM10, Averaging.DAY): 12,
        Factor(Pollutant.O3, Averaging.HOUR): 2,
    }


def test_realtime_concentration_without_hours_is_none() -> None:
    found = realtime_concentrations({Pollutant.PM2_5: [], Pollutant.CO: [1, None]})
    assert set(found.values()) == {None}


def test_realtime_report_looks_back_a_day_at_most() -> None:
    with pytest.raises(ValueError, match="24 hours"):
        realtime_concentrations({Pollutant.PM10: [1] * 25})
