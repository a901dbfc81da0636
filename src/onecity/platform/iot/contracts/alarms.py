"""Alarms as others see them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AlarmInfo:
    """An alarm. rule_code: the rule that raised it. value: at raising; None for a device that fell silent.

    raised_at, cleared_at: phenomenon times; cleared_at is None while it stands. text: a Chinese sentence.
    longitude, latitude: WGS 84, of the device at raising.
    """

    id: int
    rule_code: str
    rule_name: str
    severity: str
    device_id: int
    device_key: str
    device_name: str
    device_type: str
    datastream_id: int
    property_code: str
    period: str
    sub_value: str
    unit: str
    value: float | None
    text: str
    raised_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    organisation_id: int
    division_code: str
    longitude: float | None
    latitude: float | None
