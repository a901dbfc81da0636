"""What crosses the border of the macro-economic register."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from onecity.platform.registers.rules.economy.checking import Finding
from onecity.platform.registers.rules.economy.comparing import SeriesKind
from onecity.platform.registers.rules.economy.periods import Period, PeriodKind

__all__ = [
    "Finding",
    "Measure",
    "NewSeries",
    "NewValue",
    "Period",
    "PeriodKind",
    "SeriesInfo",
    "SeriesKind",
    "Taken",
    "ValueInfo",
]

Measure = Literal["value", "year_on_year", "period_on_period", "share", "per_head"]


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series to be defined. unit: as values are kept, such as 亿元. whole: code of the series it is a part of."""

    code: str
    name: str
    kind: SeriesKind
    unit: str
    organisation_id: int
    aliases: tuple[str, ...] = ()
    definition: str = ""
    decimals: int = 2
    base_year: int | None = None
    whole: str = ""
    parts_are_complete: bool = False
    sums_over_divisions: bool = False
    is_population: bool = False
    is_made_up: bool = False


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """A series as others see it."""

    id: int
    code: str
    name: str
    kind: SeriesKind
    unit: str
    decimals: int
    organisation_id: int
    definition: str
    base_year: int | None
    whole: str
    aliases: tuple[str, ...]
    parts_are_complete: bool
    sums_over_divisions: bool
    is_population: bool
    is_made_up: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewValue:
    """What a publication says of a series. value: in the series' unit; None needs a mark."""

    series: str
    division_code: str
    period: Period
    value: Decimal | None
    mark: str = ""
    stated: str = ""
    note: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """A value as others see it. table_id: the statistical table it came from; None when it was typed in."""

    id: int
    series: str
    division_code: str
    period: Period
    value: Decimal | None
    mark: str
    stated: str
    note: str
    stage: str
    published_on: date
    table_id: int | None
    cell: str
    is_current: bool
    recorded_by: str
    created_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking in a table did. unchanged: values that were published so before."""

    table_id: int
    taken: int
    unchanged: int
