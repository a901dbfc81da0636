"""Who stands in for whom: for a person at a moment, and as lists show it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import DeputationInfo
from onecity.platform.cases.models import Deputation
from onecity.platform.cases.permissions import SUPERVISE, VIEW
from onecity.platform.cases.selectors.posts import known_posts
from onecity.platform.cases.selectors.scopes import covers, organisation_keys
from onecity.platform.cases.selectors.types import types
from onecity.platform.identity.api import account_actor, row_scope
from onecity.web.paging import PAGE_SIZE, Count, Cursor, Page

MOST_COUNTED = 1_000


def stood_in_for(actor: Actor, *, now: datetime) -> tuple[Actor, ...]:
    """Return those for whom an account stands in, each with no more rights than the deputation carries.

    These are its posts, and the sight of cases. What a principal may do as a deputy himself is not passed on.
    now: city time.
    """
    if actor.kind != "account" or actor.id is None:
        return ()
    rows = _standing(now).filter(deputy_id=actor.id).order_by("id")
    found = (_limited(row) for row in rows)
    return tuple(item for item in found if item is not None)


def deputies_of(accounts: Iterable[int], *, post: str, now: datetime) -> list[int]:
    """Return the accounts that stand in for any of these, for a post."""
    rows = _standing(now).filter(Q(posts=[]) | Q(posts__contains=[post]), principal_id__in=list(accounts))
    return sorted(set(rows.filter(deputy__is_active=True).values_list("deputy_id", flat=True)))


def absent(accounts: Iterable[int], *, post: str, now: datetime) -> set[int]:
    """Return those of these accounts for whom somebody else stands in, for a post."""
    rows = _standing(now).filter(Q(posts=[]) | Q(posts__contains=[post]), principal_id__in=list(accounts))
    return set(rows.values_list("principal_id", flat=True))


def deputations(
    actor: Actor, *, now: datetime, after: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[DeputationInfo]:
    """Return the deputations that an actor takes part in or supervises, the latest first. now: city time."""
    mine = Q(principal_id=actor.id) | Q(deputy_id=actor.id) if actor.kind == "account" else Q()
    scope = row_scope(actor, SUPERVISE)
    visible = mine | Q(organisation_id__in=scope.organisation_ids) if not scope.everything else Q()
    rows = Deputation.objects.select_related("principal", "deputy").filter(visible).order_by("-starts_at", "-id")
    count = None
    if after:
        rows = rows.filter(Q(starts_at__lt=after.at) | Q(starts_at=after.at, id__lt=after.id))
    else:
        number = len(rows.values_list("id")[: MOST_COUNTED + 1])
        count = Count(min(number, MOST_COUNTED), open_ended=number > MOST_COUNTED)
    found = list(rows[: size + 1])
    shown = found[:size]
    further = Cursor(at=shown[-1].starts_at, id=shown[-1].id) if len(found) > size else None
    return Page([_info(actor, row, now=now) for row in shown], further, count)


def may_withdraw(actor: Actor, row: Deputation) -> bool:
    """Say whether an actor may end a deputation: the principal, who made it, and who supervises the principal."""
    mine = actor.kind == "account" and row.principal_id == actor.id
    return (
        mine
        or row.made_by == actor.key
        or covers(actor, SUPERVISE, keys=frozenset(organisation_keys(row.organisation_id)))
    )


def _standing(now: datetime) -> "QuerySet[Deputation]":
    return Deputation.objects.filter(withdrawn_at__isnull=True, starts_at__lte=now, ends_at__gt=now)


def _limited(row: Deputation) -> Actor | None:
    principal = account_actor(row.principal_id)
    if principal is None or not principal.grants:
        return None
    sight = {VIEW, *(item.view for item in types() if item.view)}
    allowed = sight | (set(row.posts) if row.posts else known_posts())
    grants = {code: scopes for code, scopes in principal.grants.items() if code in allowed}
    return Actor("account", principal.id, principal.name, principal.organisation_id, grants)


def _info(actor: Actor, row: Deputation, *, now: datetime) -> DeputationInfo:
    return DeputationInfo(
        id=row.id,
        principal_name=row.principal.full_name,
        deputy_name=row.deputy.full_name,
        organisation_id=row.organisation_id,
        posts=tuple(row.posts),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=row.reason,
        state=_state(row, now),
        mine=row.withdrawn_at is None and row.ends_at > now and may_withdraw(actor, row),
    )


def _state(row: Deputation, now: datetime) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if now < row.starts_at:
        return "ahead"
    return "standing" if now < row.ends_at else "over"
