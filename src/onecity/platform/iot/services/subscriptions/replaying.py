"""Sending again: dead letters, what was told already, and a sample."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import orjson
from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.models import WHOLE, DeadLetter, FeedHead, Subscription, SubscriptionProgress
from onecity.platform.iot.rules.subscribing.envelopes import place_of
from onecity.platform.iot.services.subscriptions.making import note_change, own_subscription

_SAMPLE: Final = """
    INSERT INTO iot_feedentry (readings, told, target, size, made_at) VALUES ('', %s::jsonb, %s, 0, clock_timestamp())
"""


def replay(actor: Actor, *, subscription_id: int, letters: Collection[int] | None, now: datetime) -> int:
    """Have dead letters of the actor's own subscription sent again; returns how many. now: real time.

    letters: their ids; None for all. What its receiver takes then is gone; the rest stays.
    Raises: NotFound; NotYours.
    """
    with transaction.atomic():
        row = own_subscription(actor, subscription_id)
        rows = DeadLetter.objects.filter(subscription=row, due_at=None)
        number = (rows if letters is None else rows.filter(id__in=letters)).update(due_at=now)
        note_change(actor, row, "iot.replay_dead_letters", letters=number)
    return number


def discard(actor: Actor, *, subscription_id: int, letters: Collection[int]) -> int:
    """Throw dead letters of the actor's own subscription away; returns how many.

    Raises: NotFound; NotYours.
    """
    with transaction.atomic():
        row = own_subscription(actor, subscription_id)
        number = DeadLetter.objects.filter(subscription=row, id__in=letters).delete()[0]
        note_change(actor, row, "iot.discard_dead_letters", letters=number)
    return number


def rewind(actor: Actor, *, subscription_id: int, after: str) -> None:
    """Have the actor's own subscription go on behind an event: backward to be told again, forward to leave out.

    after: an event's id; "" for the newest: everything that waits is left out.
    Raises: NotFound; NotYours; Invalid for an id that is none or lies ahead; Conflict if what follows it is kept no
    longer.
    """
    with transaction.atomic():
        row = own_subscription(actor, subscription_id)
        head = FeedHead.objects.get()
        position, place = (head.position, WHOLE) if not after else _place(after, newest=head.position)
        if position + 1 < head.kept_from:
            raise Conflict(zh("该事件之后的内容已超过保留期限"))
        changed = {"position": position, "place": place, "failures": 0, "tries": 0, "due_at": None, "reason": ""}
        SubscriptionProgress.objects.filter(subscription=row).update(**changed)
        note_change(actor, row, "iot.rewind_subscription", after=after)


def send_sample(actor: Actor, *, subscription_id: int, now: datetime) -> None:
    """Have a made-up event told to the actor's own subscription, by the same way as all others. now: city time.

    Raises: NotFound; NotYours; Conflict while it is paused.
    """
    with transaction.atomic():
        row = own_subscription(actor, subscription_id)
        if row.state == Subscription.State.PAUSED:
            raise Conflict(zh("订阅已暂停，请先恢复"))
        told = [{"topic": "sample", "at": now.isoformat(), "text": zh("这是一条测试事件"), "subscription": row.key}]
        with connection.cursor() as cursor:
            cursor.execute(_SAMPLE, [orjson.dumps(told).decode(), row.id])
        SubscriptionProgress.objects.filter(subscription=row).update(due_at=None)
        note_change(actor, row, "iot.send_sample")


def _place(after: str, *, newest: int) -> tuple[int, int]:
    try:
        position, place = place_of(after)
    except ValueError:
        raise Invalid(fields={"after": zh("不是有效的事件编号")}) from None
    if position > newest or place > WHOLE:
        raise Invalid(fields={"after": zh("不是有效的事件编号")})
    return position, place
