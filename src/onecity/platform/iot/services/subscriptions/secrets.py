"""Secrets of subscriptions as they are kept: sealed for webhooks, hashed for the broker."""

import logging
from collections.abc import Sequence
from datetime import datetime
from secrets import token_bytes
from typing import Final

from onecity.kernel.errors import OneCityError
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Subscription
from onecity.platform.iot.services.broker_files import broker_hash, broker_name

logger = logging.getLogger(__name__)
CONTEXT: Final = "iot.subscription.secret"
_SALT: Final = 12

__all__ = ["CONTEXT", "broker_name", "broker_password", "sealed", "secrets_of"]


def sealed(secret: str) -> bytes:
    """Return a secret as it is kept."""
    return identity.seal_personal(secret, context=CONTEXT, masked="").sealed


def broker_password(secret: str) -> str:
    """Return a secret as our broker keeps it."""
    return broker_hash(secret, salt=token_bytes(_SALT))


def secrets_of(subscription_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[str, ...]]:
    """Return what signs for webhooks now, the newest first; those that cannot be opened are missing. now: real time."""
    rows = Subscription.objects.filter(id__in=subscription_ids, channel=Subscription.Channel.WEBHOOK)
    found: dict[int, tuple[str, ...]] = {}
    for row in rows.only("id", "sealed_secret", "sealed_former", "former_ends_at"):
        held = [row.sealed_secret]
        if row.former_ends_at is not None and row.former_ends_at > now:
            held.append(row.sealed_former)
        try:
            found[row.id] = tuple(identity.open_text(bytes(item), context=CONTEXT) for item in held)
        except OneCityError:
            logger.exception("the secret of subscription %d cannot be opened; it is told nothing", row.id)
    return found
