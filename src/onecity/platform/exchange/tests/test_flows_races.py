"""Several at once: of two starters one wins, a run has one worker, a source bears no more workers than it says."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from onecity.platform.exchange.models import Run
from onecity.platform.exchange.services.flows import places
from onecity.platform.exchange.services.flows.running import RunsAlready, start_run
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import NOW, ROOT, make_connection, make_flow, work

pytestmark = pytest.mark.django_db(transaction=True)


def test_source_bears_no_more_workers_than_it_says(dept: Department) -> None:

    connection = make_connection(dept, at_once=1)
    flow = make_flow(connection)
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)

    def elsewhere() -> str:
        try:
            return work(run_id).state
        finally:
            connections.close_all()

    with places.place_at(connection) as free, ThreadPoolExecutor(1) as pool:
        assert free
        assert pool.submit(elsewhere).result() == Run.State.WAITING
    assert Run.objects.get(id=run_id).note == "等待来源空闲"
    assert work(run_id).state == Run.State.DONE


def test_run_is_worked_on_by_one_worker(dept: Department) -> None:

    flow = make_flow(make_connection(dept))
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)

    def elsewhere() -> str:
        try:
            return work(run_id).state
        finally:
            connections.close_all()

    with places.run_alone(run_id) as alone, ThreadPoolExecutor(1) as pool:
        assert alone
        assert pool.submit(elsewhere).result() == Run.State.WAITING
    assert work(run_id).state == Run.State.DONE


def test_of_two_starters_one_wins(dept: Department) -> None:

    flow = make_flow(make_connection(dept))
    barrier = Barrier(2)

    def starter(_: int) -> str:
        try:
            barrier.wait(10)
            start_run(ROOT, flow_id=flow.id, now=NOW)
        except RunsAlready:
            return "refused"
        finally:
            connections.close_all()
        return "started"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(starter, range(2))) == ["refused", "started"]
    assert Run.objects.count() == 1
