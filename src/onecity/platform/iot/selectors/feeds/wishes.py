"""Subscriptions as those need them who tell: what is wanted, and what its owner may see at this moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import orjson

from onecity.kernel.actor import Actor
from onecity.platform.identity.api import RowScope, actors_on, row_scope_on
from onecity.platform.iot.contracts.subscriptions import EventFilter, event_filter
from onecity.platform.iot.permissions import SUBSCRIBE, VIEW_ALARMS, VIEW_DEVICES

_COLUMNS: Final = """
    SELECT s.id, s.key, s.name, s.channel, s.topics, s.filter::text AS filter, s.address, s.batch_size, s.attempts,
        s.owner_kind, s.owner_id, s.state, p.position, p.place, p.failures, p.tries, p.due_at
    FROM iot_subscription s JOIN iot_subscriptionprogress p ON p.subscription_id = s.id
"""
_TOLD: Final = f"{_COLUMNS} WHERE s.state = 'active' AND s.channel = ANY($1)"
_ONE: Final = f"{_COLUMNS} WHERE s.key = $1"
_VERSION: Final = "SELECT version FROM iot_feedinterest"
_PLACE: Final = """
    SELECT position, place, failures, tries, due_at FROM iot_subscriptionprogress WHERE subscription_id = $1
"""
_NOTHING: Final = RowScope(everything=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The last event settled. failures, tries: see `models.SubscriptionProgress`. due_at: real; None for at once."""

    position: int
    place: int
    failures: int = 0
    tries: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription. devices, alarms: what its owner may see now of either."""

    id: int
    key: str
    name: str
    channel: str
    topics: frozenset[str]
    filter: EventFilter
    address: str
    batch_size: int
    attempts: int
    owner: tuple[str, int]
    devices: RowScope
    alarms: RowScope
    place: Place
    state: str


async def interest_version(pool: asyncpg.Pool) -> int:
    """Return how often subscriptions have changed."""
    version: int = await pool.fetchval(_VERSION)
    return version


async def wishes_told(pool: asyncpg.Pool, channels: Collection[str]) -> list[Wish]:
    """Return the subscriptions that are to be told by these channels now."""
    rows = await pool.fetch(_TOLD, list(channels))
    clients = {row["owner_id"] for row in rows if row["owner_kind"] == "client"}
    accounts = {row["owner_id"] for row in rows if row["owner_kind"] == "account"}
    actors = await actors_on(pool, accounts=accounts, clients=clients)
    scopes: dict[tuple[frozenset[str], str], RowScope] = {}
    return [await _wish(pool, row, actors, scopes) for row in rows]


async def wish_named(pool: asyncpg.Pool, key: str) -> Wish | None:
    """Return one subscription by its public name, whatever its state; None if there is none."""
    row = await pool.fetchrow(_ONE, key)
    if row is None:
        return None
    number = {row["owner_id"]}
    is_client = row["owner_kind"] == "client"
    actors = await actors_on(pool, accounts=() if is_client else number, clients=number if is_client else ())
    return await _wish(pool, row, actors, {})


async def _wish(
    pool: asyncpg.Pool,
    row: asyncpg.Record,
    actors: Mapping[tuple[str, int], Actor],
    scopes: dict[tuple[frozenset[str], str], RowScope],
) -> Wish:
    owner = (row["owner_kind"], row["owner_id"])
    actor = actors.get(owner)
    held: dict[str, RowScope] = {}
    for permission in (VIEW_DEVICES, VIEW_ALARMS):
        held[permission] = _NOTHING
        if actor is not None and actor.may(SUBSCRIBE) and actor.may(permission):
            keys = (frozenset(actor.scopes(permission)), permission)
            if keys not in scopes:
                scopes[keys] = await row_scope_on(pool, actor, permission=permission)
            held[permission] = scopes[keys]
    wanted = event_filter(orjson.loads(row["filter"]))
    place = Place(row["position"], row["place"], row["failures"], row["tries"], row["due_at"])
    return Wish(
        *(row["id"], row["key"], row["name"], row["channel"], frozenset(row["topics"]), wanted, row["address"]),
        *(row["batch_size"], row["attempts"], owner, held[VIEW_DEVICES], held[VIEW_ALARMS], place, row["state"]),
    )


async def place_now(pool: asyncpg.Pool, subscription_id: int) -> Place | None:
    """Return how far a subscription has been told; None if it is gone."""
    row = await pool.fetchrow(_PLACE, subscription_id)
    return Place(*row) if row else None
