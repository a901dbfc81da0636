"""Single readings as others ask for them and derive them."""

from dataclasses import dataclass
from datetime import datetime

from onecity.platform.iot.contracts.devices import DeviceInfo, LatestValue


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """A reading of a property of a device. at: phenomenon time, for periods their beginning. result: None for none."""

    device_id: int
    property_code: str
    sub_value: str
    at: datetime
    result: float | None
    quality: str


@dataclass(frozen=True, slots=True)
class DeviceLatest:
    """A device with the newest reading of each of its datastreams that was asked for and has one."""

    device: DeviceInfo
    values: tuple[LatestValue, ...]


@dataclass(frozen=True, slots=True)
class DatastreamKey:
    """Which property of which device, for which period, and which kind of value."""

    device_id: int
    property_code: str
    period: str
    sub_value: str = ""


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """A value that was computed. at: phenomenon time. result: None where it cannot be told. quality: its letter."""

    datastream_id: int
    at: datetime
    result: float | None
    quality: str = "N"


@dataclass(frozen=True, slots=True)
class Derived:
    """What became of derived values: how many were new, how many put another in the old one's place."""

    stored: int
    corrected: int
