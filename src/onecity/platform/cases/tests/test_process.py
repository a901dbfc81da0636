"""How processes run, and that Python never does."""

import json
from collections.abc import Sequence

import pytest
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment

from onecity.platform.cases.declare import Value
from onecity.platform.cases.process.engine import CityEngine, Context, Process, PythonRefused, compiled
from onecity.platform.cases.process.reading import Reading
from onecity.platform.cases.process.running import NoSuchToken, Step, advance, begin
from onecity.platform.cases.tests.diagrams import (
    COMPLAINT,
    PARALLEL,
    choice,
    end,
    parallel,
    process,
    service,
    start,
    user,
)
from onecity.platform.cases.tests.reading import faults


def ready(xml: str) -> Process:
    assert faults(xml) == {}
    diagram = Reading(xml).diagram
    assert diagram is not None
    return compiled(xml, diagram)


class Run:
    """A process run by hand; its state goes through JSON at every step."""

    def __init__(self, xml: str, values: dict[str, Value] | None = None) -> None:
        self.process = ready(xml)
        self.values = values or {}
        self.acted: list[str] = []
        self.step: Step = begin(self.process, self.context(""))
        self.open = {task.node: task.id for task in self.step.opened}

    def context(self, outcome: str) -> Context:
        def call(name: str, arguments: Sequence[Value]) -> Value:
            return self.values.get(f"{name}:{arguments[0]}")

        return Context({**self.values, "outcome": outcome}, call, self.acted.append)

    def end(self, node: str, outcome: str = "ok") -> "Run":
        state = json.loads(json.dumps(self.step.state))
        self.step = advance(self.process, state, task_id=self.open[node], context=self.context(outcome))
        self.open = {key: token for key, token in self.open.items() if token not in self.step.gone}
        self.open.update({task.node: task.id for task in self.step.opened})
        return self


def test_process_walks_through_conditions_to_its_end() -> None:
    run = Run(COMPLAINT)
    assert list(run.open) == ["accept"]
    assert list(run.end("accept", "accept").open) == ["handle"]
    assert list(run.end("handle", "return").open) == ["accept"]
    run.end("accept", "accept").end("handle", "done")
    assert list(run.end("check", "redo").open) == ["handle"]
    run.end("handle", "done").end("check", "pass")
    assert (run.step.result, run.open) == ("closed", {})


def test_void_end_makes_the_result_void() -> None:
    assert Run(COMPLAINT).end("accept", "void").step.result == "void"


def test_state_stays_small_however_often_a_case_goes_back() -> None:
    run = Run(COMPLAINT)
    for _ in range(150):
        run.end("accept", "accept").end("handle", "return")
    assert len(json.dumps(run.step.state)) < 300


def test_join_waits_for_both_branches() -> None:
    run = Run(PARALLEL)
    assert set(run.open) == {"a", "b"}
    assert set(run.end("b").open) == {"a"}
    assert set(run.end("a").open) == {"c"}
    assert run.end("c").step.result == "closed"


def test_join_that_is_passed_again_waits_again() -> None:
    run = Run(PARALLEL).end("a")
    assert set(run.end("b", "back").open) == {"a", "b"}
    assert set(run.end("a").open) == {"b"}
    assert set(run.end("b").open) == {"c"}


def test_terminating_end_takes_the_other_tasks_away() -> None:
    xml = process(
        start(),
        parallel("fork"),
        user("a", "甲", "ok:好"),
        user("b", "乙", "ok:好"),
        end(terminates=True),
        end("other"),
        flows="start > fork\nfork > a\nfork > b\na > end\nb > other",
    )
    run = Run(xml)
    other = run.open["b"]
    run.end("a")
    assert run.step.result == "closed"
    assert set(run.step.gone) >= {other}


def test_void_branch_decides_though_another_ends_later() -> None:
    xml = process(
        start(),
        parallel("fork"),
        user("a", "甲", "ok:好"),
        user("b", "乙", "ok:好"),
        user("c", "丙", "ok:好"),
        end("gone", "void"),
        end(),
        flows="start > fork\nfork > a\nfork > b\na > gone\nb > c\nc > end",
    )
    assert Run(xml).end("a").end("b").end("c").step.result == "void"


def test_service_task_acts_and_functions_are_called() -> None:
    xml = process(
        start(),
        service("set", "cases.set_value", name="depth", value="3"),
        choice("g", "g-a"),
        user("a", "甲", "ok:好"),
        end(),
        flows="start > set\nset > g\ng > a\ng > end : outcome_of('a') == 'ok'\na > end",
    )
    run = Run(xml)
    assert (run.acted, list(run.open)) == (["set"], ["a"])
    assert Run(xml, {"outcome_of:a": "ok"}).step.result == "closed"


def test_task_that_does_not_wait_cannot_be_ended() -> None:
    run = Run(COMPLAINT)
    with pytest.raises(NoSuchToken):
        advance(run.process, run.step.state, task_id="0" * 32, context=run.context("x"))


def test_python_engine_is_neither_built_nor_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("SpiffWorkflow's Python engine was reached")

    for kind, names in (
        (PythonScriptEngine, ("__init__", "evaluate", "execute", "call_service", "validate")),
        (TaskDataEnvironment, ("evaluate", "execute")),
    ):
        for name in names:
            monkeypatch.setattr(kind, name, refuse)
    test_process_walks_through_conditions_to_its_end()
    test_service_task_acts_and_functions_are_called()
    test_join_that_is_passed_again_waits_again()


def test_engine_refuses_scripts_and_unnamed_services() -> None:
    engine = CityEngine({}, Context({}, lambda *_: None, lambda _: None))
    with pytest.raises(PythonRefused):
        engine.execute(None, "import os")
    with pytest.raises(PythonRefused):
        engine.call_service(None)
    with pytest.raises(KeyError):
        engine.evaluate(None, "1 == 1")
