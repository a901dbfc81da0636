"""Pages of sharing with Django's client: what people see, do, and are refused."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.documents.api import documents_of
from onecity.platform.exchange.models import (
    DatasetSupply,
    SharingGrant,
    SharingParameter,
    SharingRequest,
    Subscription,
    UseReceipt,
)
from onecity.platform.exchange.services.sharing.sealing import seal_receipts
from onecity.platform.exchange.tests.sharing_factories import (
    LI,
    WANG,
    ZHANG,
    Departments,
    ask,
    make_dataset,
    make_departments,
    make_grant,
    step,
)
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db
AT = "/exchange/sharing"


@pytest.fixture
def departments() -> Departments:
    return make_departments()


@pytest.fixture
def today() -> datetime:
    """The city's time as the pages see it."""
    return clock.city_now()


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def body(client: Client, path: str, *, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def grant_now(departments: Departments, today: datetime, **facts: object) -> SharingGrant:
    day = city_date(today)
    return make_grant(departments, now=today, starts=day, ends=day + timedelta(days=99), **facts)


def form_of(departments: Departments, today: datetime, **facts: object) -> dict[str, object]:
    day = city_date(today)
    return {
        "organisation": departments.consumer.id,
        "form": "query",
        "purpose": "核对低收入家庭经济状况",
        "legal_ground": "《社会救助暂行办法》",
        "fields_wanted": ["id_number", "plate"],
        "starts": day.isoformat(),
        "ends": (day + timedelta(days=30)).isoformat(),
        "contact_name": "赵六",
        **facts,
    }


def test_request_page_offers_fields_with_their_masks_and_refuses_unshared_ones(departments: Departments) -> None:
    page = body(client_of(departments.asker), f"{AT}/requests/new?dataset={make_dataset(departments.provider)}")
    assert 'name="fields_wanted" value="plate"' in page
    assert 'name="fields_wanted" value="secret_note"' not in page
    assert 'name="clear_fields" value="name"' in page
    assert 'name="clear_fields" value="plate"' not in page
    assert "履职需要" in page


def test_unshared_dataset_shows_its_ground_instead_of_a_form(departments: Departments) -> None:
    code = make_dataset(departments.provider, sharing="none")
    page = body(client_of(departments.asker), f"{AT}/requests/new?dataset={code}")
    assert "保守国家秘密法" in page
    assert "fields_wanted" not in page


def test_request_is_made_with_conditions_and_files(departments: Departments, today: datetime) -> None:
    code = make_dataset(departments.provider)
    given = form_of(
        departments,
        today,
        column_1="district",
        operator_1="in",
        value_1="220102，220103",
        column_2="plate",
        operator_2="not_null",
        files=SimpleUploadedFile("协议.txt", "共享协议".encode(), content_type="text/plain"),
    )
    answer = client_of(departments.asker).post(f"{AT}/requests/new?dataset={code}", given)
    request = SharingRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{AT}/requests/{request.id}")
    assert [item["values"] for item in request.conditions] == [["220102", "220103"], []]
    files = documents_of(departments.officer, holder="exchange.sharingrequest", holder_id=request.id)
    assert [one.name for one in files] == ["协议.txt"]


def test_faulty_request_comes_back_with_what_was_ticked(departments: Departments, today: datetime) -> None:
    code = make_dataset(departments.provider)
    answer = client_of(departments.asker).post(
        f"{AT}/requests/new?dataset={code}", form_of(departments, today, purpose="看看")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不少于10个字" in page
    assert re.search(r'value="plate" id="want-plate" checked', page)


def test_unticked_fields_are_asked_for(departments: Departments, today: datetime) -> None:
    code = make_dataset(departments.provider)
    answer = client_of(departments.asker).post(
        f"{AT}/requests/new?dataset={code}", form_of(departments, today, fields_wanted=[])
    )
    assert "请选择需要的信息项" in answer.content.decode()


def test_unconditional_request_leads_to_its_grant(departments: Departments, today: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional")
    answer = client_of(departments.asker).post(f"{AT}/requests/new?dataset={code}", form_of(departments, today))
    grant = SharingGrant.objects.get()
    assert answer.headers["Location"] == f"{AT}/grants/{grant.code}"


def test_requests_are_listed_on_their_own_sides(departments: Departments, today: datetime) -> None:
    asked = ask(
        make_dataset(departments.provider, name="死亡登记信息"),
        departments,
        now=today,
        starts=city_date(today),
        ends=city_date(today),
    )
    assert "死亡登记信息" in body(
        client_of(departments.asker), f"{AT}/requests?q=死亡&state=waiting&form=query&kind=new"
    )
    assert "死亡登记信息" in body(client_of(departments.officer), f"{AT}/desk")
    assert "死亡登记信息" in body(client_of(departments.administration), f"{AT}/requests")
    assert "死亡登记信息" not in body(client_of(departments.administration), f"{AT}/requests?late=1")
    for path in ("requests", "desk"):
        assert "死亡登记信息" not in body(client_of(departments.stranger), f"{AT}/{path}")
    assert "死亡登记信息" in body(client_of(departments.officer, fragment=True), f"{AT}/desk")
    body(client_of(departments.stranger), f"{AT}/requests/{asked.id}", status=404)
    assert "没有" in body(client_of(departments.clerk), f"{AT}/requests")


def test_case_page_of_a_request_shows_what_was_asked(departments: Departments, today: datetime) -> None:
    day = city_date(today)
    asked = ask(make_dataset(departments.provider), departments, now=today, starts=day, ends=day)
    part = body(client_of(departments.officer), f"{AT}/cases/{asked.case_number}/panel")
    assert "《社会救助暂行办法》第五十八条" in part
    assert "不得在目录载明的共享条件之外另设条件" in part
    assert "/exchange/sharing/cases/" in body(client_of(departments.officer), f"/cases/{asked.case_number}")


def test_request_sent_back_is_mended_on_its_page(departments: Departments, today: datetime) -> None:
    day = city_date(today)
    asked = ask(make_dataset(departments.provider), departments, now=today, starts=day, ends=day)
    step(departments.officer, asked.case_number, "supplement", now=today, note="依据不足")
    client = client_of(departments.asker)
    assert f"{AT}/requests/{asked.id}/mend" in body(client, f"{AT}/requests/{asked.id}")
    given = {"purpose": "核对低收入家庭机动车情况", "legal_ground": "《审核确认办法》", "contact_name": "钱七"}
    assert client.post(f"{AT}/requests/{asked.id}/mend", {**given, "purpose": "短"}).status_code == 422
    answer = client.post(f"{AT}/requests/{asked.id}/mend", given)
    assert answer.headers["Location"] == f"/cases/{asked.case_number}"
    assert SharingRequest.objects.get(id=asked.id).contact_name == "钱七"
    assert "补正用途" in body(client, f"{AT}/requests/{asked.id}/mend")


def test_refused_request_shows_its_legal_ground(departments: Departments, today: datetime) -> None:
    day = city_date(today)
    asked = ask(make_dataset(departments.provider), departments, now=today, starts=day, ends=day)
    step(departments.officer, asked.case_number, "accept", now=today)
    step(departments.officer, asked.case_number, "refuse", now=today, note="涉密")
    step(departments.leader, asked.case_number, "refuse", now=today)
    step(departments.leader, asked.case_number, "refuse", now=today, refusal="涉密", refusal_ground="《保密法》第一条")
    assert "《保密法》第一条" in body(client_of(departments.asker), f"{AT}/requests/{asked.id}")


def test_grant_page_shows_limits_to_both_sides_and_deeds_to_the_provider(
    departments: Departments, today: datetime
) -> None:
    grant = grant_now(departments, today)
    for actor, offers in (
        (departments.asker, (False, True)),
        (departments.officer, (True, False)),
        (departments.administration, (True, False)),
        (departments.clerk, (False, False)),
    ):
        page = body(client_of(actor), f"{AT}/grants/{grant.code}")
        assert "证件号码中段隐去" in page
        assert (f"{grant.code}/withdraw" in page, "requests/new?grant=" in page) == offers
    body(client_of(departments.stranger), f"{AT}/grants/{grant.code}", status=404)


def test_grants_are_listed_by_side(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    assert grant.code in body(client_of(departments.asker), f"{AT}/grants?side=organisation&state=active&form=query")
    assert grant.code not in body(client_of(departments.asker), f"{AT}/grants?side=provider")
    assert grant.code in body(client_of(departments.officer), f"{AT}/grants?side=provider&q=机动车")
    assert grant.code not in body(client_of(departments.stranger), f"{AT}/grants")
    assert "没有符合条件的共享授权" in body(client_of(make_actor("geo.view", everywhere=True)), f"{AT}/grants")


def test_provider_suspends_resumes_and_withdraws_with_reasons(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    client = client_of(departments.officer)
    for act, state in (("suspend", "suspended"), ("resume", "active"), ("withdraw", "withdrawn")):
        assert client.post(f"{AT}/grants/{grant.code}/{act}", {"reason": "职责调整"}).status_code == 302
        assert SharingGrant.objects.get(id=grant.id).state == state
    page = client.post(f"{AT}/grants/{grant.code}/resume", {"reason": "再次启用"}, follow=True).content.decode()
    assert "不能进行此项操作" in page


def test_deed_without_reason_is_told_on_the_page(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    answer = client_of(departments.officer).post(f"{AT}/grants/{grant.code}/withdraw", {"reason": ""}, follow=True)
    assert "请写明理由" in answer.content.decode()
    assert SharingGrant.objects.get(id=grant.id).state == "active"


def test_consumer_does_not_withdraw(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    answer = client_of(departments.asker).post(f"{AT}/grants/{grant.code}/withdraw", {"reason": "职责调整"})
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_clerk_asks_with_a_reason_and_sees_masked_fields(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    client = client_of(departments.clerk)
    assert grant.code in body(client, f"{AT}/query?grant={grant.code}")
    answer = client.post(f"{AT}/query", {"grant": grant.code, "identifier": LI, "reason": "核对低保申请"})
    page = answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "吉A20001" in page
    assert "李*" in page
    assert "李四" not in page
    assert UseReceipt.objects.get().operator == departments.clerk.name


def test_clerk_is_told_when_nobody_is_known(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    given = {"grant": grant.code, "identifier": WANG, "reason": "核对低保申请"}
    assert "没有该对象的数据" in client_of(departments.clerk).post(f"{AT}/query", given).content.decode()


def test_clerks_mistakes_stand_beside_their_fields(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    client = client_of(departments.clerk)
    for given, told in (
        ({"identifier": ZHANG[:-1] + "1", "reason": "核对低保申请"}, "校验码不正确"),
        ({"identifier": ZHANG, "reason": "查"}, "请写明查询事由"),
        ({"identifier": ZHANG}, "reason"),
    ):
        answer = client.post(f"{AT}/query", {"grant": grant.code, **given})
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert "没有可以查询的有效授权" in body(client_of(departments.stranger), f"{AT}/query")


def test_receipts_are_seen_by_both_sides_and_the_auditor(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    client_of(departments.clerk).post(f"{AT}/query", {"grant": grant.code, "identifier": LI, "reason": "核对低保申请"})
    receipt = UseReceipt.objects.get()
    assert "等待封存" in body(client_of(departments.asker), f"{AT}/uses/{receipt.id}")
    seal_receipts()
    for actor in (departments.asker, departments.officer, departments.administration):
        client = client_of(actor)
        day = city_date(today)
        address = f"{AT}/uses?grant={grant.code}&kind=query&result=given&from={day}&before={day + timedelta(days=1)}"
        assert "110105********0046" in body(client, f"{address}&q=机动车")
        assert "公民身份号码" in body(client, f"{AT}/uses/{receipt.id}")
    assert "110105" not in body(client_of(departments.stranger), f"{AT}/uses")
    body(client_of(departments.stranger), f"{AT}/uses/{receipt.id}", status=404)


def test_receipts_are_exported(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    client_of(departments.clerk).post(f"{AT}/query", {"grant": grant.code, "identifier": LI, "reason": "核对低保申请"})
    answer = client_of(departments.officer).get(f"{AT}/uses?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a stream it is
    assert "核对低保申请" in text
    assert LI not in text


def test_chain_is_verified_on_a_page(departments: Departments, today: datetime) -> None:
    answer = client_of(departments.officer).post(f"{AT}/uses/verify")
    assert "没有改动、缺失或截断" in answer.content.decode()


def test_auditor_sees_who_used_one_persons_data(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    client_of(departments.clerk).post(f"{AT}/query", {"grant": grant.code, "identifier": LI, "reason": "核对低保申请"})
    given = {"identifier": LI, "kind": "citizen_id", "reason": "当事人来访查询"}
    page = client_of(departments.administration).post(f"{AT}/uses/subject", given).content.decode()
    assert "核对低保申请" in page
    assert LI not in page
    assert client_of(departments.officer).post(f"{AT}/uses/subject", given).status_code == HTTPStatus.FORBIDDEN
    others = {**given, "identifier": WANG}
    assert "没有该对象" in client_of(departments.administration).post(f"{AT}/uses/subject", others).content.decode()


def test_provider_says_where_rows_come_from(departments: Departments) -> None:
    code = make_dataset(departments.provider)
    client = client_of(departments.officer)
    assert "未设置" in body(client, f"{AT}/supplies")
    given = {
        "kind": "copy",
        "table": "cars",
        "key": "plate，id",
        "subject_kind": "citizen_id",
        "subject_column": "sfzh",
        "columns": "id_number=sfzh\n",
    }
    assert client.post(f"{AT}/supplies/{code}", {**given, "subject_kind": ""}).status_code == 422
    assert client.post(f"{AT}/supplies/{code}", given).status_code == 302
    supply = DatasetSupply.objects.get()
    assert (supply.key, supply.columns) == (["plate", "id"], {"id_number": "sfzh"})
    assert "id_number=sfzh" in body(client, f"{AT}/supplies/{code}")
    assert "平台汇聚副本" in body(client, f"{AT}/supplies")
    assert client_of(departments.stranger).get(f"{AT}/supplies/{code}").status_code == HTTPStatus.FORBIDDEN


def test_administration_sets_a_figure_from_a_day_on(departments: Departments, today: datetime) -> None:
    client = client_of(departments.administration)
    given = {"code": "queries_per_day", "value": 500, "valid_from": city_date(today).isoformat(), "basis": "数据局通知"}
    assert client.post(f"{AT}/parameters", {**given, "basis": " "}).status_code == 422
    assert client.post(f"{AT}/parameters", {**given, "value": 0}).status_code == 422
    assert client.post(f"{AT}/parameters", given).status_code == 302
    assert client.post(f"{AT}/parameters", given).status_code == 422
    assert SharingParameter.objects.filter(code="queries_per_day").count() == 2
    assert "数据局通知" in body(client, f"{AT}/parameters")


def test_file_subscription_is_downloaded_and_confirmed(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today, form="file")
    client = client_of(departments.asker)
    assert client.get(f"{AT}/grants/{grant.code}/subscribe").status_code == 302
    client.post(f"{AT}/grants/{grant.code}/subscribe")
    subscription = Subscription.objects.get()
    answer = client.post(f"{AT}/subscriptions/{subscription.code}/download", {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a stream it is
    assert text.splitlines()[0] == "公民身份号码,姓名,号牌号码"
    assert len(text.splitlines()) == 4
    assert "确认收到第 1 批" in body(client, f"{AT}/grants/{grant.code}")
    given = {"block": answer.headers["X-Block"], "checksum": answer.headers["X-Checksum"]}
    client.post(f"{AT}/subscriptions/{subscription.code}/arrived", given)
    assert Subscription.objects.get().rows == 3
    page = client.post(
        f"{AT}/subscriptions/{subscription.code}/arrived", {"block": 9, "checksum": "0" * 64}, follow=True
    )
    assert "请重新获取" in page.content.decode()
    bad = client.post(f"{AT}/subscriptions/{subscription.code}/arrived", {"block": "x"})
    assert bad.status_code == HTTPStatus.NOT_FOUND
    unknown = client.post(f"{AT}/subscriptions/{subscription.code}/download", {"format": "exe"})
    assert unknown.status_code == HTTPStatus.NOT_FOUND
    client.post(f"{AT}/subscriptions/{subscription.code}/stop")
    assert Subscription.objects.get().state == "stopped"


def test_renewal_starts_from_the_grants_own_terms(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today, clear_fields=("name",))
    page = body(client_of(departments.asker), f"{AT}/requests/new?grant={grant.code}")
    assert re.search(r'value="plate" id="want-plate" checked', page)
    assert re.search(r'name="clear_fields" value="name"[^>]* checked', page)
