"""SpiffWorkflow, held in: only our elements, only our expressions, no Python from diagrams anywhere.

SpiffWorkflow's own script engine evaluates Python with `eval`. It is neither built nor called here: the workflow is
always given `CityEngine`, which knows parsed conditions and registered actions only.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import EndEventParser, StartEventParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent,
    ExclusiveGateway,
    ParallelGateway,
    ServiceTask,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from onecity.platform.cases.declare import Value
from onecity.platform.cases.process.elements import Diagram
from onecity.platform.cases.rules.expressions import Node, evaluate
from onecity.platform.cases.rules.grammar import parse

logging.getLogger("spiff").setLevel(logging.WARNING)  # it tells of every token that moves


class PythonRefused(RuntimeError):
    """A diagram tried to have Python run; publishing refuses such diagrams, so this is a fault of ours."""


@dataclass(slots=True)
class Context:
    """What one step knows and may do.

    values: what conditions name. call: runs a registered condition function. act: runs a service task by its id.
    """

    values: dict[str, Value]
    call: Callable[[str, Sequence[Value]], Value]
    act: Callable[[str], None]
    passed: list[str] = field(default_factory=list)


class CityEngine:
    """Stands where SpiffWorkflow expects its script engine."""

    def __init__(self, conditions: Mapping[str, Node], context: Context) -> None:
        self.context = context
        self._conditions = conditions

    def evaluate(self, _task: Any, expression: str, external_context: object = None) -> bool:
        """Return whether a condition of the diagram holds."""
        node = self._conditions[expression]
        return evaluate(node, values=self.context.values, call=self.context.call) is True

    def execute(self, *_: object, **__: object) -> None:
        """Refuse a script."""
        raise PythonRefused

    def call_service(self, *_: object, **__: object) -> None:
        """Refuse an unnamed service."""
        raise PythonRefused


class ActionTask(ServiceTask):  # type: ignore[misc]  # SpiffWorkflow has no types
    """A service task: runs the registered action that the diagram names."""

    def _execute(self, task: Any) -> bool:
        task.workflow.script_engine.context.act(self.bpmn_id)
        return True


class CityParser(BpmnParser):  # type: ignore[misc]  # SpiffWorkflow has no types
    """Knows the elements that we run, and no others."""

    PARSER_CLASSES: Final = {
        full_tag("startEvent"): (StartEventParser, StartEvent),
        full_tag("endEvent"): (EndEventParser, EndEvent),
        full_tag("userTask"): (TaskParser, UserTask),
        full_tag("serviceTask"): (TaskParser, ActionTask),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, ExclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
    }


class CityWorkflow(BpmnWorkflow):  # type: ignore[misc]  # SpiffWorkflow has no types
    """A running process; it cannot be made without our engine."""

    def __init__(self, spec: Any, *, engine: CityEngine, deserializing: bool = False) -> None:
        super().__init__(spec, script_engine=engine, deserializing=deserializing)


@dataclass(frozen=True, slots=True)
class Process:
    """A published process, ready to run: its diagram, its conditions parsed, and SpiffWorkflow's own form of it."""

    diagram: Diagram
    conditions: Mapping[str, Node]
    spec: Any


def compiled(xml: str, diagram: Diagram) -> Process:
    """Return a checked diagram ready to run."""
    parser = CityParser()
    root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    for text in root.iter("{*}conditionExpression"):
        text.text = (text.text or "").strip()
    parser.add_bpmn_xml(root)
    conditions = {flow.condition: parse(flow.condition) for flow in diagram.flows if flow.condition}
    return Process(diagram, conditions, parser.get_spec(diagram.process_id))
