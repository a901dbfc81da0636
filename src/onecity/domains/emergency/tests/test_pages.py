"""Pages: what duty officers and leaders see, do, and are refused."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from onecity.domains.emergency.models import DutyShift, GradeChange, Incident, IncidentReport, ReportRule
from onecity.domains.emergency.tests.factories import FLOOD, INSIDE, Room, kept, make_incident, make_shift
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The city's time, which pages read for themselves."""
    return clock.city_now()


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def exported(client: Client, address: str) -> str:
    answer: object = client.get(address)
    assert isinstance(answer, StreamingHttpResponse)
    return answer.getvalue().decode("utf-8-sig")


def local(moment: datetime) -> str:
    return moment.astimezone(clock.CITY_ZONE).strftime("%Y-%m-%dT%H:%M")


def form(now: datetime, **facts: str) -> dict[str, str]:
    return {
        "title": "立交桥积水", "kind_code": FLOOD, "words": "<b>积水</b>", "source": "phone", "occurred_at": local(now),
        "longitude": str(INSIDE[0]), "latitude": str(INSIDE[1]), "deaths": "0", "missing": "0", "injured": "0",
        "trapped": "2", "loss_cny": "0", **facts,
    }  # fmt: skip


def deed(client: Client, number: str, name: str, **facts: str) -> str:
    answer = client.post(f"/emergency/incidents/{number}/deed", {"deed": name, **facts}, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def test_officer_takes_an_incident_in_and_reads_it_escaped(room: Room, now: datetime) -> None:
    client = client_of(room.officer)
    assert "接报登记" in client.get("/emergency/incidents/new").content.decode()
    answer = client.post("/emergency/incidents/new", form(now), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"/emergency/incidents/{Incident.objects.get().number}"
    assert "&lt;b&gt;积水" in page
    assert "被困2人" in page


def test_form_at_fault_comes_back(room: Room, now: datetime) -> None:
    client = client_of(room.officer)
    answer = client.post("/emergency/incidents/new", form(now, occurred_at=local(now + timedelta(days=1))))
    assert answer.status_code == 422
    assert "事发时间不能晚于现在" in answer.content.decode()


def test_incident_goes_its_way_by_buttons(room: Room, now: datetime) -> None:
    number, client, boss = make_incident(room, now=now, verified=False), client_of(room.officer), client_of(room.leader)
    assert "已办理" in deed(client, number, "verify", text="")
    client.post(f"/emergency/incidents/{number}/grade", {"grade": "2", "reason": "被困"})
    change = GradeChange.objects.get()
    assert "待审批" in client.get(f"/emergency/incidents/{number}").content.decode()
    assert "同意" in boss.get(f"/emergency/incidents/{number}").content.decode()
    deed(boss, number, "grant", change=str(change.pk))
    assert kept(number).grade == 2
    page = deed(client, number, "call", level="province", text="省厅")
    assert "省厅" in page
    report = {"situation": "抽排中", "deaths": "0", "missing": "0", "injured": "1", "trapped": "0", "loss_cny": "0"}
    client.post(f"/emergency/incidents/{number}/report", report)
    assert IncidentReport.objects.get().injured == 1
    deed(client, number, "note", text="泵车到场")
    assert "请填写处置结果" in deed(client, number, "close", text="")
    deed(client, number, "close", text="水退")
    assert kept(number).status == "closed"


def test_refused_and_merged_incidents_by_buttons(room: Room, now: datetime) -> None:
    client, boss = client_of(room.officer), client_of(room.leader)
    false = make_incident(room, now=now, verified=False)
    deed(client, false, "refuse", text="误报")
    assert kept(false).status == "false"
    first, second = make_incident(room, now=now), make_incident(room, now=now)
    assert "已并入" in deed(client, first, "merge", into=second)
    client.post(f"/emergency/incidents/{second}/grade", {"grade": "2", "reason": "被困"})
    deed(boss, second, "deny", change=str(GradeChange.objects.get().pk), text="不够")
    assert kept(second).grade is None
    deed(client, second, "unknown")
    assert "没有等待审批" in deed(boss, second, "deny", change="x", text="不够")


def test_report_at_fault_comes_back_with_its_words(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, grade=2)
    answer = client_of(room.officer).post(f"/emergency/incidents/{number}/report", {"situation": "x"})
    assert answer.status_code == 422
    client = client_of(room.officer)
    full = {"situation": "抽排中", "deaths": "0", "missing": "0", "injured": "1", "trapped": "0", "loss_cny": "0"}
    answer = client.post(f"/emergency/incidents/{number}/report", {**full, "is_final": "on"})
    assert answer.status_code == 422


def test_list_exports_and_answers_fragments(room: Room, now: datetime) -> None:
    make_incident(room, now=now, grade=3)
    make_incident(room, now=now, is_drill=True)
    client = client_of(room.officer)
    assert "接报登记" in client.get("/emergency/incidents").content.decode()
    assert "人民大街下穿桥积水" in exported(client, "/emergency/incidents?format=csv")
    assert "<html" not in client.get("/emergency/incidents", headers={"HX-Request": "true"}).content.decode()
    reader = client_of(make_actor("emergency.view", organisation=None, everywhere=True))
    assert "接报登记" not in reader.get("/emergency/incidents").content.decode()


def test_map_leads_to_the_incident_of_whoever_may_see_it(room: Room, now: datetime) -> None:
    row = kept(make_incident(room, now=now))
    address = f"/emergency/incidents/id/{row.pk}"
    assert client_of(room.officer).get(address)["Location"] == f"/emergency/incidents/{row.number}"
    assert client_of(room.stranger).get(address).status_code == HTTPStatus.NOT_FOUND
    assert client_of(room.stranger).get(f"/emergency/incidents/{row.number}").status_code == HTTPStatus.NOT_FOUND


def test_incident_without_a_point_has_no_map(room: Room, now: datetime) -> None:
    number = make_incident(room, now=now, location=None, division_code="220000")
    assert "incident-map" not in client_of(room.officer).get(f"/emergency/incidents/{number}").content.decode()


def test_desk_shows_what_must_be_known_and_refreshes_itself(room: Room, now: datetime) -> None:
    make_shift(room, now=now)
    make_incident(room, now=now, grade=2)
    client = client_of(room.officer)
    page = client.get("/emergency").content.decode()
    assert "desk-map" in page
    assert "待报送" in page
    part = client.get("/emergency", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "every 10s" in part
    reader = client_of(make_actor("emergency.view", organisation=None, everywhere=True))
    assert "desk-map" not in reader.get("/emergency").content.decode()


def test_shift_is_planned_taken_logged_and_handed_over(room: Room, now: datetime) -> None:
    boss, client = client_of(room.leader), client_of(room.officer)
    people = {"officer_id": str(room.officer.account_id), "leader_id": str(room.leader.account_id)}
    plan = {"deed": "plan", "begins_at": local(now), "ends_at": local(now + timedelta(hours=8)), **people}
    assert boss.post("/emergency/duty", plan).status_code == HTTPStatus.FOUND
    assert boss.post("/emergency/duty", plan).status_code == 422
    shift = str(DutyShift.objects.get().pk)
    assert "接班" in client.get("/emergency/duty").content.decode()
    client.post("/emergency/duty", {"deed": "take", "shift": shift})
    assert client.post("/emergency/duty", {"deed": "log", "shift": shift, "kind": "call"}).status_code == 422
    client.post("/emergency/duty", {"deed": "log", "shift": shift, "kind": "call", "text": "气象台来电"})
    assert "气象台来电" in client.get("/emergency/duty").content.decode()
    assert "气象台来电" in client.get("/emergency/duty/log").content.decode()
    page = boss.post("/emergency/duty", {"deed": "remove", "shift": shift}, follow=True).content.decode()
    assert "不能删除" in page
    client.post("/emergency/duty", {"deed": "hand", "shift": shift, "summary": "平安"})
    assert DutyShift.objects.get().handed_at is not None
    assert "平安" in client.get("/emergency/duty").content.decode()


def test_rules_are_read_by_all_and_set_by_those_who_may(room: Room, now: datetime) -> None:
    row = {
        "kind": "first", "grade": "4", "from_level": "city", "to_level": "province", "clock": "receipt",
        "written_minutes": "300", "effective_from": "2026-03-01",
    }  # fmt: skip
    boss = client_of(room.leader)
    assert boss.post("/emergency/rules", row).status_code == HTTPStatus.FOUND
    assert ReportRule.objects.filter(grade=4, from_level="city").exists()
    assert boss.post("/emergency/rules", row).status_code == 422
    assert "设置新的报送时限" not in client_of(room.officer).get("/emergency/rules").content.decode()
    assert client_of(room.officer).post("/emergency/rules", row).status_code == HTTPStatus.FORBIDDEN
