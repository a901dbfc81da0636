"""Roles and grants as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count as Counted

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Grant, Role, RolePermission
from onecity.platform.identity.selectors.account_lists import MANAGE_ROLES
from onecity.platform.identity.selectors.powers import grants_in_force

IN_FORCE, ENDED, WITHDRAWN = "in_force", "ended", "withdrawn"
MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A role with its permissions' codes; holders: how many grants of it are in force."""

    id: int
    code: str
    name: str
    description: str
    builtin: bool
    exclusive: bool
    permissions: tuple[str, ...]
    holders: int


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One grant of an account. state: IN_FORCE, ENDED or WITHDRAWN. granted_by: a name, or an actor's key."""

    id: int
    role: str
    builtin: bool
    scope_kind: str
    organisation: str
    division_code: str
    granted_at: datetime
    granted_by: str
    ends_at: datetime | None
    withdrawn_at: datetime | None
    state: str


def roles(actor: Actor, *, builtin: bool | None = None, now: datetime) -> list[RoleInfo]:
    """Return the roles, the city's own first, then by code; none to who may not manage roles. now: real time."""
    rows = Role.objects.order_by("is_builtin", "code") if actor.may(MANAGE_ROLES) else Role.objects.none()
    if builtin is not None:
        rows = rows.filter(is_builtin=builtin)
    return _infos(list(rows), now)


def role(actor: Actor, role_id: int, *, now: datetime) -> RoleInfo:
    """Return one role. now: real time.

    Raises: NotFound if there is none, or the actor may not manage roles.
    """
    found = Role.objects.filter(id=role_id).first() if actor.may(MANAGE_ROLES) else None
    if found is None:
        raise NotFound(zh("没有这个角色"))
    return _infos([found], now)[0]


def grants_of(account_id: int, *, now: datetime) -> list[GrantLine]:
    """Return an account's grants, newest first, at most `MOST_LISTED`. The caller has asked for the account.

    now: real time.
    """
    rows = Grant.objects.filter(account_id=account_id).select_related("role", "organisation")
    found = list(rows.order_by("-granted_at", "-id")[:MOST_LISTED])
    names = actor_names(row.granted_by for row in found)
    return [_line(row, names, now) for row in found]


def actor_names(keys: Iterable[str]) -> dict[str, str]:
    """Return the names of accounts by their actors' keys (`account:12`); other keys are left out."""
    ids = {int(key.partition(":")[2]) for key in keys if key.startswith("account:")}
    rows = Account.objects.filter(id__in=ids).values_list("id", "full_name")
    return {f"account:{number}": name for number, name in rows}


def _infos(rows: list[Role], now: datetime) -> list[RoleInfo]:
    ids = [row.id for row in rows]
    held = dict(
        grants_in_force(now=now)
        .filter(role_id__in=ids, account__is_active=True)
        .values_list("role_id")
        .annotate(number=Counted("id"))
    )
    permitted: dict[int, list[str]] = {}
    lines = RolePermission.objects.filter(role_id__in=ids).order_by("permission_code")
    for role_id, code in lines.values_list("role_id", "permission_code"):
        permitted.setdefault(role_id, []).append(code)
    return [
        RoleInfo(
            id=row.id,
            code=row.code,
            name=row.name,
            description=row.description,
            builtin=row.is_builtin,
            exclusive=row.is_exclusive,
            permissions=tuple(permitted.get(row.id, ())),
            holders=held.get(row.id, 0),
        )
        for row in rows
    ]


def _line(row: Grant, names: dict[str, str], now: datetime) -> GrantLine:
    if row.withdrawn_at is not None:
        state = WITHDRAWN
    else:
        state = ENDED if row.ends_at is not None and row.ends_at <= now else IN_FORCE
    return GrantLine(
        id=row.id,
        role=row.role.name,
        builtin=row.role.is_builtin,
        scope_kind=row.scope_kind,
        organisation=row.organisation.name if row.organisation else "",
        division_code=row.division_code,
        granted_at=row.granted_at,
        granted_by=names.get(row.granted_by, row.granted_by),
        ends_at=row.ends_at,
        withdrawn_at=row.withdrawn_at,
        state=state,
    )
