"""Linking receipts of use into their SM3 chain, and walking it.

The same way as the audit trail: receipts are written without waiting for one another; a tick links what has been
committed, found by the number of its transaction, so that one that commits late is never passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from onecity.platform.exchange.rules.sharing.chain import GENESIS, link

BATCH: Final = 5_000
COLUMNS: Final = (
    "r.id, r.transaction, r.at, r.grant_id, r.provider_id, r.organisation_id, r.kind, r.actor, r.actor_name,"
    " r.operator, r.reason, r.consent, r.subject_hash, r.subject_masked, r.fields, r.rows, r.checksum,"
    " r.result, r.origin"
)
_UNSEALED: Final = f"""
    SELECT {COLUMNS} FROM exchange_usereceipt r
    WHERE r.transaction >= %s AND NOT EXISTS (SELECT FROM exchange_useseal s WHERE s.receipt_id = r.id)
    ORDER BY r.transaction, r.id LIMIT {BATCH}
"""
_SEALED: Final = f"""
    SELECT s.number, s.digest, s.receipt_id, {COLUMNS}
    FROM exchange_useseal s LEFT JOIN exchange_usereceipt r ON r.id = s.receipt_id
    WHERE s.number > %s ORDER BY s.number LIMIT {BATCH}
"""


@dataclass(frozen=True, slots=True)
class _Link:
    """A link of the chain with the receipt it was made of; the receipt's columns are all None when it is gone."""

    number: int
    digest: str
    receipt_id: int
    receipt: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found. altered, missing: ids of receipts; broken: first number whose link does not
    join, None if all do; cut: the chain is shorter than its head says; waiting: receipts not yet sealed."""

    walked: int
    altered: tuple[int, ...]
    missing: tuple[int, ...]
    broken: int | None
    cut: bool
    waiting: int

    @property
    def sound(self) -> bool:
        """Say whether nothing was altered, taken out or cut off."""
        return not (self.altered or self.missing or self.broken or self.cut)


def seal_receipts() -> int:
    """Link every committed receipt that is not sealed yet; returns how many. Safe to run in several processes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT number, digest, horizon FROM exchange_usehead FOR UPDATE")
        number, digest, horizon = cursor.fetchone()
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        oldest_running = cursor.fetchone()[0]
        if oldest_running < horizon:
            horizon = 0  # the data were restored into another cluster, whose transactions count anew
        cursor.execute(_UNSEALED, [horizon])
        rows = cursor.fetchall()
        links: list[tuple[int, int, str]] = []
        for row in rows:
            number, digest = number + 1, link(digest, row)
            links.append((number, row[0], digest))
        _write_links(links)
        reached = horizon if len(rows) == BATCH else oldest_running
        cursor.execute("UPDATE exchange_usehead SET number = %s, digest = %s, horizon = %s", [number, digest, reached])
    return len(rows)


def verify_receipts() -> Verdict:
    """Walk the whole chain of receipts. Reads in batches; writes nothing."""
    last, digest, walked = 0, GENESIS, 0
    altered: list[int] = []
    missing: list[int] = []
    broken: int | None = None
    while rows := _sealed_after(last):
        for row in rows:
            if row.number != last + 1 and broken is None:
                broken = last + 1
            if row.receipt[0] is None:
                missing.append(row.receipt_id)
            elif link(digest, row.receipt) != row.digest:
                altered.append(row.receipt_id)
            last, digest, walked = row.number, row.digest, walked + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, digest, horizon FROM exchange_usehead")
        head_number, head_digest, horizon = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM exchange_usereceipt r WHERE r.transaction >= %s"
            " AND NOT EXISTS (SELECT FROM exchange_useseal s WHERE s.receipt_id = r.id)",
            [horizon],
        )
        waiting = cursor.fetchone()[0]
    cut = (head_number, head_digest) != (last, digest)
    return Verdict(walked, tuple(altered), tuple(missing), broken, cut, waiting)


def _sealed_after(number: int) -> list[_Link]:
    with connection.cursor() as cursor:
        cursor.execute(_SEALED, [number])
        return [_Link(row[0], row[1], row[2], row[3:]) for row in cursor.fetchall()]


def _write_links(links: Sequence[tuple[int, int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_useseal (number, receipt_id, digest, sealed_at)"
            " SELECT number, receipt, digest, clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS link(number, receipt, digest)",
            [[item[0] for item in links], [item[1] for item in links], [item[2] for item in links]],
        )
