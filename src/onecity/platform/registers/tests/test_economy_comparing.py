"""Figures compared and checked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.registers.rules.economy.checking import (
    Traits,
    check_flow,
    check_growth,
    check_sums,
    check_together,
    sums_to,
)
from onecity.platform.registers.rules.economy.comparing import (
    growth,
    per_head,
    period_on_period,
    share_of,
    year_on_year,
)
from onecity.platform.registers.rules.economy.periods import Period

Y2021, Y2022, Y2023 = Period(2021, "year"), Period(2022, "year"), Period(2023, "year")


def d(text: str) -> Decimal:
    return Decimal(text)


def test_growth_of_an_amount_is_percent_and_of_a_rate_points() -> None:
    assert growth(d("110"), d("100"), kind="flow") == 10
    assert growth(d("5.2"), d("5.5"), kind="rate") == d("-0.3")


@pytest.mark.parametrize("before", [None, d("0"), d("-5")])
def test_growth_over_nothing_is_not_told(before: Decimal | None) -> None:
    assert growth(d("10"), before, kind="stock") is None
    assert growth(None, d("10"), kind="stock") is None


def test_index_to_the_year_before_is_growth_already() -> None:
    assert year_on_year({Y2023: d("100.7")}, Y2023, kind="index") == d("0.7")
    assert year_on_year({}, Y2023, kind="index") is None
    assert period_on_period({Y2023: d("1"), Y2022: d("1")}, Y2023, kind="index") is None


def test_year_on_year_takes_the_same_months() -> None:
    line = {Period(2023, "cumulative", 6): d("120"), Period(2022, "cumulative", 6): d("100"), Y2022: d("1")}
    assert year_on_year(line, Period(2023, "cumulative", 6), kind="flow") == 20


def test_period_on_period_crosses_the_year_and_skips_running_totals() -> None:
    line = {Period(2023, "quarter", 1): d("90"), Period(2022, "quarter", 4): d("100")}
    assert period_on_period(line, Period(2023, "quarter", 1), kind="flow") == -10
    assert period_on_period({}, Period(2023, "cumulative", 3), kind="flow") is None


def test_share_of_a_missing_or_empty_whole_is_not_told() -> None:
    assert share_of(d("25"), d("200")) == d("12.5")
    assert share_of(d("25"), d("0")) is None
    assert share_of(None, d("1")) is None


def test_flow_per_head_takes_the_mean_of_two_year_ends() -> None:
    people = {Y2022: d("900"), Y2023: d("910")}
    assert per_head({Y2023: d("7000")}, people, Y2023, kind="flow") == d("7000") / d("905")
    assert per_head({Y2023: d("7000")}, {Y2023: d("910")}, Y2023, kind="flow") == d("7000") / d("910")
    assert per_head({Y2023: d("7000")}, people, Y2023, kind="stock") == d("7000") / d("910")


def test_rates_and_parts_of_a_year_have_no_figure_per_head() -> None:
    people = {Y2023: d("910")}
    assert per_head({Y2023: d("5")}, people, Y2023, kind="rate") is None
    assert per_head({Period(2023, "quarter", 1): d("5")}, people, Period(2023, "quarter", 1), kind="flow") is None
    assert per_head({Y2023: d("5")}, {}, Y2023, kind="flow") is None
    assert per_head({}, people, Y2023, kind="flow") is None


def test_parts_may_miss_the_whole_by_their_rounding_only() -> None:
    assert sums_to(d("10.00"), [d("3.33"), d("3.33"), d("3.33")], decimals=2)
    assert not sums_to(d("10.00"), [d("3.33"), d("3.33"), d("3.31")], decimals=2)


@given(st.lists(st.decimals(min_value=0, max_value=10_000, places=6), min_size=1, max_size=12))
def test_rounded_parts_of_a_rounded_whole_always_pass(parts: list[Decimal]) -> None:
    whole = round(sum(parts, Decimal(0)), 2)
    assert sums_to(whole, [round(part, 2) for part in parts], decimals=2)


def test_sums_are_checked_where_every_part_is_known() -> None:
    parts = {"a": {Y2022: d("1"), Y2023: d("1")}, "b": {Y2023: d("2")}}
    found = check_sums(
        {Y2022: d("9"), Y2023: d("4")}, parts, decimals=0, check="parts", series="s", division_code="220100"
    )
    assert found == []
    found = check_sums(
        {Y2022: d("9"), Y2023: d("6")}, parts, decimals=0, check="parts", series="s", division_code="220100"
    )
    assert [(item.period, item.expected, item.found, item.of) for item in found] == [
        (Y2023, d("6"), d("3"), ("a", "b"))
    ]
    assert check_sums({Y2023: d("6")}, {}, decimals=0, check="parts", series="s", division_code="220100") == []


def test_told_growth_is_held_against_the_figures() -> None:
    line = {Y2022: d("6744.56"), Y2023: d("7002.06")}
    right = check_growth(line, {Y2023: d("3.8")}, kind="flow", decimals=2, series="s", division_code="220100")
    assert right == []
    wrong = check_growth(line, {Y2023: d("6.5")}, kind="flow", decimals=2, series="s", division_code="220100")
    assert [(item.check, item.period, item.expected) for item in wrong] == [("growth", Y2023, d("6.5"))]
    assert wrong[0].found.quantize(d("0.01")) == d("3.82")


def test_told_growth_without_a_year_before_is_not_judged() -> None:
    told = {Y2021: d("5"), Y2022: d("5")}
    assert check_growth({Y2022: d("1")}, told, kind="flow", decimals=0, series="s", division_code="2") == []


def test_change_of_a_rate_is_judged_in_points() -> None:
    line = {Y2022: d("5.5"), Y2023: d("5.2")}
    assert check_growth(line, {Y2023: d("-0.3")}, kind="rate", decimals=1, series="s", division_code="2") == []
    assert check_growth(line, {Y2023: d("-1.0")}, kind="rate", decimals=1, series="s", division_code="2") != []


def test_quarters_must_add_up_to_half_year_and_year() -> None:
    quarters = {Period(2023, "quarter", number): d("10") for number in (1, 2, 3, 4)}
    line = {**quarters, Period(2023, "half", 1): d("20"), Period(2023, "half", 2): d("25"), Y2023: d("40")}
    found = check_flow(line, decimals=0, series="s", division_code="2")
    assert [(item.check, item.period, item.found) for item in found] == [("quarters", Period(2023, "half", 2), d("20"))]


def test_running_total_that_falls_is_found() -> None:
    line = {Period(2023, "cumulative", 2): d("10"), Period(2023, "cumulative", 4): d("9")}
    found = check_flow(line, decimals=0, series="s", division_code="2")
    assert [(item.check, item.expected, item.found) for item in found] == [("falling", d("10"), d("9"))]


def test_lines_of_one_table_are_checked_together() -> None:
    traits = {"all": Traits("stock", 0, ("a", "b")), "a": Traits("flow", 0), "b": Traits("flow", 0)}
    lines = {("all", "2"): {Y2023: d("9")}, ("a", "2"): {Y2023: d("3")}, ("b", "2"): {Y2023: d("3"), Y2022: d("2")}}
    found = check_together(lines, stated={("b", "2"): {Y2023: d("10")}}, traits=traits)
    assert [(item.check, item.series) for item in found] == [("parts", "all")]
    found = check_together(
        {("b", "2"): {Y2023: d("30"), Y2022: d("20")}}, stated={("b", "2"): {Y2023: d("10")}}, traits=traits
    )
    assert [(item.check, item.series) for item in found] == [("growth", "b")]
