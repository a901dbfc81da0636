"""A courier writes down what it told while people change the same subscription."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from onecity.kernel import clock
from onecity.platform.identity.tests.factories import make_actor, make_organisation
from onecity.platform.iot.contracts.subscriptions import NewSubscription
from onecity.platform.iot.models import Delivery, FeedHead, SubscriptionProgress
from onecity.platform.iot.permissions import SUBSCRIBE, VIEW_DEVICES
from onecity.platform.iot.services.subscriptions import making, replaying

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("heard")]
PATIENCE_S = 30


def test_rewinding_waits_for_a_courier_that_writes_down_what_it_told() -> None:
    actor = make_actor(SUBSCRIBE, VIEW_DEVICES, organisation=make_organisation())
    new = NewSubscription(channel="webhook", address="https://app.example.cn/hook", name="订阅", topics=("readings",))
    made = making.make_subscription(actor, new=new, now=clock.real_now())
    FeedHead.objects.update(position=7)
    with psycopg.connect(**connection.get_connection_params()) as courier, ThreadPoolExecutor(1) as people:
        courier.execute(
            "INSERT INTO iot_delivery (subscription_id, at, events, first, last, attempt, succeeded, status,"
            " latency_ms, reason, replayed) VALUES (%s, now(), 1, '7.0', '7.0', 1, true, 200, 3, '', false)",
            [made.id],
        )
        courier.execute("UPDATE iot_subscriptionprogress SET position = 7 WHERE subscription_id = %s", [made.id])

        def rewind() -> None:
            try:
                replaying.rewind(actor, subscription_id=made.id, after="3.0")
            finally:
                connection.close()

        rewound = people.submit(rewind)
        _until_somebody_waits()
        courier.commit()
        rewound.result(PATIENCE_S)
    assert Delivery.objects.filter(subscription_id=made.id).count() == 1
    progress = SubscriptionProgress.objects.get(subscription_id=made.id)
    assert (progress.position, progress.place) == (3, 0)


def _until_somebody_waits() -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_S * 20):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone() != (0,):
                return
        pause.wait(0.05)
    pytest.fail("nobody waits")
