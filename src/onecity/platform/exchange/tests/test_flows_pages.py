"""Pages of flows: the whole way from a connection to a receipt, refusals in words, rights and scopes."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from onecity.kernel.actor import Actor
from onecity.platform.exchange.models import Connection, Flow, FlowVersion, RefusedRow, Run, RunReceipt
from onecity.platform.exchange.permissions import MANAGE_FLOWS, MEND_ROWS, RUN_FLOWS, VIEW_FLOWS, VIEW_RECEIPTS
from onecity.platform.exchange.services.flows.publishing import pause_flow
from onecity.platform.exchange.tests.departments import NUMBERS, Department
from onecity.platform.exchange.tests.factories import NOW, ROOT, make_connection, make_flow, run_flow, work
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation, open_session

pytestmark = pytest.mark.django_db
EVERY = (VIEW_FLOWS, MANAGE_FLOWS, RUN_FLOWS, MEND_ROWS, VIEW_RECEIPTS)


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    """Return a browser in which the actor has signed in."""
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def body(client: Client, url: str) -> str:
    """Return a page's text; it must open."""
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK, url
    return str(response.content.decode())


def sent(client: Client, url: str, **fields: object) -> str:
    """Send a form and return the text of the page to which it leads."""
    response = client.post(url, fields, follow=True)
    return str(response.content.decode())


@pytest.fixture
def office() -> Organisation:
    """The office whose flows these are."""
    return make_organisation("市民政局")


@pytest.fixture
def staff(office: Organisation) -> Client:
    """Somebody of the office who may do everything with its flows."""
    return client_of(make_actor(*EVERY, organisation=office))


@pytest.fixture
def connection(dept: Department, office: Organisation) -> Connection:
    """The office's connection to the department's database."""
    return make_connection(dept, organisation=office)


@pytest.fixture
def refused(dept: Department, connection: Connection) -> RefusedRow:
    """A row that was refused for its number."""
    dept.put(5, "110105194912310021", name="王小明")
    run_flow(make_flow(connection))
    return RefusedRow.objects.get()


def editor_fields(page: str) -> dict[str, str]:
    """Return what a browser would send of the editor as it came."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    for tag in re.findall(r"<input [^>]*>", page):
        found = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" in found and (found.get("type") != "checkbox" or " checked" in tag):
            fields.setdefault(found["name"], found.get("value", ""))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def test_connection_is_made_changed_and_tested(staff: Client, office: Organisation, dept: Department) -> None:
    assert "PostgreSQL" in body(staff, "/exchange/connections/new")
    assert staff.get("/exchange/connections/new?kind=rows").status_code == HTTPStatus.NOT_FOUND
    form = {
        "code": "people", "name": "人口库", "organisation_id": office.id, "secret": dept.secret, "at_once": 2,
        "rows_per_second": 0, **{f"option_{name}": value for name, value in dept.options.items()},
    }  # fmt: skip
    page = sent(staff, "/exchange/connections/new?kind=postgresql", **form)
    assert "连接已保存；连接成功" in page
    assert not dept.secret or dept.secret not in page
    again = staff.post("/exchange/connections/new?kind=postgresql", form)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "连接编码已存在" in again.content.decode()
    made = Connection.objects.get(code="people")
    page = sent(staff, f"/exchange/connections/{made.id}", **{**form, "secret": "", "option_port": 1})
    assert "连接不上对方" in page
    assert "不通" in body(staff, "/exchange/connections?kind=postgresql&q=people")
    bad = staff.post(f"/exchange/connections/{made.id}", {**form, "at_once": 0})
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    sent(staff, f"/exchange/connections/{made.id}", **{**form, "secret": ""})
    assert "连接成功" in sent(staff, f"/exchange/connections/{made.id}/test")
    assert "dept.people" in body(staff, f"/exchange/connections/{made.id}/tables")


def test_tables_of_a_dead_server_are_an_error_in_words(staff: Client, connection: Connection) -> None:
    Connection.objects.update(options={**connection.options, "port": 1})
    assert "连接不上对方" in body(staff, f"/exchange/connections/{connection.id}/tables")


def test_flow_is_written_from_suggestions_previewed_published_and_run(
    staff: Client, connection: Connection, dept: Department, office: Organisation
) -> None:
    dept.put(5, "110105194912310021")
    assert "选择数据来源" in body(staff, "/exchange/flows/new")
    tables = staff.get(f"/exchange/flows/source?source={connection.id}")
    assert tables.headers["Location"] == f"/exchange/connections/{connection.id}/tables"
    for number in range(10, 30):
        dept.put(number, NUMBERS[0])
    page = body(staff, f"/exchange/flows/new?source={connection.id}&table=dept.people")
    fields = editor_fields(page)
    assert fields["c1-identifier"] == "citizen_id"
    assert fields["c1-mask"] == "masked_identity_number"
    assert fields["c0-key"] == "1"
    fields |= {"target": connection.code, "target_table": "hub.people", "c4-type": "date", "name": "人口汇聚"}
    preview = sent(staff, "/exchange/flows/preview", **fields)
    assert "公民身份号码校验码不正确" in preview
    assert "110105194912310021" not in preview
    assert "<html" in preview
    wrong = staff.post("/exchange/flows/new", {**fields, "code": "X"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "编码由小写字母" in wrong.content.decode()
    nobody = staff.post("/exchange/flows/new", {**fields, "code": "people", "owner": "nobody"})
    assert "没有这个账户" in nobody.content.decode()
    homeless = staff.post("/exchange/flows/new", {**fields, "code": "people", "organisation_id": ""})
    assert "请选择所属机构" in homeless.content.decode()
    odd = staff.post("/exchange/flows/new", {**fields, "code": "people", "parts": "many"})
    assert "有的数字或选项填写不正确" in odd.content.decode()
    page = sent(staff, "/exchange/flows/new", **{**fields, "code": "people"})
    assert "草稿已保存" in page
    flow = Flow.objects.get(code="people")
    assert "流程已发布" in sent(staff, f"/exchange/flows/{flow.id}/publish")
    assert "运行中" in body(staff, "/exchange/flows?state=active&q=people")
    assert "等待运行" in sent(staff, f"/exchange/flows/{flow.id}/run")
    assert "该流程正在运行" in sent(staff, f"/exchange/flows/{flow.id}/run")
    run = work(Run.objects.get().id)
    assert (run.state, run.error, run.refused) == (Run.State.DONE, "", 1)
    assert "110105********0021" in body(staff, f"/exchange/refused?flow={flow.id}&run={run.id}")


def test_preview_of_an_unsound_flow_says_why(office: Organisation, connection: Connection) -> None:
    staff = client_of(make_actor(*EVERY, organisation=office), fragment=True)
    whole = client_of(make_actor(*EVERY, organisation=office))
    fields = editor_fields(body(whole, f"/exchange/flows/new?source={connection.id}&table=dept.people"))
    fields |= {"target": connection.code, "c2-expression": "now()", "c2-target": "name"}
    answer = sent(staff, "/exchange/flows/preview", **fields)
    assert "不允许“now”" in answer
    assert "<html" not in answer
    fields["c2-expression"] = "number || name"
    answer = sent(staff, "/exchange/flows/preview", **{**fields, "c1-mask": "masked_name", "c1-identifier": ""})
    assert "****" in answer
    assert NUMBERS[0] not in answer


def test_next_version_keeps_what_the_form_does_not_show(staff: Client, connection: Connection) -> None:
    flow = make_flow(connection)
    page = body(staff, f"/exchange/flows/{flow.id}/edit")
    fields = editor_fields(page)
    fields |= {"relations": "编号为正：id > 0\nid < 100", "conditions": "id in 1,2\nname not_null", "share": "5"}
    assert "草稿已保存" in sent(staff, f"/exchange/flows/{flow.id}/edit", **fields)
    draft = FlowVersion.objects.get(flow=flow, state="draft")
    assert [item["code"] for item in draft.checks] == [
        "identifier.number", "not_null.name", "expression.1", "expression.2",
    ]  # fmt: skip
    assert draft.conditions[0] == {"column": "id", "operator": "in", "values": [1, 2]}
    assert draft.threshold_share == 0.05
    assert draft.columns[3]["codes"] == {"男": "1", "女": "2"}
    again = body(staff, f"/exchange/flows/{flow.id}/edit")
    assert "编号为正：id &gt; 0\nid &lt; 100" in again
    assert "id in 1,2\nname not_null" in again
    bad = staff.post(f"/exchange/flows/{flow.id}/edit", {**fields, "relations": "id >"})
    assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "草稿已删除" in sent(staff, f"/exchange/flows/{flow.id}/discard")


def test_every_check_of_a_line_survives_the_form(staff: Client, connection: Connection) -> None:
    flow = make_flow(connection)
    fields = editor_fields(body(staff, f"/exchange/flows/{flow.id}/edit"))
    fields |= {
        "c0-low": "1", "c0-high": "9", "c2-shortest": "1", "c2-longest": "4", "c2-pattern": ".*", "c3-list": "1，2",
        "c2-reference": f"{connection.code}/dept.people/name", "c2-unique": "1", "c2-warn": "1",
    }  # fmt: skip
    sent(staff, f"/exchange/flows/{flow.id}/edit", **fields)
    again = editor_fields(body(staff, f"/exchange/flows/{flow.id}/edit"))
    assert {name: again[name] for name in fields if name.startswith("c")} == {
        name: value for name, value in fields.items() if name.startswith("c")
    }


def test_flow_is_paused_resumed_and_closed(staff: Client, connection: Connection) -> None:
    flow = make_flow(connection)
    url = f"/exchange/flows/{flow.id}/state"
    assert "请说明原因" in sent(staff, url, to="paused")
    assert "已暂停" in sent(staff, url, to="paused", reason="检修")
    assert "不能运行" in sent(staff, f"/exchange/flows/{flow.id}/run")
    assert "流程状态已更改" in sent(staff, url, to="active")
    assert "已停用" in sent(staff, url, to="closed", reason="不再需要")
    assert staff.post(f"/exchange/flows/{flow.id}/publish").status_code == HTTPStatus.FOUND


def test_young_flow_goes_with_its_draft(staff: Client, connection: Connection) -> None:
    flow = make_flow(connection, published=False)
    response = staff.post(f"/exchange/flows/{flow.id}/discard")
    assert response.headers["Location"] == "/exchange/flows"


def test_run_shows_progress_and_can_be_stopped_and_continued(staff: Client, connection: Connection) -> None:
    flow = make_flow(connection)
    sent(staff, f"/exchange/flows/{flow.id}/run")
    run = Run.objects.get()
    Run.objects.update(read=1_000, total=3_000, worked_s=10.0)
    page = body(staff, f"/exchange/runs/{run.id}/progress")
    assert "预计剩余" in page
    assert 'hx-trigger="every 1s"' in page
    sent(staff, f"/exchange/runs/{run.id}/cancel")
    page = body(staff, f"/exchange/runs/{run.id}")
    assert "已取消" in page
    assert 'hx-trigger="every 1s"' not in page
    assert "运行已经结束" in sent(staff, f"/exchange/runs/{run.id}/cancel")
    assert "运行将从上次的数据块继续" in sent(staff, f"/exchange/runs/{run.id}/continue")
    assert "只有最近一次失败或取消的运行可以继续" in sent(staff, f"/exchange/runs/{run.id}/continue")


def test_finished_run_shows_checks_sums_score_and_receipt(staff: Client, refused: RefusedRow) -> None:
    page = body(staff, f"/exchange/runs/{refused.run_id}")
    for text in ("核对一致", "identifier.number", "字段校验和", "数据质量", RunReceipt.objects.get().code):
        assert text in page
    assert "已完成" in body(staff, "/exchange/runs?state=done&q=人口&from=2020-01-01&to=2099-01-01")
    assert "人口汇聚" in body(staff, "/exchange/quality")
    assert "还没有质量评分" in body(staff, "/exchange/quality?q=zzz")
    assert "最近运行" in body(staff, f"/exchange/flows/{refused.flow_id}")


def test_refused_row_is_mended_and_replayed_on_its_page(staff: Client, refused: RefusedRow, dept: Department) -> None:
    url = f"/exchange/refused/{refused.id}"
    page = body(staff, url)
    assert "公民身份号码校验码不正确" in page
    assert "王小明" not in page
    shown = {f"v-{name}": "" if value is None else value for name, value in refused.values.items()}
    assert "更正后的数据仍不合格" in sent(staff, f"{url}/mend", **{**shown, "v-number": "123"})
    assert "更正已保存" in sent(staff, f"{url}/mend", **{**shown, "v-number": NUMBERS[0]})
    assert "原值" in body(staff, url)
    shown["v-number"] = "110105********002X"
    assert "运行" in sent(staff, f"{url}/mend", **shown, then="replay")
    work(Run.objects.get(trigger="replay").id)
    assert dept.execute("SELECT name FROM hub.people WHERE id = 5") == [("王小明",)]
    assert "没有可重放的数据" in sent(staff, f"{url}/replay")
    assert "已重放" in body(staff, "/exchange/refused?state=replayed")


def test_sensitive_value_is_shown_for_a_reason(staff: Client, refused: RefusedRow) -> None:
    url = f"/exchange/refused/{refused.id}/look"
    assert "填写查看事由" in sent(staff, url, column="name")
    assert "王小明" in sent(staff, url, column="name", reason="核对身份信息")
    assert staff.post(url, {"column": "born", "reason": "核对身份信息"}).status_code == HTTPStatus.NOT_FOUND


def test_rows_of_a_flow_are_replayed_and_dropped_together(staff: Client, refused: RefusedRow) -> None:
    flow = refused.flow_id
    assert "没有可重放的数据" in sent(staff, f"/exchange/flows/{flow}/replay")
    assert "请填写作废原因" in sent(staff, f"/exchange/flows/{flow}/drop")
    assert "请填写作废原因" in sent(staff, f"/exchange/refused/{refused.id}/drop")
    assert "已作废1行" in sent(staff, f"/exchange/flows/{flow}/drop", note="来源已更正")
    assert "来源已更正" in body(staff, f"/exchange/refused/{refused.id}")


def test_mended_rows_of_a_flow_are_replayed_together(staff: Client, refused: RefusedRow) -> None:
    shown = {f"v-{name}": "" if value is None else value for name, value in refused.values.items()}
    sent(staff, f"/exchange/refused/{refused.id}/mend", **{**shown, "v-number": NUMBERS[0]})
    response = staff.post(f"/exchange/flows/{refused.flow_id}/replay")
    assert response.headers["Location"] == reverse("exchange:run", args=[Run.objects.get(trigger="replay").id])


def test_receipt_is_shown_and_anybody_with_its_digest_may_check_it(staff: Client, refused: RefusedRow) -> None:
    receipt = RunReceipt.objects.get()
    assert receipt.code in body(staff, f"/exchange/receipts?q={receipt.code}")
    assert "核验通过" in body(staff, f"/exchange/receipts/{receipt.code}")
    passer_by = Client()
    assert "核验通过" not in body(passer_by, "/exchange/receipts/check")
    url = f"/exchange/receipts/check?code={receipt.code}&digest={receipt.digest}"
    assert "核验通过" in body(passer_by, url)
    answer = passer_by.get(url.replace("check?", "check.json?")).json()
    assert (answer["sound"], answer["body"]) == (True, receipt.body)
    assert "没有编号与摘要相符的回执" in body(passer_by, f"/exchange/receipts/check?code={receipt.code}&digest=00")
    missing = passer_by.get(f"/exchange/receipts/check.json?code={receipt.code}&digest=00")
    assert (missing.status_code, missing.json()) == (HTTPStatus.NOT_FOUND, {"found": False})
    RunReceipt.objects.update(body="{}".ljust(2) + " ")
    assert passer_by.get(url.replace("check?", "check.json?")).json()["sound"] is False


def test_lists_are_exported(staff: Client, refused: RefusedRow) -> None:
    response = staff.get("/exchange/refused?format=csv")
    assert response.streaming
    assert "110105********0021" in response.getvalue().decode("utf-8-sig")


def test_stranger_finds_nothing(refused: RefusedRow, connection: Connection) -> None:
    stranger = client_of(make_actor(*EVERY, organisation=make_organisation("住建局")))
    receipt = RunReceipt.objects.get()
    for url in (
        f"/exchange/connections/{connection.id}",
        f"/exchange/connections/{connection.id}/tables",
        f"/exchange/flows/new?source={connection.id}&table=dept.people",
        f"/exchange/flows/{refused.flow_id}",
        f"/exchange/flows/{refused.flow_id}/edit",
        f"/exchange/runs/{refused.run_id}",
        f"/exchange/runs/{refused.run_id}/progress",
        f"/exchange/refused/{refused.id}",
        f"/exchange/receipts/{receipt.code}",
    ):
        assert stranger.get(url).status_code == HTTPStatus.NOT_FOUND, url
    for url in (
        f"/exchange/connections/{connection.id}/test",
        f"/exchange/flows/{refused.flow_id}/publish",
        f"/exchange/flows/{refused.flow_id}/discard",
        f"/exchange/flows/{refused.flow_id}/state",
        f"/exchange/flows/{refused.flow_id}/run",
        f"/exchange/flows/{refused.flow_id}/replay",
        f"/exchange/runs/{refused.run_id}/cancel",
        f"/exchange/runs/{refused.run_id}/continue",
        f"/exchange/refused/{refused.id}/mend",
        f"/exchange/refused/{refused.id}/replay",
        f"/exchange/refused/{refused.id}/drop",
        f"/exchange/refused/{refused.id}/look",
    ):
        assert stranger.post(url, {"reason": "核对身份"}).status_code == HTTPStatus.NOT_FOUND, url
    for url in ("connections", "flows", "runs", "refused", "receipts", "quality"):
        assert "人口" not in body(stranger, f"/exchange/{url}")


def test_viewer_sees_and_changes_nothing(office: Organisation, refused: RefusedRow, connection: Connection) -> None:
    viewer = client_of(make_actor(VIEW_FLOWS, organisation=office))
    page = body(viewer, f"/exchange/flows/{refused.flow_id}")
    assert "立即运行" not in page
    assert "起草新版本" not in page
    assert "新建流程" not in body(viewer, "/exchange/flows")
    for url in (f"/exchange/flows/{refused.flow_id}/run", f"/exchange/refused/{refused.id}/mend"):
        assert viewer.post(url).status_code == HTTPStatus.FORBIDDEN
    for url in ("/exchange/connections", "/exchange/refused", "/exchange/receipts", "/exchange/flows/new"):
        assert viewer.get(url).status_code == HTTPStatus.FORBIDDEN


def test_list_of_flows_asks_as_often_for_many_as_for_few(
    staff: Client, connection: Connection, django_assert_max_num_queries: object
) -> None:
    for _ in range(6):
        run_flow(make_flow(connection))
    assert callable(django_assert_max_num_queries)
    with django_assert_max_num_queries(14):
        body(staff, "/exchange/flows")


def test_source_that_is_no_number_is_refused(staff: Client) -> None:
    assert staff.get("/exchange/flows/new?source=x&table=t").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_paused_flow_says_why(staff: Client, connection: Connection) -> None:
    flow = make_flow(connection)
    pause_flow(ROOT, flow_id=flow.id, reason="机房检修", now=NOW)
    assert "机房检修" in body(staff, f"/exchange/flows/{flow.id}")
