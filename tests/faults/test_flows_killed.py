"""kill -9 of the worker that carries a run: another takes it up, nothing is missing, nothing is there twice."""

import os
import signal

import pytest
from tests.faults.test_cases_under_kill import running, until

from onecity.platform.exchange.models import RefusedRow, Run, RunReceipt
from onecity.platform.exchange.services.flows.running import start_run
from onecity.platform.exchange.tests.conftest import _department, dept
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import NOW, ROOT, make_connection, make_flow

__all__ = ["_department", "dept"]
pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PEOPLE = 30_000


def test_run_of_a_killed_worker_is_taken_up_by_another(dept: Department) -> None:
    dept.fill(PEOPLE)
    dept.put(5, "123")
    flow = make_flow(make_connection(dept), block_rows=500, rows_per_second=4_000)
    run_id = start_run(ROOT, flow_id=flow.id, now=NOW)
    with running("manage.py", "work") as first:
        until(lambda: Run.objects.get(id=run_id).read > 2_000)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(10)
    halted = Run.objects.get(id=run_id)
    assert halted.state == Run.State.RUNNING
    assert halted.read < PEOPLE
    with running("manage.py", "work"):
        until(lambda: Run.objects.get(id=run_id).ended_at is not None)
    run = Run.objects.get(id=run_id)
    assert (run.state, run.error, run.attempts) == (Run.State.DONE, "", 2)
    assert (run.read, run.landed, run.refused) == (PEOPLE + 5, PEOPLE + 4, 1)
    assert run.reconciled is True
    assert len({row[0] for row in dept.people()}) == len(dept.people()) == PEOPLE + 4
    assert RefusedRow.objects.count() == 1
    assert RunReceipt.objects.count() == 1
