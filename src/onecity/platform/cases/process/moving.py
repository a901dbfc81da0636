"""Moving the state of a running process to another version of its diagram."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases.process.elements import Diagram
from onecity.platform.cases.process.engine import Process
from onecity.platform.cases.process.running import State, Token

PARALLEL: Final = "parallelGateway"


class CannotMove(Conflict):
    """The state of the process has no equal in the other version."""

    code = "cannot_move"
    message = zh("流程状态不能迁移：{why}")

    def __init__(self, why: str) -> None:
        super().__init__(params={"why": why})


def moved_state(state: State, *, source: Process, target: Process, mapping: Mapping[str, str]) -> State:
    """Return a state under the target's diagram. mapping: waiting node → node of the target.

    A single waiting task goes to any user task of the target: what it has passed decides nothing any more. With several
    tokens alive each keeps its element, and what forks and joins must be the same in both diagrams.
    Raises: CannotMove.
    """
    tokens = state["tokens"]
    assert isinstance(tokens, Sequence)
    _check_nodes([token[0] for token in tokens if len(token) > 3], target.diagram, mapping)
    if len(tokens) == 2 and len(tokens[1]) > 3:
        root, (node, parent, standing, identity) = tokens
        moved: list[Token] = [[target.spec.start.name, *root[1:]], [mapping[node], parent, standing, identity]]
        return {**state, "tokens": moved, "ends": []}
    _check_parallel(state, tokens, source=source, target=target, mapping=mapping)
    return state


def _check_nodes(waiting: Sequence[str], target: Diagram, mapping: Mapping[str, str]) -> None:
    for node in waiting:
        if mapping.get(node) not in target.user_tasks:
            raise CannotMove(zh("等待中的任务没有对应的任务"))


def _check_parallel(
    state: State, tokens: Sequence[Any], *, source: Process, target: Process, mapping: Mapping[str, str]
) -> None:
    if any(mapping[token[0]] != token[0] for token in tokens if len(token) > 3):
        raise CannotMove(zh("并行办理中的任务只能对应同一编号的任务"))
    if _forks(source.diagram) != _forks(target.diagram):
        raise CannotMove(zh("两个版本的并行分支不同"))
    specs, ends = target.spec.task_specs, state["ends"]
    assert isinstance(ends, Sequence)
    if any(name not in target.diagram.ends for name in ends):
        raise CannotMove(zh("已经到达的结束事件不在新版本中"))
    for name, parent, *_ in tokens:
        above = specs.get(tokens[parent][0]) if parent >= 0 else None
        if name not in specs or (parent >= 0 and (above is None or specs[name] not in above.outputs)):
            raise CannotMove(zh("两个版本在并行分支内的连线不同"))


def _forks(diagram: Diagram) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return what enters and leaves each parallel gateway."""
    return {
        item.id: (
            frozenset(flow.source for flow in diagram.entering(item.id)),
            frozenset(flow.target for flow in diagram.leaving(item.id)),
        )
        for item in diagram.gateways.values()
        if item.kind == PARALLEL
    }
