"""Pages of the rules of sources and of conflicts."""

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session
from onecity.platform.registers import api
from onecity.platform.registers.contracts.persons import FieldChange
from onecity.platform.registers.models import ContestedValue, DataSource, SourceVersion
from onecity.platform.registers.permissions import MANAGE_SOURCES, SETTLE_CONFLICTS
from onecity.platform.registers.rules.person_fields import POPULATION
from onecity.platform.registers.selectors.provenance import rank_table
from onecity.platform.registers.services.provenance_conflicts import open_conflict_cases
from onecity.platform.registers.tests.factories import SYSTEM, make_person, make_source

pytestmark = pytest.mark.django_db


def _client(*permissions: str) -> Client:
    client = Client()
    actor = make_actor(*permissions, everywhere=True)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def test_steward_enters_a_source() -> None:
    body, client = make_organisation("民政局"), _client(MANAGE_SOURCES)
    given = {"code": "civil.aid", "name": "民政局救助", "organisation_id": str(body.id)}
    assert client.get("/registers/sources/new").status_code == 200
    assert client.post("/registers/sources/new", {**given, "name": " "}).status_code == 422
    assert client.post("/registers/sources/new", given).status_code == 302
    assert DataSource.objects.get().organisation_id == body.id
    assert "民政局救助" in client.get("/registers/sources").content.decode()


def test_steward_drafts_ranks_and_publishes() -> None:
    police, civil, client = make_source(), make_source("civil.aid", name="民政局救助"), _client(MANAGE_SOURCES)
    page = f"/registers/sources/{POPULATION}"
    assert "拟定新版本" in client.get(page).content.decode()
    assert client.post(f"{page}/draft").status_code == 302
    draft = SourceVersion.objects.get()
    ranks = {f"name-{police.id}": "1", f"name-{civil.id}": "2", f"phone-{civil.id}": "1", f"phone-{police.id}": "x"}
    assert client.post(f"{page}/{draft.id}/ranks", ranks).status_code == 302
    assert "第 1 版（草稿）" in client.get(page).content.decode()
    assert client.post(f"{page}/{draft.id}/publish", {"basis": ""}).status_code == 422
    past = {"basis": "办法", "valid_from": "2001-01-01T00:00"}
    assert client.post(f"{page}/{draft.id}/publish", past).status_code == 422
    assert client.post(f"{page}/{draft.id}/publish", {"basis": "一数一源管理办法"}).status_code == 302
    table = rank_table(POPULATION, now=clock.city_now())
    assert [table.rank("name", item.id) for item in (police, civil)] == [1, 2]
    assert [table.rank("phone", item.id) for item in (police, civil)] == [None, 1]
    shown = client.get(page).content.decode()
    assert "一数一源管理办法" in shown
    assert "现行" in shown
    assert "第 1 版" in client.get("/registers/sources").content.decode()


def test_unknown_register_has_no_page() -> None:
    assert _client(MANAGE_SOURCES).get("/registers/sources/registers.unicorns").status_code == 404


def test_conflicts_are_listed_and_shown_on_their_case() -> None:
    make_source()
    civil = make_source("civil.aid", name="民政局救助")
    person = make_person(phone="13800138000")
    change = FieldChange({"phone": "13900139000", "name": "张山"}, civil.code)
    api.change_fields(SYSTEM, person_id=person.id, change=change, now=clock.city_now())
    open_conflict_cases()
    client = _client(SETTLE_CONFLICTS, "cases.view")
    page = client.get(f"/registers/conflicts?state=waiting&register={POPULATION}").content.decode()
    assert "139****9000" in page
    assert "张山" in page
    assert "待裁定" in page
    assert "没有与别的来源不一致的值" in client.get("/registers/conflicts?state=lost").content.decode()
    number = ContestedValue.objects.get(field="phone").case_number
    assert number in client.get(f"/cases/{number}").content.decode()
    panel = client.get(f"/registers/conflicts/{number}/panel").content.decode()
    assert "139****9000" in panel
    assert "民政局救助" in panel
    assert client.get("/registers/conflicts/none/panel").status_code == 404
