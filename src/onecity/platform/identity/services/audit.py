"""Writing the audit trail, and sealing it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import asyncpg
from django.db import connection, transaction

from onecity.kernel import context
from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3

GENESIS: Final = "0" * 64
BATCH: Final = 5_000

_WRITE: Final = """
    INSERT INTO identity_auditentry
        (at, transaction, actor, actor_name, organisation_id, action, target, outcome, details, address, request_id)
    VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)
"""
_WRITE_ON_HOT_ROADS: Final = """
    INSERT INTO identity_auditentry
        (at, transaction, actor, actor_name, organisation_id, action, target, outcome, details, address, request_id)
    VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, $1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
"""
COLUMNS: Final = (
    "e.id, e.at, e.transaction, e.actor, e.actor_name, e.organisation_id, e.action, e.target, e.outcome,"
    " e.details::text, e.address, e.request_id"
)
_UNSEALED: Final = f"""
    SELECT {COLUMNS} FROM identity_auditentry e
    WHERE e.transaction >= %s AND NOT EXISTS (SELECT FROM identity_auditseal s WHERE s.entry_id = e.id)
    ORDER BY e.transaction, e.id LIMIT {BATCH}
"""


def record(
    actor: Actor,
    *,
    action: str,
    target: str = "",
    outcome: str = "done",
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one audit entry in the caller's transaction.

    action: `module.verb`. target: `module.table:id`. details: JSON values, never personal data.
    """
    request = context.current()
    text = json.dumps(details or {}, ensure_ascii=False, default=str, sort_keys=True)
    values = [
        actor.key, actor.name[:60], actor.organisation_id, action, target, outcome, text,
        request.address[:45], request.request_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


async def record_on(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    action: str,
    target: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Write the same on a hot road's connection, in its transaction."""
    request = context.current()
    text = json.dumps(details or {}, ensure_ascii=False, default=str, sort_keys=True)
    await connection.execute(
        _WRITE_ON_HOT_ROADS, actor.key, actor.name[:60], actor.organisation_id, action, target, "done", text,
        request.address[:45], request.request_id,
    )  # fmt: skip


def seal_pending() -> int:
    """Link every committed, unsealed entry into the chain; returns how many. Safe to run in several processes.

    The head row's lock lets one sealer in at a time. Entries are found by the number of their transaction: below the
    horizon everything had ended at the last sealing, so a transaction that commits late is never passed over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT number, digest, horizon FROM identity_audithead FOR UPDATE")
        number, digest, horizon = cursor.fetchone()
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        oldest_running = cursor.fetchone()[0]
        if oldest_running < horizon:
            horizon = 0  # the data were restored into another cluster, whose transactions count anew
        cursor.execute(_UNSEALED, [horizon])
        rows = cursor.fetchall()
        links = []
        for row in rows:
            number, digest = number + 1, link(digest, row)
            links.append((number, row[0], digest))
        if links:
            _write_links(links)
        reached = horizon if len(rows) == BATCH else oldest_running
        cursor.execute(
            "UPDATE identity_audithead SET number = %s, digest = %s, horizon = %s", [number, digest, reached]
        )
    return len(rows)


def link(previous: str, entry: tuple[object, ...]) -> str:
    """Return the digest that joins `entry` (its columns in the order of the chain query) to the chain.

    Source: GB/T 32905-2016 (SM3); the canonical form is a house rule: a JSON array, instants in ISO 8601 UTC.
    """
    plain = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in entry]
    return sm3(json.dumps([previous, *plain], ensure_ascii=False, separators=(",", ":")).encode()).hex()


def _write_links(links: list[tuple[int, int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_auditseal (number, entry_id, digest, sealed_at)"
            " SELECT number, entry, digest, clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS link(number, entry, digest)",
            [[item[0] for item in links], [item[1] for item in links], [item[2] for item in links]],
        )
