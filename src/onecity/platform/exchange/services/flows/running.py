"""Runs are started, cancelled and continued. One flow has at most one open run: the database holds that."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Reading
from onecity.platform.exchange.models import Flow, Run
from onecity.platform.exchange.models.flows import OPEN_STATES
from onecity.platform.exchange.permissions import RUN_FLOWS
from onecity.platform.exchange.services.flows.quarantine.keeping import give_back
from onecity.platform.exchange.services.flows.reach import flow_of, run_of
from onecity.platform.identity import api as identity
from onecity.platform.jobs import api as jobs

JOB: Final = "exchange.run"
SYSTEM: Final = system_actor("exchange")


class NotRunnable(Conflict):
    """The flow has no published version, or is paused or closed."""

    code = "exchange.flow_not_runnable"
    message = zh("流程尚未发布、已暂停或已停用，不能运行")


class RunsAlready(Conflict):
    """A run of this flow is under way."""

    code = "exchange.flow_runs_already"
    message = zh("该流程正在运行，请等待其结束")


class RunIsOver(Conflict):
    """The run has ended."""

    code = "exchange.run_is_over"
    message = zh("运行已经结束")


class NothingToContinue(Conflict):
    """Only a run that failed or was cancelled, and is its flow's last, can go on."""

    code = "exchange.nothing_to_continue"
    message = zh("只有最近一次失败或取消的运行可以继续")


def start_run(
    actor: Actor, *, flow_id: int, now: datetime, trigger: str = "hand", due_at: datetime | None = None
) -> int:
    """Start a run of a flow in the background and return its id. now: city time.

    Raises: NotFound; NotRunnable; RunsAlready.
    """
    try:
        with transaction.atomic():
            flow = flow_of(actor, RUN_FLOWS, flow_id=flow_id)
            if flow.state != Flow.State.ACTIVE or flow.published is None:
                raise NotRunnable
            made = make_run(actor, flow, trigger=trigger, now=now, due_at=due_at)
            put_to_work(actor, made)
            identity.record(actor, action="exchange.start_run", target=target(made.id), details={"flow": flow.code})
    except IntegrityError:
        raise RunsAlready from None
    return made.id


def cancel_run(actor: Actor, *, run_id: int, now: datetime) -> None:
    """Ask a run to stop: at its next report, or at once where nothing is being done.

    Raises: NotFound; RunIsOver.
    """
    with transaction.atomic():
        run = run_of(actor, RUN_FLOWS, run_id=run_id)
        if run.state not in OPEN_STATES:
            raise RunIsOver
        _stop(actor, run, now=now)
        identity.record(actor, action="exchange.cancel_run", target=target(run.id))


def cancel_open_run(actor: Actor, *, flow_id: int, now: datetime) -> None:
    """Ask the flow's open run to stop, where there is one; in the caller's transaction."""
    run = Run.objects.select_for_update().filter(flow_id=flow_id, state__in=OPEN_STATES).first()
    if run is not None:
        _stop(actor, run, now=now)


def continue_run(actor: Actor, *, run_id: int, now: datetime) -> None:
    """Take up a failed or cancelled run from its last block. now: city time.

    Raises: NotFound; NothingToContinue; RunsAlready; NotRunnable.
    """
    try:
        with transaction.atomic():
            run = run_of(actor, RUN_FLOWS, run_id=run_id)
            newest = Run.objects.filter(flow_id=run.flow_id).order_by("-created_at", "-id").values_list("id")[0][0]
            if run.state not in {Run.State.FAILED, Run.State.CANCELLED} or newest != run.id:
                raise NothingToContinue
            if run.flow.state != Flow.State.ACTIVE:
                raise NotRunnable
            run.state, run.error, run.ended_at, run.attempts = Run.State.WAITING, "", None, 0
            run.save()
            put_to_work(actor, run)
            identity.record(actor, action="exchange.continue_run", target=target(run.id))
    except IntegrityError:
        raise RunsAlready from None


def make_run(actor: Actor, flow: Flow, *, trigger: str, now: datetime, due_at: datetime | None = None) -> Run:
    """Write a run of a flow's published version; in the caller's transaction. Raises: IntegrityError if one is open."""
    assert flow.published is not None
    incremental = flow.published.reading != Reading.FULL and trigger != Run.Trigger.REPLAY
    return Run.objects.create(
        flow=flow,
        version=flow.published,
        trigger=trigger,
        due_at=due_at,
        since=flow.position if incremental else None,
        total=_usual_rows(flow) if not incremental else 0,
        requested_by=actor.key,
        organisation_id=flow.organisation_id,
        division_code=flow.division_code,
        created_at=now,
    )


def put_to_work(actor: Actor, run: Run) -> None:
    """Hand a run to the job queue; in the caller's transaction."""
    arguments: Mapping[str, object] = {"run": run.id}
    title = f"数据交换：{run.flow.name}"[:120]
    run.job_id = jobs.start(actor, code=JOB, title=title, arguments=arguments, now=clock.real_now())
    run.next_try_at = None
    run.save(update_fields=["job_id", "next_try_at"])


def target(run_id: int) -> str:
    """Return how the audit trail calls a run."""
    return f"exchange.run:{run_id}"


def _stop(actor: Actor, run: Run, *, now: datetime) -> None:
    if run.job_id is not None:
        with suppress(Conflict):
            jobs.cancel(actor, run_id=run.job_id, now=clock.real_now())
    if run.state != Run.State.RUNNING:
        run.state, run.ended_at = Run.State.CANCELLED, now
        run.save(update_fields=["state", "ended_at"])
        give_back(run)


def _usual_rows(flow: Flow) -> int:
    """Return how many rows the last full run read: what progress is measured by."""
    last = Run.objects.filter(flow=flow, state=Run.State.DONE).exclude(trigger=Run.Trigger.REPLAY)
    return last.order_by("-created_at", "-id").values_list("read", flat=True).first() or 0
