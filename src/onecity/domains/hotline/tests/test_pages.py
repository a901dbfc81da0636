"""Pages: what citizens, call-takers, editors and leaders see, do, and are refused."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from onecity.domains.hotline.models import ArticleVersion, Demand, TopicDuty
from onecity.domains.hotline.selectors.demands import demands
from onecity.domains.hotline.services.citizens import MOST_DEMANDS
from onecity.domains.hotline.tests.factories import (
    INSIDE,
    NOISE,
    PHONE,
    Desks,
    kept,
    make_demand,
    shown,
    waiting,
    walk,
)
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import open_session
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
SENT = ("dispatch", "assign", "sign", "done", "send")


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def key_of(client: Client, address: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


def citizen_form(client: Client, **facts: object) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": "complaint",
        "words": "夜间施工，<b>太吵</b>",
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
        "address": "人民大街口",
        "caller_phone": PHONE,
        "consent": "on",
        "key": key_of(client, "/demand"),
        **facts,
    }
    return {name: value for name, value in given.items() if value is not None}


def call_form(client: Client, deed: str, **facts: object) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": "complaint",
        "source_code": "hotline.call",
        "urgency": "0",
        "words": "工地夜间施工噪声扰民",
        "caller_phone": PHONE,
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
        "topic_code": NOISE,
        "people": "1",
        "representatives": "1",
        "deed": deed,
        "key": key_of(client, "/hotline/call"),
        **facts,
    }
    return {name: value for name, value in given.items() if value is not None}


def test_citizen_hands_in_and_follows_by_code(desks: Desks) -> None:
    client = Client()
    answer = client.post("/demand", citizen_form(client), follow=True)
    page = answer.content.decode()
    number = Demand.objects.get().number
    assert answer.redirect_chain[0][0] == f"/demand/{number}"
    assert "&lt;b&gt;太吵" in page
    code = re.search(r"查询码</dt><dd[^>]*>([0-9A-Z]{8})", page)
    assert code
    stranger = Client()
    assert stranger.get(f"/demand/{number}")["Location"] == f"/demand/find?number={number}"
    found = stranger.post("/demand/find", {"number": number, "code": code[1].lower()}, follow=True)
    assert "夜间施工" in found.content.decode()
    assert PHONE not in found.content.decode()


def test_wrong_codes_lock_the_demand(desks: Desks) -> None:
    client = Client()
    client.post("/demand", citizen_form(client))
    number = Demand.objects.get().number
    for _ in range(5):
        assert Client().post("/demand/find", {"number": number, "code": "AAAAAAAA"}).status_code == 422
    assert "15分钟" in Client().post("/demand/find", {"number": number, "code": "AAAAAAAA"}).content.decode()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"consent": None}, "consent"),
        ({"caller_phone": "123"}, "固定电话"),
        ({"words": ""}, "words"),
        ({"key": "made-up"}, "页面已失效"),
        ({"longitude": "1"}, "不在本市"),
        ({"kind": "petition_claim"}, "petition_claim"),
    ],
)
def test_citizen_s_form_is_checked(desks: Desks, facts: dict[str, object], said: str) -> None:
    client = Client()
    answer = client.post("/demand", citizen_form(client, **facts))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    assert Demand.objects.count() == 0


def test_one_address_hands_in_so_much_and_no_more(desks: Desks) -> None:
    client = Client()
    for _ in range(MOST_DEMANDS):
        assert client.post("/demand", citizen_form(client)).status_code == HTTPStatus.FOUND
    assert "太频繁" in client.post("/demand", citizen_form(client)).content.decode()
    assert Demand.objects.count() == MOST_DEMANDS


def test_same_form_sent_twice_is_one_demand(desks: Desks) -> None:
    client = Client()
    form = citizen_form(client)
    first, second = client.post("/demand", form), client.post("/demand", form)
    assert first["Location"] == second["Location"]
    assert Demand.objects.count() == 1


def test_citizen_rates_what_nobody_asked_him(desks: Desks) -> None:
    client = Client()
    client.post("/demand", citizen_form(client))
    number, now = Demand.objects.get().number, clock.city_now()
    early = client.post(f"/demand/{number}/rate", {"satisfaction": "satisfied"})
    assert "尚未办结" in early.content.decode()
    walk(desks, number, *SENT, "unreached", "close", now=now)
    assert client.post(f"/demand/{number}/rate", {}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = client.post(f"/demand/{number}/rate", {"satisfaction": "basic", "solved": "on"})
    assert answer.status_code == HTTPStatus.FOUND
    assert (kept(number).satisfaction, kept(number).solved) == ("basic", "yes")
    assert Client().post(f"/demand/{number}/rate", {"satisfaction": "basic"})["Location"].startswith("/demand/find")


def test_merged_demand_is_followed_as_the_other(desks: Desks) -> None:
    client = Client()
    client.post("/demand", citizen_form(client))
    number, now = Demand.objects.get().number, clock.city_now()
    other = make_demand(desks, now=now)
    desk = client_of(desks.agent)
    desk.post(f"/hotline/demands/{number}/change", {"deed": "join", "into": other})
    assert kept(number).status == "merged"
    assert "合并办理" in client.get(f"/demand/{number}").content.decode()


def test_public_figures_need_nobody_signed_in(desks: Desks) -> None:
    make_demand(desks, now=clock.city_now())
    answer = Client().get("/demand/figures")
    assert answer.status_code == HTTPStatus.OK
    assert "少于5" in answer.content.decode()
    assert Client().get("/demand/figures?month=2020-02").status_code == HTTPStatus.OK
    assert Client().get("/demand/figures?month=never").status_code == HTTPStatus.OK


def test_call_taker_looks_up_history_and_likeness_without_an_address(desks: Desks) -> None:
    make_demand(desks, now=clock.city_now())
    client = client_of(desks.agent)
    answer = client.post("/hotline/call", call_form(client, "look", words="工地夜间施工噪声太大，凌晨还在打桩"))
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.OK
    assert "文字相似" in page
    assert page.count("小区旁边工地夜间施工噪声扰民") == 2
    fragment = client.post("/hotline/call", call_form(client, "look"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "受理话术" in fragment


def test_call_is_passed_on_to_the_body_of_its_topic(desks: Desks) -> None:
    client = client_of(desks.agent)
    answer = client.post("/hotline/call", call_form(client, "pass", send="1"))
    assert answer.status_code == HTTPStatus.FOUND
    row = Demand.objects.get()
    assert (row.handler_id, waiting(row.number, now=clock.city_now())) == (desks.bureau.id, ["sign"])


def test_call_is_answered_refused_or_joined(desks: Desks) -> None:
    client = client_of(desks.agent)
    client.post("/hotline/call", call_form(client, "answer", kind="consult", note="供暖期到四月"))
    client.post("/hotline/call", call_form(client, "refuse", caller_phone="13900000001", reason_code="outside"))
    assert sorted(Demand.objects.values_list("status", flat=True)) == ["closed", "void"]
    into = make_demand(desks, now=clock.city_now())
    client.post("/hotline/call", call_form(client, "join", caller_phone="13900000002", into=into))
    assert Demand.objects.filter(status="merged").count() == 1


@pytest.mark.parametrize(
    ("deed", "facts"),
    [
        ("pass", {"topic_code": ""}),
        ("answer", {"note": ""}),
        ("refuse", {"reason_code": ""}),
        ("join", {"into": "0"}),
        ("pass", {"words": ""}),
        ("pass", {"kind": "petition_claim"}),
    ],
)
def test_call_that_lacks_something_leaves_nothing_behind(desks: Desks, deed: str, facts: dict[str, object]) -> None:
    client = client_of(desks.agent)
    answer = client.post("/hotline/call", call_form(client, deed, **facts))
    assert answer.status_code in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN)
    assert Demand.objects.count() == 0


def test_pool_lists_filters_and_exports(desks: Desks) -> None:
    now = clock.city_now()
    number = make_demand(desks, now=now)
    make_demand(desks, now=now, kind="praise", words="感谢司机师傅", topic_code="060100", caller_phone="")
    client = client_of(desks.leader)
    assert client.get("/hotline/demands").content.decode().count("look-code") >= 2
    for query in ("kind=complaint", "topic=040000", "q=施工噪声", f"q={number}", "status=open&kind=complaint"):
        assert "感谢司机" not in client.get(f"/hotline/demands?{query}").content.decode()
    assert client.get("/hotline/demands?format=csv").status_code == HTTPStatus.OK
    assert client.get("/hotline/demands?size=1").content.decode().count("感谢司机") + 1 >= 1


def test_panel_shows_topic_body_and_history(desks: Desks) -> None:
    now = clock.city_now()
    earlier = make_demand(desks, now=now)
    number = make_demand(desks, now=now)
    walk(desks, number, "dispatch", now=now)
    page = client_of(desks.agent).get(f"/hotline/demands/{number}/panel").content.decode()
    assert "噪声扰民" in page
    assert earlier in page
    assert "重复诉求" in page
    client = client_of(desks.agent)
    client.post(f"/hotline/demands/{number}/change", {"deed": "send"})
    assert waiting(number, now=now) == ["sign"]
    client.post(f"/hotline/demands/{number}/change", {"deed": "topic", "topic_code": "050200"})
    assert kept(number).topic_code == "050200"
    assert client_of(desks.editor).get(f"/hotline/demands/{earlier}/panel").status_code == HTTPStatus.NOT_FOUND


def test_case_page_asks_the_call_back_whether_it_is_solved(desks: Desks) -> None:
    now = clock.city_now()
    number = make_demand(desks, now=now)
    walk(desks, number, *SENT, now=now)
    page = client_of(desks.caller_back).get(f"/cases/{number}").content.decode()
    assert "诉求是否解决" in page
    assert shown(number, now=now).row.stage_code == "callback"


def test_hot_spots_show_where_when_and_what(desks: Desks) -> None:
    now = clock.city_now()
    for place in range(3):
        make_demand(desks, now=now, caller_phone=f"1390000000{place}")
    client = client_of(desks.leader)
    page = client.get("/hotline/hot-spots").content.decode()
    assert "3件" in page
    assert client.get("/hotline/hot-spots?days=7").status_code == HTTPStatus.OK
    assert client.get("/hotline/hot-spots?days=x").status_code == HTTPStatus.OK


def test_article_goes_from_the_editor_to_the_reviewer(desks: Desks) -> None:
    editor, leader = client_of(desks.editor), client_of(desks.leader)
    assert editor.post("/hotline/knowledge/new", {"title": "", "body": ""}).status_code == 422
    editor.post("/hotline/knowledge/new", {"title": "供暖", "body": "不低于18度", "topic_code": "050200"})
    number = ArticleVersion.objects.get().pk
    page = reverse("hotline:turn_article", args=[number])
    leader.post(page, {"deed": "publish"})
    editor.post(page, {"deed": "submit"})
    leader.post(page, {"deed": "return", "reason": ""})
    assert ArticleVersion.objects.get().state == "submitted"
    leader.post(page, {"deed": "publish"})
    assert ArticleVersion.objects.get().state == "published"
    assert "供暖" in leader.get("/hotline/knowledge?state=published&q=供暖").content.decode()
    assert "不低于18度" in leader.get(f"/hotline/knowledge/{number}").content.decode()
    edit = reverse("hotline:edit_article", args=[number])
    assert "不低于18度" in editor.get(edit).content.decode()
    editor.post(edit, {"title": "供暖", "body": "不低于20度"})
    assert ArticleVersion.objects.count() == 2
    leader.post(page, {"deed": "retire"})
    assert ArticleVersion.objects.get(pk=number).state == "retired"
    assert client_of(desks.agent).get(f"/hotline/knowledge/{number}").status_code == HTTPStatus.FORBIDDEN
    assert editor.get("/hotline/knowledge/0").status_code == HTTPStatus.NOT_FOUND


def test_duties_are_set_and_taken_away(desks: Desks) -> None:
    client = client_of(desks.leader)
    assert client.get("/hotline/duties").status_code == HTTPStatus.OK
    form = {"topic_code": "050200", "division_code": "", "organisation_id": str(desks.other.id)}
    client.post("/hotline/duties", form)
    row = TopicDuty.objects.get(topic_code="050200")
    assert client.post("/hotline/duties", {**form, "division_code": "x"}).status_code == 422
    client.post(reverse("hotline:remove_duty", args=[row.pk]))
    assert not TopicDuty.objects.filter(topic_code="050200").exists()


def test_models_page_says_that_there_is_none(desks: Desks) -> None:
    client = client_of(desks.leader)
    assert "还没有训练过模型" in client.get("/hotline/models").content.decode()
    assert client.post("/hotline/models/train").status_code == HTTPStatus.FOUND


def test_english_pages_speak_english(desks: Desks, now: datetime) -> None:
    client = client_of(desks.agent)
    client.cookies["onecity_language"] = "en"
    page = client.get("/hotline/call").content.decode()
    assert "Noise" in page
    assert not re.search(r"话务工作台|投诉", page)


def test_pool_is_searched_by_words_in_any_order_and_by_number(desks: Desks) -> None:
    now = clock.city_now()
    noise = make_demand(desks, now=now)
    heat = make_demand(desks, now=now, words="家里暖气不热，室温只有14度", caller_phone="13900000009")

    def found(words: str) -> set[str]:
        query = Query(search=words)
        return {row.number for row in demands(desks.leader, query=query).rows}

    assert found("施工 噪声") == found("噪声 小区") == {noise}
    assert found("暖") == found("14") == {heat}
    assert found(heat) == {heat}
    assert found("噪声 暖气") == found("声噪") == set()


def test_words_of_the_pool_have_their_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'hotline_demand_words'")
        assert "gin (geo_bigrams(words))" in cursor.fetchone()[0]
