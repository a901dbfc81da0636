"""From a session or a token to an actor: one statement, the same for pages and for the hot roads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from django.db import connection

from onecity.kernel.actor import EVERYTHING, Actor, ScopeKey, organisation_key
from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.identity.rules import POLICY, scope_key

_GRANTS: Final = """
    COALESCE((
        SELECT array_agg(p.permission_code || '|' || g.scope_kind || '|' || COALESCE(g.organisation_id::text, '')
                         || '|' || g.division_code)
        FROM identity_grant g JOIN identity_rolepermission p ON p.role_id = g.role_id
        WHERE g.account_id = a.id AND g.withdrawn_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now())
    ), '{}') AS grants
"""
SESSION_SQL: Final = f"""
    SELECT a.id, a.full_name, a.organisation_id, {_GRANTS},
           s.id AS session_id, s.last_seen_at, a.must_change_password, a.kind
    FROM identity_session s JOIN identity_account a ON a.id = s.account_id
    WHERE s.digest = %s AND s.expires_at > now() AND a.is_active
      AND s.last_seen_at > now() - interval '{int(POLICY.idle.total_seconds())} seconds'
"""
ACCOUNT_SQL: Final = f"SELECT a.id, a.full_name, a.organisation_id, {_GRANTS} FROM identity_account a WHERE a.id = %s"
TOKEN_SQL: Final = """
    SELECT c.id, c.name, c.organisation_id, c.permissions, c.everywhere
    FROM identity_apitoken t JOIN identity_apiclient c ON c.id = t.client_id
    WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > now() AND c.is_active
"""

_ACCOUNTS_ON_HOT_ROADS: Final = f"""
    SELECT a.id, a.full_name, a.organisation_id, {_GRANTS} FROM identity_account a WHERE a.id = ANY($1) AND a.is_active
"""
_CLIENTS_ON_HOT_ROADS: Final = """
    SELECT c.id, c.name, c.organisation_id, c.permissions, c.everywhere FROM identity_apiclient c
    WHERE c.id = ANY($1) AND c.is_active
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An actor who came with a session, and what the page needs to know of the session."""

    actor: Actor
    session_id: int
    last_seen_at: datetime
    must_change_password: bool
    account_kind: str


def secret_digest(secret: str) -> str:
    """Return the digest under which a session's or token's secret is stored."""
    return sm3(secret.encode()).hex()


def signed_in(secret: str) -> SignedIn | None:
    """Return who holds this session secret, or None if the session is unknown, ended or idle for too long."""
    row = _row(SESSION_SQL, secret_digest(secret))
    return signed_in_of(row) if row else None


def client_actor(secret: str) -> Actor | None:
    """Return the client that holds this bearer token, or None if it is unknown, expired or revoked."""
    row = _row(TOKEN_SQL, secret_digest(secret))
    return client_of(row) if row else None


def account_actor(account_id: int) -> Actor | None:
    """Return an account as an actor, outside any session; None if there is no such account."""
    row = _row(ACCOUNT_SQL, account_id)
    return account_of(row) if row else None


async def actors_on(
    pool: asyncpg.Pool, *, accounts: Collection[int], clients: Collection[int]
) -> dict[tuple[str, int], Actor]:
    """Return accounts and clients as actors outside any session, by kind and id, on the hot roads' connections.

    Who is switched off or not there is missing. For what is done in somebody's name while he is away.
    """
    found = [account_of(tuple(row)) for row in await pool.fetch(_ACCOUNTS_ON_HOT_ROADS, list(accounts))]
    found += [client_of(tuple(row)) for row in await pool.fetch(_CLIENTS_ON_HOT_ROADS, list(clients))]
    return {(actor.kind, actor.id): actor for actor in found if actor.id is not None}


def signed_in_of(row: Sequence[object]) -> SignedIn:
    """Read a row of `SESSION_SQL`."""
    session_id, last_seen_at, must_change, kind = row[4:8]
    assert isinstance(session_id, int)
    assert isinstance(last_seen_at, datetime)
    return SignedIn(account_of(row), session_id, last_seen_at, bool(must_change), str(kind))


def account_of(row: Sequence[object]) -> Actor:
    """Read the first four columns of `SESSION_SQL` or `ACCOUNT_SQL`."""
    account_id, name, organisation_id, grants = row[:4]
    assert isinstance(account_id, int)
    assert isinstance(grants, list)
    organisation = organisation_id if isinstance(organisation_id, int) else None
    return Actor("account", account_id, str(name), organisation, grants_of(grants))


def client_of(row: Sequence[object]) -> Actor:
    """Read a row of `TOKEN_SQL`: the client holds its permissions within its organisation, or everywhere."""
    client_id, name, organisation_id, permissions, everywhere = row
    assert isinstance(client_id, int)
    assert isinstance(organisation_id, int)
    assert isinstance(permissions, list)
    scopes = frozenset({EVERYTHING if everywhere else organisation_key(organisation_id)})
    return Actor("client", client_id, str(name), organisation_id, dict.fromkeys(permissions, scopes))


def grants_of(lines: Sequence[str]) -> Mapping[str, frozenset[ScopeKey]]:
    """Gather `permission|kind|organisation|division` lines into scopes by permission."""
    gathered: dict[str, set[ScopeKey]] = {}
    for line in lines:
        permission, kind, organisation, division = line.split("|")
        key = scope_key(kind=kind, organisation_id=int(organisation) if organisation else None, division_code=division)
        gathered.setdefault(permission, set()).add(key)
    return {permission: frozenset(keys) for permission, keys in gathered.items()}


def _row(sql: str, value: str | int) -> Sequence[object] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [value])
        row: Sequence[object] | None = cursor.fetchone()
        return row
