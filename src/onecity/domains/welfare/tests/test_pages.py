"""Pages: what citizens, clerks, checkers and keepers see, do, and are refused."""

import re
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.domains.welfare.models import (
    Application,
    Authorisation,
    Benefit,
    DepartmentSource,
    PolicyTable,
    Publication,
    Recheck,
    Report,
    Verification,
)
from onecity.domains.welfare.rules.codes import Department, Marital
from onecity.domains.welfare.services import rechecking
from onecity.domains.welfare.services.following import publish
from onecity.domains.welfare.tests.factories import (
    POLICY,
    Offices,
    Quiet,
    Tables,
    citizen_number,
    consent,
    make_application,
    make_submitted,
    new_member,
    signature,
    waiting,
)
from onecity.domains.welfare.tests.test_verifying import run, to_verify
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.api import case
from onecity.platform.identity.api import account_actor
from onecity.platform.identity.tests.factories import (
    make_account,
    make_actor,
    make_organisation,
    open_session,
    times_audited,
)

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def citizen() -> Actor:
    found = account_actor(make_account(kind="citizen").id)
    assert found is not None
    return found


def page(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def filled(offices: Offices, **facts: object) -> dict[str, Any]:
    return {
        "aid": "minimum_living",
        "organisation_id": offices.street.id,
        "name": "张三",
        "identifier": citizen_number(),
        "phone": "13912345678",
        "address": "长春市朝阳区人民大街1号",
        "living_area": "50",
        "marital": "10",
        "disability": "0",
        **facts,
    }


@pytest.fixture
def street(offices: Offices) -> Offices:
    """The small city; its street is offered in the form."""
    type(offices.street).objects.filter(id=offices.street.id).update(kind="street")
    return offices


def begun(street: Offices, actor: Actor) -> tuple[Client, Application, str]:
    """Let a citizen begin an application; returns its browser, the application and its address."""
    client = client_of(actor)
    answer = client.post("/aid/apply", filled(street))
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()
    row = Application.objects.get()
    return client, row, f"/welfare/applications/{row.number}"


def test_citizen_applies_adds_a_child_and_declares(street: Offices) -> None:
    client, row, home = begun(street, citizen())
    person = row.members.get()
    assert "申请社会救助" in page(client, "/aid/apply")
    assert "未签授权" in page(client, home)
    child = {"name": "张小三", "identifier": citizen_number(born=date(2015, 1, 1)), "relation": "20", "marital": "10"}
    assert client.post(f"{home}/members", {**child, "disability": "0"}).status_code == HTTPStatus.FOUND
    for item in (
        {"item": "income", "topic": "wage", "monthly": "800", "from_month": "2025-03", "to_month": "2026-02"},
        {"item": "asset", "kind": "deposit", "value": "500"},
        {"item": "expense", "topic": "medical", "amount": "300"},
    ):
        assert client.post(f"{home}/members/{person.id}", item).status_code == HTTPStatus.FOUND
    assert "每月800.00元" in page(client, f"{home}/members/{person.id}")


@pytest.mark.parametrize(("until", "status"), [("2099-03-10", 422), ("2020-04-10", 302)])
def test_citizen_signs_for_three_years_at_most(street: Offices, until: str, status: int) -> None:
    client, row, home = begun(street, citizen())
    address = f"{home}/consents/{row.members.get().id}"
    assert "在框内手写签名" in page(client, address)
    picture = SimpleUploadedFile("s.png", signature().read(), content_type="image/png")
    given = {"departments": ["tax"], "valid_from": "2020-03-10", "valid_to": until, "signature": picture}
    assert client.post(address, given).status_code == status
    assert Authorisation.objects.exists() is (status == HTTPStatus.FOUND)


def test_citizen_submits_and_finds_the_application_again(street: Offices) -> None:
    client, row, home = begun(street, citizen())
    assert client.post(f"{home}/submit").status_code == HTTPStatus.FOUND
    row.refresh_from_db()
    assert row.state == "submitted"
    assert row.number in page(client, "/aid")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"identifier": "220104198001010010"}, "校验码不正确"),
        ({"phone": "123"}, "请填写11位手机号"),
        ({"organisation_id": ""}, "aid-form"),
    ],
)
def test_wrong_application_is_shown_again(street: Offices, facts: dict[str, Any], words: str) -> None:
    answer = client_of(citizen()).post("/aid/apply", filled(street, **facts))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in answer.content.decode()
    assert not Application.objects.exists()


def test_strangers_see_neither_application_nor_consent_nor_verification_nor_report(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    row = to_verify(offices, now=now)
    assert isinstance(row, Application)
    made = run(offices, row, tables, now=now)
    stranger = client_of(citizen())
    code = Authorisation.objects.get().code
    for address in (
        f"/welfare/applications/{row.number}",
        f"/welfare/consents/{code}",
        f"/welfare/verifications/{made.number}",
    ):
        page(stranger, address, status=404)
    page(stranger, f"/welfare/reports/{made.report.number}", status=403)
    page(client_of(offices.clerk), f"/welfare/reports/{made.report.number}", status=403)
    assert Client().get("/aid").status_code in {302, 401, 403}


def test_wrong_items_are_shown_again_and_removed_ones_go(street: Offices, now: datetime) -> None:
    row = make_application(street, new_member(relation="20"), now=now)
    client, home = client_of(street.clerk), f"/welfare/applications/{row.number}"
    first, second = row.members.all()
    wrong = client.post(f"{home}/members/{first.id}", {"item": "asset", "kind": "house"})
    assert "请填写号牌" in wrong.content.decode()
    bad = {"item": "income", "topic": "wage", "monthly": "1", "from_month": "x", "to_month": "2026-02"}
    assert "2026-01 的形式" in client.post(f"{home}/members/{first.id}", bad).content.decode()
    page(client, f"{home}/members/0", status=404)
    client.post(f"{home}/members/{first.id}", {"item": "expense", "topic": "medical", "amount": "3"})
    client.post(f"{home}/remove", {"what": f"expense:{first.expenses.get().id}"})
    client.post(f"{home}/remove", {"what": f"member:{second.id}"})
    assert (first.expenses.count(), row.members.count()) == (0, 1)
    assert (
        "申请人不能移除" in client.post(f"{home}/remove", {"what": f"member:{first.id}"}, follow=True).content.decode()
    )


def test_consent_needs_a_signature_and_is_withdrawn_on_its_page(street: Offices, now: datetime) -> None:
    row = make_application(street, now=now)
    client, person = client_of(street.clerk), row.members.get()
    address = f"/welfare/applications/{row.number}/consents/{person.id}"
    bare = {"departments": ["tax"], "valid_from": "2026-03-10", "valid_to": "2026-09-10"}
    assert "请在签名框内签名" in client.post(address, bare).content.decode()
    page(client, f"/welfare/applications/{row.number}/consents/0", status=404)
    kept = consent(street, person, now=now, departments=(Department.TAX,))
    shown = page(client, f"/welfare/consents/{kept.code}")
    assert "税务" in shown
    assert "撤回授权" in shown
    client.post(f"/welfare/consents/{kept.code}/withdraw", {"reason": "不再申请"})
    assert "不再申请" in page(client, f"/welfare/consents/{kept.code}")
    again = client.post(f"/welfare/consents/{kept.code}/withdraw", follow=True)
    assert "授权已经撤回" in again.content.decode()


def test_checker_starts_a_verification_and_follows_it(
    street: Offices, tables: Tables, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = to_verify(street, now=now)
    assert isinstance(row, Application)
    client = client_of(street.checker)
    answer = client.post(f"/welfare/applications/{row.number}/verify")
    made = Verification.objects.get()
    assert answer.headers["Location"] == f"/welfare/verifications/{made.number}"
    assert "hx-get" in page(client, f"/welfare/verifications/{made.number}/live")
    second = client.post(f"/welfare/applications/{row.number}/verify", follow=True)
    assert "正在核对" in second.content.decode()


def test_report_asks_for_a_reason_and_leaves_a_trace(offices: Offices, tables: Tables, now: datetime) -> None:
    applicant = new_member(marital=Marital.DIVORCED)
    row = to_verify(offices, now=now, applicant=applicant)
    tables.knows("marriages", applicant.identifier, status="20", registered_date="2010-01-01", spouse_identifier="X")
    tables.knows("financial_accounts", applicant.identifier, kind="deposit", account_tail="1", balance_yuan="5000")
    made = run(offices, row, tables, now=now)
    client, address = client_of(offices.decider), f"/welfare/reports/{made.report.number}"
    assert "仅限办理本项救助时使用" in page(client, address)
    short = client.post(address, {"reason": "看"})
    assert short.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    shown = client.post(address, {"reason": "审批救助申请"}).content.decode()
    assert "签名有效" in shown
    assert "申报婚姻状况与婚姻登记不一致" in shown
    assert "5000" in shown
    assert applicant.identifier not in shown
    assert times_audited("identity.look", target=f"welfare.report:{made.id}") == 1
    paper = client.post(f"{address}/print", {"reason": "审批救助申请"}).content.decode()
    assert "data:image/svg+xml" in paper
    page(client, "/welfare/reports/BG0", status=404)


def test_applicant_reads_his_own_report_and_who_asked(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_verify(offices, now=now)
    assert isinstance(row, Application)
    actor = citizen()
    Application.objects.filter(id=row.id).update(account_id=actor.id)
    made = run(offices, row, tables, now=now)
    client = client_of(actor)
    assert "签名有效" in page(client, f"/welfare/reports/{made.report.number}")
    mine = page(client, "/aid")
    assert "不动产登记" in mine
    assert made.number in mine


def test_anybody_checks_a_signature_and_learns_nothing_of_the_household(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    made = run(offices, to_verify(offices, now=now), tables, now=now)
    report = Report.objects.get()
    shown = page(Client(), f"/aid/check?number={report.number}&code={report.check_code.lower()}")
    assert "签名有效，内容未被改动" in shown
    assert "张*" not in shown
    wrong = Client().get(f"/aid/check?number={report.number}&code=AAAAAAAA")
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "验真" in page(Client(), "/aid/check")
    assert made.state == "reported"


def test_publication_shows_masked_name_count_and_kind_only(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    publish(row, stage=Publication.Stage.STREET, now=clock.city_now())
    shown = page(Client(), "/aid/published")
    assert "张*" in shown
    assert "最低生活保障" in shown
    assert row.number not in shown
    Publication.objects.update(withdrawn_at=now)
    assert "张*" not in page(Client(), "/aid/published")


def test_lists_and_statistics_show_only_what_is_the_actors(offices: Offices, tables: Tables, now: datetime) -> None:
    made = run(offices, to_verify(offices, now=now), tables, now=now)
    stranger = make_actor("welfare.view", organisation=make_organisation("外区民政局", division="220105"))
    for address in ("/welfare/applications", "/welfare/verifications"):
        assert made.application.number in page(client_of(offices.clerk), "/welfare/applications")
        fragment = client_of(stranger).get(address, headers={"HX-Request": "true"}).content.decode()
        assert made.number not in fragment
    assert made.number in page(client_of(offices.clerk), "/welfare/verifications?state=reported")
    assert made.number not in page(client_of(offices.clerk), "/welfare/verifications?contradictions=on")
    assert made.number in page(client_of(offices.clerk), f"/welfare/verifications?q={made.number.lower()}")
    assert "用时中位数" in page(client_of(offices.clerk), "/welfare/verifications/statistics")


def test_who_sees_the_whole_city_sees_every_application(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    assert row.number in page(client_of(make_actor("welfare.view", everywhere=True)), "/welfare/applications")


def test_case_page_has_the_households_part(offices: Offices, tables: Tables, now: datetime) -> None:
    applicant = new_member(marital=Marital.DIVORCED)
    row = to_verify(offices, now=now, applicant=applicant)
    assert isinstance(row, Application)
    tables.knows("marriages", applicant.identifier, status="20", registered_date="2010-01-01", spouse_identifier="X")
    made = run(offices, row, tables, now=now)
    row.refresh_from_db()
    assert row.case is not None
    assert made.question_case is not None
    for number in (row.case.number, made.question_case.number):
        assert row.number in page(client_of(offices.checker), f"/welfare/cases/{number}/panel")
        stranger = make_actor("welfare.view", organisation=make_organisation("外区民政局", division="220105"))
        assert "您无权查看该家庭" in page(client_of(stranger), f"/welfare/cases/{number}/panel")
    assert case(offices.clerk, row.case.number, now=now).row.status == "open"


def test_keeper_drafts_and_publishes_limits(offices: Offices) -> None:
    client = client_of(offices.keeper)
    assert "第1版" in page(client, "/welfare/policies/1")
    assert "允许车辆数" in page(client, "/welfare/policies/new")
    values = {**POLICY, "valid_from": "2026-07-01", "line": "870", "uncounted": ["support"]}
    answer = client.post("/welfare/policies/new", values)
    assert answer.headers["Location"] == "/welfare/policies/2", answer.content.decode()
    shown = page(client, "/welfare/policies/2")
    assert "aid-changed" in shown
    client.post("/welfare/policies/2")
    assert PolicyTable.objects.get(number=2).published_at is not None
    again = client.post("/welfare/policies/2", follow=True)
    assert "该版本已发布" in again.content.decode()
    page(client, "/welfare/policies/9", status=404)
    page(client_of(offices.checker), "/welfare/policies", status=403)
    assert "870" in page(client, "/welfare/policies")


def test_keeper_sets_sources_and_checking_bodies(offices: Offices) -> None:
    client = client_of(offices.keeper)
    assert "grant-vehicles" in page(client, "/welfare/sources")
    client.post("/welfare/sources", {"code": "vehicles", "grant_code": "G1"})
    row = DepartmentSource.objects.get(code="vehicles")
    assert (row.grant_code, row.is_active) == ("G1", False)
    body = {"what": "body", "division_code": "220105", "organisation_id": offices.county.id}
    client.post("/welfare/sources", body)
    assert "220105" in page(client, "/welfare/sources")
    refused = client.post("/welfare/sources", {"code": "nothing"}, follow=True)
    assert "没有这个核对数据项" in refused.content.decode()


def test_recheck_is_started_read_and_resumed_on_its_pages(offices: Offices, tables: Tables, now: datetime) -> None:
    row = make_submitted(offices, now=now)
    Benefit.objects.create(application=row, aid=row.aid, certificate="Z1", granted_on=now, checked_on=now)
    client = client_of(offices.keeper)
    answer = client.post("/welfare/rechecks", {"name": "年度复核", "as_of": "2026-03-10"})
    made = Recheck.objects.get()
    assert answer.headers["Location"] == f"/welfare/rechecks/{made.id}"
    assert "已有定期复核" in client.post("/welfare/rechecks", {"name": "再来", "as_of": "2026-03-10"}).content.decode()
    rechecking.recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=Quiet(), now=now)
    shown = page(client, f"/welfare/rechecks/{made.id}?outcome=kept")
    assert row.number in shown
    assert row.number not in page(client, f"/welfare/rechecks/{made.id}?outcome=lapsed")
    assert "年度复核" in page(client, "/welfare/rechecks")
    refused = client.post(f"/welfare/rechecks/{made.id}/resume", follow=True)
    assert "没有暂停中的定期复核" in refused.content.decode()
    page(client, "/welfare/rechecks/0", status=404)


def test_submitting_from_the_page_tells_why_not(street: Offices, now: datetime) -> None:
    row = make_submitted(street, now=now)
    client = client_of(street.clerk)
    refused = client.post(f"/welfare/applications/{row.number}/submit", follow=True)
    assert "申请已提交" in refused.content.decode()
    assert waiting(row, now=now) == ["accept"]
    assert re.search(r"\d{19}", page(client, f"/welfare/applications/{row.number}"))
    refused = client.post(
        f"/welfare/applications/{row.number}/members",
        {"name": "李四", "identifier": citizen_number(), "relation": "10", "marital": "20", "disability": "0"},
    )
    assert "不能再修改" in refused.content.decode()
