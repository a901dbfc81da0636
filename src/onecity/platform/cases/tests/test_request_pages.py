"""Pages of requests, suspension and electronic supervision, with Django's client."""

from datetime import datetime
from http import HTTPStatus

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.models import Card, Case, Request
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.supervision.watching import watch
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY, LIMITS, REQUESTS, SYSTEM
from onecity.platform.cases.tests.test_pages import client_of
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> datetime:
    return clock.real_now()


@pytest.fixture
def opened(office: Organisation, today: datetime) -> OpenedCase:
    made = make_case(make_type(now=today, requests=REQUESTS, limits=LIMITS), organisation=office, now=today)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=today)
    return made


def test_suspension_is_asked_decided_and_lifted_on_the_page(
    opened: OpenedCase, clerk: Actor, chief: Actor, today: datetime
) -> None:
    mine, theirs, address = client_of(clerk), client_of(chief), f"/cases/{opened.number}"
    page = mine.get(address).content.decode()
    for name in ("延期申请", "挂账申请", "退回申请", "强制结案申请"):
        assert name in page
    assert "重新办理申请" not in page
    until = (today + 20 * DAY).strftime("%Y-%m-%d")
    asked = {"rule": "shelve", "until": until, "reason_code": "season", "reason": "冬季不能施工"}
    assert mine.post(f"{address}/requests", asked).status_code == HTTPStatus.FOUND
    page = mine.get(address).content.decode()
    assert "冬季不能施工" in page
    assert "撤回申请" in page
    approval = waiting_task(opened.id, "request:shelve")
    assert "同意" in theirs.get(address).content.decode()
    theirs.post(f"{address}/tasks/{approval.id}/complete", {"outcome": "grant", "note": "同意挂账"})
    page = mine.get(address).content.decode()
    assert "已挂账" in page
    assert "同意挂账" in page
    mine.post(f"{address}/resume", {"reason": "提前开工"})
    assert Case.objects.get(id=opened.id).suspended_until is None


def test_refused_request_says_why_and_withdrawn_one_is_gone(opened: OpenedCase, clerk: Actor) -> None:
    mine, address = client_of(clerk), f"/cases/{opened.number}"
    task = waiting_task(opened.id).id
    answer = mine.post(f"{address}/requests", {"rule": "delay", "task": task, "amount": 9, "reason": "雨"}, follow=True)
    assert "超过可以延期的总时间" in answer.content.decode()
    answer = mine.post(f"{address}/requests", {"rule": "delay", "task": task, "reason": "雨"}, follow=True)
    assert not Request.objects.exists()
    mine.post(f"{address}/requests", {"rule": "delay", "task": task, "amount": "1.5", "reason": "雨"})
    row = Request.objects.get()
    assert (row.amount, row.unit) == ("3/2", "urgent_hour")
    page = mine.get(address).content.decode()
    assert "延长 1.5" in page
    mine.post(f"{address}/requests/{row.id}/withdraw")
    row.refresh_from_db()
    assert row.state == "withdrawn"
    unknown = mine.post(f"{address}/requests", {"rule": "nothing", "reason": "雨"})
    assert unknown.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_card_is_appealed_against_and_decided_on_its_page(
    office: Organisation, clerk: Actor, chief: Actor, today: datetime
) -> None:
    made = make_case(make_type(now=today), organisation=office, now=today - DAY)
    turn_lights(now=today)
    watch(now=today)
    card = Card.objects.get(level="yellow")
    mine, theirs, address = client_of(clerk), client_of(chief), f"/supervision/cards/{card.id}"
    assert "黄牌" in mine.get(f"/cases/{made.number}").content.decode()
    listed = mine.get("/supervision/cards?level=yellow").content.decode()
    assert address in listed
    assert "提出申诉" in mine.get(address).content.decode()
    refused = mine.post(f"{address}/appeal", {"reason": ""}, follow=True).content.decode()
    assert "请写明理由" in refused
    mine.post(f"{address}/appeal", {"reason": "停电"})
    assert "答复申诉" not in mine.get(address).content.decode()
    assert "答复申诉" in theirs.get(address).content.decode()
    theirs.post(f"{address}/decide", {"decision": "withdraw", "note": "情况属实"})
    card.refresh_from_db()
    assert card.state == "withdrawn"
    assert "情况属实" in mine.get(address).content.decode()
    stranger = client_of(make_actor("cases.view", organisation=make_organisation()))
    assert stranger.get(address).status_code == HTTPStatus.NOT_FOUND
