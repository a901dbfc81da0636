"""Runs that nodes carry out: offered, taken, reported on, ended. Every call may come twice."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.plans import from_json, to_json
from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.nodes import Hello, NodeWork, ProgressCall
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.models import ExchangeNode, NodeTask, Run

OPEN: Final = (NodeTask.State.OFFERED, NodeTask.State.TAKEN)


class RunStopped(Conflict):
    """Somebody stopped the run; the node is to let it go."""

    code = "exchange.run_stopped"
    message = zh("运行已停止")


def greet(node: ExchangeNode, hello: Hello, *, now: datetime) -> None:
    """Keep what a node says of itself. now: real time."""
    places = to_json(hello.places)
    ExchangeNode.objects.filter(id=node.id).update(last_seen_at=now, version=hello.version[:20], places=places)


def note_seen(node: ExchangeNode, *, now: datetime) -> None:
    """Note that a node is there."""
    ExchangeNode.objects.filter(id=node.id).update(last_seen_at=now)


def offer(run: Run, node: ExchangeNode, plan: Plan, *, name: str, since: Position | None, now: datetime) -> NodeTask:
    """Offer a run to a node, or offer it again after it failed; one that is open or done stays as it is."""
    with transaction.atomic():
        Run.objects.select_for_update().get(id=run.id)
        task = NodeTask.objects.filter(run=run).first() or NodeTask(run=run, name=name)
        if task.state not in {NodeTask.State.TAKEN, NodeTask.State.DONE} or task.id is None:
            task.node, task.plan, task.since = node, to_json(plan), dict(since) if since is not None else None
            task.state, task.error, task.again, task.changed_at = NodeTask.State.OFFERED, "", False, now
            task.save()
    return task


def next_work(node: ExchangeNode, *, now: datetime) -> NodeWork | None:
    """Return the oldest open run of a node: a new one, or one that it was carrying when it died."""
    with transaction.atomic():
        task = (
            NodeTask.objects.select_for_update(skip_locked=True)
            .filter(node=node, state__in=OPEN)
            .order_by("id")
            .first()
        )
        if task is None:
            return None
        task.state, task.changed_at = NodeTask.State.TAKEN, now
        task.save(update_fields=["state", "changed_at"])
    return NodeWork(task.id, task.name, from_json(task.plan, Plan), task.since)


def open_task(node: ExchangeNode, task_id: int) -> NodeTask:
    """Return a run that the node is carrying. Raises: NotFound; RunStopped."""
    task = NodeTask.objects.select_related("run__flow", "run__version__source", "run__version__target").filter(
        id=task_id, node=node
    ).first()  # fmt: skip
    if task is None:
        raise NotFound
    if task.state not in OPEN:
        raise RunStopped
    return task


def report(task: NodeTask, call: ProgressCall, *, now: datetime) -> None:
    """Note how far a run is."""
    NodeTask.objects.filter(id=task.id).update(counts=to_json(call.counts), blocks=call.blocks, changed_at=now)


def end(task: NodeTask, *, now: datetime, outcome: Outcome | None = None, error: str = "", again: bool = False) -> None:
    """Note how a run ended on its node."""
    state = NodeTask.State.FAILED if outcome is None else NodeTask.State.DONE
    NodeTask.objects.filter(id=task.id, state__in=OPEN).update(
        state=state,
        outcome=None if outcome is None else to_json(outcome),
        error=error[:500],
        again=again,
        changed_at=now,
    )


def stop(task_id: int, *, now: datetime) -> None:
    """Let the node know, at its next call, that nobody wants the run any more."""
    NodeTask.objects.filter(id=task_id, state__in=OPEN).update(state=NodeTask.State.STOPPED, changed_at=now)
