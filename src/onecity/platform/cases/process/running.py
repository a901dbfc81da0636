"""Runs a process from one human step to the next, and keeps its state as a short list.

The state holds the tree of tokens (element, parent's place in the list, state, and for open human tasks their id) and
the end events that were reached. What SpiffWorkflow predicts is left out and predicted anew; the process itself is not
stored. While a single token is alive, its past is left out too: it decides nothing any more, and a join passed for the
second time would count it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from onecity.platform.cases.process.engine import CityEngine, CityWorkflow, Context, Process

FORMAT: Final = 1
ALIVE: Final = frozenset({TaskState.WAITING, TaskState.READY})
State = Mapping[str, object]
Token = Sequence[Any]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A human task that waits. id: 32 hexadecimal digits. node: its id in the diagram."""

    id: str
    node: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did. opened, gone: tasks that began to wait, and that no longer wait (the ended one included).

    result: closed or void once the process has ended; empty while it runs. ends: ids of end events reached.
    """

    state: State
    opened: tuple[OpenTask, ...]
    gone: tuple[str, ...]
    result: str
    ends: tuple[str, ...]


class NoSuchToken(Exception):
    """The process does not wait for this task; the stored task and the stored state disagree."""


def begin(process: Process, context: Context) -> Step:
    """Start a process and run it to its first human tasks, or to its end."""
    workflow = CityWorkflow(process.spec, engine=CityEngine(process.conditions, context))
    return _run(process, workflow, before={}, ended=())


def advance(process: Process, state: State, *, task_id: str, context: Context) -> Step:
    """End one human task and run on to the next ones, or to the end.

    Raises: NoSuchToken.
    """
    workflow = _restored(process, state, context)
    before = _waiting(workflow)
    token = before.get(task_id)
    if token is None:
        raise NoSuchToken(task_id)
    token.run()
    ended = state["ends"]
    assert isinstance(ended, Sequence)
    return _run(process, workflow, before=before, ended=ended)


def go_on_at(process: Process, node: str) -> Step:
    """Return the step that lets an ended process go on at one human task, whatever it passed before."""
    root = process.spec.start.name
    token = OpenTask(uuid4().hex, node)
    tokens: list[Token] = [[root, -1, TaskState.COMPLETED], [node, 0, TaskState.READY, token.id]]
    return Step({"format": FORMAT, "tokens": tokens, "ends": []}, (token,), (), "", ())


def _run(process: Process, workflow: CityWorkflow, *, before: Mapping[str, Any], ended: Sequence[str]) -> Step:
    reached = {task.id for task in workflow.tasks.values() if _ended(process, task)}
    workflow.do_engine_steps()
    now = _waiting(workflow)
    opened = tuple(OpenTask(key, task.task_spec.name) for key, task in now.items() if key not in before)
    gone = tuple(key for key in before if key not in now)
    passed = [task for task in workflow.tasks.values() if task.id not in reached and _ended(process, task)]
    ends: tuple[str, ...] = tuple(task.task_spec.name for task in passed)
    every = [*ended, *ends]
    result = _result(process, every) if workflow.is_completed() else ""
    return Step({**_state(workflow), "ends": every}, opened, gone, result, ends)


def _ended(process: Process, task: Any) -> bool:
    return task.state == TaskState.COMPLETED and task.task_spec.name in process.diagram.ends


def _result(process: Process, ends: Sequence[str]) -> str:
    """Return how a process has ended: void if any of its branches ended so, else closed."""
    return "void" if any(process.diagram.ends[name].result == "void" for name in ends) else "closed"


def _waiting(workflow: CityWorkflow) -> dict[str, Any]:
    return {task.id.hex: task for task in workflow.get_tasks(state=TaskState.READY, manual=True)}


def _state(workflow: CityWorkflow) -> State:
    alive = [task for task in workflow.tasks.values() if task.state in ALIVE]
    if len(alive) == 1 and alive[0].state == TaskState.READY:
        root = workflow.task_tree.task_spec.name
        tokens: list[Token] = [[root, -1, TaskState.COMPLETED], _token(alive[0], 0)]
    else:
        tokens = _whole_tree(workflow)
    return {"format": FORMAT, "tokens": tokens}


def _whole_tree(workflow: CityWorkflow) -> list[Token]:
    tokens: list[Token] = []
    ahead = [(workflow.task_tree, -1)]
    while ahead:
        task, parent = ahead.pop()
        if task.state >= TaskState.WAITING:
            tokens.append(_token(task, parent))
            ahead.extend((child, len(tokens) - 1) for child in reversed(task.children))
    return tokens


def _token(task: Any, parent: int) -> Token:
    plain = [task.task_spec.name, parent, task.state]
    return [*plain, task.id.hex] if task.state == TaskState.READY else plain


def _restored(process: Process, state: State, context: Context) -> CityWorkflow:
    workflow = CityWorkflow(process.spec, engine=CityEngine(process.conditions, context), deserializing=True)
    tokens = state["tokens"]
    assert isinstance(tokens, Sequence)
    tasks: list[Any] = []
    for name, parent, token_state, *identity in tokens:
        above = tasks[parent] if parent >= 0 else None
        known = UUID(hex=identity[0]) if identity else None
        tasks.append(Task(workflow, process.spec.task_specs[name], parent=above, state=token_state, id=known))
    workflow.task_tree = tasks[0]
    for task in tasks:
        if task.has_state(TaskState.DEFINITE_MASK):
            task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    return workflow
