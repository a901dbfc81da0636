"""What an exchange node and the hub say to one another."""

from dataclasses import dataclass, field

from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.contracts.tables import TableShape

NODE_KIND = "node"
"""Kind of a place that lies behind an exchange node; its options are `node` (code) and `place` (name there)."""
HUB_KIND = "hub"
"""Kind under which a node reaches a place that lies at the hub."""
VERSION = "1"


@dataclass(frozen=True, slots=True)
class NodePlace:
    """A source or target that a node offers. fault: why it could not be looked into, else empty."""

    name: str
    kind: str
    tables: tuple[TableShape, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Hello:
    """A node says what it is and what it offers."""

    version: str
    places: tuple[NodePlace, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeWork:
    """One run for a node. name: of the run, for ever; since: where an incremental run begins."""

    task: int
    name: str
    plan: Plan
    since: Position | None = None


@dataclass(frozen=True, slots=True)
class BlockHead:
    """What travels before a block's rows."""

    number: int
    after: Position


@dataclass(frozen=True, slots=True)
class PartCall:
    """A call to a target. part: number of the key range."""

    part: int = 0
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceCall:
    """The next block from the hub's place, after a position."""

    columns: tuple[str, ...]
    since: Position | None = None
    part: int = 0
    key_from: str | int | None = None
    key_to: str | int | None = None


@dataclass(frozen=True, slots=True)
class ProgressCall:
    """How far a run is."""

    counts: Counts = field(default_factory=Counts)
    blocks: int = 0


@dataclass(frozen=True, slots=True)
class FailedCall:
    """Why a run ended on the node. again: trying later may help."""

    sentence: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What the hub answers instead of a result. kind: unreachable, stop, rows, or refused."""

    kind: str
    sentence: str
    rows: tuple[tuple[int, str, str], ...] = ()
