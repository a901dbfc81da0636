"""Who holds the powers that must stay apart."""

from datetime import datetime

from django.db.models import Q, QuerySet

from onecity.platform.identity.models import Grant
from onecity.platform.identity.registries import builtin_roles


def in_force(*, now: datetime) -> Q:
    """Return the condition under which a grant holds. now: real time."""
    return Q(withdrawn_at__isnull=True) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def grants_in_force(*, now: datetime) -> QuerySet[Grant]:
    """Return the grants that hold."""
    return Grant.objects.filter(in_force(now=now))


def holds_a_power(account_id: int, *, now: datetime) -> bool:
    """Say whether the account holds a role that must stay apart."""
    return grants_in_force(now=now).filter(account_id=account_id, role__is_exclusive=True).exists()


def last_holder_of_a_power(account_id: int, *, now: datetime) -> bool:
    """Say whether nobody else who is active holds one of the declared powers that this account holds everywhere."""
    powers = grants_in_force(now=now).filter(
        role__is_exclusive=True, role__is_builtin=True, scope_kind="everything", account__is_active=True
    )
    held = set(powers.filter(account_id=account_id).values_list("role_id", flat=True))
    others = set(powers.exclude(account_id=account_id).values_list("role_id", flat=True))
    return bool(held - others)


def last_grant_of_a_power(grant: Grant, *, now: datetime) -> bool:
    """Say whether this grant alone lets somebody who is active hold a declared power everywhere."""
    powers = grants_in_force(now=now).filter(
        role_id=grant.role_id, role__is_exclusive=True, role__is_builtin=True, scope_kind="everything"
    )
    holding = set(powers.filter(account__is_active=True).values_list("id", flat=True))
    return holding == {grant.id}


def reserved_permissions() -> list[frozenset[str]]:
    """Return the permissions of each declared role that must stay apart."""
    return [frozenset(role.permissions) for role in builtin_roles() if role.exclusive]
