"""The engine of runs that a node carries out: the worker offers the run, watches it and passes on what is reported."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from onecity.kernel import clock
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.plans import from_json
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.nodes import HUB_KIND, NODE_KIND, NodePlace
from onecity.platform.exchange.contracts.outcomes import Counts, Outcome
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.plans import Limits, Plan
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.models import ExchangeNode, NodeTask, Run
from onecity.platform.exchange.services.nodes import tasks

SILENT_S: Final = 90.0
LOOK_EVERY_S: Final = 0.5


def is_for_node(plan: Plan) -> bool:
    """Say whether a plan has a place that only a node can reach."""
    return NODE_KIND in (plan.source.kind, plan.target.kind)


def run_on_node(
    plan: Plan, *, run: str, journal: Journal, since: Position | None, sleep: Callable[[float], None] = time.sleep
) -> Outcome:
    """Have a node carry out a plan. The journal's wish to stop reaches the node at its next call.

    Raises: Unreachable while the node is silent; NotUnderstood with the node's sentence; what the journal raises.
    """
    node = _node_of(plan)
    row = Run.objects.get(id=int(run.removeprefix("r")))
    task = tasks.offer(row, node, for_node(plan), name=run, since=since, now=clock.real_now())
    try:
        while task.state in tasks.OPEN:
            _watch_node(node.id)
            sleep(LOOK_EVERY_S)
            task.refresh_from_db()
            journal.progress(from_json(task.counts, Counts) if task.counts else Counts(), task.blocks)
    except BaseException as fault:
        if not isinstance(fault, Unreachable):
            tasks.stop(task.id, now=clock.real_now())
        raise
    return _outcome(task)


def for_node(plan: Plan) -> Plan:
    """Return the plan as the node gets it: its own places by name, the hub's without any detail.

    What a grant allows is held at the hub when the hub is the source: the node need not be trusted with more.
    """
    from_hub = plan.source.kind != NODE_KIND
    return replace(
        plan,
        source=_for_node(plan.source),
        target=_for_node(plan.target),
        source_table=plan.source_table,
        limits=Limits() if from_hub else plan.limits,
        conditions=() if from_hub else plan.conditions,
    )


def reported(node: str, place: str) -> NodePlace:
    """Return what a node said of one of its places. Raises: Unreachable for a node that is silent or lacks it."""
    row = ExchangeNode.objects.filter(code=node, state=ExchangeNode.State.ACTIVE).first()
    if row is None or _is_silent(row):
        raise Unreachable(params={"reason": zh("前置机未连接")})
    for item in row.places:
        found = from_json(item, NodePlace)
        if found.name == place:
            return found
    raise Unreachable(params={"reason": zh("前置机上没有该数据源")})


def _for_node(place: Place) -> Place:
    if place.kind == NODE_KIND:
        return Place(NODE_KIND, {"place": place.options["place"]})
    return Place(HUB_KIND, {})


def _node_of(plan: Plan) -> ExchangeNode:
    codes = {str(place.options["node"]) for place in (plan.source, plan.target) if place.kind == NODE_KIND}
    if len(codes) != 1:
        raise NotUnderstood(params={"reason": zh("来源和目标不能在两台前置机上，请经由中心交换")})
    node = ExchangeNode.objects.filter(code=codes.pop(), state=ExchangeNode.State.ACTIVE).first()
    if node is None:
        raise NotUnderstood(params={"reason": zh("前置机未登记或已吊销")})
    return node


def _watch_node(node_id: int) -> None:
    if _is_silent(ExchangeNode.objects.get(id=node_id)):
        raise Unreachable(params={"reason": zh("前置机未连接")})


def _is_silent(node: ExchangeNode) -> bool:
    return node.last_seen_at is None or clock.real_now() - node.last_seen_at > timedelta(seconds=SILENT_S)


def _outcome(task: NodeTask) -> Outcome:
    if task.state == NodeTask.State.DONE:
        return from_json(task.outcome, Outcome)
    if task.again:
        raise Unreachable(params={"reason": task.error})
    raise NotUnderstood(params={"reason": task.error or zh("前置机停止了运行")})
