"""Reading the audit trail: entries newest first, one entry with its seal, the state of the chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity.models import Account, ApiClient, AuditEntry, AuditHead, AuditSeal
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page

READ_AUDIT: Final = "identity.read_audit"
VERIFIED: Final = "identity.verify_audit"
# The distinct actions are few among many entries: each step leaps to the next one in the index.
_ACTIONS: Final = """
    WITH RECURSIVE leap AS (
        (SELECT action FROM identity_auditentry ORDER BY action LIMIT 1)
        UNION ALL
        SELECT (SELECT e.action FROM identity_auditentry e WHERE e.action > leap.action ORDER BY e.action LIMIT 1)
        FROM leap WHERE leap.action IS NOT NULL
    )
    SELECT action FROM leap WHERE action IS NOT NULL
"""
_PENDING: Final = """
    SELECT count(*) FROM identity_auditentry e
    WHERE e.transaction >= %s AND NOT EXISTS (SELECT FROM identity_auditseal s WHERE s.entry_id = e.id)
"""


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """What the trail is asked for; empty texts ask for nothing.

    action: how the action's code begins. actor: an actor's key, a login name, a person's or a program's name.
    target: the whole target. since, until: from the one to before the other.
    """

    action: str = ""
    actor: str = ""
    target: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Cursor | None = None
    size: int = 20


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry; number, digest and sealed_at are set once it is part of the chain."""

    id: int
    at: datetime
    actor: str
    actor_name: str
    action: str
    target: str
    outcome: str
    address: str
    request_id: str
    details: Mapping[str, object]
    number: int | None = None
    digest: str = ""
    sealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainState:
    """Where the chain stands.

    pending: entries that no link holds yet. sound: the last verdict; None before the first.
    """

    number: int
    digest: str
    sealed_at: datetime | None
    pending: int
    verified_at: datetime | None
    sound: bool | None


def trail(actor: Actor, query: TrailQuery) -> Page[TrailEntry]:
    """Return entries newest first; none to who may not read the trail."""
    rows = _found(_readable(actor), query)
    return counted_page(rows, after=query.after, size=query.size, by="at").shown(_entry)


def trail_entry(actor: Actor, entry_id: int) -> TrailEntry:
    """Return one entry with its place in the chain.

    Raises: NotFound if there is none, or the actor may not read the trail.
    """
    row = _readable(actor).filter(id=entry_id).first()
    if row is None:
        raise NotFound
    return _entry(row, AuditSeal.objects.filter(entry_id=row.id).first())


def chain_state() -> ChainState:
    """Return where the chain stands, without walking it."""
    head = AuditHead.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, [head.horizon])
        pending = int(cursor.fetchone()[0])
    seal = AuditSeal.objects.filter(number=head.number).first()
    verdict = AuditEntry.objects.filter(action=VERIFIED).order_by("-at", "-id").first()
    sound = verdict.details.get("sound") is True if verdict else None
    sealed_at = seal.sealed_at if seal else None
    return ChainState(head.number, head.digest, sealed_at, pending, verdict.at if verdict else None, sound)


def _readable(actor: Actor) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.all() if actor.may(READ_AUDIT) else AuditEntry.objects.none()


def _found(rows: QuerySet[AuditEntry], query: TrailQuery) -> QuerySet[AuditEntry]:
    if query.action:
        rows = rows.filter(action__in=[code for code in _actions() if code.startswith(query.action)])
    if query.actor:
        rows = rows.filter(actor__in=_keys_of(query.actor))
    if query.target:
        rows = rows.filter(target=query.target)
    if query.outcome:
        rows = rows.filter(outcome=query.outcome)
    if query.since:
        rows = rows.filter(at__gte=query.since)
    if query.until:
        rows = rows.filter(at__lt=query.until)
    return rows


def _actions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ACTIONS)
        return [row[0] for row in cursor.fetchall()]


def _keys_of(text: str) -> list[str]:
    """Return the actors' keys that a visitor may mean by a key, a login name or a name."""
    people = Account.objects.filter(Q(username=text) | Q(full_name=text)).values_list("id", flat=True)
    programs = ApiClient.objects.filter(name=text).values_list("id", flat=True)
    return [text, *[f"account:{number}" for number in people], *[f"client:{number}" for number in programs]]


def _entry(row: AuditEntry, seal: AuditSeal | None = None) -> TrailEntry:
    return TrailEntry(
        id=row.id,
        at=row.at,
        actor=row.actor,
        actor_name=row.actor_name,
        action=row.action,
        target=row.target,
        outcome=row.outcome,
        address=row.address,
        request_id=row.request_id,
        details=row.details,
        number=seal.number if seal else None,
        digest=seal.digest if seal else "",
        sealed_at=seal.sealed_at if seal else None,
    )
