"""The city's limits: versioned, dated rows. No figure of this file is a rule of the nation; each city sets its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh


class NoPolicy(NotFound):
    """Nobody has published limits for this place and day."""

    code = "welfare.no_policy"
    message = zh("{place}在{day}没有生效的救助标准")


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of one place from one day on. Money in yuan, shares and multiples as decimals.

    division_code: digits of the place, empty for the whole city. line: monthly, a head. margin_multiple,
    burden_multiple: of the line. burden_share: unavoidable expenditure as a share of income. look_back_months: full
    months before the application. deposit_multiple: financial property a head, in years of the line. vehicles, houses:
    how many are allowed beside tools of living. capital: paid-in share in enterprises that is allowed a household.
    housing_line: monthly income a head for housing aid; housing_area: m² a head below which one is badly housed.
    support_multiple, support_share: of a supporter's income a head above this multiple of the line, this share counts.
    work_share: share of wages left out as cost of working. tolerance, tolerance_share: differences up to the larger one
    are no difference. uncounted: income topics left out. report_days: how long a report is valid. street_days,
    county_days: publication. recheck_months: between regular re-checks.
    """

    number: int
    division_code: str
    valid_from: date
    valid_to: date | None
    line: Decimal
    margin_multiple: Decimal
    burden_multiple: Decimal
    burden_share: Decimal
    look_back_months: int
    deposit_multiple: Decimal
    vehicles: int
    houses: int
    capital: Decimal
    housing_line: Decimal
    housing_area: Decimal
    support_multiple: Decimal
    support_share: Decimal
    work_share: Decimal
    tolerance: Decimal
    tolerance_share: Decimal
    uncounted: tuple[str, ...]
    report_days: int
    street_days: int
    county_days: int
    recheck_months: int

    def covers(self, division_code: str, *, on: date) -> bool:
        """Say whether the row holds for a place on a day; valid_to is its first day without force."""
        in_time = self.valid_from <= on and (self.valid_to is None or on < self.valid_to)
        return in_time and division_code.startswith(self.division_code)


def policy_at(policies: Sequence[Policy], *, division_code: str, on: date) -> Policy:
    """Return the limits in force: those of the smallest place, of these the newest.

    Raises: NoPolicy.
    """
    fitting = [item for item in policies if item.covers(division_code, on=on)]
    if not fitting:
        raise NoPolicy(params={"place": division_code, "day": on.isoformat()})
    return max(fitting, key=lambda item: (len(item.division_code), item.valid_from, item.number))


def look_back(policy: Policy, *, on: date) -> tuple[date, date]:
    """Return the first and the last month (first days) of the look-back: the full months before the day."""
    last = date(on.year - (on.month == 1), 12 if on.month == 1 else on.month - 1, 1)
    months = last.year * 12 + last.month - policy.look_back_months
    return date(months // 12, months % 12 + 1, 1), last
