"""What is told of devices when they are registered or changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onecity.platform.iot.declare import Protocol


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What is told of a device when it is registered.

    key: what it calls itself on the wire. place: longitude and latitude, WGS 84. password: access password of HJ 212,
    "" if any is to be taken. scales: for single names on the wire, how many of the property's units one unit is,
    where this device differs from its type.
    """

    key: str
    name: str
    type_code: str
    protocol: Protocol
    organisation_id: int
    division_code: str = ""
    place: tuple[float, float] | None = None
    address: str = ""
    password: str = ""
    scales: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceChanges:
    """What may be changed of a device; password None leaves it as it is, "" takes any."""

    name: str
    organisation_id: int
    division_code: str
    place: tuple[float, float] | None
    address: str
    password: str | None = None
    scales: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a registration in bulk. ids: of all devices asked for, by key. made: keys that were new."""

    ids: Mapping[str, int]
    made: frozenset[str]
