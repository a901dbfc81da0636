"""Quarantined messages and strangers as others see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class QuarantinedInfo:
    """A refused message. reason: its stable code. times: how often the same bytes came while it lay open."""

    id: int
    protocol: str
    peer: str
    device_key: str
    device_id: int | None
    reason: str
    fields: Mapping[str, object]
    raw: bytes
    mended: bytes | None
    times: int
    received_at: datetime
    last_received_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class UnknownInfo:
    """A device that speaks and is not registered. messages: how many of its messages were refused."""

    id: int
    key: str
    protocol: str
    peer: str
    messages: int
    first_seen_at: datetime
    last_seen_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class GatewayInfo:
    """A gateway process. Times are real. figures: its counters since it started. alive: it reports."""

    name: str
    protocol: str
    listens: str
    started_at: datetime
    reported_at: datetime
    stopped_at: datetime | None
    figures: Mapping[str, float]
    alive: bool
