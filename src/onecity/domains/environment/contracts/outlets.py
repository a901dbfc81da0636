"""Pollution sources across the border of environment."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NewEnterprise:
    """An enterprise to be entered. name, address: only where the register of legal entities does not know the code."""

    uscc: str
    organisation_id: int
    name: str = ""
    address: str = ""
    division_code: str = ""
    permit_number: str = ""
    is_key: bool = False
    contact: str = ""


@dataclass(frozen=True, slots=True)
class NewOutlet:
    """An outlet whose data logger iot knows. device_key: what the logger calls itself. factors: codes."""

    enterprise_id: int
    device_key: str
    code: str
    name: str
    factors: tuple[str, ...]
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class NewLimit:
    """What a permit allows of a factor from a day on. span: hour or day. basis: measured or converted.

    upper None lifts the limit; lower: of a range.
    """

    outlet_id: int
    factor: str
    span: str
    basis: str
    upper: Decimal | None
    lower: Decimal | None
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class NewStandstill:
    """A reported standstill of an outlet. reason: production, equipment, power."""

    outlet_id: int
    begins_at: datetime
    ends_at: datetime
    reason: str
    note: str = ""
