"""Carries out a run: the job of the worker. It may be killed anywhere; whoever takes the job up continues."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db import transaction

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError, Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.plans import Plan
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.models import Run
from onecity.platform.exchange.models.flows import OPEN_STATES
from onecity.platform.exchange.services.flows.ending import (
    end_cancelled,
    end_done,
    end_failed,
    put_off,
    wait_for_place,
)
from onecity.platform.exchange.services.flows.journal import HubJournal
from onecity.platform.exchange.services.flows.places import place_at, run_alone
from onecity.platform.exchange.services.flows.plans import engine_name, plan_of
from onecity.platform.exchange.services.flows.quarantine.replaying import rows_at_hand
from onecity.platform.jobs.api import Cancelled
from onecity.platform.jobs.declare import Progress, Result

Engine = Callable[[Plan, str, Journal, Position | None], Outcome]
PLACE_PAUSE_S: Final = 5.0


def carry_out(run_id: int, *, progress: Progress, engine: Engine) -> Result:
    """Do a run, from where it stands, to its end or its next pause; return what to show of it.

    Raises: Cancelled after noting it; whatever is no OneCityError, so that the job queue tries again.
    """
    with run_alone(run_id) as alone:
        if not alone:
            return None
        run = _begin(run_id)
        if run is None:
            return None
        with place_at(run.version.source) as free:
            if not free:
                wait_for_place(run_id, real_now=clock.real_now(), seconds=PLACE_PAUSE_S)
                return None
            return _carry(run, progress, engine)


def _carry(run: Run, progress: Progress, engine: Engine) -> Result:
    _mark_running(run)
    journal = HubJournal(run, progress=progress)
    try:
        with rows_at_hand(run):
            outcome = engine(plan_of(run), engine_name(run), journal, run.since)
    except Cancelled:
        end_cancelled(run.id, now=clock.city_now(), worked_s=journal.worked_s)
        raise
    except Unavailable as fault:
        put_off(
            run.id,
            fault.sentence(),
            now=clock.city_now(),
            real_now=clock.real_now(),
            worked_s=journal.worked_s,
        )
        return None
    except OneCityError as fault:
        end_failed(run.id, fault.sentence(), now=clock.city_now(), worked_s=journal.worked_s)
        return None
    end_done(run.id, outcome, worked_s=journal.worked_s, now=clock.city_now())
    return _shown(outcome)


def _begin(run_id: int) -> Run | None:
    """Return the run with what it needs, or None if it has ended meanwhile.

    Raises: NotFound if there is no such run.
    """
    run = Run.objects.select_related("flow", "version__source", "version__target").filter(id=run_id).first()
    if run is None:
        raise NotFound
    return run if run.state in OPEN_STATES else None


def _mark_running(run: Run) -> None:
    with transaction.atomic():
        run.state, run.attempts, run.next_try_at, run.note = Run.State.RUNNING, run.attempts + 1, None, ""
        run.started_at = run.started_at or clock.city_now()
        run.save(update_fields=["state", "attempts", "next_try_at", "started_at", "note"])


def _shown(outcome: Outcome) -> Mapping[str, object]:
    counts = outcome.counts
    return {zh("读取行数"): counts.read, zh("入库行数"): counts.landed, zh("拒收行数"): counts.refused}
