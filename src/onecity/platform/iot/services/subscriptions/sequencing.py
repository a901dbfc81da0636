"""Giving positions to what was committed, so that readers see one order without gaps.

Ids are drawn inside transactions that end in any order; whoever went by them would pass over one that commits late.
Positions are given afterwards by one at a time (the head's row is locked), in the order of ids. That keeps each
device's order: entries about it are written while its row is locked, so of two that are visible the older has the lower
id.
"""

from typing import Final

import asyncpg
from django.db import connection, transaction

AT_ONCE: Final = 1_000
_LOCK: Final = "SELECT position FROM iot_feedhead FOR UPDATE"
_SEQUENCE: Final = """
    WITH fresh AS (
        SELECT id, size, row_number() OVER (ORDER BY id) AS n, sum(size) OVER (ORDER BY id) AS octets
        FROM (SELECT id, size FROM iot_feedentry WHERE position IS NULL ORDER BY id LIMIT $1) f
    ), head AS (
        UPDATE iot_feedhead SET position = position + (SELECT count(*) FROM fresh),
            octets = octets + (SELECT coalesce(sum(size), 0) FROM fresh)
        WHERE EXISTS (SELECT FROM fresh)
        RETURNING position - (SELECT count(*) FROM fresh) AS position,
            octets - (SELECT coalesce(sum(size), 0) FROM fresh) AS octets
    )
    UPDATE iot_feedentry e SET position = head.position + fresh.n, octets = head.octets + fresh.octets
    FROM fresh, head WHERE e.id = fresh.id
"""


def sequence_waiting() -> int:
    """Give positions where no courier runs, so that streams go on and the feed stays bounded; returns how many."""
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK)
            cursor.execute(_SEQUENCE.replace("$1", "%s"), [AT_ONCE])
            done += int(cursor.rowcount)
            if cursor.rowcount < AT_ONCE:
                return done


async def sequence(line: asyncpg.Connection) -> int:
    """Give positions to what has none; returns how many."""
    async with line.transaction():
        await line.execute(_LOCK)
        done: str = await line.execute(_SEQUENCE, AT_ONCE)
    return int(done.rpartition(" ")[2])
