"""Tiered prices: the worked examples, and that parts add up to the whole."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.metering.rules.prices import Fee, Price, Tier, charge, fault_in, widened
from onecity.domains.metering.rules.times import month_start, next_month

ELECTRICITY = Price(
    (Tier(Decimal(2760), Decimal("0.538")), Tier(Decimal(4800), Decimal("0.588")), Tier(None, Decimal("0.838")))
)
WATER = Price((Tier(Decimal(180), Decimal(5)), Tier(Decimal(260), Decimal(7)), Tier(None, Decimal(9))))
quantities = st.decimals(0, 9000, places=3)


@pytest.mark.parametrize(
    ("price", "quantity", "yuan"),
    [
        (ELECTRICITY, 1000, "538.00"),
        (ELECTRICITY, 2760, "1484.88"),
        (ELECTRICITY, 3000, "1626.00"),
        (ELECTRICITY, 4800, "2684.40"),
        (ELECTRICITY, 5000, "2852.00"),
        (WATER, 100, "500.00"),
        (WATER, 180, "900.00"),
        (WATER, 200, "1040.00"),
        (WATER, 300, "1820.00"),
        (WATER, 0, "0"),
    ],
)
def test_worked_examples_of_a_year(price: Price, quantity: int, yuan: str) -> None:
    assert charge(price, usage=Decimal(quantity)).amount == Decimal(yuan)


def test_month_that_crosses_a_bound_is_charged_in_both_tiers() -> None:
    found = charge(ELECTRICITY, usage=Decimal(120), before=Decimal(2700))
    assert found.amount == Decimal("67.56")
    assert [(line.tier, line.quantity, line.amount) for line in found.lines] == [
        (1, Decimal(60), Decimal("32.28")),
        (2, Decimal(60), Decimal("35.28")),
    ]


@pytest.mark.data
def test_examples_of_the_standards_folder(standards: Path) -> None:
    given_: dict[str, Any] = json.loads((standards / "services/numeric-examples.json").read_text(encoding="utf-8"))
    for case in given_["tier_electricity_annual"]["cases"]:
        assert charge(ELECTRICITY, usage=Decimal(case["kwh"])).amount == Decimal(str(case["yuan"]))
    for case in given_["tier_water_annual"]["cases"]:
        assert charge(WATER, usage=Decimal(case["m3"])).amount == Decimal(str(case["yuan"]))
    step = given_["tier_incremental_bill"]
    found = charge(ELECTRICITY, usage=Decimal(step["month_kwh"]), before=Decimal(step["prev_cum"]))
    assert found.amount == Decimal(str(step["yuan"]))


@given(quantities, quantities)
def test_months_add_up_to_the_year_but_for_cents(first: Decimal, second: Decimal) -> None:
    parts = charge(WATER, usage=first).amount + charge(WATER, usage=second, before=first).amount
    assert abs(parts - charge(WATER, usage=first + second).amount) <= Decimal("0.03")


@given(quantities, quantities)
def test_more_is_never_cheaper(first: Decimal, second: Decimal) -> None:
    low, high = sorted((first, second))
    assert charge(ELECTRICITY, usage=low).amount <= charge(ELECTRICITY, usage=high).amount


@given(quantities, quantities)
def test_lines_hold_the_whole_usage(usage: Decimal, before: Decimal) -> None:
    found = charge(WATER, usage=usage, before=before)
    assert sum((line.quantity for line in found.lines), Decimal(0)) == usage


def test_fees_are_charged_on_every_unit() -> None:
    price = Price(WATER.tiers, (Fee("污水处理费", Decimal("1.36")), Fee("水资源费", Decimal("1.57"))))
    found = charge(price, usage=Decimal(10), before=Decimal(175))
    assert [(line.tier, line.name, line.amount) for line in found.lines] == [
        (1, "", Decimal("25.00")),
        (2, "", Decimal("35.00")),
        (0, "污水处理费", Decimal("13.60")),
        (0, "水资源费", Decimal("15.70")),
    ]
    assert found.amount == Decimal("89.30")


def test_large_households_have_wider_tiers() -> None:
    price = Price(WATER.tiers, persons_from=4, per_person=Decimal(30))
    assert [tier.up_to for tier in widened(price, persons=6)] == [240, 320, None]
    assert [tier.up_to for tier in widened(price, persons=3)] == [180, 260, None]
    assert [tier.up_to for tier in widened(WATER, persons=9)] == [180, 260, None]
    assert charge(price, usage=Decimal(200), persons=6).amount == Decimal(1000)


@pytest.mark.parametrize(("usage", "before"), [(-1, 0), (1, -1)])
def test_less_than_nothing_is_refused(usage: int, before: int) -> None:
    with pytest.raises(ValueError, match="nought"):
        charge(WATER, usage=Decimal(usage), before=Decimal(before))


@pytest.mark.parametrize(
    ("tiers", "fault"),
    [
        ([], "最后一档不设上限"),
        ([(180, 5)], "最后一档不设上限"),
        ([(None, 5), (None, 7)], "除最后一档外，每一档都要有大于零的上限"),
        ([(0, 5), (None, 7)], "除最后一档外，每一档都要有大于零的上限"),
        ([(260, 5), (180, 6), (None, 7)], "各档上限应逐档提高"),
        ([(180, 5), (180, 6), (None, 7)], "各档上限应逐档提高"),
        ([(180, 5), (None, 4)], "各档单价应大于零，且不低于前一档"),
        ([(None, 0)], "各档单价应大于零，且不低于前一档"),
        ([(180, 5), (None, 7)], ""),
    ],
)
def test_tiers_must_rise(tiers: list[tuple[int | None, int]], fault: str) -> None:
    made = [Tier(None if bound is None else Decimal(bound), Decimal(price)) for bound, price in tiers]
    assert fault_in(made) == fault


def test_months_follow_one_another() -> None:
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert month_start(date(2026, 2, 28)) == date(2026, 2, 1)
