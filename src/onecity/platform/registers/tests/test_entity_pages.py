"""Pages and the programming interface of the register of legal entities."""

import json
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.registers.models import EntityPerson, LegalEntity, Shareholding
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES, VIEW_ENTITIES
from onecity.platform.registers.tests.browsing import browser, text_of_page
from onecity.platform.registers.tests.entity_factories import hold, make_entity, make_source, make_uscc

pytestmark = pytest.mark.django_db
BASE = "/registers/entities"
GIVEN = {
    "name": "长春市光明商贸有限公司", "kind": "enterprise", "representative_name": "张三",
    "registered_capital": "1000000",
    "capital_currency": "CNY", "industry_code": "F51", "division": "220104", "address": "人民大街1号", "source": "samr",
    "established_on": "2020-01-01",
}  # fmt: skip


@pytest.fixture
def office() -> Organisation:
    """The market regulator."""
    organisation = make_organisation("市场监管局")
    make_source(organisation=organisation)
    return organisation


@pytest.fixture
def staff(office: Organisation) -> Client:
    """A clerk's browser."""
    return browser(make_actor(VIEW_ENTITIES, MAINTAIN_ENTITIES, organisation=office))


def test_entity_is_registered_found_and_opened(staff: Client) -> None:
    code = make_uscc()
    response = staff.post(f"{BASE}/new", {**GIVEN, "uscc": code, "longitude": "125.3", "latitude": "43.9"})
    row = LegalEntity.objects.get()
    assert response.headers["Location"] == f"{BASE}/{row.id}"
    assert "光明商贸" in text_of_page(staff, f"{BASE}?q=光明&kind=enterprise&status=existing&section=F")
    page = text_of_page(staff, f"{BASE}/{row.id}")
    assert code in page
    assert "1,000,000.00" in page
    assert "批发和零售业" in page
    assert row.location is not None


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"uscc": "91"}, "应为18位"), ({"industry_code": "Z1"}, "国民经济行业分类"), ({"longitude": "125"}, "应同时填写"),
     ({"representative_number": "1"}, "公民身份号码应为18位"), ({"division": "22"}, "区划代码应为6至12位数字")],
)  # fmt: skip
def test_bad_registration_is_told_beside_its_field(staff: Client, changes: dict[str, str], told: str) -> None:
    response = staff.post(f"{BASE}/new", {**GIVEN, "uscc": make_uscc(), **changes})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in response.content.decode()


def test_entity_is_changed_and_shown_as_it_was(staff: Client) -> None:
    staff.post(f"{BASE}/new", {**GIVEN, "uscc": make_uscc()})
    row = LegalEntity.objects.get()
    LegalEntity.objects.update(valid_from="2020-01-01", known_from="2020-01-02T00:00:00Z")
    form = {**GIVEN, "address": "新街2号", "act": "change", "since": "2026-01-01", "note": "迁址", "revision": "1"}
    assert "人民大街1号" in text_of_page(staff, f"{BASE}/{row.id}/change")
    assert staff.post(f"{BASE}/{row.id}/change", form).status_code == HTTPStatus.FOUND
    assert "新街2号" in text_of_page(staff, f"{BASE}/{row.id}")
    was = text_of_page(staff, f"{BASE}/{row.id}?valid_at=2024-01-01")
    assert "人民大街1号" in was
    assert "新街2号" not in was
    unknown_then = text_of_page(staff, f"{BASE}/{row.id}?valid_at=2026-02-01&known_on=2026-01-15")
    assert "人民大街1号" in unknown_then
    assert staff.get(f"{BASE}/{row.id}?valid_at=2019-01-01").status_code == HTTPStatus.NOT_FOUND
    stale = staff.post(f"{BASE}/{row.id}/change", form)
    assert "已被他人更新" in stale.content.decode()
    undated = staff.post(f"{BASE}/{row.id}/change", {**form, "since": "", "revision": "2"})
    assert "请填写变更日期" in undated.content.decode()


def test_contested_change_is_told(staff: Client, office: Organisation) -> None:
    row = make_entity(organisation=office)
    make_source("tax", organisation=office)
    form = {**GIVEN, "name": "别的名称", "act": "change", "since": "2026-03-01", "note": "更名", "revision": "1"}
    form["source"] = "tax"
    page = staff.post(f"{BASE}/{row.id}/change", form, follow=True).content.decode()
    assert "已转入裁定" in page
    assert "来源不一致" in page


def test_parts_are_added_and_ended(staff: Client, office: Organisation) -> None:
    row, holder = make_entity(organisation=office), make_entity("上级集团")
    address = f"{BASE}/{row.id}/add"
    entries = {
        "status": {"status": "suspended", "since": "2026-03-01", "ground": "歇业备案"},
        "holding": {"holder_kind": "entity", "holder_uscc": holder.uscc, "share": "60"},
        "officer": {"role": "chair", "name": "王五"},
        "licence": {"name": "食品经营许可证", "number": "JY1", "issuer": "朝阳区市场监管局"},
    }
    for part, given in entries.items():
        assert "保存" in text_of_page(staff, f"{address}/{part}")
        assert staff.post(f"{address}/{part}", {**given, "source": "samr"}).status_code == HTTPStatus.FOUND, part
    page = text_of_page(staff, f"{BASE}/{row.id}")
    for text in ("歇业备案", "上级集团", "王五", "JY1", "share-graph", "实际控制"):
        assert text in page
    assert row.name in text_of_page(staff, f"{BASE}/{holder.id}")
    for part, number in (
        ("holding", Shareholding.objects.get().id), ("officer", EntityPerson.objects.get().id),
    ):  # fmt: skip
        staff.post(f"{BASE}/{row.id}/end/{part}/{number}", {"until": "bad"})
    assert Shareholding.objects.get().until is not None
    assert EntityPerson.objects.get().until is not None


def test_licence_is_given_back_on_the_page(staff: Client, office: Organisation) -> None:
    row = make_entity(organisation=office)
    given = {"name": "证", "number": "1", "issuer": "局", "source": "samr"}
    staff.post(f"{BASE}/{row.id}/add/licence", given)
    assert "已登记" in staff.post(f"{BASE}/{row.id}/add/licence", given).content.decode()
    number = text_of_page(staff, f"{BASE}/{row.id}").split("/end/licence/")[1].split('"')[0]
    staff.post(f"{BASE}/{row.id}/end/licence/{number}", {"until": "2026-03-01"})
    assert "已撤销或注销" in text_of_page(staff, f"{BASE}/{row.id}")


def test_unknown_part_is_not_found(staff: Client, office: Organisation) -> None:
    row = make_entity(organisation=office)
    assert staff.get(f"{BASE}/{row.id}/add/crown").status_code == HTTPStatus.NOT_FOUND
    assert staff.post(f"{BASE}/{row.id}/end/crown/1").status_code == HTTPStatus.NOT_FOUND
    assert staff.get(f"{BASE}/0").status_code == HTTPStatus.NOT_FOUND


def test_reader_is_offered_no_change(office: Organisation) -> None:
    row = make_entity(organisation=office)
    hold(row, "张三", "100")
    client = browser(make_actor(VIEW_ENTITIES, organisation=office))
    page = text_of_page(client, f"{BASE}/{row.id}")
    for offer in ("变更登记状态", "登记出资", "退出投资"):
        assert offer not in page
    for address in (f"{BASE}/new", f"{BASE}/{row.id}/change", f"{BASE}/{row.id}/add/status"):
        assert client.get(address).status_code == HTTPStatus.FORBIDDEN


def test_interface_creates_reads_updates_lists_and_tells_history(staff: Client, office: Organisation) -> None:
    api, code = "/api/registers/v1/entities", make_uscc()
    given = {"uscc": code, "values": {"name": "光明", "seat": "220104 一号"}, "source": "samr"}
    made = staff.post(api, json.dumps(given), content_type="application/json")
    assert made.status_code == HTTPStatus.CREATED
    number = made.json()["id"]
    known = staff.post(api, json.dumps(given), content_type="application/json")
    assert (known.status_code, known.json()["code"]) == (HTTPStatus.CONFLICT, "registers.entity_known")
    assert staff.get(f"{api}/{number}").json()["name"] == "光明"
    assert staff.get(api, {"q": "光明"}).json()["items"][0]["uscc"] == code
    assert staff.get(f"{api}/exists", {"uscc": code}).json() == {"exists": True, "status": "existing"}
    assert staff.get(f"{api}/exists", {"uscc": make_uscc()}).json() == {"exists": False, "status": ""}
    change = {"values": {"registrar": "朝阳局"}, "source": "samr", "since": "2026-01-01"}
    changed = staff.patch(f"{api}/{number}", json.dumps(change), content_type="application/json")
    assert changed.json()["verdicts"] == {"registrar": "taken"}
    values = {item["name"]: item for item in staff.get(f"{api}/{number}/values").json()}
    assert (values["registrar"]["value"], values["registrar"]["source"]) == ("朝阳局", "samr")
    assert [state["values"]["registrar"] for state in staff.get(f"{api}/{number}/history").json()] == ["", "朝阳局"]


def test_interface_refuses_a_time_without_zone(staff: Client) -> None:
    given = {"uscc": make_uscc(), "values": {"name": "x"}, "source": "samr", "observed_at": "2026-03-01T08:00:00"}
    refused = staff.post("/api/registers/v1/entities", json.dumps(given), content_type="application/json")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "observed_at" in refused.json()["errors"]
