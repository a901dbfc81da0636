"""Subscriptions: made, changed, handed over, ended."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.subscriptions import (
    EventFilter,
    Issued,
    NewSubscription,
    event_filter,
)
from onecity.platform.iot.models import (
    FeedHead,
    FeedInterest,
    Subscription,
    SubscriptionProgress,
)
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.iot.rules.subscribing.signing import new_secret
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.devices.facts import OutsideScope
from onecity.platform.iot.services.store.barrier import others_ended
from onecity.platform.iot.services.subscriptions.checking import check_topics, checked
from onecity.platform.iot.services.subscriptions.secrets import broker_name, broker_password, sealed

MOST_OF_ONE: Final = 100
PATIENCE_S: Final = 2.0


class NotYours(Conflict):
    """Only the owner changes what is told and where, for it is told with the owner's rights."""

    code = "iot.not_your_subscription"
    message = zh("该订阅以他人的权限投递；如需修改，请先接管")


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes of a subscription; None leaves it."""

    name: str | None = None
    topics: tuple[str, ...] | None = None
    filter: EventFilter | None = None
    address: str | None = None
    batch_size: int | None = None
    attempts: int | None = None


def make_subscription(actor: Actor, *, new: NewSubscription, now: datetime) -> Issued:
    """Make a subscription of the actor's; what is committed from now on is told. now: real time.

    Raises: Invalid; NotPermitted for what the actor may not see; OutsideScope; Conflict beyond `MOST_OF_ONE`.
    """
    new = checked(actor, new)
    owner = _owner(actor)
    organisation_id = new.organisation_id or actor.organisation_id
    if organisation_id is None:
        raise Invalid(fields={"organisation_id": zh("请选择所属机构")})
    _check_scope(actor, organisation_id)
    secret = "" if new.channel == "sse" else new_secret()
    with transaction.atomic():
        head = FeedHead.objects.select_for_update().get()
        if Subscription.objects.filter(owner_kind=actor.kind, owner_id=owner).count() >= MOST_OF_ONE:
            raise Conflict(zh("每个应用最多建立{most}个订阅"), params={"most": MOST_OF_ONE})
        made = Subscription.objects.create(
            key=secrets.token_hex(16),
            name=new.name,
            channel=new.channel,
            topics=list(new.topics),
            filter=new.filter.plain(),
            address=new.address,
            sealed_secret=sealed(secret) if new.channel == "webhook" else b"",
            broker_hash=broker_password(secret) if new.channel == "mqtt" else "",
            batch_size=new.batch_size,
            attempts=new.attempts,
            owner_kind=actor.kind,
            owner_id=owner,
            owner_name=actor.name[:80],
            organisation_id=organisation_id,
            created_at=now,
        )
        SubscriptionProgress.objects.create(subscription=made, position=head.position)
        note_change(actor, made, "iot.make_subscription", channel=new.channel, topics=list(new.topics))
        if made.broker_hash:
            tell_changed(broker_name(made.key))
        transaction.on_commit(wait_for_writers)
    return Issued(made.id, made.key, secret)


def change_subscription(actor: Actor, *, subscription_id: int, changes: Changes) -> None:
    """Change the actor's own subscription; it goes on where it is.

    Raises: NotFound; NotYours; Invalid; NotPermitted for what the actor may not see.
    """
    with transaction.atomic():
        row = own_subscription(actor, subscription_id)
        before = NewSubscription(row.name, row.channel, tuple(row.topics), event_filter(row.filter), row.address)
        before = replace(before, batch_size=row.batch_size, attempts=row.attempts)
        given = {name: getattr(changes, name) for name in Changes.__slots__}
        after = checked(actor, replace(before, **{name: value for name, value in given.items() if value is not None}))
        row.name, row.topics, row.filter = after.name, list(after.topics), after.filter.plain()
        row.address, row.batch_size, row.attempts = after.address, after.batch_size, after.attempts
        row.save(update_fields=["name", "topics", "filter", "address", "batch_size", "attempts"])
        changed = [name for name in Changes.__slots__ if getattr(before, name) != getattr(after, name)]
        note_change(actor, row, "iot.change_subscription", changed=changed)
        transaction.on_commit(wait_for_writers)


def take_over(actor: Actor, *, subscription_id: int) -> None:
    """Make the actor the owner: from now on it is told with the actor's rights.

    Raises: NotFound; NotPermitted for what the actor may not see.
    """
    with transaction.atomic():
        row = seen_subscription(actor, subscription_id)
        check_topics(actor, tuple(row.topics))
        details = {"from": f"{row.owner_kind}:{row.owner_id}"}
        row.owner_kind, row.owner_id, row.owner_name = actor.kind, _owner(actor), actor.name[:80]
        row.save(update_fields=["owner_kind", "owner_id", "owner_name"])
        note_change(actor, row, "iot.take_over_subscription", **details)


def set_paused(actor: Actor, *, subscription_id: int, paused: bool) -> None:
    """Pause a subscription within the actor's scope, or go on: what happened meanwhile is told then.

    Raises: NotFound.
    """
    with transaction.atomic():
        row = seen_subscription(actor, subscription_id)
        row.state = Subscription.State.PAUSED if paused else Subscription.State.ACTIVE
        row.save(update_fields=["state"])
        SubscriptionProgress.objects.filter(subscription=row).update(due_at=None)
        note_change(actor, row, "iot.pause_subscription" if paused else "iot.resume_subscription")


def end_subscription(actor: Actor, *, subscription_id: int) -> None:
    """End a subscription within the actor's scope, with its log and dead letters.

    Raises: NotFound.
    """
    with transaction.atomic():
        row = seen_subscription(actor, subscription_id)
        dead = {"key": row.key, "name": row.name}
        if row.broker_hash:
            tell_changed(broker_name(row.key))
        note_change(actor, row, "iot.end_subscription", **dead)
        row.delete()


def seen_subscription(actor: Actor, subscription_id: int) -> Subscription:
    """Return a subscription within the actor's scope, locked.

    Its key is not: a courier that has moved the progress refers to it when it commits, and would wait for us as we for
    it.

    Raises: NotFound.
    """
    rows = Subscription.objects.select_for_update(no_key=True).filter(identity.row_scope(actor, SUBSCRIBE).q())
    row = rows.filter(id=subscription_id).first()
    if row is None:
        raise NotFound(zh("没有这个订阅，或您无权查看"))
    return row


def own_subscription(actor: Actor, subscription_id: int) -> Subscription:
    """Return a subscription of the actor's, locked.

    Raises: NotFound; NotYours.
    """
    row = seen_subscription(actor, subscription_id)
    if (row.owner_kind, row.owner_id) != (actor.kind, actor.id):
        raise NotYours
    return row


def note_change(actor: Actor, row: Subscription, action: str, **details: object) -> None:
    """Record a change and have every process look at it, in the caller's transaction."""
    identity.record(actor, action=action, target=f"iot.subscription:{row.id}", details=details)
    FeedInterest.objects.update(version=F("version") + 1)


def wait_for_writers() -> None:
    """Wait for stores that did not know of a change when they began; what is committed after this is fed."""
    if not connection.in_atomic_block:
        others_ended(patience_s=PATIENCE_S)


def _owner(actor: Actor) -> int:
    if actor.kind not in {"account", "client"} or actor.id is None:
        raise NotPermitted
    return actor.id


def _check_scope(actor: Actor, organisation_id: int) -> None:
    held = actor.scopes(SUBSCRIBE)
    if EVERYTHING not in held and not held & {*identity.row_keys(organisation_id=organisation_id, division_code="")}:
        raise OutsideScope
