"""What crosses identity's border."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrganisationInfo:
    """An organisation as others see it. division_code: where it works; empty for one without a place.

    credit_code: its unified social credit code, empty where it is not known.
    """

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    division_code: str
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account as others see it: no personal data beyond the name."""

    id: int
    username: str
    full_name: str
    organisation_id: int | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class SealedPersonal:
    """Personal data ready to be stored: ciphertext, keyed hash for exact search, and the masked form for lists."""

    sealed: bytes
    hashed: str
    masked: str


@dataclass(frozen=True, slots=True)
class AuditFact:
    """One line of the audit trail as others may read it."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    outcome: str
