"""Runs: started once at a time, carried out by the engine, put off, failed, cancelled, continued; what follows each."""

from datetime import timedelta

import pytest

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.flows import NewFlow, Schedule
from onecity.platform.exchange.contracts.outcomes import Counts, Outcome
from onecity.platform.exchange.contracts.plans import Limits, Threshold
from onecity.platform.exchange.models import Flow, QualityScore, RefusedRow, Run, RunReceipt
from onecity.platform.exchange.permissions import MANAGE_FLOWS, RUN_FLOWS, VIEW_FLOWS
from onecity.platform.exchange.services.flows import limits
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.connections import place_of
from onecity.platform.exchange.services.flows.drafting import draft_flow
from onecity.platform.exchange.services.flows.ending import MOST_ATTEMPTS, end_done, end_failed
from onecity.platform.exchange.services.flows.plans import plan_of
from onecity.platform.exchange.services.flows.publishing import close_flow, pause_flow
from onecity.platform.exchange.services.flows.running import (
    NothingToContinue,
    NotRunnable,
    RunIsOver,
    RunsAlready,
    cancel_run,
    continue_run,
    start_run,
)
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import (
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
from onecity.platform.identity.api import account_actor
from onecity.platform.identity.tests.factories import audited, make_account, make_actor, make_organisation
from onecity.platform.jobs.api import Cancelled
from onecity.platform.jobs.tests.factories import Run as JobRun
from onecity.platform.messages import api as messages

pytestmark = pytest.mark.django_db


def test_run_lands_good_rows_and_keeps_the_others(dept: Department) -> None:
    dept.put(5, "123", name=" ")
    run = run_flow(make_flow(make_connection(dept)))
    assert (run.state, run.error) == (Run.State.DONE, "")
    assert (run.read, run.landed, run.refused, run.inserted) == (5, 4, 1, 4)
    assert run.reconciled is True
    assert dept.people() == [(number, "1", "1990-01-02") for number in range(1, 5)]
    assert run.failed_checks == {"identifier.number": 1, "not_null.name": 1}
    row = RefusedRow.objects.get()
    assert [code for code, _ in row.reasons] == ["identifier.number", "not_null.name"]
    assert audited(f"exchange.run:{run.id}") == [("exchange.start_run", "done"), ("exchange.run_done", "done")]


def test_finished_run_scores_and_leaves_a_receipt(dept: Department) -> None:
    dept.put(5, "123")
    flow = make_flow(make_connection(dept), dataset="307/1")
    run = run_flow(flow)
    score = QualityScore.objects.get(run=run)
    assert score.accuracy == 80.0
    assert score.completeness == 100.0
    assert score.accessibility == 100.0
    assert score.timeliness is None
    assert (score.dataset_code, score.rows, score.grade) == ("307/1", 5, "良")
    assert RunReceipt.objects.get(run=run).number == 1
    flow.refresh_from_db()
    assert flow.last_run_id == run.id


def test_run_without_rows_has_no_score(dept: Department) -> None:
    dept.execute("DELETE FROM dept.people")
    run = run_flow(make_flow(make_connection(dept)))
    assert run.state == Run.State.DONE
    assert not QualityScore.objects.exists()


def test_flow_runs_once_at_a_time(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    start_run(ROOT, flow_id=flow.id, now=NOW)
    with pytest.raises(RunsAlready):
        start_run(ROOT, flow_id=flow.id, now=NOW)
    assert Run.objects.count() == 1


def test_draft_paused_and_closed_flows_do_not_run(dept: Department) -> None:
    connection = make_connection(dept)
    draft, paused = make_flow(connection, published=False), make_flow(connection)
    pause_flow(ROOT, flow_id=paused.id, reason="检修", now=NOW)
    for flow in (draft, paused):
        with pytest.raises(NotRunnable):
            start_run(ROOT, flow_id=flow.id, now=NOW)


def test_stranger_neither_sees_nor_starts_a_flow(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    stranger = make_actor(RUN_FLOWS, organisation=make_organisation("住建局"))
    with pytest.raises(NotFound):
        start_run(stranger, flow_id=flow.id, now=NOW)


def test_owner_starts_and_cancels_his_own(dept: Department) -> None:
    office = make_organisation("民政局")
    flow = make_flow(make_connection(dept, organisation=office))
    actor = make_actor(RUN_FLOWS, VIEW_FLOWS, organisation=office)
    run_id = start_run(actor, flow_id=flow.id, now=NOW)
    cancel_run(actor, run_id=run_id, now=NOW)
    run = Run.objects.get(id=run_id)
    assert (run.state, run.ended_at) == (Run.State.CANCELLED, NOW)
    assert job_of(run).state == "cancelled"
    with pytest.raises(RunIsOver):
        cancel_run(actor, run_id=run_id, now=NOW)


def test_cancelled_run_leaves_the_target_as_it_was_and_continues(dept: Department) -> None:
    dept.fill(3_000)
    flow = make_flow(make_connection(dept), block_rows=100)
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    with pytest.raises(Cancelled):
        work(run_id, stop_at=1)
    run = Run.objects.get(id=run_id)
    assert run.state == Run.State.CANCELLED
    assert dept.people() == []
    continue_run(ROOT, run_id=run_id, now=NOW)
    assert work(run_id).state == Run.State.DONE
    assert len(dept.people()) == 3_004
    with pytest.raises(NothingToContinue):
        continue_run(ROOT, run_id=run_id, now=NOW)


def test_only_the_last_run_continues_and_only_while_the_flow_runs(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    first = start_run(ROOT, flow_id=flow.id, now=NOW)
    cancel_run(ROOT, run_id=first, now=NOW)
    second = start_run(ROOT, flow_id=flow.id, now=NOW + timedelta(seconds=1))
    cancel_run(ROOT, run_id=second, now=NOW)
    with pytest.raises(NothingToContinue):
        continue_run(ROOT, run_id=first, now=NOW)
    pause_flow(ROOT, flow_id=flow.id, reason="检修", now=NOW)
    with pytest.raises(NotRunnable):
        continue_run(ROOT, run_id=second, now=NOW)


def test_closing_a_flow_stops_its_run(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    close_flow(ROOT, flow_id=flow.id, reason="不再需要", now=NOW)
    assert Run.objects.get(id=run_id).state == Run.State.CANCELLED


def test_too_many_bad_rows_stop_the_run_before_the_target(dept: Department) -> None:
    for number in range(5, 8):
        dept.put(number, "123")
    person = make_account()
    flow = make_flow(make_connection(dept), threshold=Threshold(share=0.1), owner_id=person.id)
    run = run_flow(flow)
    assert run.state == Run.State.FAILED
    assert "超过阈值" in run.error
    assert dept.people() == []
    told = messages.inbox(make_reader(person.id), size=5).rows
    assert [item.title for item in told] == ["数据交换失败：人口汇聚"]
    assert RefusedRow.objects.count() == 3


def job_of(run: Run) -> JobRun:
    assert run.job_id is not None
    return JobRun.objects.get(id=run.job_id)


def make_reader(account_id: int) -> Actor:

    actor = account_actor(account_id)
    assert actor is not None
    return actor


def test_unreachable_source_is_tried_again_with_growing_pauses_and_then_fails(dept: Department) -> None:
    connection = make_connection(dept)
    flow = make_flow(connection)
    connection.options = {**connection.options, "port": 1}
    connection.save()
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    pauses = []
    for number in range(1, MOST_ATTEMPTS):
        run = work(run_id)
        assert (run.state, run.attempts) == (Run.State.RETRYING, number)
        assert "连接不上对方" in run.error
        assert run.next_try_at is not None
        pauses.append(run.next_try_at)
    assert pauses == sorted(pauses)
    run = work(run_id)
    assert run.state == Run.State.FAILED
    assert run.next_try_at is None


def test_missing_table_fails_at_once(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    dept.execute("DROP TABLE dept.people")
    run = run_flow(flow)
    assert (run.state, run.attempts) == (Run.State.FAILED, 1)


def test_incremental_run_goes_on_where_the_last_one_ended(dept: Department) -> None:
    flow = make_flow(make_connection(dept), reading=Reading.BY_CURSOR, cursor="changed_at")
    first = run_flow(flow)
    flow.refresh_from_db()
    assert flow.position is not None
    dept.put(9, "11010519491231002X")
    second = run_flow(flow)
    assert (first.read, second.read) == (4, 1)
    assert len(dept.people()) == 5


def test_job_that_runs_twice_does_nothing_the_second_time(dept: Department) -> None:
    run = run_flow(make_flow(make_connection(dept)))
    assert carry_out(run.id, progress=Quiet(), engine=at_once) is None
    end_failed(run.id, "不该发生", now=NOW)
    assert Run.objects.get(id=run.id).state == Run.State.DONE
    assert RunReceipt.objects.count() == 1


def test_ended_run_cannot_be_ended_as_done(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    cancel_run(ROOT, run_id=run_id, now=NOW)

    end_done(run_id, Outcome(Counts(), reconciled=True), worked_s=0.0, now=NOW)
    assert Run.objects.get(id=run_id).state == Run.State.CANCELLED


def test_run_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        carry_out(0, progress=Quiet(), engine=at_once)


def test_dependent_flow_starts_when_its_upstream_is_done(dept: Department) -> None:
    connection = make_connection(dept)
    upstream = make_flow(connection)
    below = make_flow(connection, schedule=Schedule(after=upstream.code))
    run_flow(upstream)
    made = Run.objects.get(flow=below)
    assert (made.state, made.trigger) == (Run.State.WAITING, Run.Trigger.AFTER)
    run_flow(upstream)  # the dependent one is still open: it is left alone
    assert Run.objects.filter(flow=below).count() == 1
    below.refresh_from_db()
    assert below.awaited_since_at is not None
    work(made.id)
    below.refresh_from_db()
    assert below.awaited_since_at is None


def test_failed_upstream_starts_nothing(dept: Department) -> None:
    connection = make_connection(dept)
    upstream = make_flow(connection, threshold=Threshold(rows=0))
    make_flow(connection, schedule=Schedule(after=upstream.code))
    dept.put(5, "123")
    run_flow(upstream)
    assert Run.objects.count() == 1


def test_plan_divides_the_sources_limit_among_its_workers(dept: Department) -> None:
    connection = make_connection(dept, at_once=4, rate=1000)
    flow = make_flow(connection)
    assert plan_of(Run.objects.get(id=start_run(ROOT, flow_id=flow.id, now=NOW))).rows_per_second == 250
    slower = make_flow(connection, rows_per_second=10)
    assert plan_of(Run.objects.get(id=start_run(ROOT, flow_id=slower.id, now=NOW))).rows_per_second == 10


@pytest.mark.usefixtures("_no_limits")
def test_grants_limits_hold_whatever_the_flow_says(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    Flow.objects.filter(id=flow.id).update(grant_code="g1")
    limits.install(lambda code: Limits(conditions=(Comparison("id", "<=", (2,)),), masks={"name": "masked_name"}))
    run = run_flow(flow)
    assert (run.state, run.read) == (Run.State.DONE, 2)
    assert dept.execute("SELECT DISTINCT name FROM hub.people") == [("张*",)]


@pytest.mark.usefixtures("_no_limits")
def test_column_beyond_the_grant_and_a_withdrawn_grant_fail_the_run(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    Flow.objects.filter(id=flow.id).update(grant_code="g1")
    limits.install(lambda code: Limits(columns=frozenset({"id"})))
    assert "授权范围不包括字段" in run_flow(flow).error

    def withdrawn(code: str) -> Limits:
        raise Conflict("授权已撤回")

    limits.install(withdrawn)
    assert run_flow(flow).error == "授权已撤回"
    assert dept.people() == []


@pytest.mark.usefixtures("_no_limits")
def test_grant_that_nobody_answers_for_fails_the_run(dept: Department) -> None:
    limits._source.clear()
    flow = make_flow(make_connection(dept))
    Flow.objects.filter(id=flow.id).update(grant_code="g1")
    assert "无法取得授权“g1”的使用范围" in run_flow(flow).error


def test_only_the_system_names_a_grant(dept: Department) -> None:

    connection = make_connection(dept)
    actor = make_actor(MANAGE_FLOWS, everywhere=True)
    new = NewFlow("abc", "流程", connection.organisation_id, grant_code="g1")
    with pytest.raises(Invalid) as refusal:
        draft_flow(actor, new=new, text=make_text(connection), now=NOW)
    assert "grant_code" in refusal.value.fields
    assert draft_flow(system_actor("exchange.sharing"), new=new, text=make_text(connection), now=NOW)


def test_secret_is_opened_for_the_engine_only(dept: Department) -> None:
    connection = make_connection(dept)
    assert place_of(connection).secret == dept.secret
    assert dept.secret.encode() not in bytes(connection.secret) or not dept.secret


def test_replacing_the_whole_table_works_too(dept: Department) -> None:
    flow = make_flow(make_connection(dept), loading=Loading.SWAP)
    run_flow(flow)
    dept.execute("DELETE FROM dept.people WHERE id > 1")
    run_flow(flow)
    assert len(dept.people()) == 1


def test_actor_without_the_right_starts_nothing(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    with pytest.raises((NotFound, NotPermitted)):
        start_run(make_actor(VIEW_FLOWS, everywhere=True), flow_id=flow.id, now=NOW)
