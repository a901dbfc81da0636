"""The raw trace of a device as pages see it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TraceInfo:
    """That a device's bytes were or are kept. Times are real. running: they are kept now."""

    started_by: str
    started_at: datetime
    ends_at: datetime
    running: bool


@dataclass(frozen=True, slots=True)
class TracedInfo:
    """Bytes from or to a device. outward: to it. result: what became of them, or what they mean. at: real."""

    id: int
    at: datetime
    outward: bool
    protocol: str
    peer: str
    raw: bytes
    result: str
