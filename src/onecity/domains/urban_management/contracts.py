"""What crosses the border of digital urban management."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewReport:
    """A problem as somebody tells it. location: longitude, latitude (WGS 84).

    key: names the telling, so that one told twice opens one case. class_code: empty where the teller cannot know.
    not_repeated: the teller says that it is another problem than the one he reported near by.
    """

    description: str
    location: tuple[float, float]
    key: str
    address: str = ""
    class_code: str = ""
    urgency: int = 0
    reporter_name: str = ""
    reporter_phone: str = ""
    not_repeated: bool = False


@dataclass(frozen=True, slots=True)
class OpenedReport:
    """What a report became. code: with it and the number the reporter follows the case; empty for staff."""

    case_id: int
    number: str
    created: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a followed case. state: passed, now, ahead, skipped."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that was done, as the reporter reads it. text: what was written for him; empty for a mere step."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class FollowedReport:
    """A case as its reporter follows it: nothing personal, nobody's name.

    status: open, closed, void. merged_into: the case that goes on for it; empty for none. may_rate: the case is over
    and nobody has said yet how it was handled.
    """

    number: str
    title: str
    description: str
    class_name: str
    address: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    status: str
    merged_into: str
    stages: Sequence[Stage]
    answers: Sequence[Answer]
    satisfaction: str
    may_rate: bool


@dataclass(frozen=True, slots=True)
class FieldTask:
    """A task for a grid supervisor on foot. metres: from where he stands; None when that is not known."""

    task_id: int
    node: str
    name: str
    number: str
    title: str
    address: str
    light: str
    due_at: datetime | None
    location: tuple[float, float] | None
    metres: float | None

    @property
    def kilometres(self) -> float | None:
        """Return the distance in kilometres."""
        return None if self.metres is None else self.metres / 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """How a department or a division stands in a period; all counts.

    due: handling steps whose limit or end falls into the period. on_time: those of them that ended within their limit.
    """

    code: str
    name: str
    received: int
    due: int
    handled: int
    on_time: int
    late_open: int
    returned: int
    reworked: int
    closed: int

    @property
    def on_time_rate(self) -> float | None:
        """Return on_time ÷ due in per cent; None where nothing was due."""
        return round(100 * self.on_time / self.due, 1) if self.due else None

    @property
    def rework_rate(self) -> float | None:
        """Return reworked ÷ handled in per cent; None where nothing was handled."""
        return round(100 * self.reworked / self.handled, 1) if self.handled else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a report, as texts; the first column is the rank, the second the object."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
