"""Verdicts of households worked out by hand; each figure stands in the comment beside it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.welfare.rules.codes import Aid, Asset, Department, Income, Relation
from onecity.domains.welfare.rules.household import Expense, PersonRecord
from onecity.domains.welfare.rules.judging import Verdict, cannot_work, judge
from onecity.domains.welfare.tests.households import DAY, D, asset, found, household, member, policy, year

HR, TAX, FINANCE = Department.HUMAN_RESOURCES, Department.TAX, Department.FINANCE


def failed(verdict: Verdict) -> list[str]:
    return [step.code for step in verdict.steps if step.passed is False]


def test_household_1_without_any_income_is_entitled() -> None:
    verdict = judge(household(), found(), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert verdict.eligible
    assert verdict.means.per_head == 0


def test_household_2_at_the_line_to_the_cent_is_entitled_and_a_cent_above_is_not() -> None:
    two = (member("a"), member("b", relation=Relation.SPOUSE))
    at = household(*two, incomes=year("a", "wage", 1600))  # 1600 × 12 ÷ 12 ÷ 2 = 800.00
    assert judge(at, found(), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY).eligible
    above = household(*two, incomes=[*year("a", "wage", 1600), replace(year("a", "other", 0)[0], gross=D("0.24"))])
    verdict = judge(above, found(), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)  # 19200.24 ÷ 24 = 800.01
    assert verdict.means.per_head == D("800.01")
    assert failed(verdict) == ["income"]


def test_household_3_income_is_net_of_tax_and_own_contributions() -> None:
    incomes = year("a", "wage", 1200, tax=D(50), contributions=D(400))  # 1200 − 50 − 400 = 750
    verdict = judge(household(incomes=incomes), found(), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert (verdict.means.per_head, verdict.eligible) == (D("750.00"), True)


def test_household_4_found_wages_above_the_declared_ones_count() -> None:
    told = found(incomes=year("a", "wage", 1500, source=HR), answered=frozenset({HR}))
    verdict = judge(household(incomes=year("a", "wage", 500)), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert verdict.means.per_head == D("1500.00")
    assert failed(verdict) == ["income"]


def test_household_5_one_wage_told_by_two_departments_counts_once() -> None:
    told = found(incomes=[*year("a", "wage", 600, source=HR), *year("a", "wage", 700, source=TAX)])
    verdict = judge(household(), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert verdict.means.per_head == D("700.00")
    assert verdict.means.streams[0].sources == (HR, TAX)


def test_household_6_the_cost_of_working_is_left_out_of_wages_only() -> None:
    incomes = [*year("a", "wage", 1000), *year("a", "pension", 100)]  # 1000 × 0.8 + 100 = 900
    limits = policy(work_share=D("0.2"), line=D(900))
    verdict = judge(household(incomes=incomes), found(), aid=Aid.MINIMUM_LIVING, policy=limits, on=DAY)
    assert (verdict.means.per_head, verdict.eligible) == (D("900.00"), True)
    assert verdict.means.by_kind[Income.WAGE] == D("9600.00")
    assert verdict.means.by_kind[Income.TRANSFER] == D("1200.00")


def test_household_7_income_outside_the_look_back_and_uncounted_topics_are_left_out() -> None:
    old = replace(year("a", "wage", 9000)[0], month=date(2025, 2, 1))
    fresh = replace(old, month=date(2026, 3, 1))
    incomes = [old, fresh, *year("a", "subsidy", 2000)]
    verdict = judge(
        household(incomes=incomes), found(), aid=Aid.MINIMUM_LIVING, policy=policy(uncounted=("subsidy",)), on=DAY
    )
    assert verdict.means.total == 0


def test_household_8_shorter_look_back_weighs_recent_months_more() -> None:
    recent = [item for item in year("a", "wage", 1200) if item.month >= date(2025, 9, 1)]  # 6 months
    long, short = policy(), policy(look_back_months=6)
    assert judge(household(incomes=recent), found(), aid=Aid.MINIMUM_LIVING, policy=long, on=DAY).means.per_head == 600
    verdict = judge(household(incomes=recent), found(), aid=Aid.MINIMUM_LIVING, policy=short, on=DAY)
    assert verdict.means.per_head == 1200


def test_household_9_a_supporters_surplus_counts_and_he_is_no_head() -> None:
    son = member("s", relation=Relation.CHILD, born=1990, supports=True)
    told = found(incomes=year("s", "wage", 3600, source=TAX))  # (3600 − 2 × 800) × 0.3 = 600 a month
    verdict = judge(household(member(born=1950), son), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert (verdict.means.heads, verdict.means.per_head) == (1, D("600.00"))
    assert verdict.means.support == D("7200.00")


def test_household_10_support_that_was_declared_is_not_counted_twice() -> None:
    son = member("s", relation=Relation.CHILD, born=1990, supports=True)
    told = found(incomes=year("s", "wage", 3600, source=TAX))
    given_ = household(member(born=1950), son, incomes=year("a", "support", 700))  # more than the 600 taken for granted
    verdict = judge(given_, told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert verdict.means.per_head == D("700.00")


def test_household_11_a_dead_member_is_no_head() -> None:
    two = (member("a"), member("b", relation=Relation.PARENT, born=1940))
    told = found(people=(PersonRecord("b", death_date=date(2025, 6, 1)),))
    verdict = judge(
        household(*two, incomes=year("a", "wage", 1000)), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY
    )
    assert (verdict.means.heads, verdict.means.per_head) == (1, D("1000.00"))
    assert [item.code for item in verdict.open_questions] == ["dead_member"]


def test_household_12_of_whom_all_died_is_not_entitled() -> None:
    told = found(people=(PersonRecord("a", death_date=DAY),))
    verdict = judge(household(), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert failed(verdict) == ["heads"]


@pytest.mark.parametrize(("balance", "eligible"), [(19200, True), (19201, False)])
def test_household_13_deposits_up_to_two_years_of_the_line_a_head(balance: int, eligible: bool) -> None:
    told = found(assets=[asset("a", Asset.DEPOSIT, balance, source=FINANCE)])  # 2 × 800 × 12 × 1 = 19200
    verdict = judge(household(), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert verdict.eligible is eligible
    assert failed(verdict) == ([] if eligible else ["financial"])


def test_household_14_accounts_at_several_banks_add_up() -> None:
    told = found(assets=[asset("a", Asset.DEPOSIT, 10_000, mark=str(bank), source=FINANCE) for bank in range(2)])
    verdict = judge(household(), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert verdict.wealth.financial == 20_000
    assert failed(verdict) == ["financial"]


def test_household_15_a_car_excludes_and_a_disabled_owners_car_does_not() -> None:
    car = asset("a", Asset.VEHICLE, 30_000, mark="吉A12345", source=Department.PUBLIC_SECURITY)
    declared = asset("a", Asset.VEHICLE, 30_000, mark="吉A12345", living_tool=True)
    plain = judge(household(), found(assets=[car]), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert failed(plain) == ["vehicles"]
    owner = member("a", disability=1)
    spared = judge(
        household(owner, assets=[declared]), found(assets=[car]), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY
    )
    assert spared.eligible


def test_household_16_a_tool_of_living_that_carries_for_hire_unseen_is_no_tool() -> None:
    hired = asset("a", Asset.VEHICLE, mark="吉A12345", operating=True, source=Department.TRANSPORT)
    declared = asset("a", Asset.VEHICLE, mark="吉A12345", living_tool=True)
    told = judge(household(assets=[declared]), found(assets=[hired]), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert failed(told) == ["vehicles"]
    open_ = replace(declared, operating=True)
    assert judge(
        household(assets=[open_]), found(assets=[hired]), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY
    ).eligible


def test_household_17_second_house_and_paid_in_capital_exclude() -> None:
    told = found(
        assets=[
            asset("a", Asset.HOUSE, mark="1", area=D(50), source=Department.REAL_ESTATE),
            asset("a", Asset.HOUSE, mark="2", area=D(60), source=Department.HOUSING),
            asset("a", Asset.ENTERPRISE, 10_000, mark="9", source=Department.MARKET),
        ]
    )
    verdict = judge(household(), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY)
    assert failed(verdict) == ["houses", "capital"]


def test_household_18_one_house_told_by_two_members_departments_is_one() -> None:
    two = (member("a"), member("b", relation=Relation.SPOUSE))
    told = found(
        assets=[
            asset("a", Asset.HOUSE, 300_000, mark="1", area=D(50), source=Department.REAL_ESTATE),
            asset("b", Asset.HOUSE, 300_000, mark="1", area=D(50), source=Department.REAL_ESTATE),
        ]
    )
    assert judge(household(*two), told, aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY).wealth.houses == 1


@pytest.mark.parametrize(("wage", "eligible"), [(1200, True), (1201, False), (700, True)])
def test_margin_family_has_at_most_one_and_a_half_lines(wage: int, eligible: bool) -> None:
    given_ = household(incomes=year("a", "wage", wage))
    verdict = judge(given_, found(), aid=Aid.MARGIN, policy=policy(), on=DAY)
    assert verdict.eligible is eligible


@pytest.mark.parametrize(
    ("declared", "told", "eligible"),
    [(9000, None, True), (8639, None, False), (9000, 3000, False), (9000, 20_000, True), (0, None, False)],
)
def test_burden_family_spends_the_citys_share_of_its_income(declared: int, told: int | None, eligible: bool) -> None:
    """Income 1200 × 12 = 14400; the share 60 % is 8640. What a department paid out caps what was declared."""
    spent = (Expense("a", "medical", D(declared)),)
    known = (Expense("a", "medical", D(told), Department.MEDICAL),) if told is not None else ()
    verdict = judge(
        household(incomes=year("a", "wage", 1200), expenses=spent),
        found(expenses=known),
        aid=Aid.BURDEN,
        policy=policy(),
        on=DAY,
    )
    assert verdict.eligible is eligible
    assert failed(verdict) == ([] if eligible else ["burden"])


def test_destitute_is_who_cannot_work_has_no_supporter_and_no_income() -> None:
    alone = judge(household(member(born=1950)), found(), aid=Aid.DESTITUTE, policy=policy(), on=DAY)
    assert alone.eligible
    young = judge(household(member(born=1985)), found(), aid=Aid.DESTITUTE, policy=policy(), on=DAY)
    assert failed(young) == ["no_work"]
    son = member("s", relation=Relation.CHILD, born=1985, supports=True)
    told = found(incomes=year("s", "wage", 3000, source=TAX))
    assert failed(judge(household(member(born=1950), son), told, aid=Aid.DESTITUTE, policy=policy(), on=DAY)) == [
        "no_support"
    ]


@pytest.mark.parametrize(
    ("born", "disability", "unable"),
    [
        (date(1966, 3, 10), 0, True),
        (date(1966, 3, 11), 0, False),
        (date(2010, 3, 11), 0, True),
        (date(1985, 1, 1), 2, True),
        (date(1985, 1, 1), 3, False),
    ],
)
def test_who_cannot_work(born: date, disability: int, unable: bool) -> None:
    assert cannot_work(replace(member(disability=disability), birth_date=born), on=DAY) is unable


@pytest.mark.parametrize(("wage", "area", "steps"), [(2000, 14, []), (2001, 14, ["income"]), (2000, 15, ["area"])])
def test_housing_aid_goes_to_low_income_in_little_space(wage: int, area: int, steps: list[str]) -> None:
    told = found(assets=[asset("a", Asset.HOUSE, mark="1", area=D(area), source=Department.REAL_ESTATE)])
    verdict = judge(household(incomes=year("a", "wage", wage)), told, aid=Aid.HOUSING, policy=policy(), on=DAY)
    assert failed(verdict) == steps


def test_every_step_says_its_figures_in_words() -> None:
    for aid in Aid:
        verdict = judge(household(incomes=year("a", "wage", 700)), found(), aid=aid, policy=policy(), on=DAY)
        assert all("{" not in step.sentence for step in verdict.steps)
        assert "700.00" in verdict.steps[0].sentence


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_more_found_income_never_helps(declared: int, told: int) -> None:
    quiet = judge(
        household(incomes=year("a", "wage", declared)), found(), aid=Aid.MINIMUM_LIVING, policy=policy(), on=DAY
    )
    loud = judge(
        household(incomes=year("a", "wage", declared)),
        found(incomes=year("a", "wage", told, source=HR)),
        aid=Aid.MINIMUM_LIVING,
        policy=policy(),
        on=DAY,
    )
    assert loud.means.per_head >= quiet.means.per_head == Decimal(declared)
    assert quiet.eligible or not loud.eligible
