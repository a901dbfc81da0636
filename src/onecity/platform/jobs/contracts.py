"""What crosses the border of jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RunInfo:
    """How one run of a job stands. done, total: in the job's unit, total 0 when unknown. rate: units a second."""

    id: int
    code: str
    title: str
    state: str
    done: int
    total: int
    note: str
    result: Mapping[str, object]
    error: str
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancelling: bool
    rate: float
    seconds_left: float | None
