"""Tells whoever answers for a flow that it failed, is late, or does not add up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from onecity.platform.exchange.models import Flow, Run
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.services.flows.running import SYSTEM
from onecity.platform.identity import api as identity
from onecity.platform.messages import api as messages

FAILED: Final = "exchange.flow_failed"
LATE: Final = "exchange.flow_late"
UNEQUAL: Final = "exchange.flow_unequal"


def tell_failed(run: Run, *, now: datetime) -> int:
    """Tell of a run that failed for good; returns how many were told. now: city time."""
    params = {"flow": run.flow.name, "error": run.error}
    return _tell(run.flow, FAILED, params, f"/exchange/runs/{run.id}", now)


def tell_unequal(run: Run, *, now: datetime) -> int:
    """Tell of a run whose counts or sums at the target differ from the source's."""
    return _tell(run.flow, UNEQUAL, {"flow": run.flow.name}, f"/exchange/runs/{run.id}", now)


def tell_late(flow: Flow, *, now: datetime) -> int:
    """Tell of a flow that ought to have finished."""
    assert flow.awaited_since_at is not None
    params = {"flow": flow.name, "due": flow.awaited_since_at}
    return _tell(flow, LATE, params, f"/exchange/flows/{flow.id}", now)


def _tell(flow: Flow, template: str, params: Mapping[str, object], link: str, now: datetime) -> int:
    found = identity.accounts_with_permission(
        MANAGE_FLOWS, organisation_id=flow.organisation_id, division_code=flow.division_code
    )
    to = [flow.owner_id] if flow.owner_id is not None else [item.id for item in found]
    return messages.send(SYSTEM, to=to, template=template, params=params, link=link, now=now)
