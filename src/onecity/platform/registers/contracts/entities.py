"""What crosses the border of the register of legal entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from onecity.platform.registers.contracts.provenance import Origin

EntityKind = Literal[
    "enterprise", "branch", "sole_trader", "cooperative", "institution", "organ", "association", "foundation",
    "private_non_enterprise", "autonomous", "collective", "other",
]  # fmt: skip
EntityStatusCode = Literal["existing", "suspended", "revoked", "deregistered", "annulled", "moved_out"]
HolderKind = Literal["person", "entity", "other"]
Act = Literal["change", "correction"]


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """What is registered of an entity, without what is derived from it. place: longitude and latitude, WGS 84.

    representative_number: the representative's identity number in clear, on its way in only; never given out.
    """

    uscc: str
    name: str
    kind: EntityKind
    organisation_id: int
    status: EntityStatusCode = "existing"
    status_on: date | None = None
    representative_name: str = ""
    representative_person: int | None = None
    representative_number: str = ""
    registered_capital: Decimal | None = None
    capital_currency: str = "CNY"
    industry_code: str = ""
    business_scope: str = ""
    address: str = ""
    place: tuple[float, float] | None = None
    division_code: str = ""
    established_on: date | None = None
    approved_on: date | None = None
    term_from: date | None = None
    term_until: date | None = None
    registrar: str = ""
    is_made_up: bool = False


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """An entity as others see it; the representative's number masked.

    origin: of every field but those in `field_sources`, whose source differs.
    """

    id: int
    uscc: str
    name: str
    kind: EntityKind
    status: EntityStatusCode
    status_on: date | None
    representative_name: str
    representative_person: int | None
    representative_masked: str
    registered_capital: Decimal | None
    capital_currency: str
    industry_code: str
    business_scope: str
    address: str
    place: tuple[float, float] | None
    division_code: str
    established_on: date | None
    approved_on: date | None
    term_from: date | None
    term_until: date | None
    registrar: str
    organisation_id: int
    origin: Origin
    version: int
    valid_from: date
    known_from: datetime
    is_made_up: bool
    created_at: datetime
    field_sources: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewHolding:
    """A share to be registered. holder_uscc: for a holder that is an entity. share: percent."""

    holder_kind: HolderKind
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
    entity_status: EntityStatusCode
    holder_kind: HolderKind
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
class BadRow:
    """A row of a batch that was not taken: its place in the batch, and why, field by field."""

    row: int
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """What a batch did. held: values that lost against a source with a better claim, and were kept aside."""

    added: int
    changed: int
    unchanged: int
    held: int = 0
    bad: Sequence[BadRow] = ()
