"""What modules declare to indicators: what the city is measured by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onecity.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator's value. numerator, denominator: for rates, so that parts can be added up; None value: not known."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a value stands for, in city time; start included, end not. A state of now has start == end."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows behind a value: column names (Chinese), rows of plain values, and an address for each row ("" for none)."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float | datetime | None]]
    links: Sequence[str]


Compute = Callable[[Actor, Period], Measure]
DrillDown = Callable[[Actor, Period, int], Evidence]


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something the city is measured by.

    definition: one Chinese sentence, numerator and denominator included. unit: Chinese, "" for a bare number.
    compute: the value for an actor and a period (what he may not see is not counted). rows: the rows behind it, at most
    as many as asked for. better: which direction is good. target: the value aimed at. every_s: how long a value stays
    fresh on the cockpit. group: heading on the cockpit. permission: who sees it; empty for the public. on_board: if it
    stands on the cockpit, or on the pages of indicators alone.
    """

    code: str
    name: str
    definition: str
    unit: str
    compute: Compute
    rows: DrillDown
    group: str
    better: Literal["higher", "lower", "neither"] = "neither"
    target: float | None = None
    decimals: int = 0
    every_s: float = 5.0
    period: Literal["now", "today", "month"] = "now"
    permission: str = ""
    source: str = "House rule"
    order: int = 100
    on_board: bool = True
