"""Kill -9 of the courier under load: every event that was committed reaches its receiver, in each device's order."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.gateways.harness import Process, until
from tests.gateways.receivers import Receiver
from tests.gateways.telling import Gauge, integrator, subscribed

from onecity.platform.iot.models import SubscriptionProgress
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.tests.factories import make_device

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
DEVICES = 5
COMMITS = 60
NETWORK = "127.0.0.1/32"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    recording._own.__dict__.clear()
    found = Receiver()
    yield found
    found.go_away()


def test_killed_courier_loses_no_event_and_keeps_each_devices_order(receiver: Receiver, settings: Any) -> None:
    settings.ENV = replace(settings.ENV, webhook_networks=(NETWORK,))
    made = subscribed(integrator(), receiver.address, batch_size=7)
    gauges = [Gauge(make_device()) for _ in range(DEVICES)]
    receiver.hang_s = 0.01
    courier = Process(command="tell_subscriptions", settings={"ONECITY_WEBHOOK_NETWORKS": NETWORK})
    stop = threading.Event()

    def kill_again_and_again() -> None:
        for number in (20, 60, 120):
            until(lambda number=number: len(receiver.values()) >= number or stop.is_set(), within=300)  # type: ignore[misc]
            courier.kill()
            courier.start()

    killing = threading.Thread(target=kill_again_and_again)
    killing.start()
    expected = DEVICES * COMMITS
    try:
        for number in range(COMMITS):
            for gauge in gauges:
                gauge.read(float(number))
        until(lambda: len({event["id"] for event in receiver.events()}) == expected, within=300, what="all events")
        until(lambda: SubscriptionProgress.objects.get().events >= expected, within=60)
    finally:
        stop.set()
        killing.join(300)
        courier.stop()
    assert all(got.signed_with(made.secret) for got in receiver.got)
    told: dict[str, list[float]] = defaultdict(list)
    for event in receiver.events():
        own = told[event["subject"]]
        if event["data"]["value"] not in own:  # a batch that was told twice
            own.append(event["data"]["value"])
    assert len(told) == DEVICES
    assert all(values == [float(number) for number in range(COMMITS)] for values in told.values())
