"""Subscriptions for integrators: pages and the interface."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_program
from onecity.platform.iot.contracts.subscriptions import Issued, NewSubscription
from onecity.platform.iot.models import DeadLetter, Delivery, Subscription, SubscriptionProgress
from onecity.platform.iot.permissions import SUBSCRIBE, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.rules.subscribing.pauses import OPEN_AFTER
from onecity.platform.iot.services.subscriptions.making import make_subscription
from onecity.platform.iot.tests.visiting import body, client_of

pytestmark = pytest.mark.django_db
HOOK = "https://app.example.cn/hook"
ROOT = "/api/iot/v1/subscriptions"
RIGHTS = (SUBSCRIBE, VIEW_DEVICES, VIEW_ALARMS)


@pytest.fixture
def actor(organisation: Organisation) -> Actor:
    return make_actor(*RIGHTS, organisation=organisation)


@pytest.fixture
def visitor(actor: Actor) -> Client:
    return client_of(actor)


def made(actor: Actor, *, channel: str = "webhook", name: str = "空气数据") -> Issued:
    new = NewSubscription(name, channel, ("readings",), address=HOOK)
    return make_subscription(actor, new=new, now=clock.real_now())


def form(**more: Any) -> dict[str, Any]:
    given = {"name": "新订阅", "channel": "webhook", "address": HOOK, "topics": ["readings", "alarms"]}
    return {**given, "batch_size": 50, "attempts": 3, **more}


def test_list_shows_how_subscriptions_go(actor: Actor, visitor: Client) -> None:
    made(actor)
    page = body(visitor, "/iot/subscriptions")
    assert "空气数据" in page
    assert "投递中" in page
    SubscriptionProgress.objects.update(failures=1)
    assert "重试中" in body(visitor, "/iot/subscriptions")
    SubscriptionProgress.objects.update(failures=OPEN_AFTER)
    assert "投递中断" in body(visitor, "/iot/subscriptions")
    assert "空气数据" not in body(visitor, "/iot/subscriptions?channel=mqtt")


def test_new_subscription_shows_its_secret_this_once(visitor: Client, organisation: Organisation) -> None:
    assert "取值条件" in body(visitor, "/iot/subscriptions/new")
    given = form(organisation_id=organisation.id, properties="pm2_5，pm10", condition="value > 75", devices="A1\nA2")
    response = visitor.post("/iot/subscriptions/new", given)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    row = Subscription.objects.get()
    assert "whs_" in response.content.decode()
    assert row.filter == {"properties": ["pm2_5", "pm10"], "condition": "value > 75", "devices": ["A1", "A2"]}
    assert "whs_" not in body(visitor, f"/iot/subscriptions/{row.id}")


def test_form_shows_what_is_wrong_beside_its_field(visitor: Client, organisation: Organisation) -> None:
    given = form(organisation_id=organisation.id, address="http://127.0.0.1/", condition="")
    response = visitor.post("/iot/subscriptions/new", given)
    assert response.status_code == 422
    assert "平台不允许向该网络地址投递" in response.content.decode()
    given = form(organisation_id=organisation.id, condition="value >")
    assert "无法识别" in visitor.post("/iot/subscriptions/new", given).content.decode()
    assert not Subscription.objects.exists()


def test_stream_leads_to_its_page(visitor: Client, organisation: Organisation) -> None:
    response = visitor.post("/iot/subscriptions/new", form(organisation_id=organisation.id, channel="sse"))
    row = Subscription.objects.get()
    assert response.headers["Location"] == f"/iot/subscriptions/{row.id}"
    assert f"/api/iot/v1/subscriptions/{row.key}/events" in body(visitor, f"/iot/subscriptions/{row.id}")


def test_page_shows_attempts_and_dead_letters(actor: Actor, visitor: Client) -> None:
    number, now = made(actor).id, clock.real_now()
    Delivery.objects.create(
        subscription_id=number, at=now, events=3, attempt=2, succeeded=False, status=500, reason="HTTP 500"
    )
    content = [{"id": "7.1", "data": {"value": 81.5}}]
    DeadLetter.objects.create(
        subscription_id=number, content=content, events=1, first="7.1", last="7.1", attempts=5, reason="HTTP 422",
        made_at=now,
    )  # fmt: skip
    SubscriptionProgress.objects.update(failures=2, due_at=now, reason="HTTP 500", expired=4)
    page = body(visitor, f"/iot/subscriptions/{number}")
    for words in ("HTTP 500", "HTTP 422", "81.5", "已连续失败 2 次", "有 4 条记录等待过久"):
        assert words in page
    fragment = body(client_of(actor, fragment=True), f"/iot/subscriptions/{number}")
    assert "subscription-state" in fragment
    assert "<html" not in fragment
    log = body(visitor, f"/iot/subscriptions/{number}/deliveries")
    assert "HTTP 500" in log
    Delivery.objects.update(succeeded=True)
    assert "HTTP 500" not in body(visitor, f"/iot/subscriptions/{number}/deliveries?failed=1")


def test_turns_are_done_and_said(actor: Actor, visitor: Client) -> None:
    number = made(actor).id
    DeadLetter.objects.create(
        subscription_id=number,
        content=[],
        events=1,
        first="1.0",
        last="1.0",
        attempts=5,
        reason="",
        made_at=clock.real_now(),
    )
    letter = DeadLetter.objects.get().id

    def turned(action: str, **given: Any) -> str:
        response = visitor.post(f"/iot/subscriptions/{number}/{action}", given, follow=True)
        assert response.status_code == 200
        return str(response.content.decode())

    assert "测试事件已发出" in turned("sample")
    assert "1批死信即将重放" in turned("replay", letter=letter)
    assert "等待重放" in body(visitor, f"/iot/subscriptions/{number}")
    assert "0批死信即将重放" in turned("replay")
    assert "已删除0批死信" in turned("discard")
    assert "已删除1批死信" in turned("discard", letter=letter)
    assert "不是有效的事件编号" in turned("rewind", after="nonsense")
    assert "投递位置已更改" in turned("rewind")
    assert "订阅已暂停" in turned("pause")
    assert "请先恢复" in turned("sample")
    assert "订阅已恢复" in turned("resume")
    assert "已由您接管" in turned("take-over")
    assert visitor.post(f"/iot/subscriptions/{number}/explode").status_code == 404
    response = visitor.post(f"/iot/subscriptions/{number}/secret", {"overlap_h": "1"})
    assert "whs_" in response.content.decode()
    assert visitor.post(f"/iot/subscriptions/{number}/secret", {"overlap_h": "x"}).status_code == 422
    assert "原密钥有效至" in body(visitor, f"/iot/subscriptions/{number}")
    assert visitor.post(f"/iot/subscriptions/{number}/end").headers["Location"] == "/iot/subscriptions"
    assert not Subscription.objects.exists()


def test_change_begins_with_what_there_is(actor: Actor, visitor: Client) -> None:
    number = made(actor).id
    assert HOOK in body(visitor, f"/iot/subscriptions/{number}/change")
    response = visitor.post(f"/iot/subscriptions/{number}/change", form(name="改名"))
    assert response.status_code == 302
    row = Subscription.objects.get()
    assert (row.name, row.topics, row.batch_size, row.attempts) == ("改名", ["readings", "alarms"], 50, 3)


def test_colleague_may_take_over_but_not_steer(actor: Actor, organisation: Organisation) -> None:
    number = made(actor).id
    colleague = client_of(make_actor(*RIGHTS, organisation=organisation))
    page = body(colleague, f"/iot/subscriptions/{number}")
    assert "接管" in page
    assert "更换密钥" not in page
    refused = colleague.post(f"/iot/subscriptions/{number}/secret", {"overlap_h": "1"}, follow=True)
    assert "请先接管" in refused.content.decode()
    changed = colleague.post(f"/iot/subscriptions/{number}/change", form())
    assert "请先接管" in changed.content.decode()


def test_mqtt_password_comes_with_name_and_topic(visitor: Client, organisation: Organisation) -> None:
    response = visitor.post("/iot/subscriptions/new", form(organisation_id=organisation.id, channel="mqtt"))
    row = Subscription.objects.get()
    assert f"onecity-app-{row.key}" in response.content.decode()
    assert "events" in body(visitor, f"/iot/subscriptions/{row.id}")


@pytest.fixture
def program(organisation: Organisation) -> Client:
    token = make_program("应用", *RIGHTS, organisation=organisation)
    return Client(headers={"Authorization": f"Bearer {token}"})


def post(program: Client, path: str, **given: Any) -> Any:
    return program.post(f"{ROOT}{path}", given, content_type="application/json")


def test_interface_goes_through_a_subscriptions_life(program: Client) -> None:
    wanted = {"types": ["gauge.air"], "condition": "value > 3"}
    answer = post(program, "", name="订阅", channel="webhook", topics=["readings"], address=HOOK, filter=wanted)
    assert answer.status_code == 201, answer.content
    key = answer.json()["subscription"]["key"]
    assert answer.json()["secret"].startswith("whs_")
    assert answer.json()["subscription"]["filter"] == wanted
    assert program.get(ROOT).json()["items"][0]["key"] == key
    assert program.get(f"{ROOT}/{key}").json()["progress"]["waiting"] == 0
    changed = program.patch(f"{ROOT}/{key}", {"name": "改名", "topics": ["latest"]}, content_type="application/json")
    assert (changed.json()["name"], changed.json()["topics"]) == ("改名", ["latest"])
    assert post(program, f"/{key}/pause").json()["state"] == "paused"
    assert post(program, f"/{key}/sample").status_code == 409
    assert post(program, f"/{key}/resume").json()["state"] == "active"
    assert post(program, f"/{key}/sample").status_code == 202
    assert post(program, f"/{key}/secret", overlap_h=1).json()["secret"].startswith("whs_")
    assert post(program, f"/{key}/rewind", after="x").status_code == 422
    assert post(program, f"/{key}/rewind").status_code == 200
    assert post(program, f"/{key}/take-over").json()["mine"] is True
    assert program.get(f"{ROOT}/{key}/deliveries").json() == {"items": [], "next": None}
    assert program.get(f"{ROOT}/{key}/dead-letters").json() == {"items": [], "next": None}
    assert post(program, f"/{key}/dead-letters/replay").json() == {"number": 0}
    assert post(program, f"/{key}/dead-letters/discard", letters=[1]).json() == {"number": 0}
    assert program.delete(f"{ROOT}/{key}").status_code == 204
    assert program.get(f"{ROOT}/{key}").status_code == 404


def test_interface_shows_attempts_and_letters(program: Client) -> None:
    key = post(program, "", name="订阅", channel="mqtt", topics=["readings"]).json()["subscription"]["key"]
    row, now = Subscription.objects.get(), clock.real_now()
    assert program.get(f"{ROOT}/{key}").json()["username"] == f"onecity-app-{key}"
    for number in range(3):
        at = now - timedelta(minutes=number)
        Delivery.objects.create(subscription=row, at=at, events=1, succeeded=number > 0, status=0, reason="")
    letter = {"content": [{"id": "1.0"}], "events": 1, "first": "1.0", "last": "1.0", "attempts": 5, "reason": "x"}
    DeadLetter.objects.create(subscription=row, made_at=now, **letter)
    first = program.get(f"{ROOT}/{key}/deliveries?size=2").json()
    assert [item["succeeded"] for item in first["items"]] == [False, True]
    assert len(program.get(f"{ROOT}/{key}/deliveries?size=2&after={first['next']}").json()["items"]) == 1
    assert len(program.get(f"{ROOT}/{key}/deliveries?failed=true").json()["items"]) == 1
    assert program.get(f"{ROOT}/{key}/dead-letters").json()["items"][0]["content"] == [{"id": "1.0"}]
    assert program.get(f"{ROOT}/{key}/deliveries?size=501").status_code == 422
    assert program.get(f"{ROOT}?channel=pigeon").status_code == 422


def test_interface_tells_what_is_wrong_by_field(program: Client) -> None:
    answer = post(program, "", name="订阅", channel="webhook", topics=["readings"], address="http://169.254.169.254/")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["address"]


def test_interface_needs_the_right(organisation: Organisation) -> None:
    token = make_program("应用", VIEW_DEVICES, organisation=organisation)
    assert Client(headers={"Authorization": f"Bearer {token}"}).get(ROOT).status_code == 403
    assert Client().get(ROOT).status_code == 401
