"""What becomes of a grant's deliveries when the grant changes: their flows pause, go on, or are closed."""

from datetime import datetime

from onecity.platform.exchange.models import Flow, SharingGrant, Subscription
from onecity.platform.exchange.services.flows.publishing import close_flow, pause_flow, resume_flow
from onecity.platform.exchange.services.sharing.telling import sharing_itself


def pause_deliveries(grant: SharingGrant, *, reason: str, now: datetime) -> None:
    """Pause every running flow under a grant."""
    for flow in _flows(grant, Flow.State.ACTIVE):
        pause_flow(sharing_itself(), flow_id=flow.id, reason=reason[:200], now=now)


def resume_deliveries(grant: SharingGrant, *, reason: str, now: datetime) -> None:
    """Let every paused flow under a grant go on."""
    for flow in _flows(grant, Flow.State.PAUSED):
        resume_flow(sharing_itself(), flow_id=flow.id, now=now)


def stop_deliveries(grant: SharingGrant, *, reason: str, now: datetime) -> None:
    """Close every flow under a grant, which cancels the run that is under way, and stop its subscriptions."""
    for flow in _flows(grant, Flow.State.ACTIVE, Flow.State.PAUSED, Flow.State.DRAFT):
        close_flow(sharing_itself(), flow_id=flow.id, reason=reason[:200], now=now)
    running = Subscription.objects.filter(grant=grant, state=Subscription.State.ACTIVE)
    running.update(state=Subscription.State.STOPPED, stop_reason=reason[:500])


def _flows(grant: SharingGrant, *states: Flow.State) -> list[Flow]:
    return list(Flow.objects.filter(grant_code=grant.code, state__in=states).order_by("id"))
