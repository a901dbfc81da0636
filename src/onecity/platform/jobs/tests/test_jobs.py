"""The outbox and runs, with the real queue."""

import uuid
from collections.abc import Callable, Mapping

import pytest
from django.db import transaction
from django.test import Client

from onecity.kernel import bus, clock
from onecity.kernel.bus import EventType
from onecity.kernel.errors import NotFound
from onecity.kernel.registry import Registry
from onecity.platform.identity.tests.factories import make_account, make_actor, open_session
from onecity.platform.jobs import selectors
from onecity.platform.jobs.declare import Job, Progress
from onecity.platform.jobs.models import Delivery, Run
from onecity.platform.jobs.services import outbox, runs

HAPPENED = EventType("test.happened", ("number",))
handled: list[object] = []
fail_next: list[Exception] = []


def handler(payload: Mapping[str, object]) -> None:
    handled.append(payload["number"])
    make_account(f"made{payload['number']}")
    if fail_next:
        raise fail_next.pop()


def count_up(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    upto = arguments["upto"]
    assert isinstance(upto, int)
    for number in range(upto):
        progress.step(number + 1, total=upto, note="计数")
        if number == arguments.get("cancel_at"):
            Run.objects.update(cancel_asked_at=clock.real_now())
    return {"总数": upto}


def explode(progress: Progress, arguments: Mapping[str, object]) -> None:
    raise RuntimeError("boom")


@pytest.fixture(autouse=True)
def own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry(Job)
    registry.add(Job("test.count", "计数", count_up), owner="test")
    registry.add(Job("test.explode", "爆破", explode, attempts=1), owner="test")
    monkeypatch.setattr(runs, "jobs", lambda: registry)
    monkeypatch.setattr(runs, "REPORT_SECONDS", 0.0)
    if bus.subscription("test.handler") is None:
        bus.subscribe(HAPPENED, code="test.handler", handler=handler)
    handled.clear()
    fail_next.clear()


@pytest.mark.django_db(transaction=True)
def test_event_reaches_its_handler_after_the_commit(run_queue: Callable[[], int]) -> None:
    with transaction.atomic():
        bus.announce(HAPPENED, number=7)
        assert handled == []
    assert run_queue() == 1
    assert handled == [7]


@pytest.mark.django_db(transaction=True)
def test_event_of_a_rolled_back_change_never_happened(run_queue: Callable[[], int]) -> None:
    with transaction.atomic():
        bus.announce(HAPPENED, number=7)
        transaction.set_rollback(True)
    assert run_queue() == 0


@pytest.mark.django_db
def test_second_delivery_has_no_effect() -> None:
    delivery = str(uuid.uuid4())
    assert outbox.deliver("test.handler", delivery=delivery, payload={"number": 1})
    assert not outbox.deliver("test.handler", delivery=delivery, payload={"number": 1})
    assert handled == [1]


@pytest.mark.django_db
def test_failed_handler_leaves_nothing_behind_and_may_try_again() -> None:
    delivery = str(uuid.uuid4())
    fail_next.append(RuntimeError("boom"))
    with pytest.raises(RuntimeError):
        outbox.deliver("test.handler", delivery=delivery, payload={"number": 2})
    assert not Delivery.objects.exists()
    assert outbox.deliver("test.handler", delivery=delivery, payload={"number": 2})


@pytest.mark.django_db
def test_delivery_to_a_handler_that_is_gone_is_an_error() -> None:
    with pytest.raises(outbox.UnknownSubscription):
        outbox.deliver("test.gone", delivery=str(uuid.uuid4()), payload={})


def test_announcement_with_other_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="takes"):
        bus.announce(HAPPENED, other=1)


@pytest.mark.django_db(transaction=True)
def test_run_shows_progress_and_result(run_queue: Callable[[], int]) -> None:
    actor = make_actor()
    number = runs.start(actor, code="test.count", title="计数", arguments={"upto": 3}, now=clock.real_now())
    assert selectors.run(actor, number).state == "waiting"
    run_queue()
    found = selectors.run(actor, number)
    assert (found.state, found.done, found.total, found.result) == ("done", 3, 3, {"总数": 3})


@pytest.mark.django_db(transaction=True)
def test_cancelled_run_stops_at_its_next_report(run_queue: Callable[[], int]) -> None:
    actor = make_actor()
    arguments = {"upto": 10, "cancel_at": 4}
    number = runs.start(actor, code="test.count", title="计数", arguments=arguments, now=clock.real_now())
    run_queue()
    found = selectors.run(actor, number)
    assert (found.state, found.done) == ("cancelled", 6)


@pytest.mark.django_db(transaction=True)
def test_run_cancelled_before_it_began_never_begins(run_queue: Callable[[], int]) -> None:
    actor = make_actor()
    number = runs.start(actor, code="test.count", title="计数", arguments={"upto": 3}, now=clock.real_now())
    runs.cancel(actor, run_id=number, now=clock.real_now())
    run_queue()
    assert selectors.run(actor, number).done == 0
    with pytest.raises(runs.AlreadyOver):
        runs.cancel(actor, run_id=number, now=clock.real_now())


@pytest.mark.django_db
def test_failed_run_keeps_its_error_and_can_be_tried_again() -> None:
    actor = make_actor()
    number = runs.start(actor, code="test.explode", title="爆破", arguments={}, now=clock.real_now())
    with pytest.raises(RuntimeError):
        runs.execute("test.explode", arguments={}, run_id=number)
    found = selectors.run(actor, number)
    assert found.state == "failed"
    assert "boom" in found.error
    runs.try_again(actor, run_id=number)
    assert selectors.run(actor, number).state == "waiting"
    with pytest.raises(NotFound):
        runs.try_again(actor, run_id=number)


@pytest.mark.django_db
def test_job_that_nobody_watches_runs_too() -> None:
    runs.execute("test.count", arguments={"upto": 2}, run_id=None)
    assert not Run.objects.exists()


@pytest.mark.django_db
def test_undeclared_job_is_refused() -> None:
    with pytest.raises(runs.UnknownJob):
        runs.start(make_actor(), code="test.nothing", title="", arguments={}, now=clock.real_now())
    with pytest.raises(runs.UnknownJob):
        runs.execute("test.nothing", arguments={}, run_id=None)


@pytest.mark.django_db
def test_runs_are_seen_by_their_asker_and_by_observers_only() -> None:
    asker, other, observer = make_actor(), make_actor(), make_actor("identity.observe_system", everywhere=True)
    number = runs.start(asker, code="test.count", title="计数", arguments={"upto": 1}, now=clock.real_now())
    assert [run.id for run in selectors.runs(asker).rows] == [number]
    assert selectors.runs(other).rows == []
    assert [run.id for run in selectors.runs(observer, state="waiting").rows] == [number]
    with pytest.raises(NotFound):
        selectors.run(other, number)


@pytest.mark.django_db
def test_pages_show_and_cancel_a_run() -> None:
    actor = make_actor()
    number = runs.start(actor, code="test.count", title="计数任务", arguments={"upto": 1}, now=clock.real_now())
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    assert "计数任务" in client.get("/jobs").content.decode()
    assert "hx-get" in client.get(f"/jobs/{number}").content.decode()
    assert "<html" not in client.get(f"/jobs/{number}/progress", headers={"HX-Request": "true"}).content.decode()
    assert client.post(f"/jobs/{number}/cancel").status_code == 302
    page = client.get(f"/jobs/{number}").content.decode()
    assert "已取消" in page
    assert "hx-trigger" not in page.split('id="run-progress"')[1].split(">")[0]
    client.post(f"/jobs/{number}/again")
    assert Run.objects.get(id=number).state == "waiting"


@pytest.mark.django_db
def test_old_deliveries_are_dropped() -> None:
    outbox.deliver("test.handler", delivery=str(uuid.uuid4()), payload={"number": 3})
    assert outbox.forget_old_deliveries() == 0
    Delivery.objects.update(at="2020-01-01T00:00:00Z")
    assert outbox.forget_old_deliveries() == 1
