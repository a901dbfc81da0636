"""A device's desired and reported state as others see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ShadowInfo:
    """What a device is to be set to and what it says it is. delta: what is desired and not reported so.

    told_version: the desired version that was sent last.
    """

    device_id: int
    desired: Mapping[str, object] = field(default_factory=dict)
    desired_version: int = 0
    reported: Mapping[str, object] = field(default_factory=dict)
    reported_version: int = 0
    told_version: int = 0
    delta: Mapping[str, object] = field(default_factory=dict)
    desired_at: datetime | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShadowStep:
    """One change of a side. side: `desired` or `reported`. changes: null takes a setting away."""

    side: str
    version: int
    changes: Mapping[str, object]
    by: str
    at: datetime
