"""Refused rows go through the engine once more, as a run of their own that joins them to the target."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors import rows as held
from onecity.platform.exchange.models import Flow, FlowVersion, RefusedRow, Run
from onecity.platform.exchange.permissions import MEND_ROWS
from onecity.platform.exchange.rules.checking import Reasons
from onecity.platform.exchange.services.flows.limits import limits_of_flow
from onecity.platform.exchange.services.flows.plans import engine_name, text_of
from onecity.platform.exchange.services.flows.quarantine.keeping import open_values
from onecity.platform.exchange.services.flows.quarantine.mending import OPEN, check_number, within_reach
from onecity.platform.exchange.services.flows.quarantine.rechecking import judge, source_table
from onecity.platform.exchange.services.flows.reach import flow_of
from onecity.platform.exchange.services.flows.running import NotRunnable, RunsAlready, make_run, put_to_work, target
from onecity.platform.identity import api as identity


def replay_rows(actor: Actor, ids: Sequence[int], *, flow_id: int, now: datetime) -> int:
    """Start a run that lands rows of one flow; returns the run's id. now: city time.

    Rows that would be refused again stay as they are, with their reasons of today; settled rows are left alone.
    Raises: NotFound; NotRunnable; RunsAlready; Invalid when no row can be replayed.
    """
    check_number(ids)
    refused: Mapping[int, Reasons] = {}
    run: Run | None = None
    try:
        with transaction.atomic():
            flow = flow_of(actor, MEND_ROWS, flow_id=flow_id)
            version = _version(flow)
            chosen = list(within_reach(actor, ids).filter(flow=flow, state__in=OPEN))
            refused = judge(version, [open_values(row) for row in chosen], limits=limits_of_flow(flow.grant_code))
            _tell_reasons(chosen, refused)
            good = [row.id for place, row in enumerate(chosen) if place not in refused]
            if good:
                run = make_run(actor, flow, trigger=Run.Trigger.REPLAY, now=now)
                _take(actor, run, good, now=now)
    except IntegrityError:
        raise RunsAlready from None
    if run is None:
        raise Invalid(zh("所选各行仍不合格或已处理，没有可重放的数据"))
    return run.id


@contextmanager
def rows_at_hand(run: Run) -> Iterator[None]:
    """Hold the rows of a replay where the engine reads them, for as long as it runs; nothing for other runs."""
    if run.trigger != Run.Trigger.REPLAY:
        yield
        return
    rows = RefusedRow.objects.filter(replay=run).order_by("id")
    table, _ = source_table(text_of(run.version), [open_values(row) for row in rows])
    held.offer(engine_name(run), table)
    try:
        yield
    finally:
        held.withdraw(engine_name(run))


def _version(flow: Flow) -> FlowVersion:
    if flow.published is None or flow.state == Flow.State.CLOSED:
        raise NotRunnable
    return flow.published


def _tell_reasons(rows: Sequence[RefusedRow], refused: Mapping[int, Reasons]) -> None:
    for place, reasons in refused.items():
        codes = sorted({code[:80] for code, _ in reasons})
        RefusedRow.objects.filter(id=rows[place].id).update(
            reasons=[list(reason) for reason in reasons], reason_codes=codes, state=RefusedRow.State.WAITING
        )


def _take(actor: Actor, run: Run, ids: Sequence[int], *, now: datetime) -> None:
    RefusedRow.objects.filter(id__in=ids).update(
        state=RefusedRow.State.REPLAYING, replay=run, decided_at=now, decided_by=actor.key
    )
    run.total = len(ids)
    run.save(update_fields=["total"])
    put_to_work(actor, run)
    identity.record(actor, action="exchange.replay_rows", target=target(run.id), details={"count": len(ids)})
