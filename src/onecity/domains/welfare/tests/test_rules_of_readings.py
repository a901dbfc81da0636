"""Departments' rows become facts, policies are found by place and day, consents cover or do not."""

from dataclasses import replace
from datetime import date

import pytest

from onecity.domains.welfare.rules.codes import Asset, Department, Marital, Relation
from onecity.domains.welfare.rules.consents import Consent, covering, signers, unsigned
from onecity.domains.welfare.rules.policies import NoPolicy, look_back, policy_at
from onecity.domains.welfare.rules.readings import READINGS, Row, Subject, Unreadable, gather
from onecity.domains.welfare.tests.households import DAY, D, member, policy

A = Subject("a", "110101199003070011")


def read(code: str, *rows: Row, identifiers: tuple[str, ...] = ()) -> object:
    return gather([(code, A, rows)], identifiers=identifiers)


def test_thirteen_departments_are_asked() -> None:
    assert {item.department for item in READINGS.values()} == set(Department)
    assert len(Department) == 13


def test_register_tells_household_death_and_who_is_missing() -> None:
    row = {"household_code": "H1", "household_size": 3, "death_date": "2025-06-01"}
    told = gather([("household_register", A, [row])], identifiers=[])
    person = told.person("a")
    assert (person.registered, person.household_code, person.death_date) == (True, "H1", date(2025, 6, 1))
    assert told.missing_people == 2
    assert gather([("household_register", A, [])], identifiers=[]).person("a").registered is False


def test_two_members_of_one_register_are_not_missing() -> None:
    row = {"household_code": "H1", "household_size": "2", "death_date": None}
    told = gather([("household_register", A, [row]), ("household_register", Subject("b", "2"), [row])], identifiers=[])
    assert told.missing_people == 0


def test_last_marriage_counts_and_its_spouse_is_looked_for() -> None:
    rows = [
        {"status": "20", "registered_date": "2010-01-01", "spouse_identifier": "X"},
        {"status": "40", "registered_date": "2020-01-01", "spouse_identifier": "X"},
    ]
    assert gather([("marriages", A, rows)], identifiers=[]).person("a").marital is Marital.DIVORCED
    told = gather([("marriages", A, rows[:1])], identifiers=["X"]).person("a")
    assert (told.marital, told.spouse_listed) == (Marital.MARRIED, True)
    assert gather([("marriages", A, [])], identifiers=[]).person("a").marital is Marital.SINGLE


def test_money_of_all_sources_is_read() -> None:
    told = gather(
        [
            ("insurance_paid", A, [{"month": "2025-05", "base_yuan": "4000", "own_yuan": "420", "status": "insured"}]),
            (
                "benefits_drawn",
                A,
                [
                    {"month": "2025-05-01", "kind": "pension", "amount_yuan": "900"},
                    {"month": "2025-04", "kind": "pension", "amount_yuan": "900"},
                    {"month": "2025-04", "kind": "unemployment", "amount_yuan": "1"},
                ],
            ),
            (
                "income_tax",
                A,
                [{"month": "2025-05", "kind": "wage", "income_yuan": 5000, "tax_yuan": 10, "deducted_yuan": 400}],
            ),
            ("farm_subsidies", A, [{"month": "2025-05", "amount_yuan": 300}]),
            (
                "housing_contracts",
                A,
                [
                    {"kind": "let", "month": "2025-05", "monthly_rent": 800},
                    {"kind": "presale", "contract": "C1", "area_m2": "70", "value_yuan": 1},
                ],
            ),
            ("medical_expenses", A, [{"own_paid_yuan": 10}, {"own_paid_yuan": "5.5"}]),
        ],
        identifiers=[],
    )
    assert [(item.topic, item.net) for item in told.incomes] == [
        ("wage", D(3580)), ("pension", D(900)), ("pension", D(900)), ("unemployment", D(1)), ("wage", D(4590)),
        ("subsidy", D(300)), ("rent", D(800)),
    ]  # fmt: skip
    assert told.person("a").drawing_until == date(2025, 5, 1)
    assert told.person("a").insured_now is True
    assert [(item.kind, item.mark, item.area) for item in told.assets] == [(Asset.HOUSE, "C1", D(70))]
    assert told.expenses[0].amount == D("15.5")
    assert told.answered == {
        Department.HUMAN_RESOURCES, Department.TAX, Department.AGRICULTURE, Department.HOUSING, Department.MEDICAL,
    }  # fmt: skip


def test_property_of_all_sources_is_read() -> None:
    told = gather(
        [
            ("vehicles", A, [{"plate": "吉A1", "value_yuan": "30000", "use": "operating"}]),
            ("operating_vehicles", A, [{"plate": "吉A2"}]),
            ("real_estate", A, [{"certificate": "R1", "area_m2": 50, "value_yuan": 2}]),
            ("fund_accounts", A, [{"balance_yuan": 7}]),
            ("shareholdings", A, [{"credit_code": "U1", "paid_in_yuan": 8}]),
            (
                "financial_accounts",
                A,
                [
                    {"kind": "deposit", "account_tail": "1", "balance_yuan": 9},
                    {"kind": "security", "account_tail": "2", "balance_yuan": 1},
                ],
            ),
        ],
        identifiers=[],
    )
    assert [(item.kind, item.mark, item.operating) for item in told.assets] == [
        (Asset.VEHICLE, "吉A1", True), (Asset.VEHICLE, "吉A2", True), (Asset.HOUSE, "R1", False),
        (Asset.FUND, "", False),
        (Asset.ENTERPRISE, "U1", False), (Asset.DEPOSIT, "1", False), (Asset.SECURITY, "2", False),
    ]  # fmt: skip


def test_people_facts_of_other_sources() -> None:
    told = gather(
        [
            ("cremations", A, [{"death_date": "2025-01-02"}, {"death_date": ""}]),
            ("other_aids", A, [{"aid_name": "医疗救助"}, {"aid_name": "临时救助"}]),
            ("disability_cards", A, [{"grade": "3"}, {"grade": 2}]),
            ("insurance_paid", A, []),
            ("medical_expenses", A, []),
            ("other_aids", A, []),
        ],
        identifiers=[],
    ).person("a")
    assert (told.death_date, told.other_aid, told.disability, told.insured_now) == (
        date(2025, 1, 2),
        "临时救助、医疗救助",
        2,
        None,
    )


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("vehicles", {"plate": "x", "value_yuan": "many"}),
        ("vehicles", {"plate": "x", "value_yuan": "NaN"}),
        ("cremations", {"death_date": "soon"}),
        ("farm_subsidies", {"month": "2025-13", "amount_yuan": 1}),
        ("marriages", {"status": "99", "registered_date": "2020-01-01"}),
        ("benefits_drawn", {"month": "2025-01", "kind": "gift", "amount_yuan": 1}),
        ("income_tax", {"month": "2025-01", "kind": "gift", "income_yuan": 1}),
        ("financial_accounts", {"kind": "gold", "balance_yuan": 1}),
    ],
)
def test_row_that_breaks_its_promise_is_told(code: str, row: Row) -> None:
    with pytest.raises(Unreadable):
        read(code, row)


def test_newest_row_of_the_smallest_place_holds() -> None:
    city, county = policy(number=1), policy(number=2, division_code="220104")
    later = policy(number=3, division_code="220104", valid_from=date(2026, 3, 1))
    every = [city, county, later]
    assert policy_at(every, division_code="220104001", on=DAY).number == 3
    assert policy_at(every, division_code="220104001", on=date(2026, 2, 28)).number == 2
    assert policy_at(every, division_code="220105001", on=DAY).number == 1


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2026, 1, 1)])
def test_outside_its_period_no_row_holds(day: date) -> None:
    with pytest.raises(NoPolicy):
        policy_at([policy(valid_to=date(2026, 1, 1))], division_code="2201", on=day)


@pytest.mark.parametrize(
    ("day", "months", "span"),
    [
        (date(2026, 3, 10), 12, (date(2025, 3, 1), date(2026, 2, 1))),
        (date(2026, 1, 31), 6, (date(2025, 7, 1), date(2025, 12, 1))),
        (date(2026, 1, 1), 1, (date(2025, 12, 1), date(2025, 12, 1))),
    ],
)
def test_look_back_is_the_full_months_before(day: date, months: int, span: tuple[date, date]) -> None:
    assert look_back(policy(look_back_months=months), on=day) == span


CONSENT = Consent("C", "a", frozenset({Department.TAX}), date(2026, 3, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("day", "covered"),
    [(date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)],
)
def test_consent_covers_its_days_both_ends_included(day: date, covered: bool) -> None:
    assert (covering([CONSENT], member="a", department=Department.TAX, on=day) is not None) is covered


def test_consent_covers_neither_other_people_nor_other_departments_nor_after_withdrawal() -> None:
    assert covering([CONSENT], member="b", department=Department.TAX, on=DAY) is None
    assert covering([CONSENT], member="a", department=Department.FINANCE, on=DAY) is None
    assert covering([replace(CONSENT, withdrawn=True)], member="a", department=Department.TAX, on=DAY) is None


def test_adults_sign_for_themselves_and_the_applicant_for_minors() -> None:
    people = [
        member("a"),
        member("b", born=1990, relation=Relation.SPOUSE),
        member("c", born=2015, relation=Relation.CHILD),
    ]
    assert signers(people, on=DAY) == {"a": "a", "b": "b", "c": "a"}
    assert unsigned(people, [CONSENT], on=DAY) == ("b",)
    assert signers([], on=DAY) == {}
