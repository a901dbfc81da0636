"""Cases and tasks as they cross the border."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onecity.kernel.deadlines import TimeUnit
from onecity.platform.cases.declare import Value


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened.

    organisation_id: who owns it. division_code: 6 to 15 digits; the owner's own where it is empty. location: longitude,
    latitude (CGCS2000). origin: what it came from, such as `iot.alarm:12`; one origin opens one case.
    """

    type_code: str
    title: str
    organisation_id: int
    description: str = ""
    class_code: str = ""
    source_code: str = ""
    urgency: int = 0
    division_code: str = ""
    location: tuple[float, float] | None = None
    address: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    origin: str = ""
    handler_id: int | None = None
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """What opening gave. created: False when the origin had opened it before."""

    id: int
    number: str
    created: bool


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """How a person ends a task. revision: of the case as the person saw it; None does not compare.

    files: ids of documents that belong to the answer. data: values of the task's form.
    overrule: why the holder waits no longer for bodies that assist him, and for sub-cases.
    """

    outcome: str
    note: str = ""
    organisation_id: int | None = None
    files: tuple[int, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    revision: int | None = None
    overrule: str = ""


@dataclass(frozen=True, slots=True)
class CompletedTask:
    """What completing gave. status: of the case afterwards. opened: names of the tasks that wait now."""

    case_id: int
    number: str
    status: str
    revision: int
    opened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    id: int
    number: str
    type_code: str
    type_name: str
    title: str
    class_code: str
    class_name: str
    source_code: str
    urgency: int
    status: str
    stage_code: str
    stage_name: str
    light: str
    organisation_id: int
    handler_id: int | None
    division_code: str
    address: str
    location: tuple[float, float] | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClockInfo:
    """A clock as people see it. used: share of the limit that has run at the moment of reading; above 1 when late."""

    amount: str
    unit: TimeUnit
    due_at: datetime
    light: str
    paused_at: datetime | None
    used: float


@dataclass(frozen=True, slots=True)
class OutcomeInfo:
    """A way to end a task, and what it asks for."""

    code: str
    name: str
    tone: str
    reason: bool
    files: bool
    organisation: bool


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task of a case. mine: whether the reading actor may end it now. assignee: who has claimed it."""

    id: int
    node: str
    name: str
    stage_code: str
    state: str
    post: str
    organisation_id: int | None
    assignee_id: int | None
    opened_at: datetime
    ended_at: datetime | None
    ended_by: str
    outcome: str
    outcome_name: str
    clock: ClockInfo | None
    light: str
    form: str
    outcomes: Sequence[OutcomeInfo]
    mine: bool


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """A line of history."""

    id: int
    at: datetime
    kind: str
    actor_name: str
    organisation_id: int | None
    text: str
    data: Mapping[str, object]
    task_id: int | None


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A stage of the stage bar. state: passed, now, ahead."""

    code: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseInfo:
    """A whole case as one actor sees it."""

    row: CaseRow
    description: str
    scheme_code: str
    revision: int
    version_id: int
    version_number: int
    origin: str
    reporter_name: str
    reporter_phone: str
    opened_by: str
    data: Sequence[tuple[str, str]]
    clock: ClockInfo | None
    stages: Sequence[StageInfo]
    tasks: Sequence[TaskInfo]
    merged_into: str
    merged_from: Sequence[str]
    suspended_until: datetime | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A waiting task in somebody's list, with what one needs to know of its case."""

    id: int
    name: str
    node: str
    case_id: int
    number: str
    title: str
    type_name: str
    address: str
    urgency: int
    light: str
    opened_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    organisation_id: int | None
    assignee_id: int | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case near another in place and time. metres, hours: how far away."""

    row: CaseRow
    metres: float
    hours: float


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """A class of the edition in force."""

    code: str
    name: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed by; empty values narrow nothing. opened_by: an actor's key."""

    status: str = ""
    type_code: str = ""
    stage_code: str = ""
    light: str = ""
    class_code: str = ""
    source_code: str = ""
    handler_id: int | None = None
    division_code: str = ""
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    opened_by: str = ""
