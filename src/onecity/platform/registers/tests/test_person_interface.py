"""The register of persons as a building block: operations and hot roads."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import date
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from onecity.platform.identity.tests.factories import HotSignOn, make_actor, make_token, open_session
from onecity.platform.registers.hot import ROADS
from onecity.platform.registers.models import Person, PersonUse
from onecity.platform.registers.permissions import LOOK_PERSONAL, MAINTAIN_PERSONS, USE_INTERFACE, VIEW_PERSONS
from onecity.platform.registers.tests.factories import make_household, make_number, make_person, make_source
from onecity.web.hot import HotApplication

NUMBER = "11010519491231002X"
WHY = {"OneCity-Reason": quote("办理低保核对")}
ALL = (USE_INTERFACE, VIEW_PERSONS, MAINTAIN_PERSONS, LOOK_PERSONAL)
Ask = Callable[..., "tuple[int, Any]"]


def _client(*permissions: str, division: str = "") -> Client:
    actor = make_actor(*(permissions or ALL), division=division, everywhere=not division)
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def _send(client: Client, path: str, body: object, *, method: str = "post", **headers: str) -> Any:
    send = getattr(client, method)
    return send(f"/api/registers/v1{path}", body, content_type="application/json", headers={**WHY, **headers})


def _get(client: Client, path: str, *, why: bool = True) -> Any:
    return client.get(f"/api/registers/v1{path}", headers=WHY if why else {})


@pytest.mark.django_db
def test_person_is_created_once_for_a_key_and_read_with_origins() -> None:
    make_source()
    client = _client()
    given = {
        "name": "张三",
        "source": "police.population",
        "citizen_id": NUMBER,
        "place": {"division_code": "220102001001", "address": "人民大街1号"},
    }
    first = _send(client, "/persons", given, **{"Idempotency-Key": "k1"})
    again = _send(client, "/persons", given, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert _send(client, "/persons", given).status_code == 409
    found = _get(client, f"/persons/{first.json()['id']}").json()
    assert (found["name"], found["birth_date"], found["citizen_id_masked"]) == (
        "张三",
        "1949-12-31",
        "110105********002X",
    )
    assert found["origins"]["name"]["source"] == "公安局人口库"
    assert NUMBER not in json.dumps(found)


@pytest.mark.django_db
def test_person_is_updated_and_its_history_told() -> None:
    make_source()
    person, client = make_person(), _client()
    change = {"values": {"education_code": "20"}, "source": "police.population", "since": "2024-09-01", "revision": 1}
    done = _send(client, f"/persons/{person.id}", change, method="patch")
    assert done.json() == {"verdicts": {"education_code": "taken"}, "revision": 2, "waiting": 0}
    assert _send(client, f"/persons/{person.id}", change, method="patch").status_code == 409
    states = _get(client, f"/persons/{person.id}/history").json()
    assert [(item["facts"]["education_code"], item["valid_to"]) for item in states] == [
        ("20", None),
        ("", "2024-09-01"),
    ]
    before = _get(client, f"/persons/{person.id}/as-of?valid_at=2024-08-31").json()
    assert before["facts"]["education_code"] == ""
    unknown = _get(client, f"/persons/{person.id}/as-of?valid_at=2024-09-30&known_at=2001-01-01T00:00:00")
    assert unknown.status_code == 404


@pytest.mark.django_db
def test_event_of_a_life_is_recorded() -> None:
    make_source()
    household = make_household()
    mother, client = make_person("王芳", sex="2", household_id=household), _client()
    born = {
        "kind": "birth",
        "happened_date": "2026-03-01",
        "source": "police.population",
        "household_id": household,
        "relation_code": "20",
        "values": {"name": "张小三", "sex_code": "1"},
    }
    assert _send(client, f"/persons/{mother.id}/events", born).status_code == 201
    moved = {
        "kind": "reside",
        "happened_date": "2026-03-02",
        "source": "police.population",
        "place": {"division_code": "220103001001", "address": "解放大路9号"},
    }
    assert _send(client, f"/persons/{mother.id}/events", moved).status_code == 201
    told = _get(client, f"/households/{household}").json()
    assert [item["name"] for item in told["members"]] == ["王芳", "张小三"]
    assert told["members"][0]["address"] == "解放大路9号"


@pytest.mark.django_db
def test_persons_are_paged_by_number() -> None:
    make_source()
    people = [make_person(number=make_number(born=date(1990, 1, day))) for day in (1, 2, 3)]
    client = _client()
    first = _get(client, "/persons?size=2").json()
    second = _get(client, f"/persons?size=2&after={first['next']}").json()
    assert [item["id"] for item in first["items"] + second["items"]] == [item.id for item in people]
    assert second["next"] is None
    assert PersonUse.objects.count() == 3


@pytest.mark.django_db
def test_existence_is_told_and_noted() -> None:
    make_source()
    make_person(number=NUMBER)
    client = _client()
    assert _send(client, "/persons/exists", {"identifier": NUMBER}).json() == {"exists": True}
    assert _send(client, "/persons/exists", {"identifier": make_number()}).json() == {"exists": False}
    assert PersonUse.objects.get().kind == "exists"


@pytest.mark.django_db
def test_look_shows_the_number_and_the_log_tells_who() -> None:
    make_source()
    person, client = make_person(number=NUMBER), _client()
    assert _send(client, f"/persons/{person.id}/look", {"field": "citizen_id"}).json() == {"value": NUMBER}
    (line,) = _get(client, f"/persons/{person.id}/uses").json()
    assert (line["kind"], line["fields"], line["reason"]) == ("look", ["citizen_id"], "办理低保核对")
    shy = _client(USE_INTERFACE, VIEW_PERSONS)
    assert _send(shy, f"/persons/{person.id}/look", {"field": "citizen_id"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/persons", "/persons/{id}", "/persons/{id}/history", "/households/{household}"])
def test_nothing_personal_is_told_without_a_reason(path: str) -> None:
    make_source()
    household = make_household()
    person = make_person(household_id=household)
    answer = _get(_client(), path.format(id=person.id, household=household), why=False)
    assert (answer.status_code, answer.json()["code"]) == (422, "reason_needed")
    assert not PersonUse.objects.exists()


@pytest.mark.django_db
def test_interface_needs_its_right_and_keeps_to_the_scope() -> None:
    make_source()
    person = make_person()
    assert _get(_client(VIEW_PERSONS), f"/persons/{person.id}").status_code == 403
    assert _get(_client(division="220104"), f"/persons/{person.id}").status_code == 404
    assert _get(_client(division="220104"), "/persons").json()["items"] == []
    assert _get(Client(), "/persons").status_code == 401


@pytest.fixture
def ask(transactional_db: None) -> Ask:
    """Post to the hot roads as an actor; answers status and JSON."""
    url = settings.ENV.database_url.replace("/onecity?", f"/{connection.settings_dict['NAME']}?")

    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(url, min_size=1, max_size=2)

    def asked(token: str, path: str, body: object, **headers: str) -> tuple[int, Any]:
        return asyncio.run(
            _asked(open_pool, path, json.dumps(body).encode(), {"authorization": f"Bearer {token}", **headers})
        )

    return asked


async def _asked(
    open_pool: Callable[[], Awaitable[asyncpg.Pool]], path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, Any]:
    application = HotApplication(ROADS, sign_on=HotSignOn(), open_pool=open_pool)
    sent: list[MutableMapping[str, Any]] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/api/registers/v1{path}",
        "query_string": b"",
        "headers": [*raw, (b"origin", b"http://testserver"), (b"host", b"testserver")],
    }
    await application(scope, receive, send)
    await application.close()
    return sent[0]["status"], json.loads(b"".join(item.get("body", b"") for item in sent[1:]))


def test_hot_look_up_finds_by_number_and_leaves_a_line(ask: Ask) -> None:
    make_source()
    person = make_person(number=NUMBER)
    caller = make_token(USE_INTERFACE, VIEW_PERSONS, everywhere=True)
    status, answer = ask(caller, "/persons/look-up", {"identifier": NUMBER}, **WHY)
    assert status == 200
    assert answer["person"] == {
        "id": person.id,
        "name": "张三",
        "sex_code": "2",
        "birth_date": "1949-12-31",
        "citizen_id_masked": "110105********002X",
        "status": "alive",
        "division_code": "220102001001",
        "address": "人民大街****",
        "household_id": None,
    }
    use = PersonUse.objects.get(person_id=person.id)
    assert (use.actor_name, use.reason, use.kind) == ("程序", "办理低保核对", "query")
    assert ask(caller, "/persons/look-up", {"identifier": make_number()}, **WHY) == (200, {"person": None})


def test_hot_search_by_name_pinyin_and_address(ask: Ask) -> None:
    make_source()
    make_person("张三")
    make_person("李四", born=date(1985, 5, 5))
    caller = make_token(USE_INTERFACE, VIEW_PERSONS, everywhere=True)

    def names(**question: str) -> list[str]:
        status, answer = ask(caller, "/persons/search", question, **WHY)
        assert status == 200
        return [item["name"] for item in answer["items"]]

    assert names(name="张三") == ["张三"]
    assert names(name="张三", born="1991") == []
    assert names(name="Li Si", born="1985-05-05") == ["李四"]
    assert names(address="人民大街 1号") == ["张三", "李四"]
    assert names(address="民大_街") == []


def test_hot_road_keeps_to_scope_reason_and_right(ask: Ask) -> None:
    make_source()
    make_person(number=NUMBER)
    far = make_token(USE_INTERFACE, VIEW_PERSONS)
    assert ask(far, "/persons/look-up", {"identifier": NUMBER}, **WHY) == (200, {"person": None})
    near = make_token(USE_INTERFACE, VIEW_PERSONS, organisation=Person.objects.get().organisation)
    assert ask(near, "/persons/look-up", {"identifier": NUMBER})[1]["code"] == "reason_needed"
    assert ask(make_token(VIEW_PERSONS, everywhere=True), "/persons/look-up", {"identifier": NUMBER}, **WHY)[0] == 403
    for bad in ({"name": " "}, {"address": "街"}, {"name": "张三", "born": "1.1.90"}, {"name": 7}, ["x"]):
        assert ask(near, "/persons/search", bad, **WHY)[0] == 422
    assert Person.objects.count() == 1
    assert not PersonUse.objects.exists()
