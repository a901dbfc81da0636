"""Households written down by hand, for the rules' tests. Money in yuan; the day is 10 March 2026."""

from datetime import date
from decimal import Decimal
from typing import Final

from onecity.domains.welfare.rules.codes import Asset, Department, Marital, Relation
from onecity.domains.welfare.rules.household import AssetEntry, Found, Household, IncomeEntry, Member
from onecity.domains.welfare.rules.policies import Policy

DAY: Final = date(2026, 3, 10)
D = Decimal


def policy(**changes: object) -> Policy:
    """Return limits: line 800 a month, look-back 12 months, no cost of working unless given."""
    values: dict[str, object] = {
        "number": 1,
        "division_code": "",
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
        "line": D(800),
        "margin_multiple": D("1.5"),
        "burden_multiple": D(2),
        "burden_share": D("0.6"),
        "look_back_months": 12,
        "deposit_multiple": D(2),
        "vehicles": 0,
        "houses": 1,
        "capital": D(0),
        "housing_line": D(2000),
        "housing_area": D(15),
        "support_multiple": D(2),
        "support_share": D("0.3"),
        "work_share": D(0),
        "tolerance": D(100),
        "tolerance_share": D("0.1"),
        "uncounted": (),
        "report_days": 180,
        "street_days": 7,
        "county_days": 7,
        "recheck_months": 12,
        **changes,
    }
    return Policy(**values)  # type: ignore[arg-type]  # test data


def member(key: str = "a", *, born: int = 1980, relation: Relation = Relation.SELF, **facts: object) -> Member:
    """Return a member."""
    return Member(key, relation, date(born, 1, 1), **facts)  # type: ignore[arg-type]  # test data


def year(key: str, topic: str, monthly: int, *, source: Department | None = None, **facts: object) -> list[IncomeEntry]:
    """Return an income of each of the twelve months before the day."""
    months = [date(2025, month, 1) for month in range(3, 13)] + [date(2026, 1, 1), date(2026, 2, 1)]
    return [IncomeEntry(key, topic, month, D(monthly), source=source, **facts) for month in months]  # type: ignore[arg-type]  # test data


def asset(
    key: str, kind: Asset, value: int = 0, *, mark: str = "", source: Department | None = None, **facts: object
) -> AssetEntry:
    """Return something owned."""
    return AssetEntry(key, kind, mark, D(value), source=source, **facts)  # type: ignore[arg-type]  # test data


def household(
    *members: Member, incomes: list[IncomeEntry] | None = None, assets: list[AssetEntry] | None = None, **facts: object
) -> Household:
    """Return a household."""
    return Household(members or (member(),), tuple(incomes or ()), tuple(assets or ()), **facts)  # type: ignore[arg-type]  # test data


def found(
    *, incomes: list[IncomeEntry] | None = None, assets: list[AssetEntry] | None = None, **facts: object
) -> Found:
    """Return what departments told."""
    return Found(tuple(incomes or ()), tuple(assets or ()), **facts)  # type: ignore[arg-type]  # test data


MARRIED: Final = Marital.MARRIED
