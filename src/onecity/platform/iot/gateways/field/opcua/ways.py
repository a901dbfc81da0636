"""How each OPC UA device is reached, and which nodes are its own: its link, as staff entered it.

{"url": "opc.tcp://10.1.2.3:4840", "security": "basic256sha256", "every_ms": 1000,
 "points": [{"name": "level", "node": "ns=2;s=Tank.Level", "writes": {"set_level": null}}],
 "methods": {"reset": {"object": "ns=2;s=Tank", "method": "ns=2;s=Tank.Reset", "arguments": []}}}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import msgspec
from asyncua import ua
from asyncua.ua.uaerrors import UaError

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.gateways.field.contract import Attached, Refused
from onecity.platform.iot.registries import point_tables

SHORTEST_MS, LONGEST_MS = 50, 3_600_000
MOST_POINTS: Final = 1_000
Security = Literal["none", "basic256sha256"]


class Server(NamedTuple):
    """A session's other end. certificate: the only one that is believed (PEM); "": the one that the server shows."""

    url: str
    security: Security
    certificate: str


class NodePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value: name and node. Value = raw × scale + offset. writes: as in Modbus point tables."""

    name: str
    node: str
    scale: float = 1.0
    offset: float = 0.0
    writes: dict[str, float | None] = {}


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A method that an order calls. arguments: names of the order's arguments, in the method's order."""

    object: str
    method: str
    arguments: tuple[str, ...] = ()


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device's link. time: whose clock counts, the source's or the moment of arrival."""

    url: str
    security: Security = "none"
    server_certificate: str = ""
    every_ms: int = 1_000
    time: Literal["source", "arrival"] = "source"
    table: str = ""
    points: tuple[NodePoint, ...] = ()
    methods: dict[str, Method] = {}


@dataclass(frozen=True, slots=True)
class Nodes:
    """One device: its nodes on a server."""

    key: str
    every_ms: int
    source_time: bool
    points: tuple[NodePoint, ...] = field(hash=False)
    methods: Mapping[str, Method] = field(hash=False)


class BadLink(ValueError):
    """The link cannot be used; str says why."""


def by_server(roster: Sequence[Attached], *, refused: Callable[[Refused], None]) -> Mapping[Server, tuple[Nodes, ...]]:
    """Return the devices by server. A device whose link cannot be used is left out and told of."""
    found: dict[Server, list[Nodes]] = {}
    for device in roster:
        try:
            server, nodes = read_link(device.device_key, device.link)
        except BadLink as error:
            raw = msgspec.json.encode(device.link)
            refused(Refused(raw, Fault.BAD_ADDRESS, {"link": str(error)[:200]}, device_key=device.device_key))
            continue
        found.setdefault(server, []).append(nodes)
    return {server: tuple(sorted(devices, key=lambda item: item.key)) for server, devices in found.items()}


def read_link(key: str, given: Mapping[str, object]) -> tuple[Server, Nodes]:
    """Read a device's link.

    Raises: BadLink.
    """
    try:
        link = msgspec.convert(dict(given), Link)
        points = msgspec.convert(_table(link.table), tuple[NodePoint, ...]) if link.table else link.points
    except msgspec.ValidationError as error:
        raise BadLink(str(error)) from None
    _check(link, points)
    nodes = Nodes(key, link.every_ms, link.time == "source", points, link.methods)
    return Server(link.url, link.security, link.server_certificate), nodes


def _table(code: str) -> object:
    table = point_tables().get(code)
    if table is None:
        raise BadLink(f"no point table {code}")
    return table.points


def _check(link: Link, points: Sequence[NodePoint]) -> None:
    names = [point.name for point in points]
    checks = {
        "a url that begins with opc.tcp:// and holds no password": link.url.startswith("opc.tcp://")
        and "@" not in link.url,
        "every_ms from 50 to 3600000": SHORTEST_MS <= link.every_ms <= LONGEST_MS,
        "1 to 1000 points": 0 < len(names) <= MOST_POINTS,
        "names of 1 to 80 characters, each once": len(set(names)) == len(names)
        and all(0 < len(name) <= 80 for name in names),
        "scales that are not 0": all(point.scale for point in points),
    }
    wrong = [wanted for wanted, holds in checks.items() if not holds]
    if wrong:
        raise BadLink("needs " + "; ".join(wrong))
    called = [item for method in link.methods.values() for item in (method.object, method.method)]
    for node in [point.node for point in points] + called:
        _check_node(node)


def _check_node(node: str) -> None:
    try:
        ua.NodeId.from_string(node)
    except UaError:
        raise BadLink(f"needs a node like ns=2;s=Tank.Level, not {node[:60]!r}") from None
