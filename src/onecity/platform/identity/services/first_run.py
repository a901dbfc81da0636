"""The first three administrators, and the way back in for one who lost his password: on the server, not on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account
from onecity.platform.identity.registries import builtin_roles
from onecity.platform.identity.selectors.powers import grants_in_force
from onecity.platform.identity.services.accounts import NewAccount, create_account, set_active, unlock
from onecity.platform.identity.services.credentials import first_password, reset_password, reset_second_factor
from onecity.platform.identity.services.grants import NewGrant, grant_role

SYSTEM_ROLE: Final = "identity.system_administrator"
SECURITY_ROLE: Final = "identity.security_administrator"
AUDIT_ROLE: Final = "identity.audit_administrator"


class AdministratorsExist(Conflict):
    """The city has administrators; further ones are made on the pages."""

    code = "administrators_exist"
    message = zh("管理员已经存在：{names}。如忘记密码，请执行 reset_administrator")


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """An administrator's way in; the password is shown once."""

    username: str
    role: str
    password: str


def create_administrators(usernames: Mapping[str, str], *, now: datetime) -> list[FirstAccount]:
    """Make the three administrators, all or none. usernames: by role code. now: real time.

    Raises: AdministratorsExist; UsernameTaken.
    """
    actor = system_actor("create_administrators")
    with transaction.atomic():
        held = grants_in_force(now=now).filter(role__code__in=usernames, account__is_active=True)
        names = sorted(set(held.values_list("account__username", flat=True)))
        if names:
            raise AdministratorsExist(params={"names": "、".join(names)})
        return [_make(actor, role_code, username, now) for role_code, username in usernames.items()]


def reset_administrator(username: str, *, second_factor: bool, now: datetime) -> str:
    """Let somebody in again who lost his password: a new first password, the lock and the account opened.

    second_factor: take it off too. now: real time.
    Raises: NotFound.
    """
    actor = system_actor("reset_administrator")
    with transaction.atomic():
        account = Account.objects.filter(username=username).first()
        if account is None:
            raise NotFound(zh("没有这个账户"))
        password = reset_password(actor, account_id=account.id, now=now)
        if second_factor:
            reset_second_factor(actor, account_id=account.id, now=now)
        unlock(actor, account_id=account.id)
        if not account.is_active:
            set_active(actor, account_id=account.id, active=True, now=now)
    return password


def _make(actor: Actor, role_code: str, username: str, now: datetime) -> FirstAccount:
    password = first_password()
    role = builtin_roles()[role_code]
    new = NewAccount(username=username, full_name=role.name, kind=Account.Kind.STAFF, password=password)
    account = create_account(actor, new=new, now=now)
    grant_role(actor, new=NewGrant(account.id, role_code), now=now)
    return FirstAccount(username, role.name, password)
