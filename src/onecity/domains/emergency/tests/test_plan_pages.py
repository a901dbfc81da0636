"""Pages of plans and responses: drafting, publishing, starting, the board."""

from datetime import datetime
from http import HTTPStatus

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from onecity.domains.emergency.models import PlanVersion, Response, ResponseTask
from onecity.domains.emergency.selectors.plans import as_draft
from onecity.domains.emergency.tests.factories import Room, make_incident, make_plan, start
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The city's time, which pages read for themselves."""
    return clock.city_now()


def client_of(actor: Actor) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def exported(client: Client, address: str) -> str:
    answer: object = client.get(address)
    assert isinstance(answer, StreamingHttpResponse)
    return answer.getvalue().decode("utf-8-sig")


def test_plan_is_written_part_by_part_and_published_by_another(room: Room, now: datetime) -> None:
    client, boss = client_of(room.editor), client_of(room.commander)
    assert "新编预案" in client.get("/emergency/plans").content.decode()
    head = {"name": "防汛预案", "kind": "special", "kind_prefix": "11A", "purpose": "内涝", "code": "flood"}
    address = client.post("/emergency/plans/new", head)["Location"]
    assert client.post("/emergency/plans/new", head).status_code == 422
    parts = [
        {"part": "plan", "name": "城区防汛预案", "kind": "special", "kind_prefix": "11A"},
        {"part": "level", "level": "4", "conditions": "积水"},
        {"part": "group", "code": "drain", "name": "抢险组", "organisation_id": str(room.water.id)},
        {"part": "step", "group_code": "drain", "title": "抽排", "weakest_level": "4", "limit_minutes": "30"},
        {"part": "need", "kind": "team", "name": "抢险队", "amount": "2", "unit": "支"},
    ]
    for part in parts:
        assert client.post(address, part).status_code == HTTPStatus.FOUND
    assert client.post(address, parts[1]).status_code == 422
    assert client.post(address, {"part": "level"}).status_code == 422
    version = PlanVersion.objects.get()
    assert "没有这一行" in client.post(address, {"remove": "need", "place": "7"}, follow=True).content.decode()
    client.post(address, {"remove": "need", "place": "0"})
    assert as_draft(version).needs == ()
    page = boss.post(f"{address}/turn", {"deed": "publish"}, follow=True).content.decode()
    assert "已发布" in page
    assert "城区防汛预案" in exported(client, "/emergency/plans?format=csv")
    assert "当前状态不能" in boss.post(f"{address}/turn", {"deed": "publish"}, follow=True).content.decode()
    second = client.post(f"{address}/turn", {"deed": "draft"})["Location"]
    client.post(second, {"remove": "group", "place": "0"})
    assert as_draft(PlanVersion.objects.get(number=2)).steps == ()
    boss.post(f"{address}/turn", {"deed": "retire"})
    assert PlanVersion.objects.get(number=1).state == "retired"


def test_response_is_started_worked_off_and_ended_on_its_board(room: Room, now: datetime) -> None:
    version, number = make_plan(room, now=now), make_incident(room, now=now)
    boss, helper = client_of(room.commander), client_of(room.rescuer)
    assert "启动应急响应" in boss.get(f"/emergency/incidents/{number}").content.decode()
    address = f"/emergency/incidents/{number}/start"
    assert "积水0.5米以上" in boss.get(address).content.decode()
    given = {"version_id": str(version.pk), "level": "4", "conditions_met": "积水0.3米"}
    assert boss.post(address, {**given, "level": "3"}).status_code == 422
    board = boss.post(address, given)["Location"]
    page = helper.get(board).content.decode()
    assert "泵车到场抽排" in page
    assert "every 3s" in page
    assert "board-map" in boss.get(board).content.decode()
    assert "<html" not in helper.get(board, headers={"HX-Request": "true"}).content.decode()
    first, second = ResponseTask.objects.order_by("step__serial")
    helper.post(f"{board}/tasks/{first.pk}", {"deed": "done"})
    assert "请写明" in boss.post(f"{board}/tasks/{second.pk}", {"deed": "drop"}, follow=True).content.decode()
    boss.post(f"{board}/tasks/{second.pk}", {"deed": "drop", "text": "不需要"})
    assert {row.state for row in ResponseTask.objects.all()} == {"done", "dropped"}
    assert boss.post(f"{board}/command", {"deed": "level", "level": "9"}).status_code == 422
    boss.post(f"{board}/command", {"deed": "level", "level": "2", "reason": "水位超警"})
    boss.post(f"{board}/command", {"deed": "end", "text": "险情解除"})
    assert Response.objects.get().state == "ended"
    page = boss.post(f"{board}/command", {"deed": "review"}, follow=True).content.decode()
    assert "总结评估" in page
    assert ".docx" in page
    assert "every 3s" not in boss.get(board).content.decode()
    assert "城区防汛应急预案" in boss.get("/emergency/responses").content.decode()


def test_board_of_an_exercise_says_so_and_others_do_not_reach_it(room: Room, now: datetime) -> None:
    board = f"/emergency/responses/{start(room, now=now, is_drill=True)}"
    assert "这是演练" in client_of(room.commander).get(board).content.decode()
    assert client_of(room.officer).get(board).status_code == HTTPStatus.OK
    assert client_of(room.stranger).get(board).status_code == HTTPStatus.NOT_FOUND
    assert client_of(room.officer).post(f"{board}/command", {"deed": "end"}).status_code == HTTPStatus.FORBIDDEN
