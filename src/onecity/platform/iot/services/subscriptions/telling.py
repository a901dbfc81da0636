"""Messages to those who answer for a subscription."""

from datetime import datetime
from typing import Final

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Subscription
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.messages import api as messages

BROKEN: Final = "iot.subscription_broken"
EXPIRED: Final = "iot.subscription_expired"
DEAD: Final = "iot.subscription_dead_letter"


def tell_of_failures(subscription_id: int, *, reason: str) -> int:
    """Say that deliveries have failed so often that they are tried seldom now; returns how many people were told."""
    return _tell(subscription_id, BROKEN, {"reason": reason or "-"})


def tell_of_dead_letter(subscription_id: int, *, reason: str) -> int:
    """Say that a batch was set aside; returns how many people were told."""
    return _tell(subscription_id, DEAD, {"reason": reason or "-"})


def tell_of_gap(subscription_id: int, *, entries: int, now: datetime) -> int:
    """Say that events waited too long and were given up; returns how many people were told. now: real time."""
    return _tell(subscription_id, EXPIRED, {"entries": entries, "at": now})


def _tell(subscription_id: int, template: str, params: dict[str, object]) -> int:
    row = Subscription.objects.filter(id=subscription_id).first()
    if row is None:
        return 0
    if row.owner_kind == "account":
        to = [row.owner_id]
    else:
        found = identity.accounts_with_permission(SUBSCRIBE, organisation_id=row.organisation_id)
        to = [item.id for item in found]
    values = {"name": row.name, **params}
    now, link = clock.city_now(), f"/iot/subscriptions/{row.id}"
    return messages.send(system_actor("iot"), to=to, template=template, params=values, link=link, now=now)
