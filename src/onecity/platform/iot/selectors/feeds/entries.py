"""The feed: what was committed, in the order in which it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from onecity.platform.iot.rules.subscribing.packing import Packed, unpack
from onecity.platform.iot.selectors.feeds import Asked

MOST_ENTRIES: Final = 200
MOST_OCTETS: Final = 1 << 20
_HEAD: Final = "SELECT position, kept_from FROM iot_feedhead"
_ENTRIES: Final = """
    SELECT position, readings, told::text AS told, target, made_at FROM iot_feedentry
    WHERE position >= $1 AND octets <= (
        SELECT octets + $2 FROM iot_feedentry WHERE position >= $1 ORDER BY position LIMIT 1)
    ORDER BY position LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one commit left. readings: packed rows, or none; told: other events. target: whom alone it is for."""

    position: int
    readings: Packed
    told: Sequence[Mapping[str, object]]
    target: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The newest position, and the oldest that is kept."""

    position: int
    kept_from: int


async def head_of(pool: Asked) -> Head:
    """Return how far the feed reaches."""
    row = await pool.fetchrow(_HEAD)
    assert row is not None
    return Head(row["position"], row["kept_from"])


async def entries_from(pool: Asked, position: int, *, octets: int = MOST_OCTETS) -> list[Entry]:
    """Return entries from a position on, oldest first: about `octets` of them, at least one if there is any."""
    rows = await pool.fetch(_ENTRIES, position, octets, MOST_ENTRIES)
    return [
        Entry(row["position"], unpack(row["readings"]), orjson.loads(row["told"]), row["target"], row["made_at"])
        for row in rows
    ]
