"""The job that carries out runs, and what is done every so often: the edges where clocks are read."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings

from onecity.kernel import clock
from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.engine import run as engine
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.models import FlowVersion
from onecity.platform.exchange.services.flows import due
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.plans import plan_without_grant
from onecity.platform.exchange.services.nodes.engine import is_for_node, run_on_node
from onecity.platform.jobs.declare import Progress, Result

START_EVERY_S: Final = 2.0
WATCH_EVERY_S: Final = 10.0
FORGET_EVERY_S: Final = 3600.0
PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0)


def run_flow(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Carry out a run; the job. arguments: run, its id."""
    return carry_out(int(str(arguments["run"])), progress=progress, engine=by_engine)


def by_engine(plan: Plan, name: str, journal: Journal, since: Position | None) -> Outcome:
    """Hand a plan to the exchange engine, here or on the node that alone reaches its places."""
    if is_for_node(plan):
        return run_on_node(plan, run=name, journal=journal, since=since)
    return engine.run(plan, run=name, journal=journal, since=since, pauses_s=PAUSES_S)


def release_source(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Let a source keep no changes for a flow that was closed; the job. arguments: version, its id."""
    versions = FlowVersion.objects.select_related("source", "target", "flow", "after")
    version = versions.get(id=int(str(arguments["version"])))
    plan = plan_without_grant(version)
    if not is_for_node(plan):
        engine.release(plan)
    return None


def start_due() -> None:
    """Start what is due, and what waits for its next try."""
    due.start_due(clock.city_now())
    due.take_up_waiting(clock.real_now())


def watch() -> None:
    """End runs that were lost, and tell of flows that are late."""
    now = clock.city_now()
    due.settle_lost(now)
    due.tell_of_late(now)


def forget() -> None:
    """Delete refused rows that are kept long enough."""
    due.forget_refused(clock.city_now(), keep_days=settings.ENV.refused_row_days)
