"""What a courier writes down: how far a subscription has been told, each attempt, what was set aside.

A place is moved only from where the courier believes it is; where people have moved it meanwhile, theirs stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import orjson

from onecity.platform.iot.rules.subscribing.envelopes import Event
from onecity.platform.iot.rules.subscribing.pauses import pause_s

Key = tuple[int, int]
_LOG: Final = """
    INSERT INTO iot_delivery (subscription_id, at, events, first, last, attempt, succeeded, status, latency_ms, reason,
        replayed)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE EXISTS (SELECT FROM iot_subscription WHERE id = $1)
"""
_TOLD: Final = """
    UPDATE iot_subscriptionprogress SET position = $4, place = $5, failures = 0, tries = 0, due_at = NULL, reason = '',
        events = events + $6, batches = batches + 1, succeeded_at = $7
    WHERE subscription_id = $1 AND position = $2 AND place = $3
"""
_FAILED: Final = """
    UPDATE iot_subscriptionprogress SET failures = failures + 1, tries = tries + 1, due_at = $2, reason = $3,
        failed_at = $4
    WHERE subscription_id = $1
"""
_SKIPPED: Final = """
    UPDATE iot_subscriptionprogress SET position = $4, place = $5
    WHERE subscription_id = $1 AND position = $2 AND place = $3
"""
_SET_ASIDE: Final = """
    INSERT INTO iot_deadletter (subscription_id, content, events, first, last, attempts, reason, made_at)
    SELECT $1, $2::jsonb, $3, $4, $5, $6, $7, $8 WHERE EXISTS (SELECT FROM iot_subscription WHERE id = $1)
"""
_ASIDE: Final = """
    UPDATE iot_subscriptionprogress SET position = $4, place = $5, tries = 0
    WHERE subscription_id = $1 AND position = $2 AND place = $3
"""
_LETTER_GONE: Final = "DELETE FROM iot_deadletter WHERE id = $1"
_LETTER_STAYS: Final = """
    UPDATE iot_deadletter SET due_at = NULL, attempts = attempts + 1, reason = $2 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to tell a batch. number: which of the batch it was. at: real. replayed: of a dead letter."""

    subscription_id: int
    events: Sequence[Event]
    number: int
    succeeded: bool
    status: int
    latency_ms: int
    reason: str
    at: datetime
    replayed: bool = False

    @property
    def ends(self) -> tuple[str, str]:
        """The ids of the first and the last event."""
        return (str(self.events[0]["id"]), str(self.events[-1]["id"])) if self.events else ("", "")


async def note_told(pool: asyncpg.Pool, attempt: Attempt, *, before: Key, after: Key) -> None:
    """Write down that a batch was taken."""
    async with pool.acquire() as line, line.transaction():
        await _log(line, attempt)
        values = (*before, *after, len(attempt.events), attempt.at)
        await line.execute(_TOLD, attempt.subscription_id, *values)


async def note_failed(pool: asyncpg.Pool, attempt: Attempt, *, failures: int, asked_s: float) -> datetime:
    """Write down that a batch was not taken; returns when it is tried again. failures: in a row, with this one."""
    due_at = attempt.at + timedelta(seconds=pause_s(failures, asked_s=asked_s))
    async with pool.acquire() as line, line.transaction():
        await _log(line, attempt)
        await line.execute(_FAILED, attempt.subscription_id, due_at, attempt.reason, attempt.at)
    return due_at


async def set_aside(pool: asyncpg.Pool, attempt: Attempt, *, before: Key, after: Key) -> None:
    """Make a batch a dead letter, and go on behind it. The attempt itself has been written down."""
    content = orjson.dumps(list(attempt.events)).decode()
    async with pool.acquire() as line, line.transaction():
        moved = await line.execute(_ASIDE, attempt.subscription_id, *before, *after)
        if moved.endswith(" 1"):
            values = (len(attempt.events), *attempt.ends, attempt.number, attempt.reason, attempt.at)
            await line.execute(_SET_ASIDE, attempt.subscription_id, content, *values)


async def note_skipped(pool: asyncpg.Pool, subscription_id: int, *, before: Key, after: Key) -> None:
    """Write down that nothing between two places concerned a subscription."""
    await pool.execute(_SKIPPED, subscription_id, *before, *after)


async def note_replayed(pool: asyncpg.Pool, attempt: Attempt, *, letter_id: int) -> None:
    """Write down what became of a dead letter that was sent again: gone, or here to stay."""
    async with pool.acquire() as line, line.transaction():
        await _log(line, attempt)
        if attempt.succeeded:
            await line.execute(_LETTER_GONE, letter_id)
        else:
            await line.execute(_LETTER_STAYS, letter_id, attempt.reason)


async def _log(line: asyncpg.Connection, attempt: Attempt) -> None:
    values = (len(attempt.events), *attempt.ends, attempt.number, attempt.succeeded, attempt.status, attempt.latency_ms)
    await line.execute(_LOG, attempt.subscription_id, attempt.at, *values, attempt.reason, attempt.replayed)
