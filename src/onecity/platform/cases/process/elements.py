"""What a diagram says, read from BPMN 2.0 XML without trusting it.

Source: BPMN 2.0 (OMG formal/2011-01-03), chapters 7 and 10; the extension attributes are a house rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.cases.rules.outcomes import OutcomeRule

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CITY: Final = "https://onecity.example/bpmn"


@dataclass(frozen=True, slots=True)
class UserTask:
    """A step that a person ends. post: permission of those who may. assign: whose organisation they belong to.

    limit: name of a limit, `class:NAME` for the class's own, or `AMOUNT UNIT`. pauses: ids of tasks, or `case`, whose
    clocks stand while this task is open. continues: a later instance goes on with the time that the earlier ones left.
    pick: who gets it at once, `load` or `duty`; empty for the pool.
    """

    id: str
    name: str
    stage: str
    post: str
    assign: str
    limit: str
    warn: str
    pauses: tuple[str, ...]
    continues: bool
    form: str
    outcomes: tuple[OutcomeRule, ...]
    pick: str = ""


@dataclass(frozen=True, slots=True)
class ServiceTask:
    """A step that the system does by a registered action."""

    id: str
    name: str
    action: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A fork or a join. default: id of the flow taken when no condition holds."""

    id: str
    kind: str
    default: str


@dataclass(frozen=True, slots=True)
class End:
    """An end. result: closed or void. terminates: whatever else is open is cancelled."""

    id: str
    name: str
    result: str
    terminates: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. condition: an expression, or nothing."""

    id: str
    source: str
    target: str
    condition: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A process: its nodes by id and its flows."""

    process_id: str
    name: str
    starts: tuple[str, ...]
    user_tasks: Mapping[str, UserTask] = field(default_factory=dict)
    service_tasks: Mapping[str, ServiceTask] = field(default_factory=dict)
    gateways: Mapping[str, Gateway] = field(default_factory=dict)
    ends: Mapping[str, End] = field(default_factory=dict)
    flows: tuple[Flow, ...] = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        """Return the ids of all nodes."""
        return (*self.starts, *self.user_tasks, *self.service_tasks, *self.gateways, *self.ends)

    def leaving(self, node: str) -> tuple[Flow, ...]:
        """Return the flows that leave a node."""
        return tuple(flow for flow in self.flows if flow.source == node)

    def entering(self, node: str) -> tuple[Flow, ...]:
        """Return the flows that enter a node."""
        return tuple(flow for flow in self.flows if flow.target == node)
