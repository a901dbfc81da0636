"""Pages: what citizens, supervisors on foot, acceptors and leaders see, do, and are refused."""

import re
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from onecity.domains.urban_management.models import AlarmClass, Duty, Report
from onecity.domains.urban_management.rules.reporting import MOST_REPORTS
from onecity.domains.urban_management.tests.factories import (
    DUST,
    INSIDE,
    RUBBISH,
    Offices,
    make_city_case,
    picture,
    shown,
    to_handling,
    waiting,
    walk,
)
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.api import cases
from onecity.platform.identity.tests.factories import make_account, make_actor, make_organisation, open_session

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def photo(name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture().read(), content_type="image/jpeg")


def blank(client: Client, address: str = "/report") -> str:
    """Open a form and return its key."""
    found = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


def filled(client: Client, **facts: object) -> dict[str, Any]:
    given: dict[str, Any] = {
        "description": "井盖破损，<b>小心</b>",
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
        "address": "人民大街口",
        "reporter_phone": "13912345678",
        "reporter_name": "刘先生",
        "consent": "on",
        "key": blank(client),
        "photos": [photo()],
        **facts,
    }
    return {name: value for name, value in given.items() if value is not None}


def number_in(response: Any) -> str:
    assert response.status_code == HTTPStatus.FOUND, response.content.decode()
    return str(response.headers["Location"]).rsplit("/", 1)[1]


@pytest.fixture
def today() -> datetime:
    return clock.city_now()


def test_citizen_reports_and_follows_with_what_the_browser_keeps(offices: Offices) -> None:
    client = Client()
    number = number_in(client.post("/report", filled(client)))
    page = client.get(f"/report/{number}").content.decode()
    assert number in page
    assert "信息收集" in page
    assert "&lt;b&gt;" in page
    assert Client().get(f"/report/{number}").status_code == HTTPStatus.FOUND
    assert "max-age=2592000" in str(client.cookies[f"onecity_report_{number}"]).lower()


def test_form_sent_twice_opens_one_case(offices: Offices) -> None:
    client = Client()
    values = filled(client, photos=None)
    assert number_in(client.post("/report", values)) == number_in(client.post("/report", values))
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"consent": None}, "我已阅读并同意"),
        ({"reporter_phone": "123"}, "请填写11位手机号"),
        ({"key": "mine:forged"}, "页面已失效"),
        ({"longitude": "10", "latitude": "10"}, "不在本市范围内"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"MZ not a picture")]}, "a.jpg"),
        ({"photos": None, "many": 7}, "最多上传6张照片"),
    ],
)
def test_wrong_report_is_shown_again_with_the_reason(offices: Offices, facts: dict[str, Any], words: str) -> None:
    client = Client()
    many = facts.pop("many", 0)
    values = filled(client, **facts)
    if many:
        values["photos"] = [photo(f"{place}.jpg") for place in range(many)]
    answer = client.post("/report", values)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in answer.content.decode()
    assert not Report.objects.exists()


def test_flood_from_one_address_is_told_to_wait(offices: Offices) -> None:
    client = Client()
    for _ in range(MOST_REPORTS):
        number_in(client.post("/report", filled(client, photos=None)))
    answer = client.post("/report", filled(client, photos=None))
    assert "请一小时后再试" in answer.content.decode()
    assert Report.objects.count() == MOST_REPORTS


def test_number_and_code_open_the_page_on_another_phone(offices: Offices) -> None:
    client, other = Client(), Client()
    number = number_in(client.post("/report", filled(client)))
    found = re.search(r'street-code">(\w{8})<', client.get(f"/report/{number}").content.decode())
    assert found
    refused = other.post("/report/find", {"number": number, "code": "AAAAAAAA"})
    assert "案件编号或查询码不正确" in refused.content.decode()
    assert number_in(other.post("/report/find", {"number": number, "code": found[1].lower()})) == number
    assert other.get(f"/report/{number}").status_code == HTTPStatus.OK


def test_forged_cookie_opens_nothing(offices: Offices) -> None:
    client, thief = Client(), Client()
    number = number_in(client.post("/report", filled(client)))
    thief.cookies[f"onecity_report_{number}"] = "AAAAAAAA"
    assert thief.get(f"/report/{number}").status_code == HTTPStatus.FOUND
    assert thief.post(f"/report/{number}/rate", {"satisfied": "yes"}).status_code == HTTPStatus.FOUND
    assert Report.objects.get().satisfaction == ""


def test_tracking_page_reveals_nothing_personal(offices: Offices, today: datetime) -> None:
    client = Client()
    number = number_in(client.post("/report", filled(client)))
    to_handling(offices, number, now=today)
    walk(offices, number, "done", now=today)
    page = client.get(f"/report/{number}").content.decode()
    for secret in ("13912345678", "139****5678", "刘先生", "张三", "情况说明", str(INSIDE[0])):
        assert secret not in page


def test_signed_in_reporter_needs_no_code_and_another_account_does(offices: Offices) -> None:
    account = make_account(kind="citizen")
    client, again, other = Client(), Client(), Client()
    for one, owner in ((client, account), (again, account), (other, make_account(kind="citizen"))):
        one.cookies["onecity_session"] = open_session(owner.id)
    number = number_in(client.post("/report", filled(client)))
    assert again.get(f"/report/{number}").status_code == HTTPStatus.OK
    assert other.get(f"/report/{number}").status_code == HTTPStatus.FOUND


def test_reporter_rates_on_the_page_once(offices: Offices, today: datetime) -> None:
    client = Client()
    number = number_in(client.post("/report", filled(client)))
    early = client.post(f"/report/{number}/rate", {"satisfied": "yes"})
    assert "案件尚未办结" in early.content.decode() or early.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    to_handling(offices, number, now=today)
    walk(offices, number, "done", "send", "pass", "close", now=today)
    assert "请评价办理结果" in client.get(f"/report/{number}").content.decode()
    assert client.post(f"/report/{number}/rate", {}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(f"/report/{number}/rate", {"satisfied": "no", "comment": "还在漏水"})
    assert Report.objects.get().satisfaction == "unsatisfied"


def test_pages_speak_english(offices: Offices, today: datetime) -> None:
    client = Client()
    client.cookies["onecity_language"] = "en"
    number = number_in(client.post("/report", filled(client, description="Broken cover", address="Main road")))
    supervisor = client_of(offices.supervisor)
    supervisor.cookies["onecity_language"] = "en"
    with (Path(__file__).parent.parent / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        ours = {message.id for message in read_po(file)}
    for one, address in ((client, "/report"), (client, "/report/find"), (supervisor, "/patrol")):
        page = one.get(address).content.decode()
        chinese = {text.strip() for text in re.findall(r">([^<]*[\u4e00-\u9fff][^<]*)<", page[page.index("<main") :])}
        assert chinese & ours == set()
    assert "Your report" in client.get(f"/report/{number}").content.decode()


def test_acceptor_files_a_case_under_a_condition(offices: Offices, today: datetime) -> None:
    number = make_city_case(offices, now=today, class_code="")
    client = client_of(offices.acceptor)
    assert number in client.get("/urban/desk").content.decode()
    revision = shown(number, now=today).revision
    lacking = client.post(f"/urban/desk/{number}", {"class_code": "", "revision": revision})
    assert lacking.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(f"/urban/desk/{number}", {"class_code": RUBBISH, "revision": revision})
    assert waiting(number, now=today) == ["dispatch"]
    assert shown(number, now=today).row.class_code == RUBBISH
    assert number not in client.get("/urban/desk").content.decode()


def test_acceptor_who_saw_an_old_state_is_told_so(offices: Offices, today: datetime) -> None:
    number = make_city_case(offices, now=today)
    client, revision = client_of(offices.acceptor), shown(number, now=today).revision
    walk(offices, number, "verify", "real", now=today)
    answer = client.post(f"/urban/desk/{number}", {"class_code": DUST, "revision": revision})
    assert "案件已被他人处理" in answer.content.decode()
    assert waiting(number, now=today) == ["accept"]
    answer = client.post(f"/urban/desk/{number}/refuse", {"outcome": "verify", "revision": revision})
    assert "案件已被他人处理" in answer.content.decode()


def test_acceptor_refuses_with_a_reason_or_has_it_verified(offices: Offices, today: datetime) -> None:
    client = client_of(offices.acceptor)
    number, other = (make_city_case(offices, now=today) for _ in range(2))
    refused = client.post(f"/urban/desk/{number}/refuse", {"outcome": "void", "cause": "not_ours", "note": " "})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(f"/urban/desk/{number}/refuse", {"outcome": "void", "cause": "not_ours", "note": "小区物业"})
    client.post(f"/urban/desk/{other}/refuse", {"outcome": "verify"})
    assert (shown(number, now=today).row.status, waiting(other, now=today)) == ("void", ["verify"])
    assert client.post(f"/urban/desk/{number}/refuse", {"outcome": "verify"}).status_code == HTTPStatus.NOT_FOUND


def test_near_duplicate_is_shown_and_merged(offices: Offices, today: datetime) -> None:
    first = make_city_case(offices, now=today, title="工地扬尘大")
    second = make_city_case(offices, now=today, location=(INSIDE[0] + 0.0005, INSIDE[1]))
    far = make_city_case(offices, now=today, location=(INSIDE[0] + 0.01, INSIDE[1]))
    client = client_of(offices.acceptor)
    page = client.get(f"/urban/desk/{second}").content.decode()
    assert "工地扬尘大" in page
    assert far not in page
    assert "相距 40 米" in page
    client.post(f"/urban/desk/{second}/merge", {"into": first, "revision": shown(second, now=today).revision})
    merged = shown(second, now=today)
    assert (merged.row.status, merged.merged_into) == ("merged", first)
    again = client.post(f"/urban/desk/{second}/merge", {"into": first}, follow=True)
    assert "已经办结" in again.content.decode()


def test_stranger_to_the_centre_cannot_open_its_desk(offices: Offices, today: datetime) -> None:
    number = make_city_case(offices, now=today)
    stranger = client_of(make_actor("cases.view", "urban_management.accept", organisation=make_organisation()))
    assert stranger.get(f"/urban/desk/{number}").status_code == HTTPStatus.NOT_FOUND
    assert client_of(offices.handler).get("/urban/desk").status_code == HTTPStatus.FORBIDDEN


def test_panel_suggests_the_department_and_one_press_dispatches(offices: Offices, today: datetime) -> None:
    number = make_city_case(offices, now=today)
    acceptor, dispatcher = client_of(offices.acceptor), client_of(offices.dispatcher)
    assert "立案与查重" in acceptor.get(f"/urban/cases/{number}/panel").content.decode()
    assert dispatcher.post(f"/urban/cases/{number}/dispatch").status_code == HTTPStatus.NOT_FOUND
    walk(offices, number, "accept", now=today)
    assert "派遣给生态环境局" in dispatcher.get(f"/urban/cases/{number}/panel").content.decode()
    dispatcher.post(f"/urban/cases/{number}/dispatch", {"revision": shown(number, now=today).revision})
    assert (shown(number, now=today).row.handler_id, waiting(number, now=today)) == (offices.bureau.id, ["handle"])


def test_supervisor_checks_on_site_with_a_photo(offices: Offices, today: datetime) -> None:
    number = make_city_case(offices, now=today)
    to_handling(offices, number, now=today)
    walk(offices, number, "done", "send", now=today)
    client = client_of(offices.supervisor)
    near = client.get("/patrol", {"longitude": str(INSIDE[0]), "latitude": str(INSIDE[1] + 0.001)}).content.decode()
    assert "现场核查" in near
    assert "111 米" in near
    task = next(item for item in shown(number, now=today).tasks if item.state == "open")
    address = reverse("urban_management:check", args=[number, task.id])
    assert "核查不通过" in client.get(address).content.decode()
    without = client.post(address, {"outcome": "pass"})
    assert (without.status_code, "请至少上传一个附件" in without.content.decode()) == (422, True)
    client.post(address, {"outcome": "pass", "photos": [photo()]})
    assert waiting(number, now=today) == ["close"]
    assert client.get(address).status_code == HTTPStatus.OK
    assert client.post(address, {"outcome": "pass", "photos": [photo()]}).status_code == 422


def test_supervisor_reports_what_he_finds(offices: Offices, today: datetime) -> None:
    client = client_of(offices.supervisor)
    key = blank(client, "/patrol/report")
    values = {
        "key": key,
        "description": "垃圾堆积",
        "class_code": RUBBISH,
        "urgency": "0",
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
    }
    without = client.post("/patrol/report", values)
    assert "请至少拍一张现场照片" in without.content.decode()
    client.post("/patrol/report", {**values, "photos": [photo()]})
    assert [row.class_code for row in cases(offices.supervisor).rows] == [RUBBISH]
    assert client.post("/patrol/report", {**values, "longitude": ""}).status_code == 422


def test_place_that_is_none_leaves_the_order_by_limit(offices: Offices) -> None:
    client = client_of(offices.supervisor)
    for place in ({"longitude": "x", "latitude": "1"}, {"longitude": "500", "latitude": "1"}):
        assert "先到期的在前" in client.get("/patrol", place).content.decode()


def test_leader_sets_duties_and_classes_of_alarms(offices: Offices) -> None:
    client = client_of(offices.leader)
    assert "E03" in client.get("/urban/duties").content.decode()
    wrong = client.post("/urban/duties", {"class_code": "dust", "organisation_id": offices.other.id})
    assert "类别编码应写成" in wrong.content.decode()
    client.post("/urban/duties", {"class_code": "E01", "organisation_id": offices.other.id})
    row = Duty.objects.get(class_code="E01")
    client.post(f"/urban/duties/{row.id}/remove")
    client.post(f"/urban/duties/{row.id}/remove")
    assert not Duty.objects.filter(class_code="E01").exists()
    assert "E0178-1" in client.get("/urban/alarm-classes").content.decode()
    wrong = client.post("/urban/alarm-classes", {"class_code": "E03", "urgency": "0"})
    assert "请选到立案条件一级" in wrong.content.decode()
    values = {"device_type": "x.y", "class_code": DUST, "urgency": "1", "is_active": "on"}
    client.post("/urban/alarm-classes", values)
    assert AlarmClass.objects.get(device_type="x.y").class_code == DUST


def test_ranking_is_shown_and_exported(offices: Offices, today: datetime) -> None:
    number = make_city_case(offices, now=today)
    to_handling(offices, number, now=today)
    walk(offices, number, "done", now=today)
    client = client_of(offices.leader)
    assert "生态环境局" in client.get("/urban/supervision").content.decode()
    assert "红旗街道" in client.get("/urban/supervision", {"object": "streets"}).content.decode()
    exported = client.get("/urban/supervision", {"object": "grids", "format": "csv"}).getvalue()
    assert number[:6] in exported.decode("utf-8-sig")
    long_ago = client.get("/urban/supervision", {"from": "2020-01-01", "to": "2020-02-01"}).content.decode()
    assert "这段时间没有处置任务" in long_ago
