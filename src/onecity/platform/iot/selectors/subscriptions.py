"""Reading subscriptions of applications, how they go, and what their receivers would not take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.subscriptions import (
    DeadLetterInfo,
    DeliveryInfo,
    SubscriptionInfo,
    event_filter,
)
from onecity.platform.iot.models import DeadLetter, Delivery, FeedHead, Subscription, SubscriptionProgress
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.web.keyset import counted_page, page_of
from onecity.web.paging import Cursor, Page

_CHOICES: Final = 200


@dataclass(frozen=True, slots=True)
class SubscriptionQuery:
    """Which subscriptions are asked for; empty texts ask for nothing."""

    search: str = ""
    channel: str = ""
    state: str = ""
    after: Cursor | None = None
    size: int = 20


def subscriptions(actor: Actor, query: SubscriptionQuery) -> Page[SubscriptionInfo]:
    """Return subscriptions within the actor's scope, newest first."""
    rows = _seen(actor)
    if query.search:
        rows = rows.filter(name__icontains=query.search)
    if query.channel:
        rows = rows.filter(channel=query.channel)
    if query.state:
        rows = rows.filter(state=query.state)
    page = counted_page(rows, after=query.after, size=query.size)
    return Page(_infos(actor, page.rows), page.next, page.count)


def subscription(actor: Actor, subscription_id: int) -> SubscriptionInfo:
    """Return one subscription.

    Raises: NotFound.
    """
    row = _seen(actor).filter(id=subscription_id).first()
    if row is None:
        raise NotFound(zh("没有这个订阅，或您无权查看"))
    return _infos(actor, [row])[0]


def subscription_by_key(actor: Actor, key: str) -> SubscriptionInfo:
    """Return one subscription by its public name.

    Raises: NotFound.
    """
    row = _seen(actor).filter(key=key).first()
    if row is None:
        raise NotFound(zh("没有这个订阅，或您无权查看"))
    return _infos(actor, [row])[0]


def webhook_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the webhooks within the actor's scope, for choosing: id as text, name."""
    rows = _seen(actor).filter(channel=Subscription.Channel.WEBHOOK).order_by("name", "id")
    return [(str(row.id), row.name) for row in rows[:_CHOICES]]


def deliveries(
    actor: Actor, subscription_id: int, *, failed: bool = False, after: Cursor | None = None, size: int = 20
) -> Page[DeliveryInfo]:
    """Return attempts to tell a subscription, newest first. failed: only those that failed.

    Raises: NotFound.
    """
    rows = Delivery.objects.filter(subscription_id=subscription(actor, subscription_id).id)
    page = page_of(rows.filter(succeeded=False) if failed else rows, after=after, size=size, by="at")
    return Page([_delivery(row) for row in page.rows], page.next, page.count)


def dead_letters(
    actor: Actor, subscription_id: int, *, after: Cursor | None = None, size: int = 20
) -> Page[DeadLetterInfo]:
    """Return a subscription's dead letters, newest first; their content is its owner's to see.

    Raises: NotFound.
    """
    info = subscription(actor, subscription_id)
    rows = DeadLetter.objects.filter(subscription_id=info.id)
    page = counted_page(rows, after=after, size=size, by="made_at")
    return Page([_letter(row, whole=info.mine) for row in page.rows], page.next, page.count)


def _seen(actor: Actor) -> QuerySet[Subscription]:
    return Subscription.objects.filter(identity.row_scope(actor, SUBSCRIBE).q())


def _infos(actor: Actor, rows: Sequence[Subscription]) -> list[SubscriptionInfo]:
    ids = [row.id for row in rows]
    letters = DeadLetter.objects.filter(subscription_id=OuterRef("subscription_id")).values("subscription_id")
    counted = letters.annotate(number=Count("id")).values("number")
    progress = SubscriptionProgress.objects.filter(subscription_id__in=ids)
    progress = progress.annotate(dead=Coalesce(Subquery(counted), 0))
    head = FeedHead.objects.values_list("position", flat=True).get()
    known = {item.subscription_id: item for item in progress.annotate(waiting=head - F("position"))}
    return [_info(row, known[row.id], actor) for row in rows]


def _info(row: Subscription, progress: SubscriptionProgress, actor: Actor) -> SubscriptionInfo:
    mine = (row.owner_kind, row.owner_id) == (actor.kind, actor.id)
    return SubscriptionInfo(
        id=row.id,
        key=row.key,
        name=row.name,
        channel=row.channel,
        topics=tuple(row.topics),
        filter=event_filter(row.filter),
        address=row.address if mine else row.address.partition("?")[0],
        batch_size=row.batch_size,
        attempts=row.attempts,
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        organisation_id=row.organisation_id,
        state=row.state,
        created_at=row.created_at,
        secret_ends_at=row.former_ends_at,
        waiting=progress.waiting,  # type: ignore[attr-defined]  # annotated
        failures=progress.failures,
        due_at=progress.due_at,
        reason=progress.reason,
        events=progress.events,
        batches=progress.batches,
        expired=progress.expired,
        succeeded_at=progress.succeeded_at,
        failed_at=progress.failed_at,
        dead=progress.dead,  # type: ignore[attr-defined]  # annotated
        mine=mine,
    )


def _delivery(row: Delivery) -> DeliveryInfo:
    facts = (row.id, row.at, row.events, row.first, row.last, row.attempt, row.succeeded, row.status, row.latency_ms)
    return DeliveryInfo(*facts, row.reason, row.replayed)


def _letter(row: DeadLetter, *, whole: bool) -> DeadLetterInfo:
    content = tuple(row.content) if whole else ()
    facts = (row.id, row.events, row.first, row.last, row.attempts, row.reason, row.made_at, row.due_at)
    return DeadLetterInfo(*facts, content)
