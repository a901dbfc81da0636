"""What crosses the border of emergency management."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class HarmFigures:
    """Persons and yuan, as known at the moment of a report."""

    deaths: int = 0
    missing: int = 0
    injured: int = 0
    trapped: int = 0
    loss_cny: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewIncident:
    """An incident as it is heard of.

    location: longitude, latitude (WGS 84). division_code: where it has no location. origin: what it came from, such as
    `iot.alarm:12`; one origin makes one incident. informant: the body that told, never a private person.
    """

    kind_code: str
    title: str
    words: str
    source: str
    occurred_at: datetime
    location: tuple[float, float] | None = None
    division_code: str = ""
    address: str = ""
    informant: str = ""
    harm: HarmFigures = field(default_factory=HarmFigures)
    is_drill: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True)
class TakenIncident:
    """What taking in gave. created: False when the origin had made it before."""

    id: int
    number: str
    created: bool


@dataclass(frozen=True, slots=True)
class NewReport:
    """A written report. to_levels: who gets it; empty for all levels that are owed one."""

    situation: str
    measures: str = ""
    trend: str = ""
    harm: HarmFigures | None = None
    is_final: bool = False
    to_levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewRule:
    """A row of reporting times, in force from a day on."""

    kind: str
    grade: int
    from_level: str
    to_level: str
    clock: str
    written_minutes: int
    effective_from: date
    phone_minutes: int | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class NewShift:
    """A shift of a duty room: who, from when to when."""

    organisation_id: int
    begins_at: datetime
    ends_at: datetime
    officer_id: int
    leader_id: int


@dataclass(frozen=True, slots=True)
class LevelDraft:
    """A response level of a plan. level: 1 (highest) to 4."""

    level: int
    conditions: str
    measures: str = ""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A working group. organisation_id: of the body that leads it."""

    code: str
    name: str
    organisation_id: int
    duties: str = ""


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step. group_code: of a group of the same plan. limit_minutes: one of `rules.plans.STEP_MINUTES`."""

    group_code: str
    title: str
    limit_minutes: int
    weakest_level: int = 4
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """A resource that a plan counts on."""

    kind: str
    name: str
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A whole version of a plan."""

    code: str
    name: str
    kind: str
    levels: tuple[LevelDraft, ...]
    groups: tuple[GroupDraft, ...]
    steps: tuple[StepDraft, ...]
    needs: tuple[NeedDraft, ...] = ()
    kind_prefix: str = ""
    purpose: str = ""
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class StartedResponse:
    """What starting gave. created: False when the plan was under way for the incident already."""

    id: int
    created: bool
    tasks: int
