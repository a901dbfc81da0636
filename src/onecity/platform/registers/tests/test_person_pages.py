"""Pages of the population register."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from onecity.platform.identity.tests.factories import make_actor, open_session, times_audited
from onecity.platform.registers.models import Certificate, ContestedValue, Household, LifeEvent, Person, PersonUse
from onecity.platform.registers.permissions import LOOK_PERSONAL, MAINTAIN_PERSONS, VIEW_PERSONS
from onecity.platform.registers.tests.factories import make_household, make_number, make_person, make_source

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"
POLICE = "police.population"
WHY = {"reason": "办理低保核对"}


@pytest.fixture(autouse=True)
def _source(db: None) -> None:
    make_source()


def _client(*permissions: str, division: str = "") -> Client:
    wanted = permissions or (VIEW_PERSONS, LOOK_PERSONAL, MAINTAIN_PERSONS)
    actor = make_actor(*wanted, division=division, everywhere=not division)
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def _opened(person: Person) -> Client:
    client = _client()
    assert client.post(f"/registers/persons/{person.id}/open", WHY).status_code == 302
    return client


def _text(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def test_search_finds_by_number_and_leaves_an_audit_entry_without_it() -> None:
    make_person(number=NUMBER)
    client = _client()
    assert "查到" not in _text(client.get("/registers/persons"))
    page = _text(client.post("/registers/persons", {"identifier": NUMBER}))
    assert "查到 1 人" in page
    assert "110105********002X" in page
    assert page.count(NUMBER) == 1  # what the clerk typed stays in the field, nothing else shows it
    assert times_audited("registers.search_persons") == 1
    assert "没有查到" in _text(client.post("/registers/persons", {"name": "李四"}))
    refused = client.post("/registers/persons", {"address": "街"})
    assert refused.status_code == 422
    assert "至少两个字" in _text(refused)


def test_search_tells_that_there_are_more() -> None:
    for _ in range(51):
        make_person()
    page = _text(_client().post("/registers/persons", {"name": "张三"}))
    assert "查到 50 人" in page
    assert "符合条件的人员较多" in page


def test_file_opens_only_with_a_reason_and_shows_origins() -> None:
    person, client = make_person("王小明", number=NUMBER, phone="13800138000"), _client()
    gate = _text(client.get(f"/registers/persons/{person.id}"))
    assert "查阅事由" in gate
    assert "王小明" not in gate
    assert client.post(f"/registers/persons/{person.id}/open", {"reason": "看"}).status_code == 422
    client.post(f"/registers/persons/{person.id}/open", WHY)
    page = _text(client.get(f"/registers/persons/{person.id}"))
    assert "公安局人口库" in page
    assert "138****8000" in page
    assert NUMBER not in page
    assert PersonUse.objects.get().kind == "file"
    assert times_audited("registers.open_file") == 1


def test_somebody_elses_reason_opens_nothing() -> None:
    person = make_person()
    _opened(person)
    assert "查阅事由" in _text(_client().get(f"/registers/persons/{person.id}"))


def test_person_out_of_scope_has_no_page() -> None:
    person = make_person()
    client = _client(division="220104")
    assert client.get(f"/registers/persons/{person.id}").status_code == 404
    assert client.post(f"/registers/persons/{person.id}/open", WHY).status_code == 404


def test_look_shows_one_value_in_clear() -> None:
    person = make_person(number=NUMBER)
    client = _opened(person)
    asked = {"field": "citizen_id", **WHY}
    page = client.post(f"/registers/persons/{person.id}/look", asked)
    fragment = client.post(f"/registers/persons/{person.id}/look", asked, headers={"HX-Request": "true"})
    assert NUMBER in _text(page)
    assert NUMBER in _text(fragment)
    assert "<html" not in _text(fragment)
    assert client.post(f"/registers/persons/{person.id}/look", {"field": "citizen_id"}).status_code == 422
    shy = _client(VIEW_PERSONS)
    assert shy.post(f"/registers/persons/{person.id}/look", asked).status_code == 403


def test_history_slides_between_what_was_known_when() -> None:
    person = make_person()
    client = _opened(person)
    client.post(
        f"/registers/persons/{person.id}/change",
        {"source": POLICE, "name": "张三", "sex_code": "1", "birth_date": "1990-01-01", "education_code": "20"},
    )
    now = _text(client.get(f"/registers/persons/{person.id}/as-of"))
    before = _text(client.get(f"/registers/persons/{person.id}/as-of?known=0", headers={"HX-Request": "true"}))
    long_ago = _text(client.get(f"/registers/persons/{person.id}/as-of?valid_at=1999-01-01&known=99"))
    assert "大学本科教育" in now
    assert "大学本科教育" not in before
    assert "还没有此人" in long_ago
    assert _client().get(f"/registers/persons/{person.id}/as-of").status_code == 302


def test_usage_log_tells_who_and_why() -> None:
    person = make_person()
    page = _text(_opened(person).get(f"/registers/persons/{person.id}/uses"))
    assert "办理低保核对" in page
    assert "查阅档案" in page
    other = make_person("李四")
    assert "还没有人使用过" in _text(_client().get(f"/registers/persons/{other.id}/uses"))


def test_clerk_registers_a_person() -> None:
    client = _client()
    given = {
        "source": POLICE,
        "name": "张三",
        "citizen_id": NUMBER,
        "registered_division": "220102001001",
        "registered_address": "人民大街1号",
    }
    assert client.get("/registers/persons/new").status_code == 200
    refused = client.post("/registers/persons/new", {**given, "citizen_id": NUMBER[:-1] + "1"})
    assert refused.status_code == 422
    assert "校验码" in _text(refused)
    done = client.post("/registers/persons/new", given)
    person = Person.objects.get()
    assert (done.status_code, done.headers["Location"]) == (302, f"/registers/persons/{person.id}")
    assert person.birth_date == date(1949, 12, 31)


def _changed(person: Person, **values: str) -> dict[str, str]:
    standing = {"name": person.name, "sex_code": person.sex_code, "birth_date": person.birth_date.isoformat()}
    return {**standing, "nationality_code": "156", "source": POLICE, "revision": str(person.revision), **values}


def test_clerk_changes_fields_and_is_told_what_became_of_them() -> None:
    person, client = make_person(), _client()
    path = f"/registers/persons/{person.id}/change"
    assert client.get(path).status_code == 200
    done = client.post(path, _changed(person, education_code="20", phone="13800138000"), follow=True)
    assert "2 项：已采用" in _text(done)
    stale = client.post(path, _changed(person, education_code="10"))
    assert (stale.status_code, "已被他人更新" in _text(stale)) == (422, True)
    person.refresh_from_db()
    assert "没有改动" in _text(client.post(path, _changed(person, education_code="20"), follow=True))
    client.post(path, _changed(person, education_code="20", name="张山"))
    assert ContestedValue.objects.get().state == "waiting"
    client.post(f"/registers/persons/{person.id}/open", WHY)
    assert "待裁定" in _text(client.get(f"/registers/persons/{person.id}"))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("death", {}),
        ("move", {"place_division": "220103001001", "place_address": "解放大路9号", "relation_code": "02"}),
        ("move_out", {"place_division": "110105", "place_address": "建国路1号"}),
        ("reside", {"place_division": "220103001001", "place_address": "解放大路9号", "permit_until": "2027-01-01"}),
        ("marriage", {}),
        ("name_change", {"name": "张山"}),
        ("id_correction", {"citizen_id": NUMBER}),
    ],
)
def test_clerk_records_an_event(kind: str, given: dict[str, str]) -> None:
    person, client = make_person(), _client()
    path = f"/registers/persons/{person.id}/events/{kind}"
    assert client.get(path).status_code == 200
    assert client.post(path, given).status_code == 422
    assert client.post(path, {"source": POLICE, "happened_date": "2026-03-01", **given}).status_code == 302
    assert LifeEvent.objects.get(person=person).kind == kind
    client.post(f"/registers/persons/{person.id}/open", WHY)
    assert str(LifeEvent.Kind(kind).label) in _text(client.get(f"/registers/persons/{person.id}"))


def test_clerk_records_a_birth_at_the_mother() -> None:
    household = make_household()
    mother, client = make_person("王芳", sex="2", household_id=household), _client()
    given = {"source": POLICE, "happened_date": "2026-03-01", "name": "张小三", "sex_code": "1", "relation_code": "20"}
    assert client.post(f"/registers/persons/{mother.id}/events/birth", given).status_code == 302
    assert Person.objects.get(name="张小三").household_id == household


def test_unknown_event_has_no_page() -> None:
    assert _client().get(f"/registers/persons/{make_person().id}/events/coronation").status_code == 404


def test_clerk_links_and_withdraws_a_certificate() -> None:
    person = make_person()
    client = _opened(person)
    path = f"/registers/persons/{person.id}/certificates"
    assert client.get(path).status_code == 200
    given = {"source": POLICE, "kind": "passport", "number": "E12345678", "until_date": "2030-01-01"}
    assert client.post(path, given).status_code == 302
    assert client.post(path, given).status_code == 422
    row = Certificate.objects.get()
    page = _text(client.get(f"/registers/persons/{person.id}"))
    assert "*****5678" in page
    assert client.post(f"{path}/{row.id}/withdraw").status_code == 302
    assert client.post(f"{path}/{row.id}/withdraw").status_code == 404


def test_household_opens_with_a_reason_and_shows_its_members() -> None:
    household = make_household()
    head = make_person(household_id=household, relation="02")
    client = _client()
    assert "查阅户" in _text(client.get(f"/registers/households/{household}"))
    assert client.post(f"/registers/households/{household}/open", {"reason": "看"}).status_code == 422
    assert client.post(f"/registers/households/{household}/open", {}).status_code == 422
    client.post(f"/registers/households/{household}/open", WHY)
    page = _text(client.get(f"/registers/households/{household}"))
    assert "张三" in page
    assert "户主" in page
    assert PersonUse.objects.get().fields == ["household"]
    given = {"person": str(head.id), "source": POLICE}
    assert client.post(f"/registers/households/{household}/head", given).status_code == 302
    assert Household.objects.get().head_id == head.id
    assert client.post(f"/registers/households/{household}/head", {"person": "x", "source": POLICE}).status_code == 404


def test_clerk_opens_a_household() -> None:
    client = _client()
    given = {
        "source": POLICE,
        "number": "H100",
        "kind": "family",
        "place_division": "220102001001",
        "place_address": "人民大街1号",
    }
    assert client.get("/registers/households/new").status_code == 200
    made = client.post("/registers/households/new", given)
    assert "户内没有成员" in _text(client.get(made.headers["Location"]))
    assert client.post("/registers/households/new", given).status_code == 422


def test_clerk_splits_and_merges() -> None:
    household = make_household()
    make_person(household_id=household, relation="02")
    son = make_person("张小三", household_id=household, relation="20")
    client = _client()
    given = {
        "source": POLICE,
        "number": "H100",
        "kind": "family",
        "place_division": "220103001001",
        "place_address": "解放大路9号",
    }
    path = f"/registers/households/{household}"
    assert client.get(f"{path}/split").status_code == 200
    assert client.post(f"{path}/split", given).status_code == 422
    assert client.post(f"{path}/split", {**given, f"relation_{son.id}": "02"}).status_code == 302
    made = Household.objects.get(number="H100")
    back = {"into": str(household), "source": POLICE, f"relation_{son.id}": "20"}
    assert client.get(f"/registers/households/{made.id}/merge").status_code == 200
    done = client.post(f"/registers/households/{made.id}/merge", back)
    assert done.headers["Location"] == path
    assert "销户日期" in _text(client.get(f"/registers/households/{made.id}"))


def test_everything_of_a_life_is_on_the_file() -> None:
    household = make_household()
    person = make_person(household_id=household, relation="02", number=make_number())
    client = _opened(person)
    given = {
        "source": POLICE,
        "happened_date": "2026-03-01",
        "place_division": "220103001001",
        "place_address": "解放大路9号",
        "permit_number": "220103000012345678",
        "permit_until": "2027-03-01",
    }
    client.post(f"/registers/persons/{person.id}/events/reside", given)
    page = _text(client.get(f"/registers/persons/{person.id}"))
    for shown in ("解放大路9号", "**************5678", "户主", "居住登记", "有效期至 2027-03-01"):
        assert shown in page
    permit = {"field": "permit", **WHY}
    assert "220103000012345678" in _text(client.post(f"/registers/persons/{person.id}/look", permit))
