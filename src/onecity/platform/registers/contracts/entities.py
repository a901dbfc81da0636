"""What crosses the border of the register of legal entities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from onecity.platform.registers.rules.entities.control import Link, Ultimate

__all__ = [
    "EntityInfo",
    "HoldingInfo",
    "Link",
    "NewEntity",
    "NewHolding",
    "NewLicence",
    "NewOfficer",
    "NewStatus",
    "OfficerInfo",
    "Ultimate",
]


@dataclass(frozen=True, slots=True)
class NewEntity:
    """An entity to be entered. values: by the names of `rules.entities.fields`, as canonical text.

    source: code of the data source; observed_at: when it was so, None for now; valid_from: since when, None for the day
    of observed_at. place: longitude and latitude, WGS 84. representative_number: in clear, on its way in only.
    """

    uscc: str
    values: Mapping[str, str]
    source: str
    place: tuple[float, float] | None = None
    representative_person: int | None = None
    representative_number: str = ""
    observed_at: datetime | None = None
    valid_from: date | None = None
    is_made_up: bool = False


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """An entity as others see it; the representative's number masked. Codes: see `rules.entities.fields`."""

    id: int
    uscc: str
    name: str
    kind: str
    status: str
    status_on: date | None
    representative_name: str
    representative_person: int | None
    representative_masked: str
    registered_capital: Decimal | None
    capital_currency: str
    industry_code: str
    business_scope: str
    address: str
    division_code: str
    place: tuple[float, float] | None
    established_on: date | None
    approved_on: date | None
    term_from: date | None
    term_until: date | None
    registrar: str
    organisation_id: int
    source_code: str
    observed_at: datetime
    valid_from: date
    known_from: datetime
    revision: int
    is_made_up: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A step in an entity's life to be recorded. document_number: of the decision."""

    status: str
    since: date
    ground: str
    source: str
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class NewHolding:
    """A share to be registered. holder_kind: person, entity, other. holder_uscc: of a holder that is an entity.

    share: percent. number: a person's identity number in clear, on its way in only.
    """

    holder_kind: str
    holder_name: str = ""
    holder_uscc: str = ""
    person: int | None = None
    number: str = ""
    share: Decimal | None = None
    subscribed: Decimal | None = None
    paid: Decimal | None = None
    currency: str = "CNY"
    since: date | None = None


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Somebody who serves an entity, to be registered."""

    role: str
    name: str
    person: int | None = None
    number: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class NewLicence:
    """A licence to be registered."""

    name: str
    number: str
    issuer: str
    content: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class HoldingInfo:
    """A share as others see it: whose, in which entity, how much. share: percent, None when it is not published."""

    id: int
    entity_id: int
    entity_uscc: str
    entity_name: str
    entity_status: str
    holder_kind: str
    holder_name: str
    holder_entity_id: int | None
    holder_person: int | None
    holder_masked: str
    share: Decimal | None
    subscribed: Decimal | None
    paid: Decimal | None
    currency: str
    since: date | None
    source_code: str


@dataclass(frozen=True, slots=True)
class OfficerInfo:
    """Somebody who serves an entity, as others see it."""

    id: int
    role: str
    name: str
    person: int | None
    masked: str
    since: date | None
    until: date | None
