"""What was ordered of a device and what it said besides readings."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order to a device. Times are real. asked_by: key of the actor."""

    id: int
    code: str
    argument: int | None
    state: str
    result: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoteInfo:
    """What a device said that is no reading."""

    kind: str
    content: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A device's valid token, of which only the beginning is known."""

    prefix: str
    created_at: datetime
