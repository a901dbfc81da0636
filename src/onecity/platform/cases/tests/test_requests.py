"""Requests inside a case: asked, decided, applied; each with its bounds, its approver and its trace."""

import threading
from datetime import datetime
from fractions import Fraction

import pytest
from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.models import Case, Entry, Request, Task
from onecity.platform.cases.rules.outcomes import OutcomeRefused
from onecity.platform.cases.rules.requests import RequestRefused
from onecity.platform.cases.selectors.details import case as case_of
from onecity.platform.cases.selectors.waiting import waiting_tasks
from onecity.platform.cases.services.completing import NeedsRequest, complete_task
from onecity.platform.cases.services.locking import TaskIsOver
from onecity.platform.cases.services.requests.asking import NotPending, withdraw
from onecity.platform.cases.services.requests.deciding import OwnRequest
from onecity.platform.cases.services.telling import tell_of_waiting_tasks
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY, HOUR, LIMITS, REQUESTS, SYSTEM, answer, kinds, told, wish
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation, times_audited

pytestmark = pytest.mark.django_db


def test_granted_postponement_moves_the_task_and_the_case(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    task, case = waiting_task(opened.id, "handle"), Case.objects.get(id=opened.id)
    request = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(3))
    approval = waiting_task(opened.id, "request:delay")
    assert (approval.post, approval.due_at) == ("cases.supervise", now + 4 * HOUR)
    answer(request, "grant", actor=chief, now=now + HOUR, note="同意")
    moved, whole = waiting_task(opened.id), Case.objects.get(id=opened.id)
    assert task.due_at is not None
    assert moved.due_at == task.due_at + 3 * HOUR
    assert case.due_at is not None
    assert whole.due_at == case.due_at + 3 * HOUR
    assert whole.revision == case.revision + 1
    row = Request.objects.get(id=request)
    assert (row.state, row.decided_by, row.note) == ("granted", chief.key, "同意")
    assert kinds(opened.id)[-3:] == ["asked", "decided", "postponed"]
    assert times_audited("cases.make_request") == times_audited("cases.decide_request") == 1
    assert told(clerk, "cases.request_granted") == 1


def test_postponement_has_its_bounds(opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime) -> None:
    for amount in (None, Fraction(0), Fraction(7)):
        with pytest.raises(RequestRefused) as refusal:
            wish(opened, "delay", actor=clerk, now=now, amount=amount)
        assert set(refusal.value.fields) == {"amount"}
    first = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(4))
    with pytest.raises(RequestRefused) as refusal:
        wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    assert refusal.value.fields == {"request": "同样的申请正在审批"}
    answer(first, "grant", actor=chief, now=now)
    with pytest.raises(RequestRefused):
        wish(opened, "delay", actor=clerk, now=now, amount=Fraction(3))
    second = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(2))
    answer(second, "grant", actor=chief, now=now)
    with pytest.raises(RequestRefused) as refusal:
        wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1, 2))
    assert refusal.value.fields["request"] == "此项申请的次数已用完"


def test_more_time_is_asked_for_before_the_limit_runs_out(opened: OpenedCase, clerk: Actor, now: datetime) -> None:
    with pytest.raises(RequestRefused) as refusal:
        wish(opened, "delay", actor=clerk, now=now + 2 * HOUR, amount=Fraction(1))
    assert refusal.value.fields == {"request": "已超过时限，不能再申请延期"}


def test_postponement_turns_a_red_light_green_again(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    request = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(4))
    turn_lights(now=now + 3 * HOUR)
    assert waiting_task(opened.id, "handle").light == "red"
    answer(request, "grant", actor=chief, now=now + 3 * HOUR)
    task = waiting_task(opened.id)
    assert (task.light, Case.objects.get(id=opened.id).light) == ("green", "green")
    assert task.next_light_at == now + 4 * HOUR


def test_only_who_may_end_the_task_asks_and_only_the_post_decides(
    opened: OpenedCase, clerk: Actor, office: Organisation, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        wish(opened, "delay", actor=make_actor("cases.view", organisation=office), now=now, amount=Fraction(1))
    request = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    with pytest.raises(NotPermitted):
        answer(request, "grant", actor=clerk, now=now)
    with pytest.raises(NotPermitted):
        answer(request, "grant", actor=make_actor("cases.supervise", organisation=make_organisation()), now=now)


def test_nobody_decides_his_own_request(opened: OpenedCase, office: Organisation, now: datetime) -> None:
    both = make_actor("cases.answer", "cases.supervise", organisation=office)
    request = wish(opened, "delay", actor=both, now=now, amount=Fraction(1))
    with pytest.raises(OwnRequest):
        answer(request, "grant", actor=both, now=now)


def test_refusal_needs_a_reason_and_changes_nothing(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    due = waiting_task(opened.id).due_at
    request = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    with pytest.raises(OutcomeRefused):
        answer(request, "refuse", actor=chief, now=now)
    answer(request, "refuse", actor=chief, now=now, note="可以按时完成")
    assert waiting_task(opened.id).due_at == due
    assert told(clerk, "cases.request_refused") == 1
    with pytest.raises(TaskIsOver):
        answer(request, "grant", actor=chief, now=now)


def test_approval_waits_in_the_list_is_told_of_and_turns_red(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    wish(opened, "shelve", actor=clerk, now=now, reason_code="season", until=now + 30 * DAY)
    rows = waiting_tasks(chief).rows
    assert [(row.name, row.number) for row in rows] == [("挂账申请", opened.number)]
    tell_of_waiting_tasks(now=now)
    assert told(chief, "cases.task_waits") == 1
    turn_lights(now=now + 5 * HOUR)
    assert waiting_task(opened.id, "request:shelve").light == "red"
    assert told(chief, "cases.task_late") == 2  # and of the task beside it, which ran late meanwhile


def test_granted_return_ends_the_task_as_the_diagram_says(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    task = waiting_task(opened.id)
    with pytest.raises(NeedsRequest):
        complete_task(clerk, task_id=task.id, answer=TaskAnswer("return", "不属本单位"), now=now)
    shown = case_of(clerk, opened.number, now=now)
    assert [item.code for item in shown.tasks[-1].outcomes] == ["done"]
    with pytest.raises(RequestRefused):
        wish(opened, "wrong", actor=clerk, now=now + 2 * HOUR)
    request = wish(opened, "wrong", actor=clerk, now=now)
    assert answer(request, "grant", actor=chief, now=now) == ("受理",)
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("done", "return")
    complete_task(SYSTEM, task_id=waiting_task(opened.id).id, answer=TaskAnswer("accept"), now=now)
    with pytest.raises(RequestRefused) as refusal:
        wish(opened, "wrong", actor=clerk, now=now)
    assert refusal.value.fields == {"request": "此项申请的次数已用完"}


def test_request_lapses_with_its_task(opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime) -> None:
    request = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    other = wish(opened, "force", actor=clerk, now=now)
    complete_task(clerk, task_id=waiting_task(opened.id, "handle").id, answer=TaskAnswer("done", files=(1,)), now=now)
    assert Request.objects.get(id=request).state == "lapsed"
    assert Task.objects.get(node="request:delay").state == "cancelled"
    assert Request.objects.get(id=other).state == "pending"
    complete_task(SYSTEM, task_id=waiting_task(opened.id, "check").id, answer=TaskAnswer("pass"), now=now)
    assert Request.objects.get(id=other).state == "lapsed"
    assert not Task.objects.filter(case_id=opened.id, state="open").exists()
    with pytest.raises(NotPending):
        withdraw(clerk, request_id=request, now=now)


def test_request_is_withdrawn_by_who_made_it(opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime) -> None:
    request = wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    with pytest.raises(NotPermitted):
        withdraw(chief, request_id=request, now=now)
    withdraw(clerk, request_id=request, now=now)
    assert Task.objects.get(node="request:delay").state == "cancelled"
    wish(opened, "delay", actor=clerk, now=now, amount=Fraction(1))
    with pytest.raises(NotFound):
        withdraw(clerk, request_id=9_999_999, now=now)


def test_unknown_request_is_not_found(opened: OpenedCase, clerk: Actor, now: datetime) -> None:
    with pytest.raises(NotFound):
        wish(opened, "nothing", actor=clerk, now=now)
    with pytest.raises(NotFound):
        wish(opened, "again", actor=clerk, now=now)
    with pytest.raises(TaskIsOver):
        wish(opened, "delay", actor=clerk, now=now, task_id=9_999_999, amount=Fraction(1))


def test_return_without_approver_happens_at_once(office: Organisation, clerk: Actor, now: datetime) -> None:
    rule = {**REQUESTS[2], "approver": "", "limit": ""}
    code = make_type(now=now, requests=[rule], limits=LIMITS)
    made = make_case(code, organisation=office, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
    request = wish(made, "wrong", actor=clerk, now=now)
    assert Request.objects.get(id=request).state == "granted"
    assert waiting_task(made.id).node == "accept"


@pytest.mark.django_db(transaction=True)
def test_deciding_and_completing_at_once_leave_one_winner_and_a_whole_case(
    office: Organisation, clerk: Actor, chief: Actor, now: datetime
) -> None:
    code = make_type(now=now, requests=REQUESTS, limits=LIMITS)
    for _ in range(3):
        made = make_case(code, organisation=office, now=now)
        complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
        task, request = waiting_task(made.id), wish(made, "wrong", actor=clerk, now=now)
        approval, gate = waiting_task(made.id, "request:wrong"), threading.Barrier(2)
        results: list[str] = []

        def end(gate: threading.Barrier, results: list[str], who: Actor, task_id: int, given: TaskAnswer) -> None:
            gate.wait()
            try:
                complete_task(who, task_id=task_id, answer=given, now=now)
                results.append(given.outcome)
            except TaskIsOver:
                results.append("over")
            connection.close()

        threads = [
            threading.Thread(target=end, args=(gate, results, chief, approval.id, TaskAnswer("grant"))),
            threading.Thread(target=end, args=(gate, results, clerk, task.id, TaskAnswer("done", files=(1,)))),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results.count("over") == 1
        state = Request.objects.get(id=request).state
        assert (state, "grant" in results) in {("granted", True), ("lapsed", False)}
        assert Entry.objects.filter(case_id=made.id, kind="completed", task_id=task.id).count() == 1
        assert [item.node for item in Task.objects.filter(case_id=made.id, state="open")] == [
            "accept" if state == "granted" else "check"
        ]
