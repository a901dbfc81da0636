"""Delivers what lies in the outbox: in order for each subscription, again after a failure, never lost.

A notification is claimed by moving its due time ahead; whoever dies holding it leaves it to the next one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import httpx
import orjson

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.ngsild.delivery.composing import compose
from onecity.platform.iot.ngsild.delivery.sending import send
from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.problems import Problem
from onecity.platform.iot.ngsild.rules.subscribing import wish_of
from onecity.platform.iot.ngsild.store.contexts import terms_of
from onecity.platform.iot.ngsild.store.outside import may_reach
from onecity.platform.iot.ngsild.store.reading import EntityQuery, find_entities
from onecity.platform.iot.ngsild.store.rows import ALL, NOTHING, Caller

AT_ONCE: Final = 500
SENDING_AT_ONCE: Final = 32
HELD_S: Final = 120.0
ATTEMPTS: Final = 8
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 600.0
PERIODIC_PAGE: Final = 1_000
_CLAIM: Final = """
    UPDATE iot_ngsi_notice SET due_at = $2, attempts = attempts + 1
    WHERE id IN (SELECT id FROM iot_ngsi_notice WHERE due_at <= $1 ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING id, subscription_id, content::text AS content, attempts
"""
_SUBSCRIPTIONS: Final = """
    SELECT id, tenant, uri, definition::text AS definition, context::text AS context, active, expires_at, notified_at,
        organisation_id, everything
    FROM iot_ngsi_subscription WHERE id = ANY($1)
"""
_DONE: Final = "DELETE FROM iot_ngsi_notice WHERE id = ANY($1)"
_LATER: Final = "UPDATE iot_ngsi_notice SET due_at = $2 WHERE id = ANY($1)"
_COUNT: Final = """
    UPDATE iot_ngsi_subscription SET sent = sent + $2, failed = failed + $3,
        notified_at = coalesce($4, notified_at), succeeded_at = coalesce($5, succeeded_at),
        failed_at = coalesce($6, failed_at), reason = $7 WHERE id = $1
"""
_PERIODIC: Final = """
    UPDATE iot_ngsi_subscription SET due_at = $1 + make_interval(secs => (definition ->> 'timeInterval')::float8)
    WHERE id IN (SELECT id FROM iot_ngsi_subscription WHERE due_at <= $1 FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant, definition::text AS definition, context::text AS context, active, expires_at, everything,
        organisation_id
"""
_NOTICE: Final = """
    INSERT INTO iot_ngsi_notice (subscription_id, content, made_at, due_at, attempts) VALUES ($1, $2::jsonb, $3, $3, 0)
"""


@dataclass(slots=True)
class _Tally:
    done: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    sent: int = 0
    failed: int = 0
    sent_at: datetime | None = None
    good_at: datetime | None = None
    bad_at: datetime | None = None
    reason: str = ""
    pause_s: float = 0.0


class Courier:
    """Delivers notifications with one pool of connections and one HTTP client."""

    def __init__(self, pool: asyncpg.Pool, *, client: httpx.AsyncClient) -> None:
        self._pool, self._client = pool, client
        self._gate = asyncio.Semaphore(SENDING_AT_ONCE)

    async def run_once(self) -> int:
        """Deliver what is due; returns how many notifications were taken up."""
        now = clock.real_now()
        await self._make_periodic(now)
        rows = await self._pool.fetch(_CLAIM, now, now + timedelta(seconds=HELD_S), AT_ONCE)
        if not rows:
            return 0
        groups: dict[int, list[asyncpg.Record]] = defaultdict(list)
        for row in sorted(rows, key=lambda item: item["id"]):
            groups[row["subscription_id"]].append(row)
        found = await self._pool.fetch(_SUBSCRIPTIONS, list(groups))
        await asyncio.gather(*(self._deliver(item, groups[item["id"]]) for item in found))
        return len(rows)

    async def _deliver(self, subscription: asyncpg.Record, notices: Sequence[asyncpg.Record]) -> None:
        async with self._gate:
            tally = await self._sent(subscription, notices)
        await self._pool.execute(_DONE, tally.done)
        if tally.later:
            await self._pool.execute(_LATER, tally.later, clock.real_now() + timedelta(seconds=tally.pause_s))
        if tally.sent:
            await self._pool.execute(
                _COUNT, subscription["id"], tally.sent, tally.failed, tally.sent_at, tally.good_at, tally.bad_at,
                tally.reason,
            )  # fmt: skip

    async def _sent(self, subscription: asyncpg.Record, notices: Sequence[asyncpg.Record]) -> _Tally:
        """Send notifications one after the other; after a failure the others wait with it."""
        tally, definition = _Tally(), orjson.loads(subscription["definition"])
        quiet = timedelta(seconds=definition.get("throttling", 0))
        last = subscription["notified_at"]
        for place, notice in enumerate(notices):
            now = clock.real_now()
            ended = subscription["expires_at"] is not None and subscription["expires_at"] <= now
            if not subscription["active"] or ended or (quiet and last is not None and last + quiet > now):
                tally.done.append(notice["id"])
                continue
            reason = await self._send(subscription, definition, notice, now=now)
            tally.sent, tally.sent_at, last = tally.sent + 1, now, now
            if not reason:
                tally.done.append(notice["id"])
                tally.good_at, tally.reason = now, ""
                continue
            tally.failed, tally.bad_at, tally.reason = tally.failed + 1, now, reason
            if notice["attempts"] >= ATTEMPTS:
                tally.done.append(notice["id"])
                continue
            tally.later = [item["id"] for item in notices[place:]]
            tally.pause_s = _pause(definition, notice["attempts"])
            break
        return tally

    async def _send(
        self, subscription: asyncpg.Record, definition: dict[str, Any], notice: asyncpg.Record, *, now: datetime
    ) -> str:
        if not await may_reach(definition["notification"]["endpoint"]["uri"]):
            return "the operator does not let notifications go there"
        try:
            terms = await terms_of(self._pool, orjson.loads(subscription["context"] or "null"))
        except Problem as problem:
            return f"{problem.name}: {problem.detail}"
        entities = orjson.loads(notice["content"])["entities"]
        letter = compose(
            subscription["uri"], definition, entities, terms=terms, now=moments.kept(now), tenant=subscription["tenant"]
        )
        return await send(letter, client=self._client)

    async def _make_periodic(self, now: datetime) -> None:
        """Write the notifications of subscriptions that want one every so often."""
        for row in await self._pool.fetch(_PERIODIC, now):
            if not row["active"] or (row["expires_at"] is not None and row["expires_at"] <= now):
                continue
            entities = await self._selected(row)
            if entities:
                told = [{**item, "happened": []} for item in entities]
                await self._pool.execute(_NOTICE, row["id"], orjson.dumps({"entities": told}).decode(), now)

    async def _selected(self, row: asyncpg.Record) -> list[dict[str, Any]]:
        """Return the entities that a periodic subscription is about."""
        terms = await terms_of(self._pool, orjson.loads(row["context"] or "null"))
        wish = wish_of(row["id"], orjson.loads(row["definition"]), terms=terms, tenant=row["tenant"])
        caller = Caller(system_actor("ngsi"), row["tenant"], ALL, ALL, ALL if row["everything"] else NOTHING)
        found: dict[str, dict[str, Any]] = {}
        for selector in wish.selectors:
            query = EntityQuery(
                (selector.uri,) if selector.uri else (), selector.pattern, selector.types, frozenset(), wish.query,
                wish.place, wish.scopes, limit=PERIODIC_PAGE,
            )  # fmt: skip
            page = await find_entities(self._pool, query, caller)
            found |= {entity.uri: asdict(entity) for entity in page.entities}
        return list(found.values())


def _pause(definition: dict[str, Any], attempts: int) -> float:
    cooldown = definition["notification"]["endpoint"].get("cooldown")
    if cooldown is not None:
        return float(cooldown) / 1_000
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempts - 1))
