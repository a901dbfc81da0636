"""Server-sent events: a subscription told on the connection that its application holds open.

    retry: 2000
    id: 812.4
    data: {"specversion":"1.0","id":"812.4","type":"onecity.iot.reading", …}

Whoever comes back says with `Last-Event-ID` what he had; without it, the stream goes on behind what was written to the
connection before.
Source: WHATWG HTML, 9.2 (server-sent events).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

import orjson

from onecity.kernel import clock
from onecity.kernel.errors import Conflict, Invalid, NotFound, OneCityError, Unavailable
from onecity.kernel.text import zh
from onecity.platform.iot.models import WHOLE
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.iot.rules.subscribing.envelopes import Event, envelope, event_id, place_of
from onecity.platform.iot.selectors.feeds.entries import entries_from
from onecity.platform.iot.selectors.feeds.heads import SharedHead
from onecity.platform.iot.selectors.feeds.matching import picked_from
from onecity.platform.iot.selectors.feeds.wishes import Wish, wish_named
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road

LOOK_S: Final = 0.1
TRUSTED_S: Final = 2.0
COMMENT_S: Final = 15.0
SAVE_EVERY_S: Final = 10.0
AT_ONCE: Final = 200
MOST_STREAMS: Final = 200
NEWEST: Final = "newest"
_STREAMED: Final = """
    UPDATE iot_subscriptionprogress SET position = $2, place = $3, events = events + $4,
        batches = batches + ($4 > 0)::int, succeeded_at = CASE WHEN $4 > 0 THEN $5 ELSE succeeded_at END
    WHERE subscription_id = $1 AND (position, place) < ($2, $3)
"""
Key = tuple[int, int]
_open: set["Stream"] = set()
_heads: dict[int, SharedHead] = {}


async def stream(request: HotRequest) -> HotResponse:
    """Open a stream.

    Raises: NotFound for a subscription that is not the caller's; Conflict for one by another way; Invalid for an event
    that is none; Unavailable when this process holds as many streams as it can.
    """
    wish = await _own(request)
    if wish.channel != "sse":
        raise Conflict(zh("该订阅不是事件流方式"))
    if len(_open) >= MOST_STREAMS:
        raise Unavailable
    asked = request.headers.get("last-event-id", "") or request.query.get("after", "")
    shown = Stream(request, wish, await _start(request, wish, asked))
    headers = {"cache-control": "no-cache, no-store", "x-accel-buffering": "no"}
    return HotResponse(content_type="text/event-stream; charset=utf-8", headers=headers, stream=shown.told())


class Stream:
    """One open connection."""

    def __init__(self, request: HotRequest, wish: Wish, after: Key) -> None:
        self._request, self._wish, self._after = request, wish, after
        self._learned_at = self._said_at = self._saved_at = time.monotonic()
        self._saved: Key = after

    async def told(self) -> AsyncIterator[bytes]:
        """Yield what is to be told until the client goes, or may no longer listen."""
        _open.add(self)
        try:
            yield b"retry: 2000\n\n"
            while await self._still_allowed():
                events, after = await self._next()
                for begin in range(0, len(events), AT_ONCE):
                    yield b"".join(_written(event) for event in events[begin : begin + AT_ONCE])
                    self._said_at = time.monotonic()
                self._after = after
                await self._save(len(events))
                if not events:
                    if time.monotonic() - self._said_at >= COMMENT_S:
                        self._said_at = time.monotonic()
                        yield b": \n\n"
                    await asyncio.sleep(LOOK_S)
        finally:
            _open.discard(self)

    async def _next(self) -> tuple[Sequence[Event], Key]:
        """Return the next page's events and the place behind them."""
        head = await _shared_head().now(self._request.pool)
        position = self._after[0] + (self._after[1] == WHOLE)
        if position < head.kept_from:
            missing = envelope(
                "gap", number=event_id(head.kept_from - 1, WHOLE), subject="", at=clock.real_now(),
                data={"entries": head.kept_from - position},
            )  # fmt: skip
            return [missing], (head.kept_from - 1, WHOLE)
        if position > head.position:
            return [], self._after
        entries = await entries_from(self._request.pool, position)
        if not entries:
            return [], self._after
        picked = await picked_from(self._request.pool, self._wish, entries, after=self._after)
        return [item.event() for item in picked], (entries[-1].position, WHOLE)

    async def _still_allowed(self) -> bool:
        """Look at rights and settings again from time to time; False once the subscription is gone or not his."""
        if time.monotonic() - self._learned_at < TRUSTED_S:
            return True
        self._learned_at = time.monotonic()
        try:
            await self._request.identify()
        except OneCityError:
            return False
        found = await wish_named(self._request.pool, self._wish.key)
        if found is None or found.owner != self._wish.owner or found.state != "active":
            return False
        self._wish = found
        return True

    async def _save(self, events: int) -> None:
        """Write down how far this was told: with what was told, else from time to time."""
        if events or (self._after != self._saved and time.monotonic() - self._saved_at >= SAVE_EVERY_S):
            now = clock.real_now()
            await self._request.pool.execute(_STREAMED, self._wish.id, *self._after, events, now)
            self._saved, self._saved_at = self._after, time.monotonic()


async def _own(request: HotRequest) -> Wish:
    wish = await wish_named(request.pool, request.path_values["key"])
    if wish is None or wish.owner != (request.actor.kind, request.actor.id):
        raise NotFound(zh("没有这个订阅，或它不属于您"))
    if wish.state != "active":
        raise Conflict(zh("订阅已暂停，请先恢复"))
    return wish


async def _start(request: HotRequest, wish: Wish, asked: str) -> Key:
    head = await _shared_head().now(request.pool)
    if asked == NEWEST:
        return head.position, WHOLE
    if not asked:
        return wish.place.position, wish.place.place
    try:
        position, place = place_of(asked)
    except ValueError:
        raise Invalid(fields={"after": zh("不是有效的事件编号")}) from None
    if position > head.position:
        raise Invalid(fields={"after": zh("不是有效的事件编号")})
    return position, min(place, WHOLE)


def _shared_head() -> SharedHead:
    """Return this event loop's; a process has one loop, tests have several."""
    number = id(asyncio.get_running_loop())
    if number not in _heads:
        _heads.clear()
        _heads[number] = SharedHead()
    return _heads[number]


def _written(event: Event) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (str(event["id"]).encode(), orjson.dumps(event))


SUBSCRIPTION_ROADS: Final = (
    Road(
        "GET",
        "/api/iot/v1/subscriptions/{key}/events",
        permission(SUBSCRIBE),
        stream,
        {
            "summary": zh("订阅的事件流（server-sent events）"),
            "tags": ["iot"],
            "parameters": [
                {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}},
                {
                    "name": "after",
                    "in": "query",
                    "schema": {"type": "string"},
                    "description": zh("从该事件之后开始；newest 为只接收新事件"),
                },
            ],
            "responses": {
                "200": {"description": zh("事件流"), "content": {"text/event-stream": {}}},
                "401": {"description": zh("缺少令牌，或令牌已失效")},
                "404": {"description": zh("没有这个订阅，或它不属于您")},
                "409": {"description": zh("订阅已暂停，或不是事件流方式")},
            },
        },
    ),
)
