"""Roles: bundles of permissions, declared by modules or made by the security administrator."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Role, RolePermission
from onecity.platform.identity.registries import builtin_roles, permissions
from onecity.platform.identity.rules import powers_of
from onecity.platform.identity.selectors.powers import grants_in_force, reserved_permissions
from onecity.platform.identity.services.audit import record

OWN_ROLE = "own"


class PowersMustStayApart(Conflict):
    """System, security and audit administration are held by different people, who hold nothing else."""

    code = "powers_must_stay_apart"
    message = zh("系统管理员、安全管理员、审计管理员须由不同账户担任，且不得兼任其他角色")


class PowersMixed(Invalid):
    """A role would join permissions that must stay apart."""

    code = "powers_mixed"
    message = zh("系统管理、安全管理、审计管理的权限不能与其他权限放在同一个角色中")


class BuiltinRole(Conflict):
    """Built-in roles come with the programme and change with it."""

    code = "builtin_role"
    message = zh("内置角色不能修改，可复制为新角色后调整")


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


def create_role(actor: Actor, *, name: str, description: str, permission_codes: Sequence[str], now: datetime) -> Role:
    """Make a role of the city's own, under a code of its own. now: real time.

    Raises: Invalid if a permission does not exist; PowersMixed.
    """
    code = f"{OWN_ROLE}.{secrets.token_hex(6)}"
    return save_role(actor, code=code, name=name, description=description, permission_codes=permission_codes, now=now)


def change_role(
    actor: Actor, *, role_id: int, name: str, description: str, permission_codes: Sequence[str], now: datetime
) -> Role:
    """Change a role of the city's own; who holds it has the new rights from the next request on. now: real time.

    Raises: NotFound; as `save_role`.
    """
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise NotFound(zh("没有这个角色"))
    return save_role(
        actor, code=role.code, name=name, description=description, permission_codes=permission_codes, now=now
    )


def save_role(
    actor: Actor, *, code: str, name: str, description: str, permission_codes: Sequence[str], now: datetime
) -> Role:
    """Make a role of the city's own, or change one, by its code. now: real time.

    Raises: Invalid if a permission does not exist; PowersMixed; BuiltinRole; PowersMustStayApart if somebody who holds
        the role would come to hold powers that must stay apart.
    """
    unknown = [item for item in permission_codes if item not in permissions()]
    if unknown:
        raise Invalid(zh("没有这项权限：{codes}"), params={"codes": "、".join(unknown)})
    powers = powers_of(permission_codes, reserved=reserved_permissions())
    if powers == "mixed":
        raise PowersMixed
    with transaction.atomic():
        role, _ = Role.objects.select_for_update().get_or_create(code=code)
        if role.is_builtin:
            raise BuiltinRole
        if powers == "exclusive" and not role.is_exclusive:
            _check_holders(role, now)
        role.name, role.description, role.is_exclusive = name, description, powers == "exclusive"
        role.save()
        _set_permissions(role, permission_codes)
        details = {"name": name, "permissions": sorted(permission_codes)}
        record(actor, action="identity.save_role", target=f"identity.role:{role.id}", details=details)
    return role


def _check_holders(role: Role, now: datetime) -> None:
    holders = grants_in_force(now=now).filter(role=role).values("account_id")
    if grants_in_force(now=now).filter(account_id__in=holders).exclude(role=role).exists():
        raise PowersMustStayApart


def _set_permissions(role: Role, codes: Sequence[str]) -> None:
    RolePermission.objects.filter(role=role).exclude(permission_code__in=codes).delete()
    RolePermission.objects.bulk_create(
        [RolePermission(role=role, permission_code=code) for code in codes], ignore_conflicts=True
    )
