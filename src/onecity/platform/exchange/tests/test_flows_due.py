"""What is done every so often: due flows start, paused tries go on, lost jobs end, lateness is told once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet

from onecity.kernel import clock
from onecity.platform.exchange.contracts.flows import Schedule
from onecity.platform.exchange.models import Flow, QualityScore, Run
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.services.flows import upkeep
from onecity.platform.exchange.services.flows.due import settle_lost, start_due, take_up_waiting, tell_of_late
from onecity.platform.exchange.services.flows.publishing import pause_flow
from onecity.platform.exchange.services.flows.running import cancel_run, start_run
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import NOW, ROOT, make_connection, make_flow, run_flow, work
from onecity.platform.identity.tests.factories import make_actor
from onecity.platform.jobs.tests.factories import Run as JobRun
from onecity.platform.messages import api as messages

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DUE = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)


@pytest.fixture
def daily(dept: Department) -> Flow:
    """A flow that is due every day at 13:00 in the city."""
    return make_flow(make_connection(dept), schedule=Schedule(cron="0 13 * * *", late_after_s=1800))


def test_flow_starts_at_its_time_and_not_before(daily: Flow) -> None:
    assert start_due(DUE - timedelta(seconds=1)) == 0
    assert start_due(DUE) == 1
    assert start_due(DUE) == 0
    run = Run.objects.get()
    assert (run.trigger, run.due_at) == (Run.Trigger.SCHEDULE, DUE)
    daily.refresh_from_db()
    assert daily.next_due_at == DUE + timedelta(days=1)
    assert daily.awaited_since_at == DUE


def test_flow_that_still_runs_is_not_started_again(daily: Flow) -> None:
    start_due(DUE)
    assert start_due(DUE + timedelta(days=1)) == 0
    assert Run.objects.count() == 1
    daily.refresh_from_db()
    assert (daily.next_due_at, daily.awaited_since_at) == (DUE + timedelta(days=2), DUE)


def test_paused_flow_is_not_due(daily: Flow) -> None:
    pause_flow(ROOT, flow_id=daily.id, reason="检修", now=NOW)
    assert start_due(DUE) == 0


def test_timeliness_of_a_scheduled_run_is_scored(daily: Flow) -> None:
    start_due(DUE)
    run = work(Run.objects.get().id)
    assert run.state == Run.State.DONE
    assert QualityScore.objects.get().timeliness is not None
    daily.refresh_from_db()
    assert daily.awaited_since_at is None


def test_late_flow_is_told_once(daily: Flow) -> None:
    manager = make_actor(MANAGE_FLOWS, everywhere=True)
    start_due(DUE)
    assert tell_of_late(DUE + HOUR / 2) == 0
    assert tell_of_late(DUE + HOUR) == 1
    assert tell_of_late(DUE + HOUR) == 0
    told = messages.inbox(manager, size=5).rows
    assert [item.title for item in told] == ["数据交换逾期：人口汇聚"]
    daily.refresh_from_db()
    assert daily.late_told_at == DUE + HOUR
    run_flow_of(daily)
    daily.refresh_from_db()
    assert daily.late_told_at is None


def job_of(run_id: int) -> QuerySet[JobRun]:
    """Return the job that carries a run."""
    job_id = Run.objects.get(id=run_id).job_id
    assert job_id is not None
    return JobRun.objects.filter(id=job_id)


def run_flow_of(flow: Flow) -> None:
    cancel_run(ROOT, run_id=Run.objects.get(flow=flow).id, now=NOW)
    run_flow(flow)


def test_run_whose_pause_is_over_goes_to_work(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    first = Run.objects.get(id=run_id)
    now = clock.real_now()
    Run.objects.filter(id=run_id).update(state=Run.State.RETRYING, next_try_at=now + HOUR)
    assert take_up_waiting(now) == 0
    assert take_up_waiting(now + HOUR) == 1
    assert take_up_waiting(now + HOUR) == 0
    second = Run.objects.get(id=run_id)
    assert second.job_id != first.job_id
    assert second.next_try_at is None


def test_run_whose_job_broke_ends_as_failed(dept: Department) -> None:
    run_id = start_run(ROOT, flow_id=make_flow(make_connection(dept)).id, now=NOW)
    assert settle_lost(NOW) == 0
    job = job_of(run_id)
    job.update(state="failed", error="Traceback\nZeroDivisionError: division by zero\n")
    assert settle_lost(NOW) == 1
    run = Run.objects.get(id=run_id)
    assert (run.state, run.error) == (Run.State.FAILED, "运行程序出错：ZeroDivisionError: division by zero")


def test_run_whose_job_was_cancelled_ends_as_cancelled(dept: Department) -> None:
    run_id = start_run(ROOT, flow_id=make_flow(make_connection(dept)).id, now=NOW)
    job = job_of(run_id)
    job.update(state="cancelled")
    assert settle_lost(NOW) == 1
    assert Run.objects.get(id=run_id).state == Run.State.CANCELLED
    assert settle_lost(NOW) == 0


def test_broken_job_without_a_word_fails_too(dept: Department) -> None:
    run_id = start_run(ROOT, flow_id=make_flow(make_connection(dept)).id, now=NOW)
    job_of(run_id).update(state="failed", error="")
    settle_lost(NOW)
    assert Run.objects.get(id=run_id).error == "运行程序出错："


def test_ticks_and_job_read_the_clocks(daily: Flow) -> None:
    Flow.objects.update(next_due_at=NOW)
    upkeep.start_due()
    upkeep.watch()
    upkeep.forget()
    run = Run.objects.get()

    class Nobody:
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            """Hear nothing."""

    shown = upkeep.run_flow(Nobody(), {"run": run.id})
    assert shown == {"读取行数": 4, "入库行数": 4, "拒收行数": 0}
    assert Run.objects.get().state == Run.State.DONE


@pytest.mark.django_db(transaction=True)
def test_worker_carries_out_what_the_queue_holds(dept: Department, run_queue: object) -> None:
    run_id = start_run(ROOT, flow_id=make_flow(make_connection(dept)).id, now=NOW)
    assert callable(run_queue)
    run_queue()
    run = Run.objects.get(id=run_id)
    assert (run.state, run.error) == (Run.State.DONE, "")
    assert job_of(run_id).get().state == "done"
