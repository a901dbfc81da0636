"""Replacing the secret of a subscription."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.models import Subscription
from onecity.platform.iot.rules.subscribing.signing import new_secret
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.subscriptions.making import note_change, own_subscription
from onecity.platform.iot.services.subscriptions.secrets import broker_name, broker_password, sealed

LONGEST_OVERLAP: Final = timedelta(days=7)


def rotate_secret(actor: Actor, *, subscription_id: int, overlap: timedelta, now: datetime) -> str:
    """Give the actor's own subscription a new secret, shown this once. now: real time.

    overlap: so long the former one signs beside it; at the broker the new password counts at once.
    Raises: NotFound; NotYours; Invalid; Conflict for a subscription without a secret.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid(fields={"overlap": zh("新旧密钥并用时间应在7天以内")})
    secret = new_secret()
    with transaction.atomic():
        row = own_subscription(actor, subscription_id)
        if row.channel == Subscription.Channel.SSE:
            raise Conflict(zh("事件流使用应用自己的令牌，没有单独的密钥"))
        if row.channel == Subscription.Channel.MQTT:
            row.broker_hash = broker_password(secret)
            tell_changed(broker_name(row.key))
        else:
            row.sealed_former, row.former_ends_at = bytes(row.sealed_secret), now + overlap
            row.sealed_secret = sealed(secret)
        row.save(update_fields=["broker_hash", "sealed_former", "former_ends_at", "sealed_secret"])
        note_change(actor, row, "iot.rotate_subscription_secret", overlap_s=int(overlap.total_seconds()))
    return secret
