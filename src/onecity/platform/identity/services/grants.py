"""Granting and withdrawing roles: the security administrator's work."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.identifiers.divisions import parse_division_code
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Grant, Organisation, Role, RolePermission
from onecity.platform.identity.registries import permissions
from onecity.platform.identity.rules import exclusive_conflict
from onecity.platform.identity.selectors.powers import grants_in_force, last_grant_of_a_power
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.roles import PowersMustStayApart


class NotToOneself(NotPermitted):
    """Nobody grants rights to himself."""

    code = "not_to_oneself"
    message = zh("不能给自己授权")


class AlreadyGranted(Conflict):
    """The account holds this role within this scope."""

    code = "already_granted"
    message = zh("该账户已在此范围内拥有该角色")


class AccountClosed(Conflict):
    """A closed account is granted nothing."""

    code = "account_closed"
    message = zh("该账户已停用，不能授权")


class LastGrant(Conflict):
    """Without this grant nobody would hold one of the three administrations."""

    code = "last_grant_of_a_power"
    message = zh("这是该管理员角色的最后一项有效授权，撤销后将无人担任该管理职责，请先授予他人")


class ScopeWithoutMeaning(Invalid):
    """The role's permissions know no scope: it is granted for the whole city or not at all."""

    code = "scope_without_meaning"
    message = zh("该角色的权限不分数据范围，只能按全市授权")


class EndsInThePast(Invalid):
    """The end of a grant lies ahead."""

    code = "grant_ends_in_the_past"
    message = zh("到期时间应晚于现在")


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A role for an account within a scope; exactly one of organisation and division, or neither for everything."""

    account_id: int
    role_code: str
    organisation_id: int | None = None
    division_code: str = ""
    ends_at: datetime | None = None

    @property
    def scope_kind(self) -> str:
        """Return the kind of the grant's scope."""
        if self.organisation_id is not None:
            return Grant.ScopeKind.ORGANISATION
        return Grant.ScopeKind.DIVISION if self.division_code else Grant.ScopeKind.EVERYTHING


def grant_role(actor: Actor, *, new: NewGrant, now: datetime) -> Grant:
    """Grant a role within a scope; it holds from the account's next request on. now: real time.

    Raises: NotToOneself; NotFound; AccountClosed; InvalidDivisionCode; EndsInThePast; ScopeWithoutMeaning;
        AlreadyGranted; PowersMustStayApart.
    """
    if actor.kind == "account" and actor.id == new.account_id:
        raise NotToOneself
    if new.ends_at is not None and new.ends_at <= now:
        raise EndsInThePast(fields={"ends_date": EndsInThePast.message})
    division = parse_division_code(new.division_code).value if new.division_code else ""
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(id=new.account_id).first()
        role = Role.objects.select_for_update().filter(code=new.role_code).first()
        if account is None or role is None:
            raise NotFound(zh("没有这个账户或角色"))
        if not account.is_active:
            raise AccountClosed
        _check_scope(new, role)
        _check_held(account, role, new, division, now)
        grant = Grant.objects.create(
            account=account,
            role=role,
            scope_kind=new.scope_kind,
            organisation_id=new.organisation_id,
            division_code=division,
            granted_at=now,
            granted_by=actor.key,
            ends_at=new.ends_at,
        )
        details = {"role": role.code, "organisation": new.organisation_id, "division": division, "until": new.ends_at}
        record(actor, action="identity.grant_role", target=f"identity.account:{account.id}", details=details)
    return grant


def withdraw_grant(actor: Actor, *, grant_id: int, now: datetime) -> None:
    """Withdraw a grant; the right is gone from the account's next request on. now: real time.

    Raises: NotFound; LastGrant, unless the system itself asks (a command on the server).
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(id=grant_id, withdrawn_at__isnull=True).first()
        if grant is None:
            raise NotFound(zh("没有这项授权，或者它已被撤销"))
        Role.objects.select_for_update().get(id=grant.role_id)  # two withdrawals at once would each see the other
        if actor.kind != "system" and last_grant_of_a_power(grant, now=now):
            raise LastGrant
        grant.withdrawn_at = now
        grant.save(update_fields=["withdrawn_at"])
        details = {"grant": grant.id, "role": grant.role.code}
        record(actor, action="identity.withdraw_grant", target=f"identity.account:{grant.account_id}", details=details)


def _check_scope(new: NewGrant, role: Role) -> None:
    if new.scope_kind == Grant.ScopeKind.EVERYTHING:
        return
    if new.organisation_id and not Organisation.objects.filter(id=new.organisation_id, is_active=True).exists():
        raise NotFound(zh("没有这个机构"))
    codes = RolePermission.objects.filter(role=role).values_list("permission_code", flat=True)
    known = [declared for declared in (permissions().get(code) for code in codes) if declared]
    if known and not any(declared.scoped for declared in known):
        raise ScopeWithoutMeaning


def _check_held(account: Account, wanted: Role, new: NewGrant, division: str, now: datetime) -> None:
    held = list(grants_in_force(now=now).filter(account=account).select_related("role"))
    same = (wanted.id, new.organisation_id, division)
    if any((grant.role_id, grant.organisation_id, grant.division_code) == same for grant in held):
        raise AlreadyGranted
    others = [grant.role for grant in held if grant.role_id != wanted.id]
    if exclusive_conflict(
        wanted_is_exclusive=wanted.is_exclusive,
        held_other_exclusive=any(role.is_exclusive for role in others),
        held_other=bool(others),
    ):
        raise PowersMustStayApart
