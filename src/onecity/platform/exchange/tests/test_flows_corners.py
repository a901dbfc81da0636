"""Corners of runs: what ends twice, does not add up, meets a race, or is asked of a grant while it runs."""

from dataclasses import replace

import pyarrow as pa
import pytest

from onecity.kernel import clock
from onecity.kernel.errors import Conflict
from onecity.platform.exchange.contracts.blocks import Position
from onecity.platform.exchange.contracts.outcomes import Counts, Outcome
from onecity.platform.exchange.contracts.plans import Limits, Plan
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.models import Flow, RefusedRow, Run
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.rules.casting import cast_column
from onecity.platform.exchange.services.flows import due, limits
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.ending import end_cancelled, put_off, wait_for_place
from onecity.platform.exchange.services.flows.journal import HubJournal
from onecity.platform.exchange.services.flows.previewing import preview
from onecity.platform.exchange.services.flows.publishing import close_flow
from onecity.platform.exchange.services.flows.quarantine.mending import mend_row
from onecity.platform.exchange.services.flows.quarantine.replaying import replay_rows
from onecity.platform.exchange.services.flows.running import RunsAlready, cancel_run, continue_run, start_run
from onecity.platform.exchange.tests.departments import NUMBERS, Department
from onecity.platform.exchange.tests.factories import (
    CHECKS,
    NOW,
    ROOT,
    Quiet,
    at_once,
    make_connection,
    make_flow,
    make_text,
    run_flow,
    work,
)
from onecity.platform.identity.tests.factories import make_actor
from onecity.platform.messages import api as messages

pytestmark = pytest.mark.django_db


def test_run_that_does_not_add_up_is_told(dept: Department) -> None:
    manager = make_actor(MANAGE_FLOWS, everywhere=True)
    run_id = start_run(ROOT, flow_id=make_flow(make_connection(dept)).id, now=NOW)

    def miscounting(plan: Plan, name: str, journal: Journal, since: Position | None) -> Outcome:
        return replace(at_once(plan, name, journal, since), reconciled=False)

    carry_out(run_id, progress=Quiet(), engine=miscounting)
    run = Run.objects.get(id=run_id)
    assert (run.state, run.reconciled) == (Run.State.DONE, False)
    assert [item.title for item in messages.inbox(manager, size=5).rows] == ["数据交换核对不一致：人口汇聚"]


def test_ended_run_is_neither_cancelled_nor_put_off_again(dept: Department) -> None:
    run = run_flow(make_flow(make_connection(dept)))
    end_cancelled(run.id, now=NOW)
    put_off(run.id, "连接不上", now=NOW, real_now=NOW, worked_s=0.0)
    wait_for_place(run.id, real_now=NOW, seconds=1.0)
    assert Run.objects.get(id=run.id).state == Run.State.DONE


@pytest.mark.usefixtures("_no_limits")
def test_grant_that_is_withdrawn_stops_a_run_under_way(dept: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = make_flow(make_connection(dept))
    Flow.objects.filter(id=flow.id).update(grant_code="g1")
    run = Run.objects.select_related("flow", "version").get(id=start_run(ROOT, flow_id=flow.id, now=NOW))
    monkeypatch.setattr("onecity.platform.exchange.services.flows.journal.GRANT_EVERY_S", 0.0)
    limits.install(lambda code: Limits())
    journal = HubJournal(run, progress=Quiet())
    journal.progress(Counts(), 0)

    def withdrawn(code: str) -> Limits:
        raise Conflict("授权已撤回")

    limits.install(withdrawn)
    with pytest.raises(Conflict, match="授权已撤回"):
        journal.progress(Counts(), 0)


def test_flow_that_was_paused_meanwhile_is_not_started(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    assert due._start(flow.id, NOW) is False


def test_run_continues_only_while_no_other_is_open(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    first = start_run(ROOT, flow_id=flow.id, now=NOW)
    cancel_run(ROOT, run_id=first, now=NOW)
    Run.objects.filter(id=start_run(ROOT, flow_id=flow.id, now=NOW)).update(created_at=NOW.replace(year=2020))
    with pytest.raises(RunsAlready):
        continue_run(ROOT, run_id=first, now=NOW)


def test_closing_a_flow_asks_a_running_run_to_stop(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    Run.objects.filter(id=run_id).update(state=Run.State.RUNNING, job_id=None)
    close_flow(ROOT, flow_id=flow.id, reason="不再需要", now=NOW)
    assert Run.objects.get(id=run_id).state == Run.State.RUNNING


def test_rows_wait_while_their_flow_runs(dept: Department) -> None:
    dept.put(5, "123")
    flow = make_flow(make_connection(dept))
    run_flow(flow)
    row_id = RefusedRow.objects.get().id
    mend_row(ROOT, row_id=row_id, values={"number": NUMBERS[0]}, now=NOW)
    start_run(ROOT, flow_id=flow.id, now=NOW)
    with pytest.raises(RunsAlready):
        replay_rows(ROOT, [row_id], flow_id=flow.id, now=NOW)
    assert RefusedRow.objects.get().state == RefusedRow.State.MENDED


def test_run_that_another_took_up_is_left_alone(dept: Department) -> None:
    run_id = start_run(ROOT, flow_id=make_flow(make_connection(dept)).id, now=NOW)
    Run.objects.filter(id=run_id).update(state=Run.State.RUNNING, next_try_at=clock.real_now())
    assert due.take_up_waiting(clock.real_now()) == 0
    assert work(run_id).state == Run.State.DONE


def test_preview_of_an_empty_source_shows_its_columns(dept: Department) -> None:
    dept.execute("DELETE FROM dept.people")
    connection = make_connection(dept)
    found = preview(ROOT, text=make_text(connection, checks=CHECKS[1:]))
    assert (found.columns[0], found.rows) == ("id", ())


def test_instant_without_a_clock_and_bytes_are_cast() -> None:
    assert cast_column(pa.array(["2024-01-02 x"]), to=LogicalType.TIMESTAMP).failed == (0,)
    assert cast_column(pa.array([1, None]), to=LogicalType.BINARY).values.to_pylist() == [b"1", None]
