"""What crosses the border of indicators."""

from dataclasses import dataclass
from datetime import datetime

from onecity.platform.indicators.rules import Verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator as it stands for an actor: value with its parts, the period it stands for, and how it compares.

    previous: the city's value a day of city time before, where the series has it.
    """

    code: str
    value: float | None
    numerator: float | None
    denominator: float | None
    start: datetime
    end: datetime
    verdict: Verdict
    previous: float | None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One point of a series; at: the hour of city time."""

    at: datetime
    value: float | None
