"""What was ordered of a device and what it said besides readings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order to a device. Times are real. asked_by: key of the actor. next_at: when it is sent again."""

    id: int
    code: str
    argument: int | None
    state: str
    result: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    arguments: Mapping[str, object] = field(default_factory=dict)
    tries: int = 0
    retries: int = 0
    next_at: datetime | None = None
    device_id: int = 0
    device_name: str = ""


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """One order to many devices. counts: how many of its orders are in each state."""

    id: int
    name: str
    code: str
    type_code: str
    arguments: Mapping[str, object]
    total: int
    refused: int
    asked_by: str
    asked_at: datetime
    counts: Mapping[str, int]


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
