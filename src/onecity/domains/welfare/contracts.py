"""What crosses the border of welfare, and what its parts hand to one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from onecity.domains.welfare.rules.codes import Aid, Asset, Department, Marital, Relation
from onecity.kernel.actor import Actor

__all__ = [
    "Aid",
    "Ask",
    "Asker",
    "Asset",
    "Department",
    "KnownHousehold",
    "Marital",
    "NewApplication",
    "NewAsset",
    "NewConsent",
    "NewExpense",
    "NewIncome",
    "NewMember",
    "Relation",
    "SignatureCheck",
    "Told",
]

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member as the household gives it; birth date and age come from the identifier."""

    name: str
    identifier: str
    relation: Relation
    marital: Marital
    able_to_work: bool = True
    disability: int = 0
    in_school: bool = False
    supports: bool = False


@dataclass(frozen=True, slots=True)
class NewApplication:
    """An application as it begins: the applicant is its first member. organisation_id: the street that takes it."""

    aid: Aid
    organisation_id: int
    applicant: NewMember
    address: str = ""
    phone: str = ""
    living_area: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewIncome:
    """Declared income of a member; months are first days, both included."""

    topic: str
    monthly: Decimal
    from_month: date
    to_month: date
    deductions: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class NewAsset:
    """Declared property of a member."""

    kind: Asset
    mark: str = ""
    value: Decimal = ZERO
    area: Decimal = ZERO
    living_tool: bool = False
    operating: bool = False


@dataclass(frozen=True, slots=True)
class NewExpense:
    """Declared unavoidable expenditure of a member over the look-back."""

    topic: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewConsent:
    """An authorisation to be kept. method: drawn or paper (see `models.Authorisation.Method`)."""

    member_id: int
    departments: tuple[Department, ...]
    valid_from: date
    valid_to: date
    method: str


@dataclass(frozen=True, slots=True)
class KnownHousehold:
    """A household that receives aid already, as the civil affairs' old system hands it over.

    others: members beside the applicant. incomes, assets: of the applicant. authorised_until: of the signed papers,
    which every adult gave for every department and which lie in the archive; None where there are none.
    """

    application: NewApplication
    certificate: str
    granted_on: date
    others: tuple[NewMember, ...] = ()
    incomes: tuple[NewIncome, ...] = ()
    assets: tuple[NewAsset, ...] = ()
    authorised_until: date | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about one person. consent: code of the authorisation under which it is asked."""

    identifier: str
    consent: str


@dataclass(frozen=True, slots=True)
class Told:
    """What came. receipt: of the exchange."""

    rows: Sequence[Mapping[str, object]]
    receipt: str


class Asker(Protocol):
    """Asks a department for many people at once. The exchange is one; tests bring tables of their own."""

    def __call__(
        self, actor: Actor, *, grant_code: str, questions: Sequence[Ask], reason: str, now: datetime
    ) -> Mapping[str, Told]:
        """Return an answer for each identifier. now: city time. Raises: kernel errors of the exchange."""


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What checking a report's signature gave."""

    number: str
    genuine: bool
    in_force: bool
    signed_at: datetime
    valid_to: date
    digest: str
    public_key: str
