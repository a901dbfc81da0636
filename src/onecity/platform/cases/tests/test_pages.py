"""Pages with Django's client: what people see, do, and are refused."""

import json
import re
from datetime import datetime
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.models import CalendarDay, Case, CaseTypeVersion, Entry, Task, WorkPeriod
from onecity.platform.cases.tests.diagrams import end, process, start, user
from onecity.platform.cases.tests.factories import SETTINGS, make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation, open_session

pytestmark = pytest.mark.django_db
EVERYTHING = (
    "cases.view",
    "cases.answer",
    "cases.supervise",
    "cases.merge",
    "cases.look_at_reporter",
    "cases.manage_types",
    "cases.manage_calendars",
    "cases.create",
)
SHORT = process(start(), user("accept", "受理", "ok:好"), end(), flows="start > accept\naccept > end")
LONGER = process(
    start(),
    user("accept", "受理", "ok:好"),
    user("check", "复核", "ok:好"),
    end(),
    flows="start > accept\naccept > check\ncheck > end",
)


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("指挥中心")


@pytest.fixture
def clerk(organisation: Organisation) -> Client:
    return client_of(make_actor(*EVERYTHING, organisation=organisation))


@pytest.fixture
def today() -> datetime:
    return clock.real_now()


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, answer.content.decode()[:500]
    return answer.content.decode()


def test_second_version_with_one_more_step_is_published_through_the_pages(
    clerk: Client, organisation: Organisation, today: datetime
) -> None:
    code = make_type(SHORT, now=today, create="cases.answer")
    running = make_case(code, organisation=organisation, now=today)
    first = CaseTypeVersion.objects.get(case_type__code=code)

    answer = clerk.post(f"/case-types/versions/{first.id}/draft")
    draft = CaseTypeVersion.objects.get(case_type__code=code, number=2)
    assert answer.headers["Location"] == f"/case-types/versions/{draft.id}"
    edited = {
        "process": LONGER,
        "settings": json.dumps({**SETTINGS, "create": "cases.answer"}),
        "note": "加复核",
        "revision": "1",
    }
    assert "校验通过" in clerk.post(f"/case-types/versions/{draft.id}/check", edited).content.decode()
    assert clerk.post(f"/case-types/versions/{draft.id}", edited).status_code == HTTPStatus.FOUND
    page = text_of(clerk, f"/case-types/versions/{draft.id}/publish")
    assert "新增" in page
    assert "复核" in page
    assert clerk.post(f"/case-types/versions/{draft.id}/publish").status_code == HTTPStatus.FOUND

    form = {"title": "新案", "urgency": "0", "organisation_id": organisation.id, "division_code": "220102"}
    answer = clerk.post(f"/cases/new?type={code}", form)
    fresh = Case.objects.get(title="新案")
    assert answer.headers["Location"] == f"/cases/{fresh.number}"
    for case_id, number in ((running.id, running.number), (fresh.id, fresh.number)):
        task = waiting_task(case_id)
        clerk.post(f"/cases/{number}/tasks/{task.id}/complete", {"outcome": "ok", "note": "", "revision": "1"})
    assert Case.objects.get(id=running.id).status == "closed"
    assert waiting_task(fresh.id).name == "复核"


def test_lists_show_cases_and_tasks_and_export_them(clerk: Client, organisation: Organisation, today: datetime) -> None:
    code = make_type(now=today)
    opened = make_case(code, organisation=organisation, now=today, title="井盖破损")
    assert opened.number in text_of(clerk, "/cases")
    assert "井盖破损" in text_of(clerk, f"/cases?q=井盖&status=open&type={code}&mine=&from=2020-01-01&to=2100-01-01")
    assert "井盖破损" not in text_of(clerk, "/cases?q=路灯")
    assert "受理" in text_of(clerk, "/tasks")
    assert "井盖破损" in text_of(clerk, "/tasks/card")
    assert clerk.get(f"/cases/id/{opened.id}").headers["Location"] == f"/cases/{opened.number}"
    sheet = b"".join(clerk.get("/cases?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert opened.number in sheet


def test_fragment_of_the_list_is_only_its_rows(organisation: Organisation, today: datetime) -> None:
    make_case(make_type(now=today), organisation=organisation, now=today)
    client = client_of(make_actor("cases.view", organisation=organisation), fragment=True)
    assert "<html" not in text_of(client, "/cases")


def test_case_page_shows_facts_process_history_and_what_one_may_do(
    clerk: Client, organisation: Organisation, today: datetime
) -> None:
    code = make_type(now=today)
    opened = make_case(
        code,
        organisation=organisation,
        now=today,
        reporter_name="张三",
        reporter_phone="13800138000",
        location=(125.32, 43.88),
        description="缺一角",
    )
    near = make_case(code, organisation=organisation, now=today, location=(125.32, 43.8801), title="井盖坏了")
    page = text_of(clerk, f"/cases/{opened.number}")
    for words in (
        "缺一角",
        "138****8000",
        "不予受理",
        "井盖坏了",
        near.number,
        'data-now="accept"',
        "任务下达",
        "改派",
    ):
        assert words in page
    assert "13800138000" not in page
    assert "办理单" in text_of(clerk, f"/cases/{opened.number}/print")
    assert "BPMNDiagram" in text_of(clerk, f"/cases/{opened.number}/process.bpmn")
    plain = client_of(make_actor("cases.view", organisation=organisation))
    page = text_of(plain, f"/cases/{opened.number}")
    for words in ("不予受理", "改派给", "并入此案", "查看反映人信息的事由"):
        assert words not in page


def test_answer_that_lacks_something_comes_back_with_what_was_written(
    clerk: Client, organisation: Organisation, today: datetime
) -> None:
    opened = make_case(make_type(now=today), organisation=organisation, now=today)
    task, path = waiting_task(opened.id), f"/cases/{opened.number}"
    answer = clerk.post(f"{path}/tasks/{task.id}/complete", {"outcome": "void", "note": "", "revision": "1"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert clerk.post(f"{path}/tasks/{task.id}/complete", {"outcome": "none"}).status_code == 422
    stale = clerk.post(f"{path}/tasks/{task.id}/complete", {"outcome": "accept", "note": "", "revision": "9"})
    assert stale.status_code == HTTPStatus.CONFLICT
    clerk.post(f"{path}/tasks/{task.id}/complete", {"outcome": "accept", "note": "属实", "revision": "1"})
    task = waiting_task(opened.id)
    answer = clerk.post(f"{path}/tasks/{task.id}/complete", {"outcome": "done", "note": "修好了"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "修好了" in answer.content.decode()
    assert "请至少上传一个附件" in answer.content.decode()


FORM = {
    "type": "object",
    "properties": {
        "depth": {"type": "number", "title": "深度"},
        "on": {"type": "string", "format": "date"},
        "way": {"type": "string", "enum": ["换", "修"]},
        "n": {"type": "integer"},
        "wet": {"type": "boolean"},
        "more": {"type": "string", "format": "textarea"},
    },
    "required": ["depth"],
}


def test_form_of_a_task_is_asked_and_taken(clerk: Client, organisation: Organisation, today: datetime) -> None:
    xml = process(start(), user("accept", "登记", "send@:派", form="f"), end(), flows="start > accept\naccept > end")
    opened = make_case(make_type(xml, now=today, forms={"f": FORM}), organisation=organisation, now=today)
    task, path = waiting_task(opened.id), f"/cases/{opened.number}/tasks"
    lacking = clerk.post(f"{path}/{task.id}/complete", {"outcome": "send", "note": "", "data-wet": "on"})
    assert lacking.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    whole = {
        "outcome": "send",
        "note": "",
        "organisation": organisation.id,
        "data-depth": "2.5",
        "data-way": "换",
        "data-n": "3",
        "data-wet": "on",
        "data-on": "2026-03-01",
        "data-more": "x",
    }
    assert clerk.post(f"{path}/{task.id}/complete", whole).status_code == HTTPStatus.FOUND
    given = Entry.objects.get(kind="completed").data["form"]
    assert given == {"depth": 2.5, "way": "换", "n": 3, "wet": True, "on": "2026-03-01", "more": "x"}


def test_claim_release_reassign_note_and_merge_through_the_page(
    clerk: Client, organisation: Organisation, today: datetime
) -> None:
    code = make_type(now=today)
    opened, other = (make_case(code, organisation=organisation, now=today) for _ in range(2))
    task, path = waiting_task(opened.id), f"/cases/{opened.number}"
    clerk.post(f"{path}/tasks/{task.id}/claim")
    assert Task.objects.get(id=task.id).assignee_id is not None
    clerk.post(f"{path}/tasks/{task.id}/release")
    assert Task.objects.get(id=task.id).assignee_id is None
    target = make_organisation("水务局")
    clerk.post(f"{path}/tasks/{task.id}/reassign", {"organisation": "", "reason": "归口"})
    clerk.post(f"{path}/tasks/{task.id}/reassign", {"organisation": target.id, "reason": ""})
    assert Task.objects.get(id=task.id).organisation_id == organisation.id
    clerk.post(f"{path}/tasks/{task.id}/reassign", {"organisation": target.id, "reason": "归口"})
    assert Task.objects.get(id=task.id).organisation_id == target.id
    clerk.post(f"{path}/note", {"text": "已联系"})
    assert "已联系" in text_of(clerk, path)
    clerk.post(f"{path}/merge", {"into": other.number, "reason": "同一处", "revision": "1"})
    assert "本案已合并到" in text_of(clerk, path)


def test_reporter_is_shown_to_who_says_why(organisation: Organisation, today: datetime) -> None:
    opened = make_case(make_type(now=today), organisation=organisation, now=today, reporter_phone="13800138000")
    actor = make_actor("cases.view", "cases.look_at_reporter", organisation=organisation)
    for client in (client_of(actor), client_of(actor, fragment=True)):
        assert "13800138000" in client.post(f"/cases/{opened.number}/reporter", {"reason": "回访核实"}).content.decode()
        assert client.post(f"/cases/{opened.number}/reporter", {"reason": ""}).status_code == 422


def test_case_is_opened_by_hand_where_one_may(clerk: Client, organisation: Organisation, today: datetime) -> None:
    make_type(SHORT, now=today, create="cases.answer")
    assert "标题" in text_of(clerk, "/cases/new")
    make_type(SHORT, now=today, create="cases.answer")
    assert "登记哪一类" in text_of(clerk, "/cases/new")
    assert clerk.get("/cases/new?type=tests.none").status_code == HTTPStatus.NOT_FOUND
    code = Case._meta.label and CaseTypeVersion.objects.filter(state="published").last().case_type.code  # type: ignore[union-attr]
    elsewhere = make_organisation("别处")
    form = {"title": "案", "urgency": "1", "organisation_id": elsewhere.id, "division_code": "220102"}
    assert clerk.post(f"/cases/new?type={code}", form).status_code == 422
    form |= {"organisation_id": organisation.id, "division_code": "22"}
    assert clerk.post(f"/cases/new?type={code}", form).status_code == 422
    form |= {"division_code": "220102", "longitude": "125.3", "latitude": "43.9"}
    assert clerk.post(f"/cases/new?type={code}", form).status_code == HTTPStatus.FOUND
    assert Case.objects.get().location is not None
    onlooker = client_of(make_actor("cases.view", organisation=organisation))
    assert "没有您可以登记的案件类型" in text_of(onlooker, "/cases/new")
    assert onlooker.get(f"/cases/new?type={code}").status_code == HTTPStatus.FORBIDDEN
    assert onlooker.post("/cases/new", form).status_code == HTTPStatus.FORBIDDEN


def test_types_are_created_edited_uploaded_refused_and_retired(clerk: Client, today: datetime) -> None:
    sample = make_type(SHORT, now=today)
    assert sample in text_of(clerk, "/case-types")
    assert "类型编码" in text_of(clerk, "/case-types/new")
    new = {"code": "local.trees", "name": "树木养护", "template": sample}
    assert clerk.post("/case-types/new", new).status_code == HTTPStatus.FOUND
    assert clerk.post("/case-types/new", new).status_code == 422
    draft = CaseTypeVersion.objects.get(case_type__code="local.trees")
    path = f"/case-types/versions/{draft.id}"
    assert 'data-controller="cases/modeler"' in text_of(clerk, path)
    for settings in ("{", "[]"):
        assert clerk.post(path, {"process": SHORT, "settings": settings, "revision": "1"}).status_code == 422
    bad = {"process": SHORT.replace("cases.answer", "none"), "settings": json.dumps(SETTINGS), "revision": "1"}
    assert "岗位权限" in clerk.post(f"{path}/check", bad).content.decode()
    assert "JSON" in clerk.post(f"{path}/check", {"process": "", "settings": "{"}).content.decode()
    clerk.post(path, bad)
    assert clerk.post(f"{path}/publish").status_code == 422
    file = SimpleUploadedFile("x.bpmn", LONGER.encode())
    clerk.post(f"{path}/upload", {"file": file, "revision": "2"})
    assert "复核" in CaseTypeVersion.objects.get(id=draft.id).process
    for wrong in ({"revision": "3"}, {"revision": "3", "file": SimpleUploadedFile("x", b"\xff\xfe")}):
        assert clerk.post(f"{path}/upload", wrong).status_code == 422
    assert "attachment" in clerk.get(f"{path}/process.bpmn").headers["Content-Disposition"]
    assert clerk.post(f"{path}/publish").status_code == HTTPStatus.FOUND
    assert 'data-controller="cases/viewer"' in text_of(clerk, path)
    clerk.post(f"{path}/draft")
    second = CaseTypeVersion.objects.get(case_type__code="local.trees", number=2)
    clerk.post(f"/case-types/versions/{second.id}/discard")
    assert not CaseTypeVersion.objects.filter(id=second.id).exists()
    clerk.post(f"{path}/retire")
    assert CaseTypeVersion.objects.get(id=draft.id).state == "retired"


def test_calendar_is_kept_through_its_page(clerk: Client) -> None:
    page = text_of(clerk, "/work-calendar?year=2026")
    assert "2026年工作日历" in page
    clerk.post("/work-calendar/days", {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"})
    assert "国庆节" in text_of(clerk, "/work-calendar?year=2026")
    clerk.post("/work-calendar/days", {"day": "", "kind": "holiday"})
    for content in ("2026-10-10,调休上班\n".encode(), b"\xff\xfe", "乱".encode() * 70_000, b"x,y\n"):
        clerk.post("/work-calendar/days/import", {"file": SimpleUploadedFile("d.csv", content)})
    assert CalendarDay.objects.count() == 2
    clerk.post(f"/work-calendar/days/{CalendarDay.objects.first().id}/remove")  # type: ignore[union-attr]
    assert CalendarDay.objects.count() == 1
    clerk.post("/work-calendar/periods", {"start": "19:00", "end": "21:00"})
    clerk.post("/work-calendar/periods", {"start": "19:30", "end": "20:00"})
    assert WorkPeriod.objects.count() == 3
    clerk.post(f"/work-calendar/periods/{WorkPeriod.objects.last().id}/remove")  # type: ignore[union-attr]
    assert WorkPeriod.objects.count() == 2


@pytest.mark.parametrize(
    "path",
    [
        "/cases",
        "/cases/1",
        "/cases/1/print",
        "/cases/1/process.bpmn",
        "/cases/id/1",
        "/case-types",
        "/case-types/new",
        "/case-types/versions/1",
        "/case-types/versions/1/publish",
        "/case-types/versions/1/process.bpmn",
        "/work-calendar",
    ],
)
def test_page_is_refused_without_its_right_and_to_strangers(path: str) -> None:
    assert client_of(make_actor("identity.read_audit")).get(path).status_code == HTTPStatus.FORBIDDEN
    assert Client().get(path).status_code == HTTPStatus.FOUND


def test_case_of_others_is_not_found(clerk: Client, today: datetime) -> None:
    foreign = make_case(make_type(now=today), organisation=make_organisation(), now=today, division_code="220103")
    for path in (f"/cases/{foreign.number}", f"/cases/{foreign.number}/print", f"/cases/id/{foreign.id}"):
        assert clerk.get(path).status_code == HTTPStatus.NOT_FOUND


def test_case_page_takes_a_bounded_number_of_statements(
    clerk: Client, organisation: Organisation, today: datetime, django_assert_max_num_queries: object
) -> None:
    opened = make_case(make_type(now=today), organisation=organisation, now=today)
    clerk.get(f"/cases/{opened.number}")
    with django_assert_max_num_queries(16):  # type: ignore[operator]  # pytest-django's fixture
        clerk.get(f"/cases/{opened.number}")


def test_no_page_puts_script_or_style_inline(clerk: Client, organisation: Organisation, today: datetime) -> None:
    code = make_type(now=today)
    opened = make_case(code, organisation=organisation, now=today)
    version = CaseTypeVersion.objects.get(case_type__code=code)
    for path in (f"/cases/{opened.number}", f"/case-types/versions/{version.id}", "/work-calendar"):
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", text_of(clerk, path))
