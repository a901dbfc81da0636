"""Classes of surface water: every limit of the standard, the worst factor, main pollutants, rounding, means."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.rules.water.gb3838 import LIMITS
from onecity.domains.environment.rules.water.items import BODY_NAMES, CLASSES, Body, Direction, Item
from onecity.domains.environment.rules.water.judging import (
    Method,
    item_class,
    judge,
    mean_of,
    method_on,
    multiple,
    rounded,
)
from onecity.domains.environment.rules.water.limits import ItemLimits, fault_in, limits_on

DAY = date(2026, 3, 1)
BOOK = limits_on(DAY, limits=LIMITS)
D = Decimal
METHOD = Method(
    valid_from=date(2002, 6, 1),
    edition_code="GB 3838-2002",
    needed=frozenset(),
    not_judged=frozenset({Item.TN, Item.COLIFORM}),
    decimals={},
    half_even=True,
    most_main=3,
    day_samples=1,
    month_samples=2,
    hydrogen_mean=False,
)
_STEPS = ("I", "II", "III", "IV", "V")


def method(**changes: object) -> Method:
    values = {name: getattr(METHOD, name) for name in Method.__dataclass_fields__}
    return Method(**{**values, **changes})


def test_every_limit_is_the_standard_s(standards: Path) -> None:
    with (standards / "governance" / "surface-water-limits.csv").open(encoding="utf-8") as file:
        rows = {int(row["no"]): row for row in csv.DictReader(file)}
    assert len(rows) == len(LIMITS) == 23
    for number, row in zip(range(2, 25), LIMITS, strict=True):
        told = rows[number]
        if row.direction is Direction.RANGE:
            assert (told["direction"], told["I"], row.lower, set(row.steps)) == ("range", "6-9", D(6), {D(9)})
            continue
        assert told["direction"] == row.direction.value
        assert [D(told[name]) for name in _STEPS] == list(row.steps)
        lake = [D(told[f"lake_{name}"]) for name in _STEPS] if told["lake_I"] else list(row.steps)
        assert lake == list(row.of(Body.LAKE))


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row.item.value)
@pytest.mark.parametrize("body", list(Body))
def test_value_at_a_limit_keeps_it_and_a_little_worse_does_not(row: ItemLimits, body: Body) -> None:
    steps = row.of(body)
    little = D("-0.000001") if row.direction is Direction.MIN else D("0.000001")
    for step in steps:
        assert item_class(step, limits=row, body=body) == steps.index(step) + 1
        worse = item_class(step + little, limits=row, body=body)
        assert worse == next((n for n, s in enumerate(steps, 1) if (s < step if little < 0 else s > step)), 6)


def test_ph_outside_its_range_is_worse_than_v() -> None:
    assert [item_class(D(text), limits=BOOK[Item.PH], body=Body.RIVER) for text in ("5.99", "6", "9", "9.01")] == [
        6,
        1,
        1,
        6,
    ]


def test_worked_example_of_the_facts() -> None:
    values = {Item.COD: D(22), Item.NH3N: D("0.8"), Item.TP: D("0.25"), Item.DO: D("5.5"), Item.CODMN: D(5)}
    found = judge(values, limits=BOOK, method=METHOD, body=Body.RIVER)
    assert found.water_class == 4
    assert {item: found.classes[item] for item in values} == {
        Item.COD: 4,
        Item.TP: 4,
        Item.NH3N: 3,
        Item.DO: 3,
        Item.CODMN: 3,
    }
    assert found.worst == (Item.COD, Item.TP)
    assert [(row.item, row.multiple) for row in found.main] == [(Item.TP, D("0.25")), (Item.COD, D("0.10"))]


def test_total_nitrogen_and_coliforms_are_not_judged() -> None:
    values = {Item.DO: D(8), Item.TN: D(30), Item.COLIFORM: D(10**6)}
    found = judge(values, limits=BOOK, method=METHOD, body=Body.LAKE)
    assert (found.water_class, set(found.classes)) == (1, {Item.DO})
    assert judge(values, limits=BOOK, method=method(not_judged=frozenset()), body=Body.LAKE).water_class == 6


def test_lake_is_judged_by_its_own_phosphorus_limits() -> None:
    values = {Item.TP: D("0.08")}
    assert judge(values, limits=BOOK, method=METHOD, body=Body.RIVER).water_class == 2
    assert judge(values, limits=BOOK, method=METHOD, body=Body.LAKE).water_class == 4


def test_without_a_needed_item_there_is_no_class_and_without_any_value_neither() -> None:
    needy = method(needed=frozenset({Item.DO, Item.TP}))
    found = judge({Item.DO: D(8)}, limits=BOOK, method=needy, body=Body.RIVER)
    assert (found.water_class, found.missing, found.worst) == (None, (Item.TP,), ())
    assert judge({}, limits=BOOK, method=METHOD, body=Body.RIVER).water_class is None


def test_main_pollutants_are_the_three_that_exceed_most_and_never_ph_or_oxygen() -> None:
    values = {
        Item.PH: D(3),
        Item.DO: D(1),
        Item.COD: D(32),
        Item.NH3N: D(3),
        Item.TP: D("0.9"),
        Item.CODMN: D(9),
    }
    found = judge(values, limits=BOOK, method=METHOD, body=Body.RIVER)
    assert [(row.item.value, row.multiple) for row in found.main] == [
        ("tp", D("3.50")),
        ("nh3n", D("2.00")),
        ("cod", D("0.60")),
    ]
    assert set(found.exceeding) == set(values)
    assert multiple(D(3), limits=BOOK[Item.DO], body=Body.RIVER) is None


@pytest.mark.parametrize(
    ("text", "half_even", "expected"),
    [("0.0105", True, "0.010"), ("0.0105", False, "0.011"), ("0.0115", True, "0.012"), ("0.01051", True, "0.011")],
)
def test_halves_go_to_the_even_digit_where_the_method_says_so(text: str, half_even: bool, expected: str) -> None:
    chosen = method(decimals={Item.TP: 3}, half_even=half_even)
    assert rounded(Item.TP, D(text), method=chosen) == D(expected)
    assert rounded(Item.DO, D("7.4999"), method=chosen) == D("7.4999")


def test_newest_limits_that_have_begun_hold() -> None:
    row = BOOK[Item.TP]
    newer = ItemLimits(row.item, row.direction, (*row.steps[:4], D(1)), (), None, "mg/L", "新版", date(2030, 1, 1))
    both = [newer, *LIMITS]
    assert limits_on(date(2029, 12, 31), limits=both)[Item.TP].edition_code == "GB 3838-2002"
    assert limits_on(date(2030, 1, 1), limits=both)[Item.TP].edition_code == "新版"
    assert limits_on(date(1999, 1, 1), limits=both) == {}


def test_method_goes_by_the_day_of_the_data() -> None:
    newer = method(valid_from=date(2030, 1, 1))
    assert method_on(date(2029, 12, 31), methods=[newer, METHOD]) is METHOD
    assert method_on(date(2030, 1, 1), methods=[newer, METHOD]) is newer
    with pytest.raises(ValueError, match="no method"):
        method_on(date(1990, 1, 1), methods=[METHOD])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ""),
        ({"steps": (D(1), D(2))}, "steps"),
        ({"steps": (D(5), D(4), D(3), D(2), D(1))}, "steps"),
        ({"steps": (D(-1), D(2), D(3), D(4), D(5))}, "steps"),
        ({"lake": (D(1),)}, "lake"),
        ({"lake": (D(1), D(1), D(2), D(2), D(3))}, ""),
        ({"lower": D(1)}, "lower"),
        ({"direction": Direction.MIN, "steps": (D(5), D(4), D(3), D(2), D(1))}, ""),
        ({"direction": Direction.RANGE, "steps": (D(9),) * 5}, "lower"),
        ({"direction": Direction.RANGE, "steps": (D(9),) * 5, "lower": D(6)}, ""),
        ({"direction": Direction.RANGE, "steps": (D(9),) * 5, "lower": D(10)}, "lower"),
    ],
)
def test_new_limits_must_be_five_and_in_order(changes: dict[str, object], fault: str) -> None:
    values: dict[str, object] = {
        "item": Item.TP,
        "direction": Direction.MAX,
        "steps": (D(1), D(2), D(3), D(4), D(5)),
        "lake": (),
        "lower": None,
        "unit": "mg/L",
        "edition_code": "x",
        "valid_from": DAY,
    }
    assert fault_in(ItemLimits(**{**values, **changes})) == fault  # type: ignore[arg-type]  # a row of cases


def test_mean_is_arithmetic_and_ph_may_be_that_of_hydrogen_ions() -> None:
    samples = [{Item.PH: D(6), Item.TP: D("0.1")}, {Item.PH: D(8), Item.TP: D("0.2")}, {Item.TP: D("0.2")}]
    assert mean_of(samples, method=METHOD) == {Item.PH: D("7.00"), Item.TP: D("0.1667")}
    assert mean_of(samples, method=method(hydrogen_mean=True))[Item.PH] == D("6.30")
    assert mean_of([], method=METHOD) == {}


@given(
    item=st.sampled_from(list(Item)),
    body=st.sampled_from(list(Body)),
    value=st.decimals(min_value=0, max_value=50_000, places=5),
    more=st.decimals(min_value=0, max_value=1_000, places=5),
)
def test_worse_value_never_gives_a_better_class(item: Item, body: Body, value: Decimal, more: Decimal) -> None:
    limits = BOOK[item]
    if limits.direction is Direction.RANGE:
        value = max(value, D(7))
    other = value - more if limits.direction is Direction.MIN else value + more
    better, worse = (item_class(found, limits=limits, body=body) for found in (value, other))
    assert 1 <= better <= worse <= 6


@given(
    values=st.dictionaries(st.sampled_from(list(Item)), st.decimals(min_value=0, max_value=100, places=3), min_size=1),
    extra=st.sampled_from(list(Item)),
    amount=st.decimals(min_value=0, max_value=100, places=3),
)
def test_one_more_item_never_makes_the_water_better(values: dict[Item, Decimal], extra: Item, amount: Decimal) -> None:
    judged = method(not_judged=frozenset())
    before = judge(values, limits=BOOK, method=judged, body=Body.RIVER).water_class
    after = judge({extra: amount, **values}, limits=BOOK, method=judged, body=Body.RIVER).water_class
    assert before is not None
    assert after is not None
    assert after >= before


def test_classes_and_bodies_have_names() -> None:
    assert [item.number for item in CLASSES] == [1, 2, 3, 4, 5, 6]
    assert set(BODY_NAMES) == set(Body)
    assert all(item.label for item in Item)
