"""Alarm rules as pages and services tell each other."""

from dataclasses import dataclass
from datetime import datetime

from onecity.platform.iot.declare import Limits, Period, RuleKind, Severity


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says, apart from its code and version."""

    name: str
    device_type: str
    property_code: str
    kind: RuleKind
    limits: Limits
    text: str
    period: Period = Period.REAL_TIME
    sub_value: str = ""
    severity: Severity = Severity.MINOR
    source: str = ""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One version of a rule. state: draft, published, superseded or withdrawn. author: key of the actor."""

    id: int
    code: str
    version: int
    state: str
    text: RuleText
    author: str
    created_at: datetime
    published_at: datetime | None
