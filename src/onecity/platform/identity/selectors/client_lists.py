"""API clients and their tokens as the security administrator sees them; a token's secret is nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import ApiClient, ApiToken
from onecity.platform.identity.selectors.scopes import row_scope
from onecity.web.keyset import page_of
from onecity.web.paging import Count, Cursor, Page

MANAGE_CLIENTS: Final = "identity.manage_clients"
IN_FORCE, EXPIRED, REVOKED = "in_force", "expired", "revoked"


@dataclass(frozen=True, slots=True)
class ClientQuery:
    """What a list of programs is asked for. active: None asks for both."""

    search: str = ""
    active: bool | None = None
    after: Cursor | None = None
    size: int = 20


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A program with its permissions' codes."""

    id: int
    name: str
    organisation: str
    purpose: str
    permissions: tuple[str, ...]
    everywhere: bool
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token, known by its first characters. state: IN_FORCE, EXPIRED or REVOKED."""

    id: int
    prefix: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    state: str


def clients(actor: Actor, query: ClientQuery) -> Page[ClientInfo]:
    """Return the programs that the actor may manage, newest first."""
    rows = _managed(actor)
    if query.search:
        rows = rows.filter(Q(name__contains=query.search) | Q(purpose__contains=query.search))
    if query.active is not None:
        rows = rows.filter(is_active=query.active)
    count = None if query.after else Count(rows.count())
    return page_of(rows, after=query.after, size=query.size, count=count).shown(_info)


def client(actor: Actor, client_id: int) -> ClientInfo:
    """Return one program.

    Raises: NotFound if there is none, or the actor may not manage it.
    """
    row = _managed(actor).filter(id=client_id).first()
    if row is None:
        raise NotFound(zh("没有这个接口应用"))
    return _info(row)


def tokens_of(client_id: int, *, now: datetime) -> list[TokenLine]:
    """Return a program's tokens, newest first. The caller has asked for the program. now: real time."""
    rows = ApiToken.objects.filter(client_id=client_id).order_by("-created_at", "-id")
    return [_token(row, now) for row in rows]


def _managed(actor: Actor) -> QuerySet[ApiClient]:
    scope = row_scope(actor, MANAGE_CLIENTS).q(division="organisation__division_code")
    return ApiClient.objects.filter(scope).select_related("organisation")


def _info(row: ApiClient) -> ClientInfo:
    return ClientInfo(
        id=row.id,
        name=row.name,
        organisation=row.organisation.name,
        purpose=row.purpose,
        permissions=tuple(row.permissions),
        everywhere=row.everywhere,
        is_active=row.is_active,
        created_at=row.created_at,
    )


def _token(row: ApiToken, now: datetime) -> TokenLine:
    state = IN_FORCE if row.expires_at > now else EXPIRED
    if row.revoked_at is not None:
        state = REVOKED
    return TokenLine(row.id, row.prefix, row.created_at, row.expires_at, row.revoked_at, state)
