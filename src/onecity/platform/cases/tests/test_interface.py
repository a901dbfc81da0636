"""The programming interface and its hot roads."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import asyncpg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.cases.hot import ROADS
from onecity.platform.cases.models import Case
from onecity.platform.cases.tests.factories import DIVISION, make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import HotSignOn, make_actor, make_organisation, open_session
from onecity.web.hot import HotApplication

Get = Callable[..., "tuple[int, Any]"]


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


@pytest.mark.django_db
def test_case_is_opened_once_and_walked_through_the_interface() -> None:
    now, organisation = clock.real_now(), make_organisation()
    code = make_type(now=now)
    client = client_of(make_actor("cases.create", "cases.view", "cases.answer", organisation=organisation))
    given = {
        "type": code,
        "title": "井盖破损",
        "organisation_id": organisation.id,
        "division_code": DIVISION,
        "longitude": 125.3,
        "latitude": 43.9,
        "origin": "app:1",
    }
    first = client.post("/api/cases", given, content_type="application/json", headers={"Idempotency-Key": "k1"})
    again = client.post("/api/cases", given, content_type="application/json", headers={"Idempotency-Key": "k1"})
    told = client.post("/api/cases", given, content_type="application/json")
    assert (first.status_code, again.status_code, told.status_code) == (201, 201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    opened = first.json()
    assert told.json() == {**opened, "created": False}
    assert [item["number"] for item in client.get("/api/tasks").json()] == [opened["number"]]
    task = waiting_task(opened["id"])
    done = client.post(f"/api/tasks/{task.id}/complete", {"outcome": "accept"}, content_type="application/json")
    assert done.json() == {"number": opened["number"], "status": "open", "revision": 2, "opened": ["处置"]}
    history = client.get(f"/api/cases/{opened['number']}/history").json()
    assert [line["kind"] for line in history] == ["opened", "task_opened", "completed", "task_opened"]
    refused = client.post(f"/api/tasks/{task.id}/complete", {"outcome": "accept"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (HTTPStatus.CONFLICT, "task_is_over")


@pytest.mark.django_db
def test_interface_refuses_what_the_caller_may_not() -> None:
    now, organisation = clock.real_now(), make_organisation()
    code = make_type(now=now)
    given = {"type": code, "title": "x", "organisation_id": organisation.id, "division_code": DIVISION}
    for actor in (make_actor("cases.view", organisation=organisation), make_actor("cases.create", division="220103")):
        assert client_of(actor).post("/api/cases", given, content_type="application/json").status_code == 403
    allowed = client_of(make_actor("cases.create", organisation=organisation))
    bad = allowed.post("/api/cases", {**given, "title": ""}, content_type="application/json")
    assert (bad.status_code, set(bad.json()["errors"])) == (422, {"title"})
    assert Client().post("/api/cases", given, content_type="application/json").status_code == 401


@pytest.fixture
def get(transactional_db: None) -> "Get":
    """Ask the hot roads as an actor; answers status and JSON."""
    url = settings.ENV.database_url.replace("/onecity?", f"/{connection.settings_dict['NAME']}?")

    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(url, min_size=1, max_size=1)

    def ask(actor: Actor | None, path: str, query: str = "") -> tuple[int, Any]:
        cookie = f"onecity_session={open_session(actor.account_id)}" if actor else ""
        return asyncio.run(_asked(open_pool, path, query, cookie))

    return ask


async def _asked(
    open_pool: Callable[[], Awaitable[asyncpg.Pool]], path: str, query: str, cookie: str
) -> tuple[int, Any]:
    application = HotApplication(ROADS, sign_on=HotSignOn(), open_pool=open_pool)
    assert application.serves(path)
    assert not application.serves(path, method="POST")
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope: MutableMapping[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "client": ("127.0.0.1", 1),
        "headers": [(b"cookie", cookie.encode())],
    }
    await application(scope, receive, send)
    await application.close()
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.mark.django_db(transaction=True)
def test_hot_list_shows_the_same_as_the_page(get: "Get", now: datetime) -> None:
    organisation = make_organisation()
    code = make_type(now=now)
    for n in range(5):
        make_case(code, organisation=organisation, now=now + timedelta(minutes=n), title=f"井盖{n}")
    make_case(code, organisation=make_organisation(), now=now, division_code="220103")
    actor = make_actor("cases.view", organisation=organisation)
    status, first = get(actor, "/api/cases", "size=3")
    assert status == 200
    assert [item["title"] for item in first["items"]] == ["井盖4", "井盖3", "井盖2"]
    _, second = get(actor, "/api/cases", f"size=3&after={first['next']}")
    assert ([item["title"] for item in second["items"]], second["next"]) == (["井盖1", "井盖0"], None)
    assert len(get(actor, "/api/cases", "q=%E4%BA%95%E7%9B%96")[1]["items"]) == 5
    assert get(actor, "/api/cases", f"status=closed&type={code}")[1]["items"] == []
    assert get(make_actor("cases.view", organisation=make_organisation()), "/api/cases")[1]["items"] == []


@pytest.mark.django_db(transaction=True)
def test_hot_case_shows_facts_and_waiting_tasks_within_scope(get: "Get", now: datetime) -> None:
    organisation = make_organisation()
    opened = make_case(make_type(now=now), organisation=organisation, now=now, location=(125.3, 43.9))
    actor = make_actor("cases.view", organisation=organisation)
    status, shown = get(actor, f"/api/cases/{opened.number}")
    assert status == 200
    assert (shown["number"], shown["revision"], shown["location"]) == (opened.number, 1, [125.3, 43.9])
    assert [task["node"] for task in shown["tasks"]] == ["accept"]
    Case.objects.filter(id=opened.id).update(status="void", closed_at=now)
    for stranger in (make_actor("cases.view", organisation=make_organisation()), make_actor("cases.answer")):
        assert get(stranger, f"/api/cases/{opened.number}")[0] in {403, 404}
    assert get(actor, "/api/cases/0")[0] == 404
    assert get(None, f"/api/cases/{opened.number}")[0] == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["size=0", "size=many", "status=lost", "after=%%%"])
def test_hot_list_refuses_malformed_questions(get: "Get", query: str) -> None:
    assert get(make_actor("cases.view", everywhere=True), "/api/cases", query)[0] == 422
