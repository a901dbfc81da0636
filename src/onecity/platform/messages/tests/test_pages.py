"""Pages of the inbox."""

from datetime import datetime

import pytest
from django.test import Client

from onecity.kernel.actor import Actor, system_actor
from onecity.platform.identity.tests.factories import make_account, make_actor, open_session
from onecity.platform.messages import api, selectors
from onecity.platform.messages.models import Message, Mute
from onecity.platform.messages.tests.conftest import ALARM, TOLD

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def actor() -> Actor:
    return make_actor()


@pytest.fixture
def client(actor: Actor) -> Client:
    made = Client()
    made.cookies["onecity_session"] = open_session(actor.account_id)
    return made


def tell(account_id: int, now: datetime, *, template: str = TOLD, link: str = "/jobs", times: int = 1) -> int:
    values = {"number": "<7>", "stage": "派遣", "deadline": now, "place": "人民广场"}
    for _ in range(times):
        api.send(system_actor("test"), to=[account_id], template=template, params=values, link=link, now=now)
    return Message.objects.latest("id").id


def test_empty_inbox_says_what_will_come(client: Client) -> None:
    text = client.get("/messages").content.decode()
    assert "还没有消息" in text
    assert "全部标为已读" not in text
    assert "没有未读消息" in client.get("/messages?unread=1").content.decode()


def test_inbox_shows_messages_and_escapes_their_values(actor: Actor, client: Client, now: datetime) -> None:
    tell(actor.account_id, now)
    tell(actor.account_id, now, template=ALARM)
    text = client.get("/messages").content.decode()
    assert "案件 &lt;7&gt; 待派遣" in text
    assert "人民广场 发生报警" in text
    assert "紧急" in text


def test_fragment_holds_rows_only_and_pages_go_on(actor: Actor, client: Client, now: datetime) -> None:
    tell(actor.account_id, now, times=25)
    text = client.get("/messages", headers=FRAGMENT).content.decode()
    assert "<html" not in text
    assert text.count('class="letter ') == 20
    following = text.split('rel="next" href="')[1].split('"', maxsplit=1)[0]
    rest = client.get(f"/messages{following}").content.decode()
    assert rest.count('class="letter ') == 5
    assert "回到第一页" in rest


def test_inbox_is_exported(actor: Actor, client: Client, now: datetime) -> None:
    tell(actor.account_id, now)
    answer = client.get("/messages?format=csv")
    assert "案件 <7> 待派遣" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream


@pytest.mark.parametrize(("number", "shown"), [(0, ""), (1, "1"), (99, "99"), (100, "99+"), (120, "99+")])
def test_bell_shows_the_number_of_unread_ones(
    actor: Actor, client: Client, now: datetime, number: int, shown: str
) -> None:
    Message.objects.bulk_create(
        Message(recipient_id=actor.account_id, template_code=TOLD, created_at=now) for _ in range(number)
    )
    assert client.get("/messages/unread", headers=FRAGMENT).content.decode() == shown


def test_fragments_lead_to_the_inbox_as_pages(client: Client) -> None:
    assert client.get("/messages/unread").headers["Location"] == "/messages?unread=1"
    assert client.get("/messages/latest").headers["Location"] == "/messages"


def test_card_of_the_home_page_shows_the_latest_unread_ones(actor: Actor, client: Client, now: datetime) -> None:
    assert "没有未读消息" in client.get("/messages/latest", headers=FRAGMENT).content.decode()
    tell(actor.account_id, now, times=7)
    assert client.get("/messages/latest", headers=FRAGMENT).content.decode().count("list-group-item-action") == 5


def test_opening_marks_as_read_and_leads_on(actor: Actor, client: Client, now: datetime) -> None:
    number = tell(actor.account_id, now)
    assert client.get(f"/messages/{number}").headers["Location"] == "/jobs"
    assert api.unread_count(actor) == 0


def test_message_that_leads_nowhere_is_shown(actor: Actor, client: Client, now: datetime) -> None:
    number = tell(actor.account_id, now, link="")
    assert "截止时间 2026-03-10 12:00" in client.get(f"/messages/{number}").content.decode()
    assert api.unread_count(actor) == 0


def test_another_s_message_is_not_found(client: Client, now: datetime) -> None:
    number = tell(make_account().id, now)
    assert client.get(f"/messages/{number}").status_code == 404
    assert client.post(f"/messages/{number}/read", headers=FRAGMENT).status_code == 404


def test_one_is_marked_without_opening(actor: Actor, client: Client, now: datetime) -> None:
    first, second = tell(actor.account_id, now), tell(actor.account_id, now)
    text = client.post(f"/messages/{first}/read", headers=FRAGMENT).content.decode()
    assert "letter-new" not in text
    assert client.post(f"/messages/{second}/read").headers["Location"] == "/messages"
    assert api.unread_count(actor) == 0


def test_all_are_marked_and_the_page_says_how_many(actor: Actor, client: Client, now: datetime) -> None:
    tell(actor.account_id, now, times=3)
    assert "已将 3 条消息标为已读" in client.post("/messages/read-all", follow=True).content.decode()
    assert api.unread_count(actor) == 0


def test_preferences_mute_and_unmute(actor: Actor, client: Client, now: datetime) -> None:
    assert "收到消息后" in client.get("/messages/preferences").content.decode()
    tell(actor.account_id, now)
    tell(actor.account_id, now, template=ALARM)
    assert client.get("/messages/preferences").content.decode().count("checked") == 2
    client.post("/messages/preferences", {"told": []})
    assert list(Mute.objects.values_list("account_id", "template_code")) == [(actor.account_id, TOLD)]
    assert "消息设置已保存" in client.post("/messages/preferences", {"told": [TOLD]}, follow=True).content.decode()
    assert not Mute.objects.exists()
    assert selectors.template_choices(actor)[0].is_muted is False


def test_writing_is_never_done_by_looking(client: Client) -> None:
    assert client.get("/messages/read-all").status_code == 405
    assert client.get("/messages/1/read").status_code == 405
