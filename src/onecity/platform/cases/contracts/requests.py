"""Requests inside cases, and cards, as they cross the border."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request inside a case. amount: in the unit of the rule's bound. until: of a suspension's review.

    task_id: the task that it is about; None for one about the whole case.
    """

    case_id: int
    rule_code: str
    reason: str
    reason_code: str = ""
    task_id: int | None = None
    amount: Fraction | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeRequest:
    """A request as it was made. state: pending, or granted where nobody decides."""

    id: int
    state: str


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """A request of a case. asked_by: an actor's key."""

    id: int
    rule_code: str
    name: str
    kind: str
    state: str
    reason: str
    reason_code: str
    amount: str
    unit: str
    until: datetime | None
    task_id: int | None
    approval_id: int | None
    asked_at: datetime
    asked_by: str
    asked_by_name: str
    organisation_id: int | None
    decided_at: datetime | None
    decided_by_name: str
    note: str


@dataclass(frozen=True, slots=True)
class CardInfo:
    """A card of electronic supervision. account_id: the person named, if one had claimed the task."""

    id: int
    level: str
    state: str
    number: str
    title: str
    task_name: str
    organisation_id: int
    account_id: int | None
    missed_at: datetime
    issued_at: datetime
    appeal_until: datetime
    appealed_at: datetime | None
    appealed_by_name: str
    appeal: str
    decide_by: datetime | None
    decided_at: datetime | None
    decided_by_name: str
    note: str
