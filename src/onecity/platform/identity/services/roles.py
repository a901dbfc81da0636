"""Roles and grants: the security administrator's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Grant, Role, RolePermission
from onecity.platform.identity.registries import builtin_roles, permissions
from onecity.platform.identity.rules import exclusive_conflict
from onecity.platform.identity.services.audit import record


class PowersMustStayApart(Conflict):
    """System, security and audit administration are held by different people, who hold nothing else."""

    code = "powers_must_stay_apart"
    message = zh("系统管理员、安全管理员、审计管理员须由不同账户担任，且不得兼任其他角色")


class NotToOneself(NotPermitted):
    """Nobody grants rights to himself."""

    code = "not_to_oneself"
    message = zh("不能给自己授权")


class BuiltinRole(Conflict):
    """Built-in roles come with the programme and change with it."""

    code = "builtin_role"
    message = zh("内置角色不能修改，可复制为新角色后调整")


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


def sync_builtin_roles() -> None:
    """Bring the built-in roles in the database to what the modules declare; run after each migration."""
    with transaction.atomic():
        for declared in builtin_roles():
            role, _ = Role.objects.update_or_create(
                code=declared.code,
                defaults={
                    "name": declared.name,
                    "description": declared.description,
                    "is_builtin": True,
                    "is_exclusive": declared.exclusive,
                },
            )
            _set_permissions(role, declared.permissions)


def save_role(actor: Actor, *, code: str, name: str, description: str, permission_codes: Sequence[str]) -> Role:
    """Make a role of the city's own, or change one.

    Raises: Invalid if a permission does not exist; BuiltinRole.
    """
    unknown = [item for item in permission_codes if item not in permissions()]
    if unknown:
        raise Invalid(zh("没有这项权限：{codes}"), params={"codes": "、".join(unknown)})
    with transaction.atomic():
        role, _ = Role.objects.select_for_update().get_or_create(code=code)
        if role.is_builtin:
            raise BuiltinRole
        role.name, role.description = name, description
        role.save()
        _set_permissions(role, permission_codes)
        details = {"permissions": sorted(permission_codes)}
        record(actor, action="identity.save_role", target=f"identity.role:{role.id}", details=details)
    return role


def grant_role(actor: Actor, *, new: NewGrant, now: datetime) -> Grant:
    """Grant a role within a scope; it holds from the account's next request on.

    Raises: NotToOneself; NotFound; PowersMustStayApart.
    """
    if actor.kind == "account" and actor.id == new.account_id:
        raise NotToOneself
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(id=new.account_id).first()
        role = Role.objects.filter(code=new.role_code).first()
        if account is None or role is None:
            raise NotFound
        _keep_powers_apart(account, role)
        grant = Grant.objects.create(
            account=account,
            role=role,
            scope_kind=new.scope_kind,
            organisation_id=new.organisation_id,
            division_code=new.division_code,
            granted_at=now,
            granted_by=actor.key,
            ends_at=new.ends_at,
        )
        details = {"role": role.code, "organisation": new.organisation_id, "division": new.division_code}
        record(actor, action="identity.grant_role", target=f"identity.account:{account.id}", details=details)
    return grant


def withdraw_grant(actor: Actor, *, grant_id: int, now: datetime) -> None:
    """Withdraw a grant; the right is gone from the account's next request on.

    Raises: NotFound.
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update().filter(id=grant_id, withdrawn_at__isnull=True).first()
        if grant is None:
            raise NotFound
        grant.withdrawn_at = now
        grant.save(update_fields=["withdrawn_at"])
        details = {"grant": grant.id}
        record(actor, action="identity.withdraw_grant", target=f"identity.account:{grant.account_id}", details=details)


def _keep_powers_apart(account: Account, wanted: Role) -> None:
    held = list(
        Role.objects.filter(
            id__in=Grant.objects.filter(account=account, withdrawn_at__isnull=True).values("role_id")
        ).exclude(id=wanted.id)
    )
    if exclusive_conflict(
        wanted_is_exclusive=wanted.is_exclusive,
        held_other_exclusive=any(role.is_exclusive for role in held),
        held_other=bool(held),
    ):
        raise PowersMustStayApart


def _set_permissions(role: Role, codes: Sequence[str]) -> None:
    RolePermission.objects.filter(role=role).exclude(permission_code__in=codes).delete()
    RolePermission.objects.bulk_create(
        [RolePermission(role=role, permission_code=code) for code in codes], ignore_conflicts=True
    )
