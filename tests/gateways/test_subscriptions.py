"""Webhooks over real HTTP: in order, signed, at least once, however the receiver behaves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.gateways.harness import until
from tests.gateways.receivers import Receiver
from tests.gateways.telling import Gauge, courier, integrator, settle, subscribed

from onecity.kernel import clock
from onecity.platform.identity.models import Grant
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.gateways.subscriptions import posting
from onecity.platform.iot.models import DeadLetter, Delivery, FeedEntry, SubscriptionProgress
from onecity.platform.iot.rules.subscribing import pauses
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.services.subscriptions.replaying import replay, rewind, send_sample
from onecity.platform.iot.services.subscriptions.rotating import rotate_secret
from onecity.platform.iot.tests.factories import make_device
from onecity.web.outside import Reach

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _loopback_may_be_named(settings: Any) -> None:
    """Let addresses of this machine be subscribed."""
    settings.ENV = replace(settings.ENV, webhook_networks=("127.0.0.1/32",))


@pytest.fixture(autouse=True)
def _new_store() -> None:
    """Let this thread's store know nothing of the tests before."""
    recording._own.__dict__.clear()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(pauses, "OPEN_PAUSE_S", 0.1)
    monkeypatch.setattr(pauses, "LONGEST_PAUSE_S", 0.2)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.go_away()


def test_readings_come_signed_and_in_order(receiver: Receiver) -> None:
    made = subscribed(integrator(), receiver.address)
    gauge = Gauge(make_device("W1"))
    with courier():
        gauge.read(31.0)
        gauge.read(32.0, 33.0)
        until(lambda: len(receiver.values()) == 3)
    assert receiver.values() == [31.0, 32.0, 33.0]
    first = receiver.got[0]
    assert first.signed_with(made.secret)
    assert not first.signed_with(made.secret + "x")
    assert first.headers["content-type"].startswith("application/cloudevents-batch+json")
    event = receiver.events()[0]
    assert (event["specversion"], event["type"], event["subject"]) == ("1.0", "onecity.iot.reading", "W1")
    assert event["data"]["property"] == "pm2_5"
    assert len({event["id"] for event in receiver.events()}) == 3


def test_what_happened_while_the_receiver_was_away_comes_in_order(receiver: Receiver) -> None:
    subscribed(integrator(), receiver.address)
    gauge = Gauge(make_device())
    receiver.go_away()
    with courier():
        gauge.read(1.0)
        until(lambda: SubscriptionProgress.objects.get().failures >= pauses.OPEN_AFTER + 1)
        gauge.read(2.0)
        receiver.start()
        until(lambda: len(receiver.values()) == 2)
        until(lambda: SubscriptionProgress.objects.get().events == 2)  # written down after it was taken
    assert receiver.values() == [1.0, 2.0]
    assert not DeadLetter.objects.exists()
    progress = SubscriptionProgress.objects.get()
    assert (progress.failures, progress.reason, progress.events) == (0, "", 2)
    assert Delivery.objects.filter(succeeded=False, status=0).count() >= pauses.OPEN_AFTER


@pytest.mark.parametrize("status", [500, 400, 302])
def test_a_batch_that_is_refused_so_often_becomes_a_dead_letter(receiver: Receiver, status: int) -> None:
    subscribed(integrator(), receiver.address, attempts=3)
    gauge = Gauge(make_device())
    receiver.answers.extend([status] * 3)
    with courier():
        gauge.read(1.0)
        until(DeadLetter.objects.exists)
        gauge.read(2.0)
        until(lambda: receiver.values() == [2.0])
    assert [got.events[0]["data"]["value"] for got in receiver.got] == [1.0, 1.0, 1.0, 2.0]
    letter = DeadLetter.objects.get()
    assert (letter.events, letter.attempts, letter.reason) == (1, 3, f"HTTP {status}")


def test_a_dead_letter_is_replayed_and_gone(receiver: Receiver) -> None:
    actor = integrator()
    made = subscribed(actor, receiver.address, attempts=1)
    gauge = Gauge(make_device())
    receiver.answers.append(422)
    with courier():
        gauge.read(1.0)
        until(DeadLetter.objects.exists)
        receiver.answers.append(500)
        assert replay(actor, subscription_id=made.id, letters=None, now=clock.real_now()) == 1
        until(lambda: DeadLetter.objects.filter(due_at=None, attempts=2).exists())
        replay(actor, subscription_id=made.id, letters=[DeadLetter.objects.get().id], now=clock.real_now())
        until(lambda: not DeadLetter.objects.exists())
    assert receiver.values() == [1.0]
    assert Delivery.objects.filter(replayed=True).count() == 2


def test_a_receiver_that_hangs_is_given_up_and_tried_again(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting.Poster.__init__, "__kwdefaults__", {"patience_s": 0.2})
    subscribed(integrator(), receiver.address)
    receiver.hang_s = 1.0
    with courier():
        Gauge(make_device()).read(1.0)
        until(lambda: Delivery.objects.filter(succeeded=False).count() >= 1)
        receiver.hang_s = 0.0
        until(lambda: SubscriptionProgress.objects.get().events == 1)
    assert "no answer within 0.2 s" in Delivery.objects.filter(succeeded=False)[0].reason
    assert {got.events[0]["id"] for got in receiver.got} == {receiver.events()[0]["id"]}


def test_one_that_hangs_does_not_hold_up_others(receiver: Receiver) -> None:
    other = Receiver()
    other.hang_s = 5.0
    subscribed(integrator(), other.address)
    subscribed(integrator(), receiver.address)
    with courier():
        Gauge(make_device()).read(1.0)
        until(lambda: receiver.values() == [1.0])
        until(lambda: len(other.got) == 1)
    other.go_away()


def test_nothing_goes_where_the_operator_does_not_let_it(receiver: Receiver) -> None:
    subscribed(integrator(), f"http://localhost:{receiver.port}/")
    with courier(reach=Reach()):
        Gauge(make_device()).read(1.0)
        until(lambda: Delivery.objects.filter(succeeded=False).exists())
    assert not receiver.got
    assert "does not let this city go to localhost" in Delivery.objects.all()[0].reason


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    subscribed(integrator(), receiver.address, attempts=1)
    receiver.answers.append(307)
    with courier():
        Gauge(make_device()).read(1.0)
        until(DeadLetter.objects.exists)
    assert len(receiver.got) == 1


def test_what_is_outside_the_owners_organisation_is_not_told(receiver: Receiver) -> None:
    own, other = make_organisation("环保局"), make_organisation("水务局")
    subscribed(integrator(own), receiver.address)
    mine, theirs = Gauge(make_device(organisation=own)), Gauge(make_device(organisation=other))
    with courier():
        theirs.read(1.0)
        mine.read(2.0)
        until(lambda: receiver.values() == [2.0])


def test_a_device_that_moves_to_another_organisation_is_told_no_more(receiver: Receiver) -> None:
    own, other = make_organisation("环保局"), make_organisation("水务局")
    subscribed(integrator(own), receiver.address)
    device, stays = make_device(organisation=own), Gauge(make_device(organisation=own))
    gauge = Gauge(device)
    with courier():
        gauge.read(1.0)
        until(lambda: receiver.values() == [1.0])
        device.organisation_id = other.id
        device.save()
        gauge.read(2.0)
        stays.read(3.0)
        until(lambda: receiver.values() == [1.0, 3.0])


def test_a_right_that_is_withdrawn_ends_the_telling(receiver: Receiver) -> None:
    subscribed(integrator(), receiver.address)
    gauge = Gauge(make_device())
    with courier():
        gauge.read(1.0)
        until(lambda: receiver.values() == [1.0])
        Grant.objects.update(withdrawn_at=clock.real_now() - timedelta(seconds=1))
        settle(3.0)
        gauge.read(2.0)
        settle(0.5)
    assert receiver.values() == [1.0]


def test_filters_hold(receiver: Receiver) -> None:
    asked = {"types": ("gauge.air",), "properties": ("pm2_5",), "condition": "value > 75"}
    subscribed(integrator(), receiver.address, filter=asked)
    device = make_device()
    gauge, other = Gauge(device), Gauge(device, "humidity")
    with courier():
        other.read(80.0)
        gauge.read(75.0, 76.0)
        until(lambda: receiver.values() == [76.0])
    assert FeedEntry.objects.count() == 1  # nobody wants humidity, so the store left nothing


def test_latest_values_come_once_for_a_page(receiver: Receiver) -> None:
    subscribed(integrator(), receiver.address, topics=("latest",))
    gauge = Gauge(make_device())
    gauge.read(1.0, 2.0)
    gauge.read(3.0)
    with courier():
        until(lambda: receiver.values() == [3.0])
        gauge.read(4.0)
        until(lambda: receiver.values() == [3.0, 4.0])
    assert receiver.events()[0]["type"] == "onecity.iot.latest"


def test_both_secrets_sign_while_one_is_replaced(receiver: Receiver) -> None:
    actor = integrator()
    made = subscribed(actor, receiver.address)
    now = clock.real_now()
    new = rotate_secret(actor, subscription_id=made.id, overlap=timedelta(hours=1), now=now)
    gauge = Gauge(make_device())
    with courier():
        gauge.read(1.0)
        until(lambda: len(receiver.got) == 1)
        newest = rotate_secret(actor, subscription_id=made.id, overlap=timedelta(0), now=clock.real_now())
        settle(1.0)
        gauge.read(2.0)
        until(lambda: len(receiver.got) == 2)
    assert receiver.got[0].signed_with(made.secret)
    assert receiver.got[0].signed_with(new)
    assert receiver.got[1].signed_with(newest)
    assert not receiver.got[1].signed_with(new)


def test_a_sample_takes_the_same_way(receiver: Receiver) -> None:
    actor = integrator()
    made, _ = subscribed(actor, receiver.address), subscribed(actor, receiver.address)
    send_sample(actor, subscription_id=made.id, now=clock.real_now())
    with courier():
        until(lambda: len(receiver.events()) == 1)
        settle()
    assert [event["type"] for event in receiver.events()] == ["onecity.iot.sample"]


def test_rewinding_tells_again_with_the_same_ids(receiver: Receiver) -> None:
    actor = integrator()
    made = subscribed(actor, receiver.address)
    gauge = Gauge(make_device())
    with courier():
        gauge.read(1.0)
        gauge.read(2.0)
        until(lambda: len(receiver.values()) == 2)
        first = receiver.events()[0]["id"]
        rewind(actor, subscription_id=made.id, after=first)
        until(lambda: len(receiver.values()) == 3)
    ids = [event["id"] for event in receiver.events()]
    assert receiver.values() == [1.0, 2.0, 2.0]
    assert ids[1] == ids[2]


def test_large_commits_come_in_batches(receiver: Receiver) -> None:
    subscribed(integrator(), receiver.address, batch_size=10)
    with courier():
        Gauge(make_device()).read(*map(float, range(25)))
        until(lambda: len(receiver.values()) == 25)
    assert [len(got.events) for got in receiver.got] == [10, 10, 5]
    assert receiver.values() == [float(number) for number in range(25)]
