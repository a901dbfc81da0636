"""Sparkplug's topics: `spBv1.0/<group>/<type>/<edge node>[/<device>]`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NAMESPACE: Final = "spBv1.0"
BETWEEN: Final = ":"
_NODE_PARTS: Final = 4
_FORBIDDEN: Final = frozenset("+#/")


class Kind(StrEnum):
    """Types of messages. Source: Sparkplug 3.0.0, 4.1.3."""

    NBIRTH = "NBIRTH"
    NDEATH = "NDEATH"
    NDATA = "NDATA"
    NCMD = "NCMD"
    DBIRTH = "DBIRTH"
    DDEATH = "DDEATH"
    DDATA = "DDATA"
    DCMD = "DCMD"


@dataclass(frozen=True, slots=True)
class Place:
    """Who speaks. device: "" for the edge node itself."""

    group: str
    kind: Kind
    node: str
    device: str = ""

    @property
    def key(self) -> str:
        """Return the key under which the node or its device is registered: `node` or `node:device`."""
        return f"{self.node}{BETWEEN}{self.device}" if self.device else self.node


def parted(topic: str) -> Place | None:
    """Return what a topic says; None if it is no topic of a node or device.

    Source: Sparkplug 3.0.0, 4.1.
    """
    parts = topic.split("/")
    if parts[0] != NAMESPACE or len(parts) not in {_NODE_PARTS, _NODE_PARTS + 1} or not all(parts):
        return None
    if parts[2] not in Kind.__members__:
        return None
    kind = Kind(parts[2])
    if (kind[0] == "D") != (len(parts) > _NODE_PARTS):
        return None
    return Place(parts[1], kind, parts[3], parts[4] if len(parts) > _NODE_PARTS else "")


def command_topic(group: str, key: str) -> str:
    """Return the topic of orders to a node or device, by its key."""
    node, _, device = key.partition(BETWEEN)
    return f"{NAMESPACE}/{group}/DCMD/{node}/{device}" if device else f"{NAMESPACE}/{group}/NCMD/{node}"


def state_topic(host: str) -> str:
    """Return the topic on which a primary host says that it is there. Source: Sparkplug 3.0.0, 4.5."""
    if not host or _FORBIDDEN & set(host):
        raise ValueError("a host's name must not be empty, nor hold + # /")
    return f"{NAMESPACE}/STATE/{host}"
