"""How each Modbus device is reached, and what is read of it: its link, as staff entered it.

{"host": "10.1.2.3", "port": 502, "unit": 1, "framing": "tcp", "every_s": 10, "points": [{"name": …}, …]}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

import msgspec

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.modbus import BadPoints, Point, read_points
from onecity.platform.iot.gateways.field.contract import Attached, Refused
from onecity.platform.iot.registries import point_tables

SHORTEST_S: Final = 0.2
LONGEST_S: Final = 86_400.0
Framing = Literal["tcp", "rtu"]


class Address(NamedTuple):
    """Where a line ends. framing: rtu for RTU frames in a TCP stream, as cheap serial servers pass them on."""

    host: str
    port: int
    framing: Framing


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device's link. table: code of a declared point table, instead of `points`.

    one_based: addresses in `points` are counted from 1, as many makers print them. gap: registers that may be read
    without need. most: what the device takes in one request.
    """

    host: str
    unit: int = 1
    port: int = 502
    framing: Framing = "tcp"
    every_s: float = 10.0
    timeout_s: float = 3.0
    table: str = ""
    points: tuple[object, ...] = ()
    one_based: bool = False
    gap: int = 16
    most: int = 125


@dataclass(frozen=True, slots=True)
class Unit:
    """One device on a line."""

    key: str
    unit: int
    every_s: float
    timeout_s: float
    gap: int
    most: int
    points: tuple[Point, ...]

    def __hash__(self) -> int:
        return hash((self.key, self.unit))


class BadLink(ValueError):
    """The link cannot be used; str says why."""


def by_address(roster: Sequence[Attached], *, refused: Callable[[Refused], None]) -> Mapping[Address, tuple[Unit, ...]]:
    """Return the devices by line. A device whose link cannot be used is left out and told of."""
    found: dict[Address, list[Unit]] = {}
    for device in roster:
        try:
            address, unit = read_link(device.device_key, device.link)
        except BadLink as error:
            raw = msgspec.json.encode(device.link)
            refused(Refused(raw, Fault.BAD_ADDRESS, {"link": str(error)[:200]}, device_key=device.device_key))
            continue
        found.setdefault(address, []).append(unit)
    return {address: tuple(sorted(units, key=lambda item: item.key)) for address, units in found.items()}


def read_link(key: str, given: Mapping[str, object]) -> tuple[Address, Unit]:
    """Read a device's link.

    Raises: BadLink.
    """
    try:
        link = msgspec.convert(dict(given), Link)
        points = read_points(_points(link))
    except (msgspec.ValidationError, BadPoints) as error:
        raise BadLink(str(error)) from None
    _check(link)
    if link.one_based:
        if any(point.address == 0 for point in points):
            raise BadLink("needs addresses from 1, for they are counted from 1")
        points = tuple(replace(point, address=point.address - 1) for point in points)
    unit = Unit(key, link.unit, link.every_s, link.timeout_s, link.gap, link.most, points)
    return Address(link.host, link.port, link.framing), unit


def _points(link: Link) -> object:
    if not link.table:
        return link.points
    table = point_tables().get(link.table)
    if table is None:
        raise BadLink(f"no point table {link.table}")
    return table.points


def _check(link: Link) -> None:
    checks = {
        "a host": 0 < len(link.host) <= 253,
        "a port from 1 to 65535": 0 < link.port <= 65_535,
        "a unit from 0 to 255": 0 <= link.unit <= 255,
        "every_s from 0.2 to 86400": SHORTEST_S <= link.every_s <= LONGEST_S,
        "timeout_s from 0.1 to 30": 0.1 <= link.timeout_s <= 30,
        "a gap from 0 to 120": 0 <= link.gap <= 120,
        "most from 4 to 125": 4 <= link.most <= 125,
    }
    wrong = [wanted for wanted, holds in checks.items() if not holds]
    if wrong:
        raise BadLink("needs " + "; ".join(wrong))
