"""Making, changing, handing over and ending subscriptions; who may, and what the trail says."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import Organisation, audited, make_actor, make_organisation
from onecity.platform.iot.contracts.subscriptions import EventFilter, Issued, NewSubscription
from onecity.platform.iot.models import (
    WHOLE,
    DeadLetter,
    DeviceGroup,
    FeedEntry,
    FeedHead,
    FeedInterest,
    Subscription,
    SubscriptionProgress,
)
from onecity.platform.iot.permissions import SUBSCRIBE, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.selectors.subscriptions import (
    SubscriptionQuery,
    dead_letters,
    subscription,
    subscriptions,
    webhook_choices,
)
from onecity.platform.iot.services.broker_files import broker_name, passwords, rights
from onecity.platform.iot.services.devices.facts import OutsideScope
from onecity.platform.iot.services.subscriptions import making, replaying, rotating
from onecity.platform.iot.services.subscriptions.addresses import UnusableAddress
from onecity.platform.iot.services.subscriptions.secrets import secrets_of

pytestmark = pytest.mark.django_db
HOOK = "https://app.example.cn/hook"


@pytest.fixture
def actor(organisation: Organisation) -> Actor:
    return make_actor(SUBSCRIBE, VIEW_DEVICES, VIEW_ALARMS, organisation=organisation)


def make(actor: Actor, *, channel: str = "webhook", address: str = HOOK, **how: Any) -> Issued:
    given: dict[str, Any] = {"name": "订阅", "topics": ("readings",), **how}
    new = NewSubscription(channel=channel, address=address, **given)
    return making.make_subscription(actor, new=new, now=clock.real_now())


def test_secret_of_a_webhook_is_shown_once_and_sealed(actor: Actor) -> None:
    made = make(actor)
    row = Subscription.objects.get()
    assert made.secret.startswith("whs_")
    assert made.secret.encode() not in bytes(row.sealed_secret)
    assert secrets_of([row.id], now=clock.real_now()) == {row.id: (made.secret,)}


def test_subscription_begins_at_the_newest_event(actor: Actor) -> None:
    FeedHead.objects.update(position=41)
    make(actor)
    progress = SubscriptionProgress.objects.get()
    assert (progress.position, progress.place) == (41, WHOLE)


def test_every_change_is_recorded_and_told_to_writers(actor: Actor) -> None:
    made = make(actor)
    number = made.id
    making.change_subscription(actor, subscription_id=number, changes=making.Changes(name="新名"))
    making.set_paused(actor, subscription_id=number, paused=True)
    making.set_paused(actor, subscription_id=number, paused=False)
    rotating.rotate_secret(actor, subscription_id=number, overlap=timedelta(hours=1), now=clock.real_now())
    replaying.send_sample(actor, subscription_id=number, now=clock.city_now())
    replaying.rewind(actor, subscription_id=number, after="")
    replaying.replay(actor, subscription_id=number, letters=None, now=clock.real_now())
    replaying.discard(actor, subscription_id=number, letters=[])
    making.end_subscription(actor, subscription_id=number)
    assert [action for action, _ in audited(f"iot.subscription:{number}")] == [
        "iot.make_subscription", "iot.change_subscription", "iot.pause_subscription", "iot.resume_subscription",
        "iot.rotate_subscription_secret", "iot.send_sample", "iot.rewind_subscription", "iot.replay_dead_letters",
        "iot.discard_dead_letters", "iot.end_subscription",
    ]  # fmt: skip
    assert FeedInterest.objects.get().version == 10
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"channel": "pigeon"}, "channel"),
        ({"topics": ()}, "topics"),
        ({"topics": ("readings", "secrets")}, "topics"),
        ({"batch_size": 0}, "batch_size"),
        ({"attempts": 21}, "attempts"),
        ({"filter": EventFilter(periods=("week",))}, "periods"),
        ({"filter": EventFilter(severities=("awful",))}, "severities"),
        ({"filter": EventFilter(groups=(987,))}, "groups"),
        ({"filter": EventFilter(divisions=("22%",))}, "divisions"),
        ({"filter": EventFilter(condition="value >")}, "condition"),
        ({"filter": EventFilter(devices=("a\0",))}, "filter"),
        ({"filter": EventFilter(devices=tuple(map(str, range(1_001))))}, "filter"),
        ({"address": "ftp://app.example.cn/"}, "address"),
        ({"address": "https://user:word@app.example.cn/"}, "address"),
        ({"address": "https://app.example.cn:25/"}, "address"),
        ({"address": "https://app.example.cn:x/"}, "address"),
        ({"address": "http://127.0.0.1/"}, "address"),
        ({"address": "http://169.254.169.254/latest/meta-data"}, "address"),
        ({"address": "http://[::1]/"}, "address"),
        ({"address": "https://app.example.cn/" + "x" * 500}, "address"),
        ({"address": ""}, "address"),
    ],
)
def test_what_cannot_be_subscribed_is_refused_by_its_field(actor: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(actor, **wrong)
    assert set(refused.value.fields) == {field}
    assert not Subscription.objects.exists()


def test_address_inside_is_usable_where_the_operator_names_its_network(actor: Actor, settings: Any) -> None:
    with pytest.raises(UnusableAddress):
        make(actor, address="http://10.20.0.5:8080/hook")
    settings.ENV = replace(settings.ENV, webhook_networks=("10.20.0.0/16",))
    assert make(actor, address="http://10.20.0.5:8080/hook").secret


def test_topics_need_the_right_to_see_them(organisation: Organisation) -> None:
    some = make_actor(SUBSCRIBE, VIEW_DEVICES, organisation=organisation)
    make(some, topics=("readings", "latest", "states"))
    for topic in ("alarms", "rules"):
        with pytest.raises(NotPermitted):
            make(some, topics=(topic,))


def test_system_subscribes_to_nothing(organisation: Organisation) -> None:
    with pytest.raises(NotPermitted):
        make(system_actor("test"), organisation_id=organisation.id)


def test_subscription_stays_within_the_makers_scope(actor: Actor) -> None:
    with pytest.raises(OutsideScope):
        make(actor, organisation_id=make_organisation("别处").id)


def test_nobody_makes_too_many(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_OF_ONE", 1)
    make(actor)
    with pytest.raises(Conflict):
        make(actor)


def test_group_of_others_cannot_be_named(actor: Actor, now: datetime) -> None:
    group = DeviceGroup.objects.create(
        name="组", kind="static", organisation=make_organisation("别处"), created_by="", created_at=now
    )
    with pytest.raises(Invalid):
        make(actor, filter=EventFilter(groups=(group.id,)))


def test_colleague_sees_pauses_and_ends_but_does_not_steer(actor: Actor, organisation: Organisation) -> None:
    made = make(actor)
    colleague = make_actor(SUBSCRIBE, VIEW_DEVICES, organisation=organisation)
    assert not subscription(colleague, made.id).mine
    steer = (
        lambda: making.change_subscription(colleague, subscription_id=made.id, changes=making.Changes(name="x")),
        lambda: rotating.rotate_secret(colleague, subscription_id=made.id, overlap=timedelta(0), now=clock.real_now()),
        lambda: replaying.rewind(colleague, subscription_id=made.id, after=""),
        lambda: replaying.replay(colleague, subscription_id=made.id, letters=None, now=clock.real_now()),
        lambda: replaying.send_sample(colleague, subscription_id=made.id, now=clock.city_now()),
    )
    for act in steer:
        with pytest.raises(making.NotYours):
            act()
    making.set_paused(colleague, subscription_id=made.id, paused=True)
    making.take_over(colleague, subscription_id=made.id)
    assert subscription(colleague, made.id).mine
    making.end_subscription(colleague, subscription_id=made.id)


def test_who_takes_over_must_see_what_is_told(actor: Actor, organisation: Organisation) -> None:
    made = make(actor, topics=("alarms",))
    colleague = make_actor(SUBSCRIBE, VIEW_DEVICES, organisation=organisation)
    with pytest.raises(NotPermitted):
        making.take_over(colleague, subscription_id=made.id)


def test_stranger_finds_nothing(actor: Actor) -> None:
    made = make(actor)
    stranger = make_actor(SUBSCRIBE, VIEW_DEVICES, organisation=make_organisation("别处"))
    with pytest.raises(NotFound):
        subscription(stranger, made.id)
    with pytest.raises(NotFound):
        making.set_paused(stranger, subscription_id=made.id, paused=True)
    assert not subscriptions(stranger, SubscriptionQuery()).rows
    assert webhook_choices(stranger) == []
    assert webhook_choices(actor) == [(str(made.id), "订阅")]


def test_list_is_searched_and_narrowed(actor: Actor) -> None:
    make(actor, name="空气数据")
    make(actor, name="告警", channel="sse", topics=("alarms",))
    found = subscriptions(actor, SubscriptionQuery(search="空气")).rows
    assert [row.name for row in found] == ["空气数据"]
    assert [row.name for row in subscriptions(actor, SubscriptionQuery(channel="sse")).rows] == ["告警"]
    assert not subscriptions(actor, SubscriptionQuery(state="paused")).rows


def test_change_leaves_what_is_not_named(actor: Actor) -> None:
    made = make(actor, filter=EventFilter(types=("gauge.air",)), batch_size=10)
    changes = making.Changes(topics=("latest",), attempts=2)
    making.change_subscription(actor, subscription_id=made.id, changes=changes)
    info = subscription(actor, made.id)
    assert (info.topics, info.attempts, info.batch_size, info.address) == (("latest",), 2, 10, HOOK)
    assert info.filter == EventFilter(types=("gauge.air",))


def test_change_is_checked_like_a_new_one(actor: Actor) -> None:
    made = make(actor)
    with pytest.raises(Invalid):
        making.change_subscription(actor, subscription_id=made.id, changes=making.Changes(address="http://127.0.0.1/"))


def test_former_secret_signs_until_its_end(actor: Actor) -> None:
    made, now = make(actor), clock.real_now()
    newer = rotating.rotate_secret(actor, subscription_id=made.id, overlap=timedelta(hours=1), now=now)
    assert secrets_of([made.id], now=now) == {made.id: (newer, made.secret)}
    assert secrets_of([made.id], now=now + timedelta(hours=1)) == {made.id: (newer,)}
    with pytest.raises(Invalid):
        rotating.rotate_secret(actor, subscription_id=made.id, overlap=timedelta(days=8), now=now)


def test_stream_has_no_secret(actor: Actor) -> None:
    made = make(actor, channel="sse")
    assert made.secret == ""
    with pytest.raises(Conflict):
        rotating.rotate_secret(actor, subscription_id=made.id, overlap=timedelta(0), now=clock.real_now())


def test_subscription_by_mqtt_has_an_account_at_the_broker(actor: Actor) -> None:
    made = make(actor, channel="mqtt")
    name = broker_name(made.key)
    before = [line for line in passwords(gateway_password="x") if line.startswith(f"{name}:")]
    rotating.rotate_secret(actor, subscription_id=made.id, overlap=timedelta(0), now=clock.real_now())
    after = [line for line in passwords(gateway_password="x") if line.startswith(f"{name}:")]
    assert len(before) == len(after) == 1
    assert before != after
    assert made.secret not in str(Subscription.objects.values())
    assert "pattern read onecity/v1/subscriptions/%u/events" in rights()
    making.end_subscription(actor, subscription_id=made.id)
    assert not [line for line in passwords(gateway_password="x") if line.startswith(name)]


def test_rewinding_knows_its_bounds(actor: Actor) -> None:
    made = make(actor)
    FeedHead.objects.update(position=50, kept_from=20)
    for wrong in ("x", "51.0", "-1.0", f"50.{WHOLE + 1}"):
        with pytest.raises(Invalid):
            replaying.rewind(actor, subscription_id=made.id, after=wrong)
    with pytest.raises(Conflict):
        replaying.rewind(actor, subscription_id=made.id, after="18.0")
    replaying.rewind(actor, subscription_id=made.id, after="19.3")
    progress = SubscriptionProgress.objects.get()
    assert (progress.position, progress.place) == (19, 3)


def test_sample_waits_for_nothing_paused(actor: Actor) -> None:
    made = make(actor)
    making.set_paused(actor, subscription_id=made.id, paused=True)
    with pytest.raises(Conflict):
        replaying.send_sample(actor, subscription_id=made.id, now=clock.city_now())
    assert not FeedEntry.objects.exists()


def test_content_of_dead_letters_is_the_owners(actor: Actor, organisation: Organisation, now: datetime) -> None:
    made = make(actor)
    DeadLetter.objects.create(
        subscription_id=made.id, content=[{"id": "1.0"}], events=1, first="1.0", last="1.0", attempts=5,
        reason="HTTP 500", made_at=now,
    )  # fmt: skip
    colleague = make_actor(SUBSCRIBE, VIEW_DEVICES, organisation=organisation)
    assert dead_letters(actor, made.id).rows[0].content == ({"id": "1.0"},)
    assert dead_letters(colleague, made.id).rows[0].content == ()
    assert subscription(actor, made.id).dead == 1
    assert replaying.replay(actor, subscription_id=made.id, letters=None, now=now) == 1
    assert replaying.replay(actor, subscription_id=made.id, letters=None, now=now) == 0
    assert replaying.discard(actor, subscription_id=made.id, letters=[DeadLetter.objects.get().id]) == 1
