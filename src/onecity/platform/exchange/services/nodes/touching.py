"""What a node does with the hub's own places: always by the hub's copy of the plan, never by the node's word."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from onecity.platform.exchange.connectors.contract import Landed, NotUnderstood, Target
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import Block, Position, Reading
from onecity.platform.exchange.contracts.nodes import NODE_KIND, PartCall, SourceCall
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.engine.limiting import limited, read_request, with_limit_columns, write_request
from onecity.platform.exchange.models import NodeTask
from onecity.platform.exchange.services.flows.plans import plan_of

MOST_PARTS: Final = 64


def prepare(task: NodeTask, call: PartCall) -> Landed:
    """Open the stage of the hub's target."""
    with _target(task, call.part) as target:
        return target.prepare()


def land(task: NodeTask, block: Block, *, part: int) -> None:
    """Land a block. Raises: RowsRefused; NotUnderstood for columns that the plan does not fill."""
    with _target(task, part) as target:
        target.prepare()
        target.land(block)


def apply(task: NodeTask, call: PartCall) -> Counts:
    """Make the stage the target."""
    with _target(task, call.part) as target:
        target.prepare()
        return target.apply()


def sums(task: NodeTask, call: PartCall) -> dict[str, str]:
    """Return the target's checksums."""
    with _target(task, call.part) as target:
        target.prepare()
        return target.sums(call.columns)


def discard(task: NodeTask, call: PartCall) -> None:
    """Take the stage away."""
    with _target(task, call.part) as target:
        target.prepare()
        target.discard()


@dataclass(slots=True)
class Sources:
    """The hub's sources that nodes are reading: a reader stays open while its node asks for block after block."""

    _open: dict[tuple[int, int], tuple[Position | None, Iterator[Block]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def next_block(self, task: NodeTask, call: SourceCall) -> Block | None:
        """Return the block after `call.since`, the grant's columns and rows only and masked; None at the end.

        Raises: BeyondGrant; Unreachable; NotUnderstood.
        """
        key = (task.id, call.part)
        with self._lock:
            held = self._open.pop(key, None)
        blocks = held[1] if held is not None and held[0] == call.since else _blocks(task, call)
        block = next(blocks, None)
        if block is not None:
            with self._lock:
                self._open[key] = (block.after, blocks)
        return block

    def forget(self, task_id: int) -> None:
        """Let a run's readers go."""
        with self._lock:
            for key in [key for key in self._open if key[0] == task_id]:
                del self._open[key]


def _target(task: NodeTask, part: int) -> Target:
    plan = _plan(task)
    if plan.target.kind == NODE_KIND or not 0 <= part < MOST_PARTS:
        raise NotUnderstood(params={"reason": "target"})
    request = write_request(plan, run=task.name, last_wins=plan.reading is not Reading.FULL)
    return connector(plan.target.kind).target(plan.target, replace(request, part=part))


def _blocks(task: NodeTask, call: SourceCall) -> Iterator[Block]:
    plan = _plan(task)
    if plan.source.kind == NODE_KIND:
        raise NotUnderstood(params={"reason": "source"})
    request = with_limit_columns(read_request(plan, reader=task.name), plan.limits)
    conditions = request.conditions
    request = replace(request, since=call.since, key_from=call.key_from, key_to=call.key_to)
    asked = [name for name in request.columns if name in call.columns]
    for block in connector(plan.source.kind).read(plan.source, request):
        rows = limited(block.rows, plan.limits, conditions)
        yield replace(block, rows=rows.select(asked), torn=(), landed=None)


def _plan(task: NodeTask) -> Plan:
    return plan_of(task.run)
