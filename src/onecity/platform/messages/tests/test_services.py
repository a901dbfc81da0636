"""Sending, reading, muting, dropping."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS, Actor, system_actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.kernel.registry import declared
from onecity.platform.identity.tests.factories import audited, make_account, make_accounts, make_actor
from onecity.platform.messages import api, registries, selectors
from onecity.platform.messages.declare import Template
from onecity.platform.messages.models import Message, Mute
from onecity.platform.messages.services import reading
from onecity.platform.messages.tests.conftest import ALARM, TOLD

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def tell(*accounts: int, now: datetime, template: str = TOLD, link: str = "/cases/7") -> int:
    values = {"number": "2026-7", "stage": "派遣", "deadline": now, "place": "人民广场"}
    return api.send(SYSTEM, to=accounts, template=template, params=values, link=link, now=now)


def put_many(account_id: int, count: int, now: datetime) -> None:
    Message.objects.bulk_create(
        Message(recipient_id=account_id, template_code=TOLD, created_at=now - timedelta(minutes=number))
        for number in range(count)
    )


@pytest.fixture
def actor() -> Actor:
    return make_actor()


def test_each_recipient_gets_it_once(now: datetime) -> None:
    accounts = [make_account().id for _ in range(3)]
    assert tell(*accounts, *accounts, now=now) == 3
    assert sorted(Message.objects.values_list("recipient_id", flat=True)) == sorted(accounts)
    assert audited(TOLD) == [("messages.send", "done")]


def test_thousands_of_recipients_are_one_statement(now: datetime, django_assert_num_queries: Any) -> None:
    accounts = make_accounts(3_000)
    with django_assert_num_queries(4):  # savepoint, insert, audit, release
        assert tell(*accounts, now=now) == 3_000


def test_nobody_to_tell_is_no_mistake(now: datetime) -> None:
    assert tell(now=now) == 0
    assert audited(TOLD) == []


def test_template_that_no_module_declares_is_a_mistake_of_the_code(now: datetime) -> None:
    with pytest.raises(api.UnknownTemplate):
        tell(1, now=now, template="test.gone")


def test_wrong_values_and_links_are_mistakes_of_the_code(now: datetime) -> None:
    with pytest.raises(api.WrongParameters, match="no value"):
        api.send(SYSTEM, to=[1], template=TOLD, params={}, now=now)
    with pytest.raises(api.WrongParameters, match="address"):
        tell(1, now=now, link="https://evil.example/")


def test_every_declared_template_is_known() -> None:
    assert [item.code for item in registries.templates()] == [item.code for item in declared(Template)]


def test_sentences_are_made_when_the_message_is_read(
    actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(actor.account_id, now=now)
    (item,) = api.inbox(actor).rows
    assert item.title == "案件 2026-7 待派遣"
    assert item.body == "截止时间 2026-03-10 12:00，请及时处理"
    english = {"案件 {number} 待{stage}": "Case {number} awaits {stage}", "派遣": "dispatch"}
    monkeypatch.setattr(selectors, "gettext", lambda text: english.get(text, text))
    with translation.override("en"):
        assert api.inbox(actor).rows[0].title == "Case 2026-7 awaits dispatch"


def test_message_whose_template_is_gone_shows_its_code(actor: Actor, now: datetime) -> None:
    Message.objects.create(recipient_id=actor.account_id, template_code="old.gone", created_at=now)
    (item,) = api.inbox(actor).rows
    assert (item.title, item.body, item.kind) == ("old.gone", "", "old.gone")


def test_message_and_mute_are_known_by_what_they_are(actor: Actor, now: datetime) -> None:
    assert str(Message(recipient_id=7, template_code="a.b")) == "a.b → 7"
    assert str(Mute(account_id=7, template_code="a.b")) == "7: a.b"


def test_inbox_holds_one_s_own_messages_only(actor: Actor, now: datetime) -> None:
    tell(make_account().id, now=now)
    assert api.inbox(actor).rows == []
    assert api.unread_count(actor) == 0


@pytest.mark.parametrize("nobody", [ANONYMOUS, SYSTEM, Actor("client", 1)])
def test_who_is_no_account_has_no_inbox(nobody: Actor) -> None:
    with pytest.raises(NotPermitted):
        api.inbox(nobody)
    with pytest.raises(NotPermitted):
        api.unread_count(nobody)


def test_pages_follow_one_another_without_gap_or_double(actor: Actor, now: datetime) -> None:
    put_many(actor.account_id, 25, now)
    Message.objects.filter(created_at__lt=now - timedelta(minutes=5)).update(created_at=now - timedelta(minutes=5))
    seen: list[int] = []
    after = None
    while True:
        page = api.inbox(actor, after=after, size=10)
        seen += [item.id for item in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 25


def test_inbox_narrows_to_unread_and_to_a_kind(actor: Actor, now: datetime) -> None:
    tell(actor.account_id, now=now)
    tell(actor.account_id, now=now, template=ALARM)
    first = api.inbox(actor, template=TOLD).rows
    assert [item.template for item in first] == [TOLD]
    api.mark_read(actor, message_id=first[0].id, now=now)
    assert [item.template for item in api.inbox(actor, unread_only=True).rows] == [ALARM]


def test_first_reading_counts(actor: Actor, now: datetime) -> None:
    tell(actor.account_id, now=now)
    message = Message.objects.get()
    api.mark_read(actor, message_id=message.id, now=now)
    api.mark_read(actor, message_id=message.id, now=now + timedelta(days=1))
    message.refresh_from_db()
    assert message.read_at == now


def test_nobody_marks_another_s_message(actor: Actor, now: datetime) -> None:
    tell(make_account().id, now=now)
    api.mark_read(actor, message_id=Message.objects.get().id, now=now)
    assert Message.objects.get().read_at is None
    with pytest.raises(NotFound):
        selectors.message(actor, Message.objects.get().id)


def test_all_are_marked_at_once(actor: Actor, now: datetime) -> None:
    put_many(actor.account_id, 3, now)
    assert api.mark_all_read(actor, now=now) == 3
    assert api.unread_count(actor) == 0


def test_unread_ones_are_counted_to_a_limit_through_their_own_index(actor: Actor, now: datetime) -> None:
    put_many(actor.account_id, selectors.COUNTED_AT_MOST + 20, now)
    for account in make_accounts(20):
        put_many(account, 200, now)
    Message.objects.exclude(recipient_id=actor.account_id).update(read_at=now)
    assert api.unread_count(actor) == selectors.COUNTED_AT_MOST
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messages_message")
    plan = selectors._own(actor).filter(read_at__isnull=True).values("id")[: selectors.COUNTED_AT_MOST].explain()
    assert "messages_message_unread" in plan
    assert "Seq Scan" not in plan


def test_muted_kind_arrives_as_read_and_urgent_ones_always_ring(actor: Actor, now: datetime) -> None:
    reading.mute(actor, template=TOLD, muted=True)
    Mute.objects.create(account_id=actor.account_id, template_code=ALARM)
    tell(actor.account_id, now=now)
    tell(actor.account_id, now=now, template=ALARM)
    unread = api.inbox(actor, unread_only=True).rows
    assert [item.template for item in unread] == [ALARM]
    assert unread[0].is_urgent
    assert len(api.inbox(actor).rows) == 2


def test_muting_is_for_oneself_and_is_undone(actor: Actor, now: datetime) -> None:
    reading.mute(actor, template=TOLD, muted=True)
    reading.mute(actor, template=TOLD, muted=True)
    assert Mute.objects.count() == 1
    other = make_actor()
    tell(other.account_id, now=now)
    assert api.unread_count(other) == 1
    reading.mute(actor, template=TOLD, muted=False)
    assert not Mute.objects.exists()


def test_urgent_and_unknown_kinds_are_not_muted(actor: Actor) -> None:
    with pytest.raises(reading.UrgentIsNotMuted):
        reading.mute(actor, template=ALARM, muted=True)
    with pytest.raises(NotFound):
        reading.mute(actor, template="test.gone", muted=True)


def test_kinds_to_choose_from_are_those_one_gets(actor: Actor, now: datetime) -> None:
    assert selectors.template_choices(actor) == []
    tell(actor.account_id, now=now, template=ALARM)
    reading.mute(actor, template=TOLD, muted=True)
    assert [(item.code, item.is_muted, item.may_mute) for item in selectors.template_choices(actor)] == [
        (TOLD, True, True),
        (ALARM, False, False),
    ]


def test_what_was_read_long_ago_is_dropped_and_unread_stays(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    now = clock.city_now()
    long_ago = now - timedelta(days=settings.ENV.message_days + 1)
    put_many(actor.account_id, 7, long_ago)
    tell(actor.account_id, now=long_ago, template=ALARM)
    tell(actor.account_id, now=long_ago)
    Message.objects.filter(template_code=TOLD).update(read_at=long_ago)
    Message.objects.filter(params__number="2026-7", template_code=TOLD).update(read_at=now)
    monkeypatch.setattr(reading, "BATCH", 3)
    steps: list[int] = []
    progress = SimpleNamespace(step=steps.append)
    assert reading.run_drop(progress, {}) == {"清理消息数": 7}
    assert steps == [3, 6, 7]
    assert sorted(Message.objects.values_list("template_code", flat=True)) == [ALARM, TOLD]


def test_dropping_is_queued_by_its_tick(heard: Any) -> None:
    reading.ask_for_drop()
    assert heard.jobs == [("messages.drop_old", {})]
