"""Writing receipts of use: many in one statement, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.exchange.models import SharingGrant
from onecity.platform.exchange.rules.sharing.times import Night

_WRITE: Final = """
    INSERT INTO exchange_usereceipt
        (transaction, at, grant_id, provider_id, organisation_id, kind, actor, actor_name, operator, reason, consent,
         subject_hash, subject_masked, fields, rows, checksum, result, origin)
    SELECT pg_current_xact_id()::text::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, consent, subject_hash,
        subject_masked, %s, number, checksum, result, %s
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[])
        AS use(consent, subject_hash, subject_masked, number, checksum, result)
    ON CONFLICT (origin) WHERE origin <> '' DO NOTHING
    RETURNING id, subject_hash
"""
_COUNT: Final = """
    INSERT INTO exchange_grantday (grant_id, day, queries, night_queries, refused, rows, in_minute)
    VALUES (%(grant)s, %(day)s, 0, %(night)s, %(refused)s, %(rows)s, 0)
    ON CONFLICT (grant_id, day) DO UPDATE SET
        night_queries = exchange_grantday.night_queries + excluded.night_queries,
        refused = exchange_grantday.refused + excluded.refused,
        rows = exchange_grantday.rows + excluded.rows
"""


@dataclass(frozen=True, slots=True)
class Used:
    """One use, as far as it differs from the others of one call. result: given, nothing, refused, failed."""

    result: str
    rows: int = 0
    checksum: str = ""
    consent: str = ""
    subject_hash: str = ""
    subject_masked: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What the uses of one call share. fields: columns given; origin: one receipt, however often it is told."""

    grant: SharingGrant
    kind: str
    reason: str
    at: datetime
    fields: Sequence[str] = ()
    operator: str = ""
    origin: str = ""
    uses: Sequence[Used] = field(default_factory=tuple)


def write_receipts(actor: Actor, *, use: Use) -> dict[str, int]:
    """Write receipts in the caller's transaction; return their ids by the subject's hash (empty for a delivery)."""
    uses = use.uses
    values: list[Any] = [
        use.at, use.grant.id, use.grant.provider_id, use.grant.organisation_id, use.kind, actor.key[:60],
        actor.name[:60], use.operator[:60], use.reason.strip()[:200], list(use.fields), use.origin,
        [item.consent[:80] for item in uses], [item.subject_hash for item in uses],
        [item.subject_masked[:40] for item in uses], [item.rows for item in uses],
        [item.checksum for item in uses], [item.result for item in uses],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        return {subject: number for number, subject in cursor.fetchall()}


def count_uses(*, use: Use, night: Night) -> None:
    """Add uses to the grant's day, in the caller's transaction. Queries themselves are counted by the meter."""
    refused = sum(item.result == "refused" for item in use.uses)
    values: dict[str, Any] = {
        "grant": use.grant.id,
        "day": city_date(use.at),
        "night": len(use.uses) - refused if use.kind == "query" and night.holds(use.at) else 0,
        "refused": refused,
        "rows": sum(item.rows for item in use.uses),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
