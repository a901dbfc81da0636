"""What crosses the border of the macro-economic register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

SeriesKind = Literal["stock", "flow", "index", "rate"]
PeriodKind = Literal["year", "half", "quarter", "month", "cumulative"]
Stage = Literal["preliminary", "revised", "final"]
Mark = Literal["", "nil", "unknown"]
Measure = Literal["value", "year_on_year", "period_on_period", "share", "per_head"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period.

    number: which half, quarter or month; 1 for a year; for `cumulative` the last month of January–month.
    Raises: ValueError if there is no such period.
    """

    year: int
    kind: PeriodKind
    number: int = 1

    def __post_init__(self) -> None:
        most = {"year": 1, "half": 2, "quarter": 4, "month": 12, "cumulative": 12}[self.kind]
        if not (1900 <= self.year <= 2200 and 1 <= self.number <= most):
            raise ValueError(f"there is no {self.kind} {self.number} of {self.year}")


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series to be defined. unit: as values are kept, such as 亿元. whole: code of the series of which it is a part."""

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
    mark: Mark = ""
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
    mark: Mark
    stated: str
    note: str
    stage: Stage
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


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit together. expected, found: in the series' unit, or percent for growth."""

    check: Literal["parts", "divisions", "growth", "quarters", "falling"]
    series: str
    division_code: str
    period: Period
    expected: Decimal
    found: Decimal
    of: Sequence[str] = ()
