"""Runs end: done, failed, put off, or cancelled; each in one transaction with all that follows from it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel import bus
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.events import RUN_FAILED, RUN_FINISHED
from onecity.platform.exchange.models import Flow, FlowVersion, Run
from onecity.platform.exchange.models.flows import OPEN_STATES
from onecity.platform.exchange.rules.schedules import pause_before_try
from onecity.platform.exchange.services.flows.quality import score_run
from onecity.platform.exchange.services.flows.quarantine.keeping import give_back, settle_replayed
from onecity.platform.exchange.services.flows.receipts import issue_receipt
from onecity.platform.exchange.services.flows.running import SYSTEM, make_run, put_to_work, target
from onecity.platform.exchange.services.flows.telling import tell_failed, tell_unequal
from onecity.platform.identity import api as identity

MOST_ATTEMPTS: Final = 6


def end_done(run_id: int, outcome: Outcome, *, worked_s: float, now: datetime) -> None:
    """Note what a run did: counts, score, receipt, the flow's position; start the flows that wait for it.

    A run that has ended already is left as it is. now: city time.
    """
    with transaction.atomic():
        run = _open_run(run_id)
        if run is None:
            return
        _fill(run, outcome)
        run.state, run.ended_at, run.worked_s, run.error, run.note = Run.State.DONE, now, worked_s, "", outcome.note
        run.save()
        if run.trigger == Run.Trigger.REPLAY:
            settle_replayed(run)
        else:
            score_run(run, outcome, now=now)
        issue_receipt(run, outcome, now=now)
        _settle_flow(run, done=True)
        if not outcome.reconciled:
            tell_unequal(run, now=now)
        _start_dependents(run, now=now)
        _record(run, "exchange.run_done")
        _announce_done(run, now)


def end_failed(run_id: int, error: str, *, now: datetime, worked_s: float | None = None) -> None:
    """Note that a run failed for good, and tell who answers for it. now: city time."""
    with transaction.atomic():
        run = _open_run(run_id)
        if run is None:
            return
        run.state, run.ended_at, run.error = Run.State.FAILED, now, error[:500]
        _end(run, worked_s)
        _record(run, "exchange.run_failed")
        tell_failed(run, now=now)
        bus.announce(
            RUN_FAILED,
            run_id=run.id,
            flow_code=run.flow.code,
            dataset_code=run.flow.dataset_code,
            grant_code=run.flow.grant_code,
            error=run.error,
        )


def end_cancelled(run_id: int, *, now: datetime, worked_s: float | None = None) -> None:
    """Note that a run was stopped. now: city time."""
    with transaction.atomic():
        run = _open_run(run_id)
        if run is None:
            return
        run.state, run.ended_at = Run.State.CANCELLED, now
        _end(run, worked_s)
        _record(run, "exchange.run_cancelled")


def put_off(run_id: int, error: str, *, now: datetime, real_now: datetime, worked_s: float) -> None:
    """Try a run again later, pausing longer each time; after `MOST_ATTEMPTS` it has failed."""
    run = Run.objects.get(id=run_id)
    if run.attempts >= MOST_ATTEMPTS:
        end_failed(run_id, error, now=now, worked_s=worked_s)
        return
    with transaction.atomic():
        open_run = _open_run(run_id)
        if open_run is None:
            return
        open_run.state, open_run.error, open_run.worked_s = Run.State.RETRYING, error[:500], worked_s
        open_run.next_try_at = real_now + pause_before_try(max(open_run.attempts, 1))
        open_run.save()


def wait_for_place(run_id: int, *, real_now: datetime, seconds: float) -> None:
    """Let a run wait a little because its source bears no more workers now; it counts as no try."""
    with transaction.atomic():
        run = _open_run(run_id)
        if run is not None:
            run.state, run.next_try_at = Run.State.WAITING, real_now + timedelta(seconds=seconds)
            run.note = zh("等待来源空闲")
            run.save()


def _open_run(run_id: int) -> Run | None:
    """Return a run that has not ended, with its flow, both locked: flow first, as everywhere."""
    flow_id = Run.objects.values_list("flow_id", flat=True).get(id=run_id)
    flow = Flow.objects.select_for_update().get(id=flow_id)
    run = Run.objects.select_for_update().filter(id=run_id, state__in=OPEN_STATES).first()
    if run is not None:
        run.flow = flow
    return run


def _fill(run: Run, outcome: Outcome) -> None:
    for name in outcome.counts.__dataclass_fields__:
        setattr(run, name, getattr(outcome.counts, name))
    run.blocks = outcome.blocks
    run.failed_checks = dict(outcome.failed_checks)
    run.sums = {"source": dict(outcome.source_sums), "target": dict(outcome.target_sums)}
    run.reconciled = outcome.reconciled
    run.reached = dict(outcome.position) if outcome.position is not None else None
    run.next_try_at = None


def _end(run: Run, worked_s: float | None) -> None:
    run.next_try_at = None
    if worked_s is not None:
        run.worked_s = worked_s
    run.save()
    if run.trigger == Run.Trigger.REPLAY:
        give_back(run)
    _settle_flow(run, done=False)


def _settle_flow(run: Run, *, done: bool) -> None:
    flow = run.flow
    flow.last_run = run
    if done and run.trigger != Run.Trigger.REPLAY:
        flow.position = run.reached
        flow.awaited_since_at, flow.late_told_at = None, None
    flow.save(update_fields=["last_run", "position", "awaited_since_at", "late_told_at"])


def _start_dependents(run: Run, *, now: datetime) -> None:
    """Start the active flows whose published version runs after this one; those that run already are left alone."""
    if run.trigger == Run.Trigger.REPLAY:
        return
    waiting = Flow.objects.select_for_update(of=("self",)).filter(
        state=Flow.State.ACTIVE, published__after=run.flow, published__state=FlowVersion.State.PUBLISHED
    )
    for flow in waiting.select_related("published").order_by("id"):
        try:
            with transaction.atomic():
                made = make_run(SYSTEM, flow, trigger=Run.Trigger.AFTER, now=now, due_at=now)
                put_to_work(SYSTEM, made)
        except IntegrityError:
            continue
        flow.awaited_since_at = flow.awaited_since_at or now
        flow.save(update_fields=["awaited_since_at"])


def _announce_done(run: Run, now: datetime) -> None:
    bus.announce(
        RUN_FINISHED,
        run_id=run.id,
        flow_code=run.flow.code,
        dataset_code=run.flow.dataset_code,
        source_dataset_code=run.flow.source_dataset_code,
        grant_code=run.flow.grant_code,
        landed=run.landed,
        refused=run.refused,
        ended_at=now.isoformat(),
    )


def _record(run: Run, action: str) -> None:
    details = {"flow": run.flow.code, "read": run.read, "landed": run.landed, "refused": run.refused}
    identity.record(SYSTEM, action=action, target=target(run.id), details=details)
