"""Pages of deputies and the duty roster, with Django's client."""

from datetime import datetime
from http import HTTPStatus

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.models import Deputation, DutyShift
from onecity.platform.cases.tests.factories import make_case, make_type
from onecity.platform.cases.tests.requesting import DAY, HOUR
from onecity.platform.cases.tests.test_pages import client_of
from onecity.platform.identity.api import account
from onecity.platform.identity.tests.factories import Organisation, make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> datetime:
    return clock.real_now()


def typed(moment: datetime) -> str:
    """Return a moment as a browser sends it."""
    return moment.astimezone(clock.CITY_ZONE).strftime("%Y-%m-%dT%H:%M")


def username(actor: Actor) -> str:
    assert actor.id is not None
    return account(actor.id).username


def test_deputy_is_set_and_withdrawn_on_the_page(
    office: Organisation, clerk: Actor, chief: Actor, today: datetime
) -> None:
    make_case(make_type(now=today), organisation=office, now=today)
    colleague = make_actor("cases.view", organisation=office)
    mine, theirs = client_of(clerk), client_of(colleague)
    given = {
        "deputy": username(colleague),
        "starts_at": typed(today - HOUR),
        "ends_at": typed(today + DAY),
        "posts": ["cases.answer"],
        "reason": "出差",
    }
    refused = mine.post("/deputies", {**given, "deputy": "nobody"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "没有这个登录名" in refused.content.decode()
    assert "井盖破损" not in theirs.get("/tasks").content.decode()
    assert mine.post("/deputies", given).status_code == HTTPStatus.FOUND
    page = theirs.get("/deputies").content.decode()
    assert "代理中" in page
    assert "撤销</button>" not in page
    assert "井盖破损" in theirs.get("/tasks").content.decode()
    made = Deputation.objects.get()
    assert theirs.post(f"/deputies/{made.id}/withdraw").status_code == HTTPStatus.FORBIDDEN
    mine.post(f"/deputies/{made.id}/withdraw")
    assert "已撤销" in mine.get("/deputies").content.decode()
    other = {**given, "principal": username(clerk)}
    assert client_of(chief).post("/deputies", other).status_code == HTTPStatus.FOUND
    assert Deputation.objects.count() == 2


def test_shift_is_set_and_removed_on_the_page(
    office: Organisation, clerk: Actor, chief: Actor, today: datetime
) -> None:
    make_type(now=today)
    given = {
        "organisation": office.id,
        "post": "cases.answer",
        "account": username(clerk),
        "starts_at": typed(today - HOUR),
        "ends_at": typed(today + HOUR),
    }
    leader, reader = client_of(chief), client_of(clerk)
    assert reader.post("/duty-roster", given).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert leader.post("/duty-roster", given).status_code == HTTPStatus.FOUND
    assert "在岗" in reader.get("/duty-roster?all=1").content.decode()
    assert "排班" not in reader.get("/duty-roster").content.decode()
    refused = leader.post("/duty-roster", given).content.decode()
    assert "此人这段时间已经排班" in refused
    shift = DutyShift.objects.get()
    assert reader.post(f"/duty-roster/{shift.id}/remove").status_code == HTTPStatus.FORBIDDEN
    leader.post(f"/duty-roster/{shift.id}/remove")
    assert "没有班次" in leader.get("/duty-roster").content.decode()
