"""Devices and datastreams as others see them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device. longitude, latitude: WGS 84; None where it has no place. division_code: up to 15 digits (grid cell).

    type_edition: which edition of a type made by staff it keeps, None for the one in force. parent_id: its gateway.
    """

    id: int
    key: str
    name: str
    type_code: str
    protocol: str
    organisation_id: int
    division_code: str
    state: str
    last_seen_at: datetime | None
    created_at: datetime
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    type_edition: int | None = None
    product_id: int | None = None
    parent_id: int | None = None
    firmware_version: str = ""
    tags: tuple[str, ...] = ()
    activated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DatastreamInfo:
    """A series of readings of one property of one device. unit: UCUM code, "" where the platform does not know it.

    mapped: False for names on the wire that the device's type does not know; property_code is then that name.
    """

    id: int
    device_id: int
    property_code: str
    period: str
    sub_value: str
    unit: str
    mapped: bool = True


@dataclass(frozen=True, slots=True)
class LatestValue:
    """The newest reading of a datastream. result: None where the device gave no valid number."""

    datastream: DatastreamInfo
    phenomenon_at: datetime
    result: float | None
    quality: str
