"""Dead letters that are to be sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import orjson

from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.rules.subscribing.envelopes import TYPES, Event
from onecity.platform.iot.selectors.feeds.wishes import Wish

AT_ONCE: Final = 10
_DUE: Final = """
    SELECT id, content::text AS content, attempts FROM iot_deadletter
    WHERE subscription_id = $1 AND due_at <= $2 ORDER BY id LIMIT $3
"""
_SEEN: Final = f"SELECT key FROM iot_device WHERE key = ANY($1::text[]) AND {scope_sql(first=2)}"
_OF_DEVICES: Final = frozenset({TYPES["readings"], TYPES["latest"], TYPES["states"]})


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter. events: what its subscription's owner may still see of it."""

    id: int
    events: Sequence[Event]
    attempts: int


async def letters_due(pool: asyncpg.Pool, wish: Wish, *, now: datetime) -> list[Letter]:
    """Return a subscription's dead letters that are to be sent again, oldest first. now: real time."""
    rows = await pool.fetch(_DUE, wish.id, now, AT_ONCE)
    contents = [orjson.loads(row["content"]) for row in rows]
    keys = sorted({str(event["subject"]) for content in contents for event in content if "subject" in event})
    if not keys:
        return [Letter(row["id"], content, row["attempts"]) for row, content in zip(rows, contents, strict=True)]
    devices = {row[0] for row in await pool.fetch(_SEEN, keys, *wish.devices.parameters())}
    alarms = {row[0] for row in await pool.fetch(_SEEN, keys, *wish.alarms.parameters())}
    return [
        Letter(row["id"], [event for event in content if _may_see(event, devices, alarms)], row["attempts"])
        for row, content in zip(rows, contents, strict=True)
    ]


def _may_see(event: Event, devices: set[str], alarms: set[str]) -> bool:
    return "subject" not in event or event["subject"] in (devices if event["type"] in _OF_DEVICES else alarms)
