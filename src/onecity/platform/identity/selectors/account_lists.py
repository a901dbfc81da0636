"""Accounts as their administrators list and read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count as Counted
from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Grant, Organisation, Session
from onecity.platform.identity.selectors.own import OwnSession
from onecity.platform.identity.selectors.powers import grants_in_force, holds_a_power
from onecity.platform.identity.selectors.reach import reachable_accounts
from onecity.platform.identity.selectors.scopes import row_scope
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page

MANAGE_ROLES: Final = "identity.manage_roles"
ACTIVE, LOCKED, CLOSED = "active", "locked", "closed"


@dataclass(frozen=True, slots=True)
class AccountQuery:
    """What a list of accounts is asked for; empty texts ask for nothing.

    search: the beginning of a login name or of a name. phone_hashes: of a whole phone number, instead of a name.
    organisation_id: that organisation with all below it. state: ACTIVE, LOCKED or CLOSED.
    """

    search: str = ""
    phone_hashes: Sequence[str] = ()
    organisation_id: int | None = None
    kind: str = ""
    state: str = ""
    after: Cursor | None = None
    size: int = 20


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a list. grants: how many roles are in force."""

    id: int
    username: str
    full_name: str
    kind: str
    organisation: str
    state: str
    created_at: datetime
    grants: int


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account as its administrator sees it; the phone number is masked.

    apart: it holds one of the powers that must stay apart, so its way in is not reset on a page.
    """

    id: int
    username: str
    full_name: str
    kind: str
    organisation_id: int | None
    organisation: str
    phone_masked: str
    state: str
    locked_until: datetime | None
    must_change_password: bool
    password_changed_at: datetime | None
    second_factor_since: datetime | None
    created_at: datetime
    apart: bool


def managed_accounts(actor: Actor, query: AccountQuery, *, now: datetime) -> Page[AccountLine]:
    """Return the accounts within the reach of an administrator of accounts, newest first. now: real time."""
    return _page(reachable_accounts(actor), query, now)


def grantable_accounts(actor: Actor, query: AccountQuery, *, now: datetime) -> Page[AccountLine]:
    """Return the accounts to which an administrator of roles may grant, newest first. now: real time."""
    return _page(_grantable(actor), query, now)


def managed_account(actor: Actor, account_id: int, *, now: datetime) -> AccountFacts:
    """Return one account within the reach of an administrator of accounts. now: real time.

    Raises: NotFound.
    """
    return _facts(reachable_accounts(actor).filter(id=account_id), now)


def grantable_account(actor: Actor, account_id: int, *, now: datetime) -> AccountFacts:
    """Return one account to an administrator of roles. now: real time.

    Raises: NotFound.
    """
    return _facts(_grantable(actor).filter(id=account_id), now)


def sessions_of(account_id: int, *, now: datetime) -> list[OwnSession]:
    """Return an account's sessions that have not expired, the latest used first. The caller has asked for the account.

    now: real time.
    """
    rows = Session.objects.filter(account_id=account_id, expires_at__gt=now).order_by("-last_seen_at", "-id")
    return [OwnSession(row.id, row.address, row.agent, row.created_at, row.last_seen_at) for row in rows]


def _grantable(actor: Actor) -> QuerySet[Account]:
    return Account.objects.filter(row_scope(actor, MANAGE_ROLES).q(division="organisation__division_code"))


def _page(rows: QuerySet[Account], query: AccountQuery, now: datetime) -> Page[AccountLine]:
    rows = _found(rows, query, now)
    page = counted_page(rows.select_related("organisation"), after=query.after, size=query.size)
    grants = _grants(page.rows, now)
    return page.shown(lambda row: _line(row, grants.get(row.id, 0), now))


def _found(rows: QuerySet[Account], query: AccountQuery, now: datetime) -> QuerySet[Account]:
    if query.phone_hashes:
        rows = rows.filter(phone_hashed__in=query.phone_hashes)
    elif query.search:
        rows = rows.filter(Q(username__startswith=query.search) | Q(full_name__startswith=query.search))
    if query.organisation_id is not None:
        above = Organisation.objects.filter(id=query.organisation_id).values_list("path", flat=True).first()
        rows = rows.filter(organisation__path__startswith=above) if above else rows.none()
    if query.kind:
        rows = rows.filter(kind=query.kind)
    if query.state == LOCKED:
        rows = rows.filter(is_active=True, locked_until__gt=now)
    elif query.state:
        rows = rows.filter(is_active=query.state == ACTIVE)
    return rows


def _grants(rows: Sequence[Account], now: datetime) -> dict[int, int]:
    held: QuerySet[Grant] = grants_in_force(now=now).filter(account_id__in=[row.id for row in rows])
    counted = held.values_list("account_id").annotate(number=Counted("id"))
    return dict(counted)


def _state(row: Account, now: datetime) -> str:
    if not row.is_active:
        return CLOSED
    return LOCKED if row.locked_until is not None and row.locked_until > now else ACTIVE


def _line(row: Account, grants: int, now: datetime) -> AccountLine:
    organisation = row.organisation.short_name if row.organisation else ""
    return AccountLine(
        row.id, row.username, row.full_name, row.kind, organisation, _state(row, now), row.created_at, grants
    )


def _facts(rows: QuerySet[Account], now: datetime) -> AccountFacts:
    row = rows.select_related("organisation").first()
    if row is None:
        raise NotFound(zh("没有这个账户"))
    return AccountFacts(
        id=row.id,
        username=row.username,
        full_name=row.full_name,
        kind=row.kind,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name if row.organisation else "",
        phone_masked=row.phone_masked,
        state=_state(row, now),
        locked_until=row.locked_until,
        must_change_password=row.must_change_password,
        password_changed_at=row.password_changed_at,
        second_factor_since=row.totp_confirmed_at,
        created_at=row.created_at,
        apart=holds_a_power(row.id, now=now),
    )
