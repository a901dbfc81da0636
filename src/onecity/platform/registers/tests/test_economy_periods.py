"""Reporting periods as tables write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.registers.rules.economy.periods import (
    PERIOD_KINDS,
    Period,
    period_before,
    read_period,
    year_before,
    year_in,
)

WRITTEN = [
    ("2023年", Period(2023, "year")),
    ("2023", Period(2023, "year")),
    ("2023年末", Period(2023, "year")),
    ("2023年底", Period(2023, "year")),
    ("2023年度", Period(2023, "year")),
    ("2023年全年", Period(2023, "year")),
    ("二〇二三年", Period(2023, "year")),
    ("２０２３年", Period(2023, "year")),
    ("2023 年", Period(2023, "year")),
    ("2023年上半年", Period(2023, "half", 1)),
    ("2023年下半年", Period(2023, "half", 2)),
    ("2023H2", Period(2023, "half", 2)),
    ("2023年第一季度", Period(2023, "quarter", 1)),
    ("2023年四季度", Period(2023, "quarter", 4)),
    ("2023年3季度末", Period(2023, "quarter", 3)),
    ("2023Q2", Period(2023, "quarter", 2)),
    ("2023年前三季度", Period(2023, "cumulative", 9)),
    ("2023年1-6月", Period(2023, "cumulative", 6)),
    ("2023年1—11月", Period(2023, "cumulative", 11)),
    ("2023年１～２月累计", Period(2023, "cumulative", 2)),
    ("2023年一至六月", Period(2023, "cumulative", 6)),
    ("2023T06", Period(2023, "cumulative", 6)),
    ("2023年6月", Period(2023, "month", 6)),
    ("2023年十二月", Period(2023, "month", 12)),
    ("2023年十月", Period(2023, "month", 10)),
    ("2023年06月末", Period(2023, "month", 6)),
    ("2023.06", Period(2023, "month", 6)),
    ("2023-11", Period(2023, "month", 11)),
]


@pytest.mark.parametrize(("text", "period"), WRITTEN)
def test_every_way_of_writing_a_period_is_read(text: str, period: Period) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    "text", ["", "合计", "2023年13月", "2023年1-13月", "2023年第五季度", "2023年0月", "123", "2023年2-6月"]
)
def test_what_is_no_period_is_not_taken_for_one(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("1-6月", Period(2023, "cumulative", 6)),
        ("一季度", Period(2023, "quarter", 1)),
        ("6月", Period(2023, "month", 6)),
        ("上半年", Period(2023, "half", 1)),
        ("全年", Period(2023, "year")),
    ],
)
def test_heading_without_a_year_takes_the_titles(text: str, period: Period) -> None:
    assert read_period(text, default_year=2023) == period
    assert read_period(text) is None


def test_own_year_of_a_heading_wins_over_the_titles() -> None:
    assert read_period("2022年1-6月", default_year=2023) == Period(2022, "cumulative", 6)


def test_title_with_several_years_names_none() -> None:
    assert year_in("2022年和2023年主要指标") is None
    assert year_in("2023年1-6月主要指标") == 2023
    assert year_in("主要指标") is None


def test_periods_that_do_not_exist_are_refused() -> None:
    for kind, number in (("year", 2), ("half", 3), ("quarter", 0), ("month", 13), ("cumulative", 13)):
        with pytest.raises(ValueError, match="there is no"):
            Period(2023, PERIOD_KINDS[kind], number)
    with pytest.raises(ValueError, match="of 1066"):
        Period(1066, "year")


@pytest.mark.parametrize(
    ("period", "day"),
    [
        (Period(2023, "year"), date(2023, 12, 31)),
        (Period(2024, "month", 2), date(2024, 2, 29)),
        (Period(2023, "quarter", 3), date(2023, 9, 30)),
        (Period(2023, "half", 1), date(2023, 6, 30)),
        (Period(2023, "cumulative", 11), date(2023, 11, 30)),
    ],
)
def test_period_ends_on_the_last_day_of_its_last_month(period: Period, day: date) -> None:
    assert period.ends_on == day


def test_period_before_the_first_of_a_year_is_the_last_of_the_year_before() -> None:
    assert period_before(Period(2023, "quarter", 1)) == Period(2022, "quarter", 4)
    assert period_before(Period(2023, "month", 7)) == Period(2023, "month", 6)
    assert period_before(Period(2023, "year")) == Period(2022, "year")
    assert period_before(Period(2023, "cumulative", 6)) is None


periods = st.sampled_from([("year", 1), ("half", 2), ("quarter", 4), ("month", 12), ("cumulative", 12)]).flatmap(
    lambda kind: st.builds(Period, st.integers(1950, 2100), st.just(PERIOD_KINDS[kind[0]]), st.integers(1, kind[1]))
)


@given(periods)
def test_code_of_a_period_is_read_back(period: Period) -> None:
    assert read_period(period.code.replace("M", "-")) == period


@given(periods)
def test_a_year_before_ends_in_the_same_month(period: Period) -> None:
    earlier = year_before(period)
    assert (earlier.year, earlier.last_month) == (period.year - 1, period.last_month)
