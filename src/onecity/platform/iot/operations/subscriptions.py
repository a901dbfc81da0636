"""Subscriptions of applications."""

from datetime import timedelta

from django.http import HttpRequest
from ninja import Query, Schema, Status

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.subscriptions import CHANNELS, EventFilter, NewSubscription
from onecity.platform.iot.operations.calling import actor_of
from onecity.platform.iot.operations.routing import router
from onecity.platform.iot.operations.subscribing import (
    DeadLetterPage,
    DeliveryPage,
    LettersIn,
    MadeOut,
    NumberOut,
    RewindIn,
    RotateIn,
    SecretOut,
    SubscriptionChangesIn,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionPage,
    delivery_out,
    letter_out,
    subscription_out,
)
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.iot.selectors.subscriptions import (
    SubscriptionQuery,
    dead_letters,
    deliveries,
    subscription,
    subscription_by_key,
    subscriptions,
)
from onecity.platform.iot.services.subscriptions import making, replaying, rotating
from onecity.web.api import needs
from onecity.web.paging import Cursor

ROOT = "/v1/subscriptions"


class ListIn(Schema):
    """Which subscriptions; texts left empty ask for nothing."""

    q: str = ""
    channel: str = ""
    state: str = ""
    after: str = ""
    size: int = 50


class PageIn(Schema):
    """Which page."""

    after: str = ""
    size: int = 50


class DeliveriesIn(PageIn):
    """Which attempts."""

    failed: bool = False


@router.get(ROOT, response=SubscriptionPage, auth=needs(SUBSCRIBE), summary=zh("应用订阅"))
def list_subscriptions(request: HttpRequest, asked: Query[ListIn]) -> SubscriptionPage:
    """Return the subscriptions within the caller's scope."""
    if asked.channel and asked.channel not in CHANNELS:
        raise Invalid(fields={"channel": zh("没有这个选项")})
    query = SubscriptionQuery(asked.q, asked.channel, asked.state, Cursor.decode(asked.after), _size(asked.size))
    page = subscriptions(actor_of(request), query)
    items = [subscription_out(item) for item in page.rows]
    return SubscriptionPage(items=items, next=page.next.encode() if page.next else None)


@router.post(ROOT, response={201: MadeOut}, auth=needs(SUBSCRIBE), summary=zh("建立订阅"))
def make(request: HttpRequest, given: SubscriptionIn) -> Status[MadeOut]:
    """Make a subscription; what is committed after the answer is told. The secret is shown this once."""
    actor = actor_of(request)
    new = NewSubscription(
        name=given.name,
        channel=given.channel,
        topics=tuple(given.topics),
        filter=given.filter.wanted() if given.filter else EventFilter(),
        address=given.address,
        batch_size=given.batch_size,
        attempts=given.attempts,
        organisation_id=given.organisation_id,
    )
    made = making.make_subscription(actor, new=new, now=clock.real_now())
    return Status(201, MadeOut(subscription=subscription_out(subscription(actor, made.id)), secret=made.secret))


@router.get(f"{ROOT}/{{key}}", response=SubscriptionOut, auth=needs(SUBSCRIBE), summary=zh("一个订阅"))
def one_subscription(request: HttpRequest, key: str) -> SubscriptionOut:
    """Return one subscription and how it goes."""
    return subscription_out(subscription_by_key(actor_of(request), key))


@router.patch(f"{ROOT}/{{key}}", response=SubscriptionOut, auth=needs(SUBSCRIBE), summary=zh("变更订阅"))
def change(request: HttpRequest, key: str, given: SubscriptionChangesIn) -> SubscriptionOut:
    """Change the caller's own subscription; it goes on where it is."""
    changes = making.Changes(
        name=given.name,
        topics=None if given.topics is None else tuple(given.topics),
        filter=None if given.filter is None else given.filter.wanted(),
        address=given.address,
        batch_size=given.batch_size,
        attempts=given.attempts,
    )
    making.change_subscription(actor_of(request), subscription_id=_id(request, key), changes=changes)
    return subscription_out(subscription_by_key(actor_of(request), key))


@router.delete(f"{ROOT}/{{key}}", response={204: None}, auth=needs(SUBSCRIBE), summary=zh("取消订阅"))
def end(request: HttpRequest, key: str) -> Status[None]:
    """End a subscription with its log and dead letters."""
    making.end_subscription(actor_of(request), subscription_id=_id(request, key))
    return Status(204, None)


@router.post(f"{ROOT}/{{key}}/pause", response=SubscriptionOut, auth=needs(SUBSCRIBE), summary=zh("暂停订阅"))
def pause(request: HttpRequest, key: str) -> SubscriptionOut:
    """Pause: what happens meanwhile waits."""
    making.set_paused(actor_of(request), subscription_id=_id(request, key), paused=True)
    return subscription_out(subscription_by_key(actor_of(request), key))


@router.post(f"{ROOT}/{{key}}/resume", response=SubscriptionOut, auth=needs(SUBSCRIBE), summary=zh("恢复订阅"))
def resume(request: HttpRequest, key: str) -> SubscriptionOut:
    """Go on, at once."""
    making.set_paused(actor_of(request), subscription_id=_id(request, key), paused=False)
    return subscription_out(subscription_by_key(actor_of(request), key))


@router.post(f"{ROOT}/{{key}}/secret", response=SecretOut, auth=needs(SUBSCRIBE), summary=zh("更换订阅密钥"))
def rotate(request: HttpRequest, key: str, given: RotateIn) -> SecretOut:
    """Give the caller's own subscription a new secret, shown this once."""
    actor, overlap = actor_of(request), timedelta(hours=given.overlap_h)
    number = _id(request, key)
    secret = rotating.rotate_secret(actor, subscription_id=number, overlap=overlap, now=clock.real_now())
    return SecretOut(secret=secret)


@router.post(f"{ROOT}/{{key}}/sample", response={202: None}, auth=needs(SUBSCRIBE), summary=zh("发送测试事件"))
def sample(request: HttpRequest, key: str) -> Status[None]:
    """Have a made-up event told."""
    replaying.send_sample(actor_of(request), subscription_id=_id(request, key), now=clock.city_now())
    return Status(202, None)


@router.post(
    f"{ROOT}/{{key}}/rewind", response=SubscriptionOut, auth=needs(SUBSCRIBE), summary=zh("从指定事件重新投递")
)
def rewind(request: HttpRequest, key: str, given: RewindIn) -> SubscriptionOut:
    """Go on behind an event that was told before, or leave out what waits."""
    replaying.rewind(actor_of(request), subscription_id=_id(request, key), after=given.after)
    return subscription_out(subscription_by_key(actor_of(request), key))


@router.get(f"{ROOT}/{{key}}/deliveries", response=DeliveryPage, auth=needs(SUBSCRIBE), summary=zh("订阅的投递记录"))
def list_deliveries(request: HttpRequest, key: str, asked: Query[DeliveriesIn]) -> DeliveryPage:
    """Return attempts to tell a subscription."""
    after, size = Cursor.decode(asked.after), _size(asked.size)
    page = deliveries(actor_of(request), _id(request, key), failed=asked.failed, after=after, size=size)
    items = [delivery_out(item) for item in page.rows]
    return DeliveryPage(items=items, next=page.next.encode() if page.next else None)


@router.get(f"{ROOT}/{{key}}/dead-letters", response=DeadLetterPage, auth=needs(SUBSCRIBE), summary=zh("订阅的死信"))
def list_dead_letters(request: HttpRequest, key: str, asked: Query[PageIn]) -> DeadLetterPage:
    """Return what its receiver would not take."""
    page = dead_letters(actor_of(request), _id(request, key), after=Cursor.decode(asked.after), size=_size(asked.size))
    items = [letter_out(item) for item in page.rows]
    return DeadLetterPage(items=items, next=page.next.encode() if page.next else None)


@router.post(f"{ROOT}/{{key}}/dead-letters/replay", response=NumberOut, auth=needs(SUBSCRIBE), summary=zh("重放死信"))
def replay(request: HttpRequest, key: str, given: LettersIn) -> NumberOut:
    """Have dead letters of the caller's own subscription sent again."""
    number = _id(request, key)
    done = replaying.replay(actor_of(request), subscription_id=number, letters=given.letters, now=clock.real_now())
    return NumberOut(number=done)


@router.post(f"{ROOT}/{{key}}/dead-letters/discard", response=NumberOut, auth=needs(SUBSCRIBE), summary=zh("删除死信"))
def discard(request: HttpRequest, key: str, given: LettersIn) -> NumberOut:
    """Throw dead letters of the caller's own subscription away; they must be named."""
    done = replaying.discard(actor_of(request), subscription_id=_id(request, key), letters=given.letters or ())
    return NumberOut(number=done)


@router.post(f"{ROOT}/{{key}}/take-over", response=SubscriptionOut, auth=needs(SUBSCRIBE), summary=zh("接管订阅"))
def take_over(request: HttpRequest, key: str) -> SubscriptionOut:
    """Become the owner: from now on it is told with the caller's rights."""
    making.take_over(actor_of(request), subscription_id=_id(request, key))
    return subscription_out(subscription_by_key(actor_of(request), key))


def _id(request: HttpRequest, key: str) -> int:
    return subscription_by_key(actor_of(request), key).id


def _size(size: int) -> int:
    if not 1 <= size <= 500:
        raise Invalid(fields={"size": zh("每页行数应在 1 到 500 之间")})
    return size
