"""Flows are published, paused, resumed and closed."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Reading
from onecity.platform.exchange.models import Flow, FlowVersion
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.rules.schedules import next_due
from onecity.platform.exchange.services.flows.drafting import FlowClosed, target
from onecity.platform.exchange.services.flows.reach import flow_of
from onecity.platform.exchange.services.flows.running import cancel_open_run
from onecity.platform.identity import api as identity
from onecity.platform.jobs import api as jobs

RELEASE_JOB: Final = "exchange.release_source"


class WrongState(Conflict):
    """The flow is not in the state from which this can be done."""

    code = "exchange.flow_wrong_state"
    message = zh("流程当前状态不能进行此操作")


def publish_flow(actor: Actor, *, flow_id: int, now: datetime) -> None:
    """Put the draft into force; runs that are under way end under their own version. now: city time.

    Raises: NotFound if there is no draft; FlowClosed.
    """
    with transaction.atomic():
        flow = flow_of(actor, MANAGE_FLOWS, flow_id=flow_id)
        if flow.state == Flow.State.CLOSED:
            raise FlowClosed
        versions = FlowVersion.objects.filter(flow=flow)
        draft = versions.filter(state=FlowVersion.State.DRAFT).first()
        if draft is None:
            raise NotFound
        versions.filter(state=FlowVersion.State.PUBLISHED).update(state=FlowVersion.State.SUPERSEDED)
        draft.state, draft.published_at = FlowVersion.State.PUBLISHED, now
        draft.save(update_fields=["state", "published_at"])
        if flow.published is not None and _reads_otherwise(flow.published, draft):
            flow.position = None
        flow.published = draft
        if flow.state == Flow.State.DRAFT:
            flow.state = Flow.State.ACTIVE
        _plan_next(flow, now=now)
        flow.save()
        identity.record(
            actor, action="exchange.publish_flow", target=target(flow.id), details={"version": draft.number}
        )


def pause_flow(actor: Actor, *, flow_id: int, reason: str, now: datetime) -> None:
    """Stop the schedule; a run that is under way ends by itself.

    Raises: NotFound; WrongState; Invalid without a reason.
    """
    _change(actor, flow_id, "exchange.pause_flow", (Flow.State.ACTIVE,), Flow.State.PAUSED, reason=reason, now=now)


def resume_flow(actor: Actor, *, flow_id: int, now: datetime) -> None:
    """Let the schedule go on from now; what was missed meanwhile is not made up for.

    Raises: NotFound; WrongState.
    """
    _change(actor, flow_id, "exchange.resume_flow", (Flow.State.PAUSED,), Flow.State.ACTIVE, reason=None, now=now)


def close_flow(actor: Actor, *, flow_id: int, reason: str, now: datetime) -> None:
    """End a flow for good; a run that is under way is asked to stop.

    Raises: NotFound; WrongState; Invalid without a reason.
    """
    states = (Flow.State.DRAFT, Flow.State.ACTIVE, Flow.State.PAUSED)
    with transaction.atomic():
        _change(actor, flow_id, "exchange.close_flow", states, Flow.State.CLOSED, reason=reason, now=now)
        cancel_open_run(actor, flow_id=flow_id, now=now)
        _let_source_go(actor, flow_id)


def _let_source_go(actor: Actor, flow_id: int) -> None:
    """Have the sources of captured changes keep nothing for this flow any more."""
    versions = FlowVersion.objects.filter(flow_id=flow_id, reading=Reading.CHANGES, published_at__isnull=False)
    for version in versions.values_list("id", flat=True):
        arguments = {"version": version}
        jobs.start(actor, code=RELEASE_JOB, title=zh("停止为流程保留变更"), arguments=arguments, now=clock.real_now())


def _change(
    actor: Actor,
    flow_id: int,
    action: str,
    states: tuple[Flow.State, ...],
    to: Flow.State,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    if reason is not None and not reason.strip():
        raise Invalid(fields={"reason": zh("请说明原因")})
    with transaction.atomic():
        flow = flow_of(actor, MANAGE_FLOWS, flow_id=flow_id)
        if flow.state not in states:
            raise WrongState
        flow.state, flow.state_reason = to, (reason or "").strip()[:200]
        _plan_next(flow, now=now)
        flow.save()
        identity.record(actor, action=action, target=target(flow.id), details={"reason": flow.state_reason})


def _plan_next(flow: Flow, *, now: datetime) -> None:
    """Set when the flow is due next; a flow that does not run is due never and late never."""
    cron = flow.published.cron if flow.published else ""
    runs = flow.state == Flow.State.ACTIVE
    flow.next_due_at = next_due(cron, after=now) if runs and cron else None
    if not runs:
        flow.awaited_since_at, flow.late_told_at = None, None


def _reads_otherwise(old: FlowVersion, new: FlowVersion) -> bool:
    """Say whether a position of the old version means nothing to the new one."""
    return any(
        getattr(old, name) != getattr(new, name)
        for name in ("source_id", "source_table", "reading", "cursor", "target_id", "target_shape")
    )
