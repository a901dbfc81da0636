"""The system administrator's pages of the organisation tree."""

from http import HTTPStatus

import pytest
from django.test import Client

from onecity.platform.identity.models import Organisation
from onecity.platform.identity.tests.factories import audited, make_account, make_organisation
from onecity.platform.identity.tests.visiting import administrator, body, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return administrator("system")[1]


@pytest.fixture
def city() -> Organisation:
    return make_organisation("市人民政府")


@pytest.fixture
def bureau(city: Organisation) -> Organisation:
    return make_organisation("生态环境局", parent=city)


def values_of(**changes: object) -> dict[str, object]:
    return {"code": "new-bureau", "name": "城市管理局", "short_name": "城管局", "kind": "department", **changes}


def test_tree_is_listed_in_its_order_and_indented(desk: Client, bureau: Organisation) -> None:
    page = body(desk, "/organisations")
    assert page.index("市人民政府") < page.index("└ 生态环境局")
    assert "└" not in body(desk, "/organisations?q=生态")
    assert (
        "市人民政府"
        not in body(desk, "/organisations?q=生态&kind=department").split("listing-rows")[1].split("上级")[0]
    )


def test_tree_goes_on_where_the_page_ended(desk: Client, city: Organisation) -> None:
    for number in range(3):
        make_organisation(f"第{number}局", parent=city)
    first = body(desk, "/organisations?size=2")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = body(desk, f"/organisations{following}")
    assert ("第0局" in first, "第0局" in second) == (True, False)
    assert ("第1局" in first, "第1局" in second) == (False, True)


def test_export_names_organisations_without_indent(desk: Client, bureau: Organisation) -> None:
    text = desk.get("/organisations?format=csv").getvalue().decode("utf-8-sig")
    assert bureau.name in text
    assert "└" not in text


def test_organisation_is_made_below_another(desk: Client, city: Organisation) -> None:
    assert "机构已建立" in sent(desk, "/organisations/new", values_of(parent=city.id))
    made = Organisation.objects.get(code="new-bureau")
    assert made.path == f"{city.path}{made.id}/"
    assert audited(f"identity.organisation:{made.id}") == [("identity.create_organisation", "done")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"division_code": "12"}, "区划"),
        ({"credit_code": "123"}, "信用代码"),
        ({"code": "有 空格"}, "机构编码由字母"),
        ({"kind": "club"}, "选择"),
    ],
)
def test_new_organisation_is_refused_with_its_reason(desk: Client, changes: dict[str, object], reason: str) -> None:
    answer = desk.post("/organisations/new", values_of(**changes))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert reason in answer.content.decode()
    assert not Organisation.objects.filter(name="城市管理局").exists()


def test_code_is_given_once(desk: Client, bureau: Organisation) -> None:
    answer = desk.post("/organisations/new", values_of(code=bureau.code))
    assert "机构编码已被使用" in answer.content.decode()


def test_organisation_is_changed(desk: Client, bureau: Organisation) -> None:
    assert bureau.name in body(desk, f"/organisations/{bureau.id}/change")
    assert "机构信息已保存" in sent(desk, f"/organisations/{bureau.id}/change", values_of(division_code="220102"))
    changed = Organisation.objects.get(id=bureau.id)
    assert (changed.name, changed.code, changed.division_code) == ("城市管理局", bureau.code, "220102")
    answer = desk.post(f"/organisations/{bureau.id}/change", values_of(division_code="1"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_organisation_is_moved_with_all_below_it(desk: Client, city: Organisation, bureau: Organisation) -> None:
    team, district = make_organisation("一队", parent=bureau), make_organisation("区政府")
    assert "机构已调整" in sent(desk, f"/organisations/{bureau.id}/move", {"parent": district.id})
    assert Organisation.objects.get(id=team.id).path == f"{district.path}{bureau.id}/{team.id}/"


def test_organisation_is_not_moved_below_itself(desk: Client, bureau: Organisation) -> None:
    team = make_organisation("一队", parent=bureau)
    assert "不能把机构移到它自己" in sent(desk, f"/organisations/{bureau.id}/move", {"parent": team.id})
    assert "请选择新的上级机构" in sent(desk, f"/organisations/{bureau.id}/move", {"parent": 999_999})
    assert Organisation.objects.get(id=bureau.id).path == bureau.path


def test_organisation_in_use_is_not_closed(desk: Client, bureau: Organisation) -> None:
    make_account(organisation=bureau)
    assert "账户 1 个" in sent(desk, f"/organisations/{bureau.id}/deactivate")
    assert Organisation.objects.get(id=bureau.id).is_active


def test_empty_organisation_is_closed_and_opened_again(desk: Client, bureau: Organisation) -> None:
    assert "机构已停用" in sent(desk, f"/organisations/{bureau.id}/deactivate")
    assert bureau.name in body(desk, "/organisations?state=off")
    assert "机构已启用" in sent(desk, f"/organisations/{bureau.id}/activate")
    assert Organisation.objects.get(id=bureau.id).is_active


def test_administrator_of_a_bureau_sees_and_touches_his_own_alone(city: Organisation, bureau: Organisation) -> None:
    client, other = administrator("system", organisation=bureau)[1], make_organisation("城管局", parent=city)
    page = body(client, "/organisations")
    assert bureau.name in page
    assert other.name not in page
    assert "由上级管理员办理" in body(client, f"/organisations/{bureau.id}")
    body(client, f"/organisations/{other.id}", status=HTTPStatus.NOT_FOUND)
    for deed in ("move", "deactivate", "activate"):
        answer = client.post(f"/organisations/{other.id}/{deed}", {"parent": bureau.id})
        assert answer.status_code == HTTPStatus.NOT_FOUND, deed
    assert client.post("/organisations/new", values_of(parent="")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(f"/organisations/{bureau.id}/deactivate").status_code == HTTPStatus.NOT_FOUND
