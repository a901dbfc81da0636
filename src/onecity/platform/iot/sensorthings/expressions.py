"""What a `$filter` or `$orderby` says, as a tree. Nothing here knows of SQL."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

Comparison = Literal["eq", "ne", "gt", "ge", "lt", "le"]
Arithmetic = Literal["add", "sub", "mul", "div", "mod"]
COMPARISONS: Final = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, both ends included."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Geography:
    """A geometry as well-known text, WGS 84, longitude first."""

    text: str


Plain = str | float | int | bool | None | datetime | date | time | timedelta | Interval | Geography


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that was written out."""

    value: Plain


@dataclass(frozen=True, slots=True)
class Path:
    """A property, perhaps of a related entity, perhaps within JSON."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands: a comparison, arithmetic, `and`, `or`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negation:
    """`not` of a truth value."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Minus:
    """A number's or duration's opposite."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Within:
    """`in` one of several."""

    operand: "Node"
    choices: tuple["Node", ...]


Node = Constant | Path | Call | Binary | Negation | Minus | Within
