"""A household as it declares itself, and what departments know of it. Money in yuan, exact decimals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from onecity.domains.welfare.rules.codes import Asset, Department, Marital, Relation

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Member:
    """One member as declared. key: names the member within the household.

    supports: a relative with a duty of support who lives elsewhere; checked, never counted as a head.
    able_to_work: as declared; disability: grade 1–4, 0 for none; in_school: full-time.
    """

    key: str
    relation: Relation
    birth_date: date
    marital: Marital = Marital.SINGLE
    able_to_work: bool = True
    disability: int = 0
    in_school: bool = False
    supports: bool = False


@dataclass(frozen=True, slots=True)
class IncomeEntry:
    """Money that came in. month: its first day. topic: of `codes.INCOME_TOPICS`; the same topic told by two sources is
    the same money. tax, contributions: what was taken off."""

    member: str
    topic: str
    month: date
    gross: Decimal
    tax: Decimal = ZERO
    contributions: Decimal = ZERO
    source: Department | None = None

    @property
    def net(self) -> Decimal:
        """Return what is left, never below nothing."""
        return max(self.gross - self.tax - self.contributions, ZERO)


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """Something owned. mark: what tells it from others (plate, certificate, account's last digits, credit code).

    value: yuan (for an enterprise: the share of the paid-in capital). area: m², houses only. living_tool: needed for
    work or for a disability, by the declared reason. operating: registered for carrying goods or passengers.
    """

    member: str
    kind: Asset
    mark: str
    value: Decimal = ZERO
    area: Decimal = ZERO
    living_tool: bool = False
    operating: bool = False
    source: Department | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What departments know of a member as a person; None where nobody told.

    household_code: of the register. spouse_listed: whether the registered spouse is among the declared members.
    drawing_until: last month in which a pension was drawn. insured_now: pays insurance as an employee.
    other_aid: another aid that is being received, by name.
    """

    member: str
    registered: bool | None = None
    household_code: str = ""
    death_date: date | None = None
    marital: Marital | None = None
    spouse_listed: bool | None = None
    disability: int | None = None
    insured_now: bool | None = None
    drawing_until: date | None = None
    other_aid: str = ""


@dataclass(frozen=True, slots=True)
class Expense:
    """Unavoidable expenditure of the look-back period. topic: medical, education, disability, accident."""

    member: str
    topic: str
    amount: Decimal
    source: Department | None = None


@dataclass(frozen=True, slots=True)
class Household:
    """What the household says of itself. living_area: m² that it lives on, rented or owned."""

    members: tuple[Member, ...]
    incomes: tuple[IncomeEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()
    expenses: tuple[Expense, ...] = ()
    living_area: Decimal = ZERO

    @property
    def heads(self) -> tuple[Member, ...]:
        """Return the members that live together and are counted."""
        return tuple(item for item in self.members if not item.supports)


@dataclass(frozen=True, slots=True)
class Found:
    """What departments told. missing_people: persons in the registered household whom the declaration lacks.

    answered: departments whose answer is in; the others are unknown, not empty.
    """

    incomes: tuple[IncomeEntry, ...] = ()
    assets: tuple[AssetEntry, ...] = ()
    people: tuple[PersonRecord, ...] = ()
    expenses: tuple[Expense, ...] = ()
    missing_people: int = 0
    answered: frozenset[Department] = field(default_factory=frozenset)

    def person(self, key: str) -> PersonRecord:
        """Return what is known of one member."""
        return next((item for item in self.people if item.member == key), PersonRecord(key))


def age_on(birth: date, *, day: date) -> int:
    """Return full years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def adults(members: Sequence[Member], *, on: date) -> tuple[Member, ...]:
    """Return the members of full age (18), who must sign for themselves.

    Source: 民法典, 2020, article 17.
    """
    return tuple(item for item in members if age_on(item.birth_date, day=on) >= 18)
