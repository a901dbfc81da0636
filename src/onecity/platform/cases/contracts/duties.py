"""Deputies and duty as they cross the border."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewDeputation:
    """Somebody stands in for somebody else. posts: permissions; empty for all posts of the principal."""

    principal_id: int
    deputy_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeputationInfo:
    """Who stands in for whom. state: ahead, standing, over, withdrawn. mine: whether the reader may withdraw it."""

    id: int
    principal_name: str
    deputy_name: str
    organisation_id: int
    posts: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    state: str
    mine: bool


@dataclass(frozen=True, slots=True)
class NewShift:
    """A person on duty for a post at an organisation."""

    organisation_id: int
    post: str
    account_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ShiftInfo:
    """A person on duty. now: whether at the moment of reading."""

    id: int
    organisation_id: int
    post: str
    account_name: str
    starts_at: datetime
    ends_at: datetime
    now: bool
