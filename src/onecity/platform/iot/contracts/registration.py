"""What is told of devices when they are registered or changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onecity.platform.iot.declare import Protocol


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What is told of a device when it is registered.

    key: what it calls itself on the wire. place: longitude and latitude, WGS 84. password: access password of HJ 212,
    "" if any is to be taken. scales: for single names on the wire, how many of the property's units one unit is,
    where this device differs from its type. product_code: whose device it is; type and protocol must be the product's.
    parent_key: the gateway device through which it speaks. link: how the platform reaches a device that it must ask.
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
    product_code: str = ""
    parent_key: str = ""
    tags: tuple[str, ...] = ()
    link: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceChanges:
    """What may be changed of a device; password None leaves it as it is, "" takes any.

    product_code, parent_key, tags, link: None leaves them as they are.
    """

    name: str
    organisation_id: int
    division_code: str
    place: tuple[float, float] | None
    address: str
    password: str | None = None
    scales: Mapping[str, float] = field(default_factory=dict)
    product_code: str | None = None
    parent_key: str | None = None
    tags: tuple[str, ...] | None = None
    link: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a registration in bulk. ids: of all devices asked for, by key. made: keys that were new."""

    ids: Mapping[str, int]
    made: frozenset[str]
