"""What a commit leaves for subscriptions, and how long it waits."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.identity.tests.factories import Organisation, make_actor
from onecity.platform.iot.contracts.subscriptions import EventFilter, NewSubscription
from onecity.platform.iot.models import (
    WHOLE,
    Alarm,
    Delivery,
    FeedEntry,
    FeedHead,
    SubscriptionProgress,
)
from onecity.platform.iot.permissions import SUBSCRIBE, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.rules.subscribing.packing import NEWEST, Packed, unpack
from onecity.platform.iot.services.alarms import acknowledge
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.presence import mark_seen
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.services.subscriptions import keeping
from onecity.platform.iot.services.subscriptions.firings import RuleFiring, tell_of_firing
from onecity.platform.iot.services.subscriptions.keeping import Kept, keep_feed, keep_log
from onecity.platform.iot.services.subscriptions.making import end_subscription, make_subscription
from onecity.platform.iot.services.subscriptions.sequencing import sequence_waiting
from onecity.platform.iot.tests.factories import make_batch, make_datastream, make_device, make_rule
from onecity.platform.messages.tests.factories import Message

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EMPTY_NAMES = {"name"}


@pytest.fixture
def actor(organisation: Organisation) -> Actor:
    return make_actor(SUBSCRIBE, VIEW_DEVICES, VIEW_ALARMS, organisation=organisation)


def subscribe(actor: Actor, *topics: str, **asked: Any) -> int:
    new = NewSubscription("订阅", "sse", topics, EventFilter(**asked))
    return make_subscription(actor, new=new, now=clock.real_now()).id


def packed() -> Packed:
    return np.concatenate([unpack(bytes(row.readings)) for row in FeedEntry.objects.order_by("id")])


def told() -> list[dict[str, Any]]:
    return [item for row in FeedEntry.objects.order_by("id") for item in row.told]


def test_store_leaves_nothing_where_nobody_subscribes(now: datetime) -> None:
    Store().record([make_batch((make_datastream().id, now, 1.0))], now=now)
    assert not FeedEntry.objects.exists()


def test_store_leaves_one_row_for_a_commit(actor: Actor, now: datetime) -> None:
    subscribe(actor, "readings")
    stream = make_datastream()
    Store().record([make_batch((stream.id, now, 1.0), (stream.id, now - HOUR, None))], now=now)
    assert FeedEntry.objects.count() == 1
    rows = packed()
    assert rows["at"].tolist() == [micros(now - HOUR), micros(now)]
    assert np.isnan(rows["result"][0])
    assert rows["result"][1] == 1.0
    assert [mark >= NEWEST for mark in rows["marks"].tolist()] == [False, True]


def test_repeated_readings_are_not_told_again_and_late_ones_are_not_newest(actor: Actor, now: datetime) -> None:
    subscribe(actor, "readings")
    stream, store = make_datastream(), Store()
    store.record([make_batch((stream.id, now, 1.0))], now=now)
    store.record([make_batch((stream.id, now, 1.0))], now=now)
    store.record([make_batch((stream.id, now - HOUR, 2.0))], now=now)
    rows = packed()
    assert rows["result"].tolist() == [1.0, 2.0]
    assert [mark >= NEWEST for mark in rows["marks"].tolist()] == [True, False]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [1.0, 2.0]),
        ({"properties": ("humidity",)}, [2.0]),
        ({"types": ("gauge.air",)}, [1.0, 2.0]),
        ({"types": ("gauge.meter",)}, []),
        ({"periods": ("hour",)}, []),
    ],
)
def test_store_leaves_only_kinds_that_somebody_wants(
    actor: Actor, now: datetime, asked: dict[str, Any], expected: list[float]
) -> None:
    subscribe(actor, "latest", **asked)
    device = make_device()
    one, other = make_datastream(device), make_datastream(device, property_code="humidity")
    Store().record([make_batch((one.id, now, 1.0), (other.id, now, 2.0))], now=now)
    assert (packed()["result"].tolist() if FeedEntry.objects.exists() else []) == expected


def test_store_hears_of_a_new_subscription_and_of_its_end_at_once(actor: Actor, now: datetime) -> None:
    stream, store = make_datastream(), Store()
    store.record([make_batch((stream.id, now, 1.0))], now=now)
    number = subscribe(actor, "readings")
    store.record([make_batch((stream.id, now + HOUR / 60, 2.0))], now=now)
    assert packed()["result"].tolist() == [2.0]
    end_subscription(actor, subscription_id=number)
    store.record([make_batch((stream.id, now + HOUR / 30, 3.0))], now=now)
    assert FeedEntry.objects.count() == 1


def test_subscription_to_alarms_costs_the_store_nothing(actor: Actor, now: datetime) -> None:
    stream = make_datastream()
    subscribe(actor, "alarms", "states", "rules")
    Store().record([make_batch((stream.id, now, 1.0))], now=now)
    assert not FeedEntry.objects.exists()


def test_alarm_is_told_raised_changed_and_cleared(actor: Actor, now: datetime) -> None:
    subscribe(actor, "alarms")
    make_rule()
    stream, store = make_datastream(), Store()
    store.record([make_batch((stream.id, now, 1e6))], now=now)
    acknowledge(system_actor("test"), alarm_id=Alarm.objects.get().id, note="", now=now)
    store.record([make_batch((stream.id, now + HOUR / 60, 0.0))], now=now)
    assert [(item["topic"], item["change"]) for item in told()] == [
        ("alarms", "raised"), ("alarms", "changed"), ("alarms", "cleared"),
    ]  # fmt: skip
    assert {item["alarm"] for item in told()} == {Alarm.objects.get().id}
    assert EMPTY_NAMES.isdisjoint(told()[0])


def test_alarm_that_is_kept_quiet_is_told_when_others_are(actor: Actor, now: datetime) -> None:
    subscribe(actor, "alarms")
    make_rule()
    Store().record([make_batch((make_datastream().id, now, 1e6))], now=now)
    FeedEntry.objects.all().delete()
    Alarm.objects.update(told_at=None)
    Alarm.objects.update(note="…")
    assert not told()
    Alarm.objects.update(told_at=now)
    assert [item["change"] for item in told()] == ["raised"]


def test_states_of_devices_are_told(actor: Actor, now: datetime) -> None:
    subscribe(actor, "states")
    device = make_device()
    mark_seen([device.id], faulty=[], now=now)
    mark_seen([device.id], faulty=[device.id], now=now)
    retire_device(system_actor("test"), device_id=device.id, reason="拆除", now=now)
    assert [(item["state"], item["device_id"]) for item in told()] == [
        (state, device.id) for state in ("registered", "online", "faulty", "retired")
    ]


def test_many_states_come_in_parts(actor: Actor, now: datetime) -> None:
    subscribe(actor, "states")
    device = make_device()
    FeedEntry.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO iot_devicehistory (device_id, kind, before, after, reason, by, at)"
            " SELECT %s, 'online', '', '', '', '', %s FROM generate_series(1, 1200)",
            [device.id, now],
        )
    assert [len(row.told) for row in FeedEntry.objects.order_by("id")] == [500, 500, 200]


def firing(now: datetime, **facts: Any) -> RuleFiring:
    given = {"device_id": None, "organisation_id": 1, **facts}
    return RuleFiring("city.rule", "规则", 1, 7, "fired", "major", "水位过高", {"level": 3.2}, now, **given)


def test_firing_is_told_where_somebody_wants_it(actor: Actor, now: datetime) -> None:
    assert tell_of_firing(firing(now)) is False
    number = subscribe(actor, "rules")
    assert tell_of_firing(firing(now)) is True
    assert tell_of_firing(firing(now), to=number) is True
    assert tell_of_firing(firing(now), to=number + 1) is False
    assert list(FeedEntry.objects.order_by("id").values_list("target", flat=True)) == [None, number]
    assert told()[0]["values"] == {"level": 3.2}


def entry(position: int, *, at: datetime, size: int = 100) -> None:
    FeedEntry.objects.create(position=position, size=size, octets=position * size, made_at=at)
    FeedHead.objects.update(position=position, octets=position * size)


def test_what_everybody_was_told_goes_after_an_hour(actor: Actor, now: datetime) -> None:
    subscribe(actor, "readings")
    for position, age in ((1, 3 * HOUR), (2, 2 * HOUR), (3, HOUR / 2)):
        entry(position, at=now - age)
    SubscriptionProgress.objects.update(position=3, place=WHOLE)
    assert keep_feed(now, hours=72, megabytes=1) == Kept(2, 0)
    assert list(FeedEntry.objects.values_list("position", flat=True)) == [3]
    assert FeedHead.objects.get().kept_from == 3
    assert keep_feed(now, hours=72, megabytes=1) == Kept(0, 0)


def test_what_somebody_waits_for_stays_until_it_is_too_old(actor: Actor, now: datetime) -> None:
    number = subscribe(actor, "readings")
    for position, age in ((1, 80 * HOUR), (2, 75 * HOUR), (3, 70 * HOUR)):
        entry(position, at=now - age)
    assert keep_feed(now, hours=90, megabytes=1) == Kept(0, 0)
    assert keep_feed(now, hours=72, megabytes=1) == Kept(2, 1)
    progress = SubscriptionProgress.objects.get()
    assert (progress.position, progress.place, progress.expired) == (2, WHOLE, 2)
    gap = FeedEntry.objects.get(target=number)
    assert gap.told[0]["topic"] == "gap"
    assert gap.told[0]["entries"] == 2
    message = Message.objects.get()
    assert message.template_code == "iot.subscription_expired"
    assert message.recipient_id == actor.id


def test_feed_is_bounded_by_its_size(actor: Actor, now: datetime) -> None:
    subscribe(actor, "readings")
    for position in range(1, 6):
        entry(position, at=now, size=1 << 19)
    assert keep_feed(now, hours=72, megabytes=1) == Kept(3, 1)
    assert list(FeedEntry.objects.filter(target=None).values_list("position", flat=True)) == [4, 5]


def test_who_was_told_is_not_left_behind(actor: Actor, now: datetime) -> None:
    told_all, half = subscribe(actor, "readings"), subscribe(actor, "readings")
    entry(1, at=now - 80 * HOUR)
    entry(2, at=now - 80 * HOUR)
    SubscriptionProgress.objects.filter(subscription_id=told_all).update(position=2, place=WHOLE)
    SubscriptionProgress.objects.filter(subscription_id=half).update(position=2, place=3)
    assert keep_feed(now, hours=72, megabytes=1) == Kept(2, 1)
    expired = dict(SubscriptionProgress.objects.values_list("subscription_id", "expired"))
    assert expired == {told_all: 0, half: 1}


def test_log_is_kept_for_a_week_and_bounded(actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    number = subscribe(actor, "readings")
    monkeypatch.setattr(keeping, "MOST_OF_ONE", 3)
    for age_h in (200, 5, 4, 3, 2, 1):
        Delivery.objects.create(subscription_id=number, at=now - age_h * HOUR, events=1, succeeded=True)
    assert keep_log(now) == 3
    assert [row.at for row in Delivery.objects.order_by("at")] == [now - age * HOUR for age in (3, 2, 1)]


def test_positions_follow_the_ids_without_a_gap(actor: Actor, now: datetime) -> None:
    subscribe(actor, "readings")
    stream, store = make_datastream(), Store()
    for number in range(3):
        store.record([make_batch((stream.id, now + number * HOUR / 60, 1.0))], now=now)
    assert sequence_waiting() == 3
    assert sequence_waiting() == 0
    store.record([make_batch((stream.id, now + HOUR / 6, 1.0))], now=now)
    assert sequence_waiting() == 1
    rows = FeedEntry.objects.order_by("id").values_list("position", "octets")
    assert list(rows) == [(1, 22), (2, 44), (3, 66), (4, 88)]
    head = FeedHead.objects.get()
    assert (head.position, head.octets) == (4, 88)
