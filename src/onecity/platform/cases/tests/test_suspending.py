"""Suspension until a review, forced close and reopening."""

from datetime import datetime
from fractions import Fraction

import pytest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.models import Case, CounterDelta, Task, Visibility
from onecity.platform.cases.rules.requests import RequestRefused
from onecity.platform.cases.selectors.details import case as case_of
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.locking import CaseIsSuspended
from onecity.platform.cases.services.requests.suspending import NotSuspended, resume, resume_reviewed
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.tests.diagrams import COMPLAINT
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY, HOUR, LIMITS, REQUESTS, SYSTEM, answer, kinds, told, wish
from onecity.platform.identity.tests.factories import Organisation, make_actor

pytestmark = pytest.mark.django_db


def test_suspended_case_stands_still_and_goes_on_where_it_stood(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    request = wish(opened, "shelve", actor=clerk, now=now, reason_code="season", until=now + 30 * DAY)
    answer(request, "grant", actor=chief, now=now + HOUR)
    case, task = Case.objects.get(id=opened.id), waiting_task(opened.id)
    assert (case.suspended_until, case.paused_at, task.paused_at) == (now + 30 * DAY, now + HOUR, now + HOUR)
    assert (case.next_light_at, task.next_light_at) == (None, None)
    assert turn_lights(now=now + 20 * DAY) == 0
    with pytest.raises(CaseIsSuspended):
        complete_task(clerk, task_id=task.id, answer=TaskAnswer("done", files=(1,)), now=now + DAY)
    assert not any(item.mine for item in case_of(clerk, opened.number, now=now + DAY).tasks)
    with pytest.raises(RequestRefused) as refusal:
        wish(opened, "delay", actor=clerk, now=now + DAY, amount=Fraction(1))
    assert refusal.value.fields == {"request": "案件已挂账，请先恢复办理"}
    resume(clerk, case_id=opened.id, reason="天气转好", now=now + 10 * DAY)
    case, task = Case.objects.get(id=opened.id), waiting_task(opened.id)
    assert (case.suspended_until, case.paused_at, task.paused_at) == (None, None, None)
    assert task.due_at == now + 10 * DAY + HOUR
    with pytest.raises(NotSuspended):
        resume(clerk, case_id=opened.id, reason="", now=now + 10 * DAY)
    complete_task(clerk, task_id=task.id, answer=TaskAnswer("done", files=(1,)), now=now + 10 * DAY)


def test_review_takes_the_case_up_again_once_and_tells_who_works_on_it(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    request = wish(opened, "shelve", actor=clerk, now=now, reason_code="project", until=now + 30 * DAY)
    answer(request, "grant", actor=chief, now=now)
    assert resume_reviewed(now=now + 29 * DAY) == 0
    assert resume_reviewed(now=now + 30 * DAY) == 1
    assert resume_reviewed(now=now + 30 * DAY) == 0
    assert waiting_task(opened.id).due_at == now + 30 * DAY + 2 * HOUR
    assert told(clerk, "cases.case_resumed") == 1
    assert kinds(opened.id)[-1] == "resumed"


def test_stranger_does_not_take_a_suspended_case_up(
    opened: OpenedCase, clerk: Actor, chief: Actor, office: Organisation, now: datetime
) -> None:
    request = wish(opened, "shelve", actor=clerk, now=now, reason_code="season", until=now + DAY)
    answer(request, "grant", actor=chief, now=now)
    with pytest.raises(NotPermitted):
        resume(make_actor("cases.view", organisation=office), case_id=opened.id, reason="", now=now)
    resume(chief, case_id=opened.id, reason="", now=now)


def test_suspension_needs_a_known_reason_and_a_near_review(opened: OpenedCase, clerk: Actor, now: datetime) -> None:
    for facts, field in (
        ({"reason_code": "lazy", "until": now + DAY}, "reason_code"),
        ({"reason_code": "season", "until": now}, "until"),
        ({"reason_code": "season", "until": now + 91 * DAY}, "until"),
        ({"reason_code": "season", "until": now + DAY, "reason": " "}, "reason"),
    ):
        with pytest.raises(RequestRefused) as refusal:
            wish(opened, "shelve", actor=clerk, now=now, **facts)
        assert set(refusal.value.fields) == {field}


def test_forced_close_ends_everything_and_reopening_begins_at_its_task(
    opened: OpenedCase, clerk: Actor, chief: Actor, now: datetime
) -> None:
    request = wish(opened, "force", actor=clerk, now=now)
    answer(request, "grant", actor=chief, now=now + HOUR)
    case = Case.objects.get(id=opened.id)
    assert (case.status, case.closed_at) == ("closed", now + HOUR)
    assert set(Visibility.objects.filter(case_id=case.id).values_list("status", flat=True)) == {"closed"}
    assert not Task.objects.filter(case_id=case.id, state="open").exists()
    with pytest.raises(NotFound):
        wish(opened, "force", actor=clerk, now=now + HOUR)
    with pytest.raises(RequestRefused):
        wish(opened, "again", actor=clerk, now=now + 11 * DAY)
    again = wish(opened, "again", actor=clerk, now=now + DAY)
    turn_lights(now=now + DAY + 5 * HOUR)
    assert waiting_task(case.id).light == "red"
    assert Case.objects.get(id=case.id).light == "green"
    assert answer(again, "grant", actor=chief, now=now + 2 * DAY) == ("处置",)
    case, task = Case.objects.get(id=opened.id), waiting_task(opened.id)
    assert (case.status, case.closed_at, case.stage_code, case.due_at) == ("open", None, "handle", now + 3 * DAY)
    assert (task.node, task.due_at) == ("handle", now + 2 * DAY + 2 * HOUR)
    assert set(Visibility.objects.filter(case_id=case.id).values_list("status", flat=True)) == {"open"}
    total = sum(CounterDelta.objects.filter(scope_keys__contains=["*"], status="open").values_list("change", flat=True))
    assert total == 1
    complete_task(SYSTEM, task_id=task.id, answer=TaskAnswer("done", files=(1,)), now=now + 2 * DAY)
    complete_task(SYSTEM, task_id=waiting_task(case.id).id, answer=TaskAnswer("pass"), now=now + 2 * DAY)
    with pytest.raises(RequestRefused):
        wish(opened, "again", actor=clerk, now=now + 2 * DAY)


def test_task_that_goes_on_keeps_what_was_granted_and_the_time_it_stood(
    office: Organisation, clerk: Actor, chief: Actor, now: datetime
) -> None:
    """The same task, begun again after a return, neither counts the suspension nor forgets the postponement."""
    xml = COMPLAINT.replace('id="handle"', 'id="handle" city:continues="true"', 1)
    rules = [item for item in REQUESTS if item["code"] in {"delay", "shelve"}]
    made = make_case(make_type(xml, now=now, requests=rules, limits=LIMITS), organisation=office, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
    answer(wish(made, "delay", actor=clerk, now=now, amount=Fraction(3)), "grant", actor=chief, now=now)
    shelved = wish(made, "shelve", actor=clerk, now=now, reason_code="season", until=now + 30 * DAY)
    answer(shelved, "grant", actor=chief, now=now)
    resume(clerk, case_id=made.id, reason="", now=now + 10 * DAY)
    later = now + 10 * DAY + HOUR
    complete_task(clerk, task_id=waiting_task(made.id).id, answer=TaskAnswer("return", "补充材料"), now=later)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=later + 5 * HOUR)
    task = waiting_task(made.id)
    assert (task.due_at, task.light) == (later + 5 * HOUR + 4 * HOUR, "green")
