"""The outbox: events and deferred jobs become rows of procrastinate's queue in the transaction of the change."""

import json
import uuid

from django.db import connection, transaction
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from onecity.kernel import bus, clock
from onecity.kernel.actor import Actor
from onecity.kernel.bus import EventType, Payload, Subscription
from onecity.platform.jobs.services.queues import EVENTS_QUEUE, HANDLE_TASK, RUN_TASK, WORK_QUEUE
from onecity.platform.jobs.services.runs import start


class UnknownSubscription(Exception):
    """The code base no longer has this handler; the delivery stays in the queue as failed until somebody decides."""


class Outbox:
    """The sink that `kernel.bus` writes to."""

    def event(self, event: EventType, payload: Payload, subscriptions: tuple[Subscription, ...]) -> None:
        """Write one delivery for each handler."""
        plain = _plain(payload)
        for item in subscriptions:
            app.configure_task(HANDLE_TASK, queue=EVENTS_QUEUE).defer(
                subscription=item.code, delivery=str(uuid.uuid4()), payload=plain
            )

    def job(self, code: str, arguments: Payload) -> None:
        """Write one run of a job that nobody watches."""
        app.configure_task(RUN_TASK, queue=WORK_QUEUE).defer(code=code, arguments=_plain(arguments), run_id=None)

    def watched_job(self, actor: Actor, code: str, title: str, arguments: Payload) -> str:
        """Write one run of a job, and return the address of its page."""
        run_id = start(actor, code=code, title=title, arguments=arguments, now=clock.real_now())
        return reverse("jobs:run", args=[run_id])


def deliver(subscription_code: str, *, delivery: str, payload: Payload) -> bool:
    """Have a handler deal with an event, once: a second delivery of the same id does nothing. Returns whether it ran.

    Raises: UnknownSubscription; whatever the handler raises, after which the queue tries again.
    """
    item = bus.subscription(subscription_code)
    if item is None:
        raise UnknownSubscription(subscription_code)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO jobs_delivery (id, handler, at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING",
                [delivery, subscription_code],
            )
            if not cursor.rowcount:
                return False
        item.handler(payload)
    return True


def forget_old_deliveries() -> int:
    """Drop deliveries older than a week; a queue entry is never retried for so long."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_delivery WHERE at < now() - interval '7 days'")
        return int(cursor.rowcount)


def _plain(payload: Payload) -> JSONValue:
    plain: JSONValue = json.loads(json.dumps(dict(payload), default=str))
    return plain
