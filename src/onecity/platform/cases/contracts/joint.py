"""Joint handling and sub-cases as they cross the border."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewAssistance:
    """Bodies that are asked to assist whoever holds a task. wish: what they are to do."""

    task_id: int
    rule_code: str
    organisations: tuple[int, ...]
    wish: str


@dataclass(frozen=True, slots=True)
class AssistanceInfo:
    """A body that assists a task. assist_id: its own task. light: of that task's clock."""

    id: int
    task_id: int
    assist_id: int
    name: str
    organisation_id: int
    state: str
    wish: str
    light: str
    due_at: datetime | None
    asked_at: datetime
    asked_by_name: str
    ended_at: datetime | None
    ended_by_name: str
    note: str


@dataclass(frozen=True, slots=True)
class NewSubcase:
    """A case to be opened under a task. organisation_id: who owns it; the place is the parent's."""

    task_id: int
    rule_code: str
    title: str
    organisation_id: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class SubcaseInfo:
    """A case under another one, or the one above. visible: whether the reading actor may open its page."""

    name: str
    number: str
    title: str
    status: str
    light: str
    waits: bool
    task_id: int
    organisation_id: int
    opened_at: datetime
    ended_at: datetime | None
    visible: bool
