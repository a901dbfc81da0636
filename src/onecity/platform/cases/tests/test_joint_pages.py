"""Pages of joint handling and sub-cases, with Django's client."""

from datetime import datetime
from http import HTTPStatus

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import OpenedCase, TaskAnswer
from onecity.platform.cases.models import Assistance, Subcase
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import LIMITS, SYSTEM
from onecity.platform.cases.tests.test_joint import JOINT
from onecity.platform.cases.tests.test_pages import client_of
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> datetime:
    return clock.real_now()


@pytest.fixture
def lead(office: Organisation, today: datetime) -> OpenedCase:
    subcases = [{"code": "repair", "name": "工程维修", "type": make_type(now=today), "tasks": ["handle"], "most": 1}]
    code = make_type(now=today, joint=JOINT, subcases=subcases, limits=LIMITS)
    made = make_case(code, organisation=office, now=today)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=today)
    return made


def test_bodies_are_asked_answer_and_are_overruled_on_the_page(lead: OpenedCase, clerk: Actor, today: datetime) -> None:
    water, power = make_organisation("水务局"), make_organisation("供电公司")
    mine, address = client_of(clerk), f"/cases/{lead.number}"
    task = waiting_task(lead.id, "handle")
    assert "邀请协办" in mine.get(address).content.decode()
    invited = {"rule": "assist", "organisations": [water.id, power.id], "wish": "关闭阀门"}
    assert mine.post(f"{address}/tasks/{task.id}/invite", invited).status_code == HTTPStatus.FOUND
    page = mine.get(address).content.decode()
    for text in ("水务局", "供电公司", "关闭阀门", "协办中", "不再等待的理由"):
        assert text in page
    helper = client_of(make_actor("cases.answer", "cases.view", organisation=water))
    assist = Assistance.objects.get(organisation_id=water.id)
    assert "协办要求：" in helper.get(address).content.decode()
    answered = {"outcome": "assisted", "note": "阀门已经关闭"}
    helper.post(f"{address}/tasks/{assist.assist_id}/complete", answered)
    assert "阀门已经关闭" in mine.get(address).content.decode()
    returned = {"outcome": "return", "note": "不属于本单位", "overrule": ""}
    refused = mine.post(f"{address}/tasks/{task.id}/complete", returned)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    mine.post(f"{address}/tasks/{task.id}/complete", {**returned, "overrule": "供电公司另行处理"})
    assert waiting_task(lead.id).node == "accept"
    assert Assistance.objects.get(organisation_id=power.id).state == "overruled"


def test_assistance_is_withdrawn_on_the_page(lead: OpenedCase, clerk: Actor) -> None:
    mine, address = client_of(clerk), f"/cases/{lead.number}"
    task = waiting_task(lead.id, "handle")
    mine.post(f"{address}/tasks/{task.id}/invite", {"rule": "assist", "organisations": [], "wish": "关闭阀门"})
    assert "请选择协办单位" in mine.get(address).content.decode()
    chosen = {"rule": "assist", "organisations": [make_organisation().id], "wish": "关闭阀门"}
    mine.post(f"{address}/tasks/{task.id}/invite", chosen)
    made = Assistance.objects.get()
    assert mine.post(f"{address}/assistances/{made.id}/withdraw").status_code == HTTPStatus.FOUND
    assert "已撤回" in mine.get(address).content.decode()


def test_subcase_is_opened_and_both_pages_show_it(lead: OpenedCase, clerk: Actor, office: Organisation) -> None:
    mine, address = client_of(clerk), f"/cases/{lead.number}"
    task = waiting_task(lead.id, "handle")
    wanted = {"rule": "repair", "title": "更换井盖", "organisation": office.id, "description": "规格七百毫米"}
    assert mine.post(f"{address}/tasks/{task.id}/subcases", wanted).status_code == HTTPStatus.FOUND
    child = Subcase.objects.get().child
    page = mine.get(address).content.decode()
    assert child.number in page
    assert "主案件等待其办结" in page
    below = mine.get(f"/cases/{child.number}").content.decode()
    assert "本案是“工程维修”子案件" in below
    assert address in below
    mine.post(f"{address}/tasks/{task.id}/subcases", wanted)
    assert "此任务的子案件数量已达上限" in mine.get(address).content.decode()


def test_whoever_does_not_lead_is_offered_nothing(lead: OpenedCase, office: Organisation) -> None:
    reader = client_of(make_actor("cases.view", organisation=office))
    page = reader.get(f"/cases/{lead.number}").content.decode()
    assert "联合办理" not in page
    task, wanted = waiting_task(lead.id, "handle"), {"rule": "assist", "organisations": [1], "wish": "关闭阀门"}
    refused = reader.post(f"/cases/{lead.number}/tasks/{task.id}/invite", wanted)
    assert refused.status_code == HTTPStatus.FORBIDDEN
