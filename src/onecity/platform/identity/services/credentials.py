"""Passwords and second factors: changed by their owner, reset by the administrator for who lost them."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password as password_fits
from django.contrib.auth.hashers import make_password
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Session
from onecity.platform.identity.rules import POLICY, WeakPassword, check_password
from onecity.platform.identity.rules import first_password as drawn_password
from onecity.platform.identity.selectors.powers import holds_a_power
from onecity.platform.identity.selectors.reach import locked_account
from onecity.platform.identity.services.accounts import NotOneself
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.totp import take_off


class WrongPassword(Invalid):
    """The present password does not fit."""

    code = "wrong_password"
    message = zh("当前密码不正确")


class AdministratorIsApart(NotPermitted):
    """Who could reset another administrator's password could become him, and hold two powers."""

    code = "administrator_is_apart"
    message = zh(
        "系统、安全、审计管理员的登录凭证不能在页面上重置，请由运维人员在服务器上执行 reset_administrator 命令"
    )


def first_password() -> str:
    """Return a fresh first password; it is shown once and stored nowhere in clear."""
    return drawn_password(draw=secrets.choice)


def change_password(actor: Actor, *, present: str, wanted: str, now: datetime, keep_session: int | None = None) -> None:
    """Change the actor's own password; all other sessions of the account end.

    Raises: WrongPassword; WeakPassword if the policy is broken or the password was used lately.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(id=actor.account_id).first()
        if account is None:
            raise NotFound
        if not password_fits(present, account.password):
            raise WrongPassword(fields={"present": WrongPassword.message})
        check_password(wanted, username=account.username)
        if any(password_fits(wanted, old) for old in [account.password, *account.password_history]):
            raise WeakPassword(zh("不能使用最近 {count} 次用过的密码"), params={"count": POLICY.remembered_passwords})
        _set(account, wanted, now=now, must_change=False)
        Session.objects.filter(account=account).exclude(id=keep_session or 0).delete()
        record(actor, action="identity.change_password", target=f"identity.account:{account.id}")


def reset_password(actor: Actor, *, account_id: int, now: datetime) -> str:
    """Give an account a new first password and return it; its sessions end, its lock opens. now: real time.

    Raises: NotFound; NotOneself; AdministratorIsApart, unless the system itself asks (a command on the server).
    """
    password = first_password()
    with transaction.atomic():
        account = _resettable(actor, account_id, now)
        _set(account, password, now=now, must_change=True)
        account.failed_sign_ins, account.locked_until = 0, None
        account.save(update_fields=["failed_sign_ins", "locked_until"])
        Session.objects.filter(account=account).delete()
        record(actor, action="identity.reset_password", target=f"identity.account:{account.id}")
    return password


def reset_second_factor(actor: Actor, *, account_id: int, now: datetime) -> None:
    """Take the second factor off the account of somebody who lost the phone; its sessions end. now: real time.

    Raises: as `reset_password`.
    """
    with transaction.atomic():
        account = _resettable(actor, account_id, now)
        take_off(actor, account_id=account.id)
        Session.objects.filter(account=account).delete()


def end_sessions(actor: Actor, *, account_id: int) -> int:
    """End all sessions of an account; returns how many there were.

    Raises: NotFound.
    """
    with transaction.atomic():
        account = locked_account(actor, account_id)
        count, _ = Session.objects.filter(account=account).delete()
        record(actor, action="identity.end_sessions", target=f"identity.account:{account.id}", details={"count": count})
    return count


def _resettable(actor: Actor, account_id: int, now: datetime) -> Account:
    account = locked_account(actor, account_id)
    if actor.kind == "account" and actor.id == account.id:
        raise NotOneself
    if actor.kind != "system" and holds_a_power(account.id, now=now):
        raise AdministratorIsApart
    return account


def _set(account: Account, password: str, *, now: datetime, must_change: bool) -> None:
    history = [account.password, *account.password_history]
    account.password_history = history[: POLICY.remembered_passwords - 1]
    account.password = make_password(password)
    account.password_changed_at = now
    account.must_change_password = must_change
    account.save(update_fields=["password", "password_history", "password_changed_at", "must_change_password"])
