"""Making accounts, changing passwords, locking out and letting in again."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import check_password as password_fits
from django.contrib.auth.hashers import make_password
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.masking import masked_mobile
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, Session
from onecity.platform.identity.rules import POLICY, WeakPassword, check_password
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.personal import seal_personal

PHONE_CONTEXT = "identity.account.phone"


class UsernameTaken(Conflict):
    """Another account has this login name."""

    code = "username_taken"
    message = zh("登录名已被使用")


class WrongPassword(Invalid):
    """The present password does not fit."""

    code = "wrong_password"
    message = zh("当前密码不正确")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of. The password is a first one: it must be changed at the first sign-in."""

    username: str
    full_name: str
    kind: str
    password: str
    organisation_id: int | None = None
    phone: str = ""
    must_change_password: bool = True


def create_account(actor: Actor, *, new: NewAccount, now: datetime) -> Account:
    """Make an account; it may do nothing until a role is granted to it.

    Raises: UsernameTaken; WeakPassword.
    """
    check_password(new.password, username=new.username)
    with transaction.atomic():
        if Account.objects.filter(username=new.username).exists():
            raise UsernameTaken(fields={"username": UsernameTaken.message})
        masked = masked_mobile(new.phone) if new.phone else ""
        phone = seal_personal(new.phone, context=PHONE_CONTEXT, masked=masked)
        account = Account.objects.create(
            username=new.username,
            full_name=new.full_name,
            kind=new.kind,
            password=make_password(new.password),
            organisation_id=new.organisation_id,
            phone_sealed=phone.sealed,
            phone_hashed=phone.hashed,
            phone_masked=phone.masked,
            must_change_password=new.must_change_password,
            password_changed_at=now,
            created_at=now,
        )
        record(actor, action="identity.create_account", target=f"identity.account:{account.id}")
    return account


def change_password(actor: Actor, *, present: str, wanted: str, now: datetime, keep_session: int | None = None) -> None:
    """Change the actor's own password; all other sessions of the account end.

    Raises: WrongPassword; WeakPassword if the policy is broken or the password was used lately.
    """
    with transaction.atomic():
        account = _locked(actor.account_id)
        if not password_fits(present, account.password):
            raise WrongPassword(fields={"present": WrongPassword.message})
        check_password(wanted, username=account.username)
        if any(password_fits(wanted, old) for old in [account.password, *account.password_history]):
            raise WeakPassword(zh("不能使用最近 {count} 次用过的密码"), params={"count": POLICY.remembered_passwords})
        _set(account, wanted, now=now, must_change=False)
        Session.objects.filter(account=account).exclude(id=keep_session or 0).delete()
        record(actor, action="identity.change_password", target=f"identity.account:{account.id}")


def reset_password(actor: Actor, *, account_id: int, password: str, now: datetime) -> None:
    """Give an account a new first password: the system administrator's act. Its sessions end, its lock opens.

    Raises: NotFound; WeakPassword.
    """
    with transaction.atomic():
        account = _locked(account_id)
        check_password(password, username=account.username)
        _set(account, password, now=now, must_change=True)
        account.failed_sign_ins, account.locked_until = 0, None
        account.save(update_fields=["failed_sign_ins", "locked_until"])
        Session.objects.filter(account=account).delete()
        record(actor, action="identity.reset_password", target=f"identity.account:{account.id}")


def unlock(actor: Actor, *, account_id: int) -> None:
    """Open an account that repeated failures locked."""
    with transaction.atomic():
        account = _locked(account_id)
        account.failed_sign_ins, account.locked_until = 0, None
        account.save(update_fields=["failed_sign_ins", "locked_until"])
        record(actor, action="identity.unlock", target=f"identity.account:{account.id}")


def set_active(actor: Actor, *, account_id: int, active: bool) -> None:
    """Deactivate an account, ending its sessions at once, or let it in again."""
    with transaction.atomic():
        account = _locked(account_id)
        account.is_active = active
        account.save(update_fields=["is_active"])
        if not active:
            Session.objects.filter(account=account).delete()
        action = "identity.activate_account" if active else "identity.deactivate_account"
        record(actor, action=action, target=f"identity.account:{account.id}")


def _locked(account_id: int) -> Account:
    account = Account.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NotFound(zh("没有这个账户"))
    return account


def _set(account: Account, password: str, *, now: datetime, must_change: bool) -> None:
    history = [account.password, *account.password_history]
    account.password_history = history[: POLICY.remembered_passwords - 1]
    account.password = make_password(password)
    account.password_changed_at = now
    account.must_change_password = must_change
    account.save(update_fields=["password", "password_history", "password_changed_at", "must_change_password"])
