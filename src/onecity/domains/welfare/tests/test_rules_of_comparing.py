"""Declared against found: differences, contradictions, tolerance, unknown departments."""

from datetime import date

import pytest

from onecity.domains.welfare.rules.codes import Asset, Department, Marital, Relation
from onecity.domains.welfare.rules.comparing import compare, within
from onecity.domains.welfare.rules.findings import Finding, Weight
from onecity.domains.welfare.rules.household import Found, Household, Member, PersonRecord
from onecity.domains.welfare.tests.households import DAY, D, asset, found, household, member, policy, year

POLICE = Department.PUBLIC_SECURITY


def compared(given: Household, told: Found) -> dict[str, Finding]:
    every = compare(given, told, policy=policy(), on=DAY)
    assert all("{" not in item.sentence for item in every)
    return {item.code: item for item in every}


def about(one: Member | None = None, **facts: object) -> dict[str, Finding]:
    return compared(household(one or member()), found(people=(PersonRecord("a", **facts),)))  # type: ignore[arg-type]  # test data


@pytest.mark.parametrize(
    ("declared", "told", "agrees"),
    [(0, 100, True), (0, 101, False), (5000, 5500, True), (5000, 5501, False), (900, 0, True)],
)
def test_tolerance_is_the_larger_of_amount_and_share(declared: int, told: int, agrees: bool) -> None:
    assert within(D(declared), D(told), policy=policy()) is agrees


def test_declared_divorced_and_registered_married_contradict() -> None:
    seen = about(member(marital=Marital.DIVORCED), marital=Marital.MARRIED, spouse_listed=False)
    assert seen["marital"].weight is Weight.CONTRADICTION
    assert (seen["marital"].declared, seen["marital"].found) == ("离婚", "已婚")
    assert "spouse_missing" in seen


def test_listed_spouse_is_no_question_and_a_supporters_spouse_is_nobodys_business() -> None:
    assert not about(member(marital=Marital.MARRIED), marital=Marital.MARRIED, spouse_listed=True)
    son = member("a", supports=True, marital=Marital.MARRIED)
    assert not about(son, marital=Marital.MARRIED, spouse_listed=False)


def test_widowed_agrees_with_a_registry_that_knows_no_widows() -> None:
    assert "marital" not in about(member(marital=Marital.WIDOWED), marital=Marital.MARRIED, spouse_listed=True)


def test_dead_member_who_draws_a_pension_contradicts_twice() -> None:
    seen = about(death_date=date(2025, 6, 3), drawing_until=date(2025, 12, 1))
    assert {seen["dead_member"].weight, seen["dead_drawing"].weight} == {Weight.CONTRADICTION}
    assert "2025-12" in seen["dead_drawing"].sentence


def test_pension_of_the_month_of_death_and_a_death_after_the_day_are_no_fault() -> None:
    assert "dead_drawing" not in about(death_date=date(2025, 6, 3), drawing_until=date(2025, 6, 1))
    assert not about(death_date=date(2026, 3, 11))


def test_working_while_declared_unable_contradicts() -> None:
    assert about(member(able_to_work=False), insured_now=True)["works"].weight is Weight.CONTRADICTION
    assert not about(member(able_to_work=True), insured_now=True)


@pytest.mark.parametrize(
    ("declared", "told", "codes"), [(2, 0, ["disability"]), (2, 3, ["disability"]), (2, 2, []), (0, 2, [])]
)
def test_disability_grade_is_compared_where_declared(declared: int, told: int, codes: list[str]) -> None:
    assert list(about(member(disability=declared), disability=told)) == codes


def test_other_aid_missing_people_and_unregistered_members_are_told() -> None:
    assert about(other_aid="临时救助")["other_aid"].weight is Weight.DIFFERENCE
    assert about(registered=False)["not_registered"].weight is Weight.DIFFERENCE
    seen = compared(household(), found(missing_people=2))
    assert seen["people_missing"].sentence == "同户登记人员中有2人未申报"


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Asset.VEHICLE, "vehicle_hidden"), (Asset.HOUSE, "house_hidden"), (Asset.ENTERPRISE, "enterprise_hidden")],
)
def test_thing_that_was_not_declared_contradicts(kind: Asset, code: str) -> None:
    seen = compared(household(), found(assets=[asset("a", kind, mark="X1", source=POLICE)]))
    assert seen[code].weight is Weight.CONTRADICTION
    known = household(assets=[asset("a", kind, mark="X1")])
    agreed = compared(known, found(assets=[asset("a", kind, mark="X1", source=POLICE)]))
    assert agreed["thing"].weight is Weight.AGREES


def test_money_differs_beyond_tolerance_and_the_housing_fund_never() -> None:
    told = found(assets=[asset("a", Asset.DEPOSIT, 5000, source=Department.FINANCE)])
    assert compared(household(), told)["money"].weight is Weight.DIFFERENCE
    fund = found(assets=[asset("a", Asset.FUND, 90_000, source=Department.HOUSING_FUND)])
    assert compared(household(), fund)["money"].weight is Weight.AGREES


def test_income_that_was_not_declared_and_income_that_was_too_low() -> None:
    told = found(incomes=year("a", "wage", 1000, source=Department.TAX))
    assert compared(household(), told)["income"].sentence == "未申报的收入"
    low = compared(household(incomes=year("a", "wage", 500)), told)["income"]
    assert (low.weight, low.declared, low.found) == (Weight.DIFFERENCE, "6000", "12000")


def test_what_nobody_told_is_not_compared() -> None:
    given = household(incomes=year("a", "wage", 500), assets=[asset("a", Asset.VEHICLE, mark="X1")])
    assert compared(given, found()) == {}


def test_property_and_income_of_a_supporter_are_not_the_households() -> None:
    son = member("s", relation=Relation.CHILD, supports=True)
    told = found(
        incomes=year("s", "wage", 9000, source=Department.TAX),
        assets=[asset("s", Asset.VEHICLE, mark="X1", source=POLICE)],
    )
    assert compared(household(member(), son), told) == {}
