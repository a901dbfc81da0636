"""What modules declare to cases: types of cases with their process, actions, conditions, classes and sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from onecity.kernel.deadlines import TimeUnit

Value = str | int | float | bool | None
FieldKind = Literal["text", "number", "flag", "choice"]
MeasureKind = Literal["yellow", "red", "escalate"]
RequestKind = Literal["postpone", "suspend", "return", "force_close", "reopen"]
Tone = Literal["grey", "blue", "green", "yellow", "orange", "red", "purple"]
TONES: tuple[Tone, ...] = ("grey", "blue", "green", "yellow", "orange", "red", "purple")


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit. amount: units, as a decimal text such as "0.25". warn: share after which it turns yellow."""

    amount: str
    unit: TimeUnit
    warn: str = "0.8"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the stage bar, in the order of declaration."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DataField:
    """A value that a case of the type carries and that conditions may name. choices: (code, Chinese name) pairs."""

    code: str
    name: str
    kind: FieldKind = "text"
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RequestRule:
    """A request that people may make inside a case: more time, standing still, giving back, closing, reopening.

    asker: permission; empty for whoever may end the task (or any waiting task of the case). approver: post that
    decides; empty for a return that needs nobody's consent. limit: name of the limit of the decision. most: grants in
    one case, 0 for any number. longest: `AMOUNT UNIT`; of all grants together (postpone), or how far the review may lie
    ahead (suspend). within: `AMOUNT UNIT` after the task began (return) or the case ended (reopen). tasks: their nodes,
    empty for all. outcome: that a granted return gives its task. target: node where a reopened case goes on.
    extends_case: whether the case's own limit grows with its task's. reasons: (code, Chinese name) pairs.
    """

    code: str
    name: str
    kind: RequestKind
    asker: str = ""
    approver: str = ""
    limit: str = ""
    most: int = 0
    longest: str = ""
    within: str = ""
    tasks: tuple[str, ...] = ()
    outcome: str = ""
    target: str = ""
    extends_case: bool = True
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JointRule:
    """Assistance that the holder of a task may ask other bodies for.

    limit: name of the limit of each body's answer. tasks: nodes, empty for all. post: permission of who assists, empty
    for the task's own. most: bodies that one task may ask, 0 for a hundred.
    """

    code: str
    name: str
    limit: str
    tasks: tuple[str, ...] = ()
    post: str = ""
    most: int = 0


@dataclass(frozen=True, slots=True)
class SubcaseRule:
    """A case of the type `type_code` that the holder of a task may open under it.

    tasks: nodes, empty for all. waits: whether the task waits for its end. most: of one task, 0 for a hundred.
    """

    code: str
    name: str
    type_code: str
    tasks: tuple[str, ...] = ()
    waits: bool = True
    most: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """What follows a missed deadline. after: `AMOUNT UNIT` from it. level: organisations up (escalate), from 1."""

    kind: MeasureKind
    after: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Supervision:
    """Electronic supervision of a type. measures: in order of time, all in one unit.

    appeal: `AMOUNT UNIT` from a card's issue. decide: `AMOUNT UNIT` from an appeal. post: permission of who decides.
    """

    measures: tuple[Measure, ...]
    appeal: str = "5 work_day"
    decide: str = "5 work_day"
    post: str = "cases.supervise"


@dataclass(frozen=True, slots=True)
class CaseType:
    """A type of case as it stands on the first day; staff publish later versions as data.

    process: the BPMN 2.0 file. limits: by name, which tasks refer to. case_limit: name of the limit of the whole case,
    empty for none. forms: JSON Schemas by name, which tasks refer to. scheme: the classification its cases carry.
    view: permission that is needed beside `cases.view` to see its cases, empty for none. create: permission to open one
    by hand, empty for programs only. supervision: None for the house default.
    """

    code: str
    name: str
    process: Path
    stages: tuple[Stage, ...]
    view: str = ""
    create: str = ""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    case_limit: str = ""
    data: tuple[DataField, ...] = ()
    forms: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    scheme: str = ""
    icon: str = "clipboard-list"
    requests: tuple[RequestRule, ...] = ()
    supervision: Supervision | None = None
    joint: tuple[JointRule, ...] = ()
    subcases: tuple[SubcaseRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What an action or a condition function may know of a case. outcomes: the last outcome of each user task."""

    case_id: int
    number: str
    type_code: str
    class_code: str
    source_code: str
    urgency: int
    organisation_id: int
    handler_id: int | None
    division_code: str
    outcome: str
    outcomes: Mapping[str, str]
    data: Mapping[str, Value]
    now: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action wants changed: values of declared data, and the organisation that is to handle the case."""

    data: Mapping[str, Value] = field(default_factory=dict)
    handler_id: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What a service task of a process does, in the transaction of the step: pure, or writing its module's own tables.

    parameters: names that the diagram may give it. run: gets the facts and the parameters as texts.
    """

    code: str
    name: str
    run: Callable[[Facts, Mapping[str, str]], Effect]
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A function that expressions of a process may call. Its last code word is the name in the expression."""

    code: str
    name: str
    test: Callable[[Facts, Sequence[Value]], Value]
    arguments: int = 0


@dataclass(frozen=True, slots=True)
class CaseClass:
    """A class of a classification. parent: code of the class above. limits: by name; they go before the type's own."""

    code: str
    name: str
    parent: str = ""
    limits: Mapping[str, Limit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Classification:
    """A scheme of classes as it stands on the first day; later editions are data."""

    code: str
    name: str
    classes: tuple[CaseClass, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where cases come from: patrol, hotline, sensor."""

    code: str
    name: str
    icon: str = "point"
    order: int = 100


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the case page that another module fills. url_name: takes the case's number, answers a fragment."""

    code: str
    name: str
    url_name: str
    type_codes: tuple[str, ...]
    order: int = 100
