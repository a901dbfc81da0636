"""Questions to the history of readings, and the answers: columns of numbers, whatever store they lay in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.rules.buckets import Buckets


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which readings, and how fine.

    datastreams: ids. since ≤ phenomenon time < until; widened to whole steps. step_s: seconds of a bucket, a multiple
    of 60 that divides a day, or whole days (of the city); 0 for every reading. points: at most about so many points
    for a series instead of a step, 0 for none; peaks are kept. expected_s: how often readings should come, to tell
    gaps; 0: as its readings do.
    """

    datastreams: Sequence[int]
    since: datetime
    until: datetime
    step_s: int = 0
    points: int = 0
    expected_s: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a datastream should have given readings and gave none."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class HistorySeries:
    """One datastream's part of an answer, oldest first.

    With buckets: `buckets`. Without: every reading, `at`, `result` (NaN for none) and `quality` (ASCII codes).
    """

    datastream_id: int
    at: NDArray[np.int64]
    result: NDArray[np.float64]
    quality: NDArray[np.uint8]
    buckets: Buckets | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """An answer. step_s: of its buckets, 0 for readings. sources: how many rows came from `raw` (readings in the
    database), `cold` (readings in files), `late` (of closed days), `minute`, `hour`, `day` (roll-ups).
    """

    series: tuple[HistorySeries, ...]
    step_s: int
    since: datetime
    until: datetime
    sources: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RetentionText:
    """How many days of what is kept for a type of device ("" for all others); 0 keeps it for good."""

    type_code: str
    raw_days: int = 0
    minute_days: int = 0
    hour_days: int = 0
    day_days: int = 0

    @property
    def days(self) -> tuple[int, int, int, int]:
        """Days from the finest to the coarsest."""
        return self.raw_days, self.minute_days, self.hour_days, self.day_days


@dataclass(frozen=True, slots=True)
class Doomed:
    """What retention would take away. tier: raw, minute, hour or day. until: all before, in phenomenon time."""

    type_code: str
    tier: str
    until: datetime
    rows: int
    datastreams: int
